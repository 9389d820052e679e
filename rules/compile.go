package rules

import (
	"fmt"
	"slices"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Config is what a Plan is compiled from.
type Config struct {
	Provider *Provider
	Disable  []string // rule ids
	Registry *scim.Registry
	Base     scim.Base

	MaxBody, MaxBulkBody, MaxAnswer int // see rewrite.Plan
}

// Compile makes the plan for a provider. It fails on a rule id that does not
// exist and names the nearest one.
func Compile(c Config) (*rewrite.Plan, error) {
	for _, id := range c.Disable {
		if err := known(id); err != nil {
			return nil, err
		}
	}
	var enabled []*rewrite.Rule
	for _, r := range inForce(c.Provider) {
		if !slices.Contains(c.Disable, r.ID) {
			enabled = append(enabled, r)
		}
	}
	ruleset, err := rewrite.NewRuleset(enabled)
	if err != nil {
		return nil, err
	}
	plan := &rewrite.Plan{
		Rules: ruleset, Registry: c.Registry, Base: c.Base, Version: c.version(),
		MaxBody: c.MaxBody, MaxBulkBody: c.MaxBulkBody, MaxAnswer: c.MaxAnswer,
	}
	if plan.Registry == nil {
		plan.Registry = scim.Core()
	}
	return plan, nil
}

// version is the version of SCIM that the provider speaks.
func (c *Config) version() rewrite.Version {
	if c.Provider == nil {
		return rewrite.VersionTold
	}
	return c.Provider.Version
}

// inForce lists the rules that a provider's requests are read with: the shared
// ones of all providers, and its own. A provider that the user made out of one
// of ours brings that one's rules a second time, which are the same pointers.
func inForce(p *Provider) []*rewrite.Rule {
	if p == nil {
		p = generic
	}
	rules := slices.Clone(generic.Rules)
	for _, other := range providers {
		if other != generic {
			rules = append(rules, other.Rules...)
		}
	}
	for _, r := range slices.Concat(p.Rules, p.Own) {
		if !slices.Contains(rules, r) {
			rules = append(rules, r)
		}
	}
	return rules
}

// known fails for an id that no rule has.
func known(id string) error {
	ids := make([]string, 0, 96)
	for _, r := range Catalogue() {
		if r.ID == id {
			return nil
		}
		ids = append(ids, r.ID)
	}
	if near := Nearest(id, ids); near != "" {
		return fmt.Errorf("there is no rule %s; did you mean %s?", id, near)
	}
	return fmt.Errorf("there is no rule %s", id)
}
