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
		{
			ID: "okta.created-user", Do: rewrite.ReadBack{Operations: []string{"create"}, Type: "User"}, Form: "R6",
			Why:    "To an answer without the new user Okta says that it was created empty, has no id of it, and hands the user to an administrator.",
			Source: oktaReference,
		},
		{
			ID: "okta.changed-group", Do: rewrite.ReadBack{Operations: []string{"patch"}, Type: "Group"}, Form: "R6",
			Why:    "Okta wants the group back after a push and goes on with what it finds there; a service provider may answer 204.",
			Source: oktaReference,
		},
		{
			ID: "okta.full-page", Do: rewrite.FillPages{}, Form: "R3",
			Why:    "After each page Okta goes on a hundred further, however many there were. Of a service provider with smaller pages it never sees the rest, and takes those users for removed.",
			Source: oktaReference,
		},
		{
			ID: "okta.missing-route", Do: rewrite.DoubtGone{}, Form: "R4",
			Why:    "Once it was told that a user is gone, Okta never asks for it again. Many servers say so of any request that they have no handler for.",
			Source: oktaReference,
		},
	},
}
