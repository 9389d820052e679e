package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

const (
	authentikBase   = "https://github.com/goauthentik/authentik/blob/main/authentik/providers/scim/clients/base.py"
	authentikGroups = "https://github.com/goauthentik/authentik/blob/main/authentik/providers/scim/clients/groups.py"
)

// authentik is authentik: users by PUT, groups by PATCH if the service provider
// says that it has one, and what it finds adopted by the first hit of a look-up.
var authentik = &Provider{
	Name:  "authentik",
	Title: "authentik",
	Fingerprints: []Fingerprint{
		{Header: "User-Agent", Prefix: "authentik@", Weight: Certain, Source: authentikBase},
	},
	Own: []*rewrite.Rule{
		{
			ID: "authentik.missing-route", Do: rewrite.DoubtGone{}, Form: "R4",
			Why:    "By a 404 to its PUT authentik learns that the user is gone, forgets it and creates it anew. Service providers without PUT say so of every user.",
			Source: "https://github.com/goauthentik/authentik/issues/16678",
		},
		{
			ID: "authentik.page-end", Do: rewrite.EndList{}, Form: "R3",
			Why:    "authentik asks for the next page until it has as many as totalResults says. Where that is an estimate it asks for ever.",
			Source: authentikGroups,
		},
		{
			ID: "authentik.members", Do: rewrite.Supply{Type: "Group", Attribute: "members", Otherwise: "[]"}, Form: "R2",
			Why:    "After each change of a group authentik reads it and adds the members that are missing. In a group without members it finds nothing to compare with, and adds none.",
			Source: "https://github.com/goauthentik/authentik/issues/23005",
		},
	},
}
