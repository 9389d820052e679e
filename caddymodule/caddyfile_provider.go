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
	set, err := caddyhttp.ParseCaddyfileNestedMatcherSet(d)
	if err != nil {
		return err // says where
	}
	if len(set) == 0 {
		return d.ArgErr()
	}
	p.MatcherSetsRaw = append(p.MatcherSetsRaw, set)
	return nil
}

// parseDisable reads "disable <rules...>".
func parseDisable(d *caddyfile.Dispenser, p *Provider) error {
	ids := d.RemainingArgs()
	if len(ids) == 0 {
		return d.ArgErr()
	}
	known := ruleIDs()
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return d.WrapErr(unknown("rule", id, known))
		}
	}
	p.Disable = append(p.Disable, ids...)
	return nil
}
