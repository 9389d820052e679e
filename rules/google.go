package rules

import "github.com/caddy-scim/caddy-scim/scim"

const (
	googleAgent = "https://github.com/pond/scimitar/issues/142"
	googleUsers = "https://github.com/grokability/snipe-it/issues/12642"
)

// google is the auto-provisioning of Google Workspace. It speaks for the catalogue
// application whose template the customer has borrowed, writes users and no
// groups, and leaves months between the end of a user and any word of it.
var google = &Provider{
	Name:  "google",
	Title: "Google Workspace",
	Fingerprints: []Fingerprint{
		{Header: "User-Agent", Prefix: "Google-Auto-Provisioning", Weight: Certain, Source: googleAgent},
		{Body: []Tell{
			{At: scim.Path{"schemas", "0"}, Equals: []string{"urn:scim:schemas:core:1.0"}},
			{At: scim.Path{"schemas", "1"}, Equals: []string{scim.UserURI}},
		}, Weight: Likely, Source: googleUsers},
	},
}
