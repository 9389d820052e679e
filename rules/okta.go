package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

const oktaReference = "https://developer.okta.com/docs/reference/scim/scim-20/"

// okta is Okta: read-modify-write by PUT from the App Integration Wizard, PATCH
// from integrations of the Okta Integration Network.
var okta = &Provider{
	Name:  "okta",
	Title: "Okta",
	Fingerprints: []Fingerprint{
		{Header: "User-Agent", Prefix: "Okta SCIM Client", Weight: Certain, Source: oktaReference},
		{Header: "User-Agent", Prefix: "OKTA SCIM Integration", Weight: Certain, Source: "https://developer.okta.com/docs/guides/scim-provisioning-integration-prepare/main/"},
	},
	Own: []*rewrite.Rule{
		{
			ID: "okta.placeholder-password", Do: rewrite.RetryWithout{Attribute: "password", Length: 8}, Form: "B4", Legal: true,
			Why:    "Okta puts a random password of eight characters into each create, also when passwords are not synchronised. Where a password policy refuses it, the user is never made; without it the create goes through.",
			Source: oktaReference,
		},
	},
}
