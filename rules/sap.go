package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

const sapProperties = "https://github.com/SAP-docs/btp-cloud-identity-services/blob/main/docs/list-of-properties-d6f3577.md"

// sap is the provisioning service of SAP Cloud Identity Services. Nearly all that
// it sends can be configured, a header to tell it by as well.
var sap = &Provider{
	Name:  "sap-ips",
	Title: "SAP Cloud Identity Services",
	Rules: []*rewrite.Rule{
		{
			ID: "sap-ips.any-version", Do: rewrite.AnyVersion, Form: "G6", Legal: true,
			Why:    "If it is told to, SAP sends If-Match: * with every request. For a create it means that nothing may be made, since nothing is there, and for a look-up it has no meaning.",
			Source: sapProperties,
		},
	},
}
