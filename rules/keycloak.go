package rules

import (
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

const keycloakUsers = "https://github.com/mitodl/keycloak-scim/blob/099fbe83/src/main/java/sh/libre/scim/core/UserAdapter.java"

// The plug-ins by which Keycloak provisions. Both are made with an SDK that names
// nobody.
var (
	keycloakSCIM = &Provider{
		Name:  "keycloak-scim",
		Title: "Keycloak with keycloak-scim",
		Fingerprints: []Fingerprint{
			{Body: []Tell{
				{At: scim.Path{"Operations", "0", "path"}, Equals: []string{"active"}},
				{At: scim.Path{"Operations", "0", "value"}, Equals: []string{"true", "false"}},
				{At: scim.Path{"Operations", "1", "path"}, Equals: []string{"userName"}},
				{At: scim.Path{"Operations", "2", "path"}, Equals: []string{"displayName"}},
			}, Weight: Likely, Source: keycloakUsers},
		},
		Own: []*rewrite.Rule{
			{
				ID: "keycloak-scim.created", Do: rewrite.ReadBack{Operations: []string{"create", "replace"}}, Form: "R6",
				Why:    "The plug-in reads id and userName out of each answer and gives up in the middle of its work where they are missing.",
				Source: keycloakUsers,
			},
			{
				ID: "keycloak-scim.display-name", Do: rewrite.Supply{Type: "User", Attribute: "displayName", From: "userName"}, Form: "R2",
				Why:    "A user without a displayName stops the plug-in, and with it the synchronisation of all the others.",
				Source: keycloakUsers,
			},
			{
				ID: "keycloak-scim.active", Do: rewrite.Supply{Type: "User", Attribute: "active", Otherwise: "true"}, Form: "R2",
				Why:    "So does one that does not say whether it is active, which a service provider that cannot deactivate leaves out.",
				Source: keycloakUsers,
			},
		},
	}
	scimForKeycloak = &Provider{Name: "scim-for-keycloak", Title: "Keycloak with SCIM for Keycloak"}
)
