package caddymodule

import (
	"encoding/json"
	"strings"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
)

// conditions says what the rule is for, as the Caddyfile has it but for the
// matchers, which are JSON.
func (r *Rule) conditions() []string {
	var lines []string
	if len(r.On) > 0 {
		lines = append(lines, "on "+strings.Join(r.On, " "))
	}
	if len(r.Resource) > 0 {
		lines = append(lines, "resource "+strings.Join(r.Resource, " "))
	}
	for _, set := range r.MatcherSetsRaw {
		if text, err := json.Marshal(set); err == nil {
			lines = append(lines, "match "+string(text))
		}
	}
	if r.When != "" {
		lines = append(lines, "when "+r.When)
	}
	return lines
}

// actions says what the rule does, as the Caddyfile has it.
func (r *Rule) actions() []string {
	lines := make([]string, 0, len(r.verbs))
	for _, verb := range r.verbs {
		if c, err := verb.custom(&values{adapting: true}); err == nil {
			lines = append(lines, c.String())
		}
	}
	return lines
}

// own lists the rules of the user, for people.
func (h *Handler) own() []explain.Own {
	all := ownOf("all", h.Rules)
	for _, p := range h.Providers {
		all = append(all, ownOf(p.Name, p.Rules)...)
	}
	return all
}

func ownOf(provider string, rules []*Rule) []explain.Own {
	all := make([]explain.Own, len(rules))
	for i, r := range rules {
		does := r.actions()
		all[i] = explain.Own{ID: r.ID, Provider: provider, Lines: append(r.given, does...), Does: does, Source: r.Source}
	}
	return all
}
