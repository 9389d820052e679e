package caddymodule

import (
	"fmt"
	"slices"

	"github.com/caddy-scim/caddy-scim/custom"
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
)

// compile makes one plan for each provider: those that are known, with what is
// configured for them, and those that are only configured. They share the
// backend, and so the lanes in which changes of one resource follow each other.
func (h *Handler) compile() error {
	backend, err := h.adapt()
	if err != nil {
		return err
	}
	if h.shared, err = h.compileRules(h.Rules, false); err != nil {
		return err
	}
	h.plans, h.custom = make(map[string]*rewrite.Plan), make(map[string]*custom.Rules)
	for _, p := range h.Providers {
		if h.plans[p.Name] != nil {
			return fmt.Errorf("provider %s is configured twice", p.Name)
		}
		known, err := p.known()
		if err != nil {
			return fmt.Errorf("provider %q: %w", p.Name, err)
		}
		if err := h.plan(known, p); err != nil {
			return fmt.Errorf("provider %s: %w", p.Name, err)
		}
	}
	for _, known := range rules.All() {
		if h.plans[known.Name] != nil {
			continue
		}
		if err := h.plan(known, &Provider{Name: known.Name}); err != nil {
			return fmt.Errorf("provider %s: %w", known.Name, err)
		}
	}
	for _, plan := range h.plans {
		plan.Adapt = h.pacing.layer(backend.Adapt)
	}
	return nil
}

// plan makes the plan for a provider that follows the rules of a known one.
func (h *Handler) plan(known *rules.Provider, p *Provider) error {
	disable, err := h.disabled(p)
	if err != nil {
		return err
	}
	if h.VerifyFilter != nil && !*h.VerifyFilter {
		disable = append(disable, unmatchedRule)
	}
	plan, err := rules.Compile(rules.Config{
		Provider: known,
		Disable:  disable,
		Registry: h.registry,
		Base:     h.base,
		MaxBody:  int(h.MaxBody),

		MaxAnswer: int(h.MaxAnswer),
	})
	if err != nil {
		return err
	}
	own := h.shared
	literal := slices.Contains(disable, bareRule)
	if all := h.rulesOf(p); literal || !slices.Equal(all, h.Rules) {
		if own, err = h.compileRules(all, literal); err != nil {
			return err
		}
	}
	if own != nil {
		plan.Custom, h.custom[p.Name] = own, own
	}
	h.plans[p.Name] = plan
	return nil
}

// unmatchedRule is the rule that verify_filter turns off for every provider.
const unmatchedRule = "answer.unmatched"

// bareRule is the rule by which department, without its URI, is the attribute of the
// extension; also in rules of the user.
const bareRule = "name.bare-extension"
