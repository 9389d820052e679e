package caddymodule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/custom"
)

// provisionRules loads the rules of the handler or of a provider.
func provisionRules(ctx caddy.Context, all []*Rule) error {
	for _, r := range all {
		if err := r.check(); err != nil {
			return r.wrap(err)
		}
		if err := r.provision(ctx); err != nil {
			return r.wrap(err)
		}
	}
	return nil
}

// check refuses what can be told of a rule by itself, before its verbs are
// looked at.
func (r *Rule) check() error {
	if err := checkRuleID(r.ID); err != nil {
		return err
	}
	for _, word := range r.On {
		if err := oneOf("operation", word, operations...); err != nil {
			return err
		}
	}
	for _, word := range r.Resource {
		if err := oneOf("resource type", word, resourceNames()...); err != nil {
			return err
		}
	}
	return nil
}

// operations are those that a rule can be for.
var operations = []string{"get", "list", "search", "create", "replace", "patch", "delete", "bulk", "discover", "me"}

// checkRuleID refuses an id that could not be told from others, or that could
// not stand in a header.
func checkRuleID(id string) error {
	switch {
	case id == "":
		return errors.New("an id is missing")
	case strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != "":
		return fmt.Errorf("%q is no id: letters, digits, dots, dashes and underscores are expected", id)
	case slices.Contains(ruleIDs(), id):
		return fmt.Errorf("there is a rule %s already, which comes with the gateway (see caddy scim rules)", id)
	}
	return nil
}

// rulesOf are the rules of the user for the requests of a provider: those of the
// handler, then those of the provider, without those that it disables.
func (h *Handler) rulesOf(p *Provider) []*Rule {
	var all []*Rule
	for _, r := range h.Rules {
		if !slices.Contains(p.Disable, r.ID) {
			all = append(all, r)
		}
	}
	return append(all, p.Rules...)
}

// compileRules compiles rules of the user that are applied together. There may
// be none. literal says that names without the URI of their extension are left alone.
func (h *Handler) compileRules(all []*Rule, literal bool) (*custom.Rules, error) {
	if len(all) == 0 {
		return nil, nil
	}
	if twice := duplicate(all); twice != nil {
		return nil, twice.wrap(errors.New("there are two of that id"))
	}
	compiled := make([]custom.Rule, 0, len(all))
	for _, r := range all {
		rule, err := r.custom(&h.values)
		if err != nil {
			return nil, r.wrap(err)
		}
		if err := h.compiles(&h.values, rule); err != nil {
			return nil, r.at(err)
		}
		compiled = append(compiled, rule)
	}
	options := h.customOptions(&h.values, compiled...)
	options.Literal = literal
	return custom.New(options)
}

// duplicate is the first rule whose id another one before it has.
func duplicate(all []*Rule) *Rule {
	for i, r := range all {
		if slices.ContainsFunc(all[:i], func(other *Rule) bool { return other.ID == r.ID }) {
			return r
		}
	}
	return nil
}

// compiles tries to compile rules.
func (h *Handler) compiles(v *values, rules ...custom.Rule) error {
	_, err := custom.New(h.customOptions(v, rules...))
	return err
}

func (h *Handler) customOptions(v *values, rules ...custom.Rule) custom.Options {
	return custom.Options{Rules: rules, Registry: h.registry, Base: h.base, Expand: v.expand}
}

// disabled checks what a provider disables: rules that come with the gateway, and
// rules of the handler. It returns the former.
func (h *Handler) disabled(p *Provider) ([]string, error) {
	catalogue := ruleIDs()
	var theirs []string
	for _, id := range p.Disable {
		switch {
		case slices.Contains(catalogue, id):
			theirs = append(theirs, id)
		case !slices.Contains(h.ids(), id):
			return nil, unknown("rule", id, append(catalogue, h.ids()...))
		}
	}
	return theirs, nil
}

// ids are those of the handler's rules.
func (h *Handler) ids() []string {
	ids := make([]string, len(h.Rules))
	for i, r := range h.Rules {
		ids[i] = r.ID
	}
	return ids
}

// warn tells of rules that do what they say and probably not what is meant.
func (h *Handler) warn() {
	for _, r := range h.userRules() {
		if missing := r.halfNamed(); missing != "" {
			h.logger.Warn("the rule renames in some operations only: answers to the others show the name of the service provider",
				zap.String("rule", r.ID), zap.String("source", r.Source), zap.String("missing", missing))
		}
	}
}

// halfNamed names the reads that a rule which gives things another name or place
// leaves out.
func (r *Rule) halfNamed() string {
	if len(r.On) == 0 || !slices.ContainsFunc(r.verbs, renames) {
		return ""
	}
	var missing []string
	for _, read := range []string{"get", "list", "search"} {
		if !slices.Contains(r.On, read) {
			missing = append(missing, read)
		}
	}
	return strings.Join(missing, ", ")
}

// renames tells the verbs after which the client and the service provider have
// something in different places.
func renames(v verb) bool {
	switch v.(type) {
	case *RenameVerb, *WrapVerb, *UnwrapVerb:
		return true
	}
	return false
}
