package rules

import (
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Provider is an identity provider that provisions through SCIM.
type Provider struct {
	Name         string // entra, as in the Caddyfile
	Title        string // Microsoft Entra ID
	Fingerprints []Fingerprint
	Rules        []*rewrite.Rule // its own, beside those for every provider
}

// Fingerprint tells a provider by one trait of a request. All fields that are
// set must fit.
type Fingerprint struct {
	Header string // name of a request header …
	Prefix string // … whose value starts with this
	Query  string // name of a query parameter

	Body   scim.Path // place in the body …
	Equals []string  // … that holds one of these strings

	Source string
}

// Config is what a Plan is compiled from.
type Config struct {
	Provider *Provider
	Disable  []string // rule ids
	Registry *scim.Registry
	Base     scim.Base

	MaxBody, MaxBulkBody, MaxAnswer int // see rewrite.Plan
}

// All returns every provider, generic last.
func All() []*Provider { return nil }

// ByName returns the provider of that name, or nil.
func ByName(name string) *Provider { return nil }

// Detect returns the provider whose fingerprint fits best, or the generic one.
// It can be asked before the body is read and again after.
func Detect(req *scim.Request) *Provider { return nil }

// Catalogue returns every rule: those for all providers first, then each
// provider's own.
func Catalogue() []*rewrite.Rule { return nil }

// Compile makes the plan for a provider. It fails on a rule id that does not
// exist and names the nearest one.
func Compile(c Config) (*rewrite.Plan, error) { return nil, nil }
