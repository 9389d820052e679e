package caddymodule

import (
	"slices"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// providerSubdirectives are those of provider.
var providerSubdirectives = map[string]subdirective[*Provider]{
	"match":   parseMatch,
	"disable": parseDisable,
	"rule":    parseProviderRule,
	"mode":    modeLine(func(p *Provider) *string { return &p.Mode }),

	"rate_limit": rateLimit(func(p *Provider) *[]*RateLimit { return &p.RateLimits }),
}

// parseProvider reads "provider <name> [extends <name>] { … }".
func parseProvider(d *caddyfile.Dispenser, h *Handler) error {
	if !d.NextArg() {
		return d.ArgErr()
	}
	p := &Provider{Name: d.Val()}
	if d.NextArg() {
		if d.Val() != "extends" {
			return d.WrapErr(unknown("word", d.Val(), []string{"extends"}))
		}
		if !d.AllArgs(&p.Extends) {
			return d.ArgErr()
		}
	}
	if slices.ContainsFunc(h.Providers, func(other *Provider) bool { return other.Name == p.Name }) {
		return d.Errf("provider %s is configured twice", p.Name)
	}
	if _, err := p.known(); err != nil {
		return d.WrapErr(err)
	}
	if err := parseBlock(d, p, providerSubdirectives); err != nil {
		return err
	}
	if err := p.reachable(); err != nil {
		return d.WrapErr(err)
	}
	h.Providers = append(h.Providers, p)
	return nil
}

// parseMatch reads "match <matchers...>".
func parseMatch(d *caddyfile.Dispenser, p *Provider) error {
	return parseMatchers(d, &p.MatcherSetsRaw)
}

func parseMatchers(d *caddyfile.Dispenser, into *caddyhttp.RawMatcherSets) error {
	set, err := caddyhttp.ParseCaddyfileNestedMatcherSet(d)
	if err != nil {
		return err // says where
	}
	if len(set) == 0 {
		return d.ArgErr()
	}
	*into = append(*into, set)
	return nil
}

// parseDisable reads "disable <rules...>". Rules of the handler may follow
// behind, so that only the end of the block tells whether there are rules of
// these ids.
func parseDisable(d *caddyfile.Dispenser, p *Provider) error {
	if d.CountRemainingArgs() == 0 {
		return d.ArgErr()
	}
	for d.NextArg() {
		p.Disable = append(p.Disable, d.Val())
		p.disables = append(p.disables, *d)
	}
	return nil
}
