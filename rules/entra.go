package rules

import (
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	entraTutorial      = "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"
	entraCompatibility = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility"
	entraAttributes    = "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes"

	// Removal of a manager by the empty string, in both its forms.
	entraManagerRemoval = "https://github.com/pranems/SCIMServer/blob/7d00fe754798f96dde5c3ebffa4d00444f7467ac/docs/MANAGER_PATCH_STRING_COERCION.md"

	entraGroupURI = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
)

var (
	entraRoleType = []string{"WindowsAzureActiveDirectoryRole"}
	entraPathKeys = []string{"name.", scim.EnterpriseUserURI + ":"}
	entraManager  = Tell{At: scim.Path{"Operations", "0", "path"}, Equals: []string{scim.EnterpriseUserURI + ":manager"}}
)

// entra is Microsoft Entra ID, formerly Azure AD: the default dialect with
// capitalized verbs and string booleans, the one behind aadOptscim062020 with
// path-less values, and the old customappsso job. One tenant mixes them.
var entra = &Provider{
	Name:  "entra",
	Title: "Microsoft Entra ID",
	Fingerprints: []Fingerprint{
		{Query: "aadOptscim062020", Weight: Certain, Source: entraCompatibility},
		{Query: "AzureAdScimPatch2017", Weight: Certain, Source: entraCompatibility},
		{Body: []Tell{{At: scim.Path{"schemas"}, Equals: []string{entraGroupURI}}}, Weight: Certain, Source: entraTutorial},
		{Body: []Tell{{At: scim.Path{"roles", "0", "type"}, Equals: entraRoleType}}, Weight: Certain, Source: entraAttributes},
		{Body: []Tell{{At: scim.Path{"Operations", "0", "value", "0", "type"}, Equals: entraRoleType}}, Weight: Certain, Source: entraAttributes},
		{Body: []Tell{{At: scim.Path{"Operations", "0", "op"}, Equals: []string{"Add", "Replace", "Remove"}}}, Weight: Likely, Source: entraCompatibility},
		{Body: []Tell{{At: scim.Path{"Operations", "0", "value"}, Keys: entraPathKeys}}, Weight: Likely, Source: entraCompatibility},
		{Body: []Tell{{At: scim.Path{"Operations", "1", "value"}, Keys: entraPathKeys}}, Weight: Likely, Source: entraCompatibility},
		{Body: []Tell{entraManager, {At: scim.Path{"Operations", "0", "value"}, Equals: []string{""}}}, Weight: Likely, Source: entraManagerRemoval},
		{Body: []Tell{entraManager, {At: scim.Path{"Operations", "0", "value", "value"}, Equals: []string{""}}}, Weight: Likely, Source: entraManagerRemoval},
	},
	Rules: []*rewrite.Rule{
		{
			ID: "entra.feature-flag", Do: rewrite.DropQuery{Name: "aadOptscim062020"}, Form: "G2", Legal: true,
			Why:    "The flag in the tenant URL is meant for Entra itself. A service provider that does refuse unknown parameters, or that signs or caches by URL, trips over it.",
			Source: entraCompatibility,
		},
		{
			ID: "entra.rollback-flag", Do: rewrite.DropQuery{Name: "AzureAdScimPatch2017"}, Form: "G2", Legal: true,
			Why:    "This flag takes back what aadOptscim062020 turns on, and is meant for Entra as well.",
			Source: entraCompatibility,
		},
		{
			ID: "entra.group-marker", Do: rewrite.DropSchema{URI: entraGroupURI}, Form: "B1",
			Why:    "Each group that Entra creates names a Microsoft schema which no service provider has; those that check schemas refuse the group.",
			Source: entraTutorial,
		},
		{
			ID: "entra.role-display", Do: rewrite.RenameSubAttribute{Attribute: "roles", From: "displayName", To: "display"}, Form: "G5",
			Why:    "App roles come with displayName, where RFC 7643 has display for every multi-valued attribute. The name of the role gets lost.",
			Source: entraAttributes,
		},
		{
			ID: "entra.role-json", Do: rewrite.UnpackValue{Attribute: "roles", Keep: []rewrite.Rename{{From: "value", To: "value"}, {From: "displayName", To: "display"}}}, Form: "B2", Legal: true,
			Why:    "In a PATCH Entra packs the whole role as JSON text into value, so that the service provider stores a role which is called {\"id\":….",
			Source: entraAttributes,
		},
	},
	Own: []*rewrite.Rule{
		{
			ID: "entra.manager-removal", Do: rewrite.EmptyRemoves{Attribute: "manager"}, Form: "P10",
			Why:    "Entra clears a manager by setting it to the empty string, which is the id of nobody: service providers refuse it or keep a manager that does not exist.",
			Source: entraManagerRemoval,
		},
		{
			ID: "entra.repeated-member", Do: rewrite.AlreadyDone{}, Form: "R6",
			Why:    "What has failed once Entra sends again, in cycles and for weeks, also when it was done meanwhile: a member that has left is removed again, and a service provider that answers noTarget keeps the group in error.",
			Source: entraTutorial,
		},
		{
			ID: "entra.missing-route", Do: rewrite.DoubtGone{}, Form: "R4",
			Why:    "By a 404 Entra learns that a user is gone, and makes it anew in the next cycle. Many servers say so of any request that they have no handler for.",
			Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status",
		},
	},
}
