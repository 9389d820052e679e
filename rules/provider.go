package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// Provider is an identity provider that provisions through SCIM.
type Provider struct {
	Name         string // entra, as in the Caddyfile
	Title        string // Microsoft Entra ID
	Fingerprints []Fingerprint

	// Version is the version of SCIM that the provider speaks, if it is the same in
	// all requests. Otherwise each request tells.
	Version rewrite.Version

	// Rules are for shapes that this provider is known for. They are in force
	// for every provider: a shape means the same whoever sends it, and one
	// tenant mixes dialects.
	Rules []*rewrite.Rule

	// Own are rules whose shape means something else, or nothing, when another
	// provider sends it. They are in force for this provider alone.
	Own []*rewrite.Rule
}

// providers in the order in which they are asked; generic, which fits
// everything, is last.
var providers = []*Provider{
	entra, okta, google, onelogin, jumpcloud, pingfederate, pingone, pingdatasync, cyberark, rippling, sailpoint,
	authentik, wso2, connid, midpoint, keycloakSCIM, scimForKeycloak, helloid, sap, oneidentity, servicenow, oracle,
	scim11,
	generic,
}

// All returns every provider, generic last.
func All() []*Provider { return append([]*Provider(nil), providers...) }

// ByName returns the provider of that name, or nil.
func ByName(name string) *Provider {
	for _, p := range providers {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Catalogue returns every rule: those for all providers first, then each
// provider's own.
func Catalogue() []*rewrite.Rule {
	all := append([]*rewrite.Rule(nil), generic.Rules...)
	for _, p := range providers {
		if p != generic {
			all = append(append(all, p.Rules...), p.Own...)
		}
	}
	return all
}
