package custom

import "github.com/caddy-scim/caddy-scim/scim"

const (
	enterprise = scim.EnterpriseUserURI
	department = enterprise + ":department"
)
