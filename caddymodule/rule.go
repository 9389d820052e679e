package caddymodule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/custom"
)

// Rule is a rule of your own. It acts on what a request means, after the dialect
// of the identity provider is undone and before the request is adapted to the
// service provider; and what it does to a request, it undoes in the answer.
//
// Rules are applied in the order of the configuration, those of the handler
// before those of the provider, and undone in reverse.
type Rule struct {
	// The name of the rule in logs, metrics and the `explain` header, such as
	// `acme.cost-center`: letters, digits, dots, dashes and underscores.
	ID string `json:"id,omitempty"`

	// The operations of the client that the rule is for: `get`, `list`, `search`,
	// `create`, `replace`, `patch`, `delete`, `bulk`, `discover` and `me`. An
	// operation in a Bulk request counts as what it is by itself. A rule that
	// renames is undone only in the answers of its own operations, so leave this
	// out unless you mean it. Default: all.
	On []string `json:"on,omitempty"`

	// The names of the resource types that the rule is for, such as `User`.
	// Default: all.
	Resource []string `json:"resource,omitempty"`

	// Matcher sets of which one has to take the request of the client, by any of
	// Caddy's matchers. They are asked once for each request, and the
	// placeholders `{scim.provider}`, `{scim.resource}`, `{scim.id}` and
	// `{scim.operation}` are set by then. Default: none; every request is taken.
	MatcherSetsRaw caddyhttp.RawMatcherSets `json:"match,omitempty" caddy:"namespace=http.matchers"`

	// A SCIM filter that decides on the resource: on the body of a create or a
	// replacement, on what a PATCH will make of the resource, and on each
	// resource of an answer. A filter over `op`, `path` and `value` decides on the
	// operations of a PATCH instead. Default: none.
	When string `json:"when,omitempty"`

	// What the rule does, in order.
	VerbsRaw []json.RawMessage `json:"verbs,omitempty" caddy:"namespace=http.handlers.scim.verbs inline_key=verb"`

	// Where the rule was written, such as `Caddyfile:12`, for those who ask why a
	// request was changed. The Caddyfile adapter sets it. Default: unknown.
	Source string `json:"source,omitempty"`

	matchers caddyhttp.MatcherSets
	verbs    []verb
	given    []string   // conditions, for people; matchers are taken away when they are loaded
	lines    *ruleLines // in the Caddyfile; nil if the rule did not come from one
}

// provision loads what the rule is made of.
func (r *Rule) provision(ctx caddy.Context) error {
	if len(r.VerbsRaw) == 0 {
		return errors.New("a verb is missing: the rule does nothing")
	}
	if err := checkVerbs(r.VerbsRaw); err != nil {
		return err
	}
	loaded, err := ctx.LoadModule(r, "VerbsRaw")
	if err != nil {
		return fmt.Errorf("loading verbs: %w", err)
	}
	r.verbs = nil
	for _, module := range loaded.([]any) {
		v, ok := module.(verb)
		if !ok {
			return fmt.Errorf("module %T is no verb", module)
		}
		r.verbs = append(r.verbs, v)
	}
	if r.given = r.conditions(); r.MatcherSetsRaw == nil {
		return nil
	}
	sets, err := ctx.LoadModule(r, "MatcherSetsRaw")
	if err != nil {
		return fmt.Errorf("loading matchers: %w", err)
	}
	return r.matchers.FromInterface(sets)
}

// custom is the rule as package custom has it.
func (r *Rule) custom(v *values) (custom.Rule, error) {
	rule := custom.Rule{ID: r.ID, On: r.On, Resource: r.Resource, When: r.When, Source: r.Source}
	if len(r.matchers) > 0 {
		rule.Match = r.match
	}
	for _, verb := range r.verbs {
		if err := r.reaches(verb); err != nil {
			return rule, err
		}
		c, err := verb.custom(v)
		if err != nil {
			return rule, err
		}
		rule.Verbs = append(rule.Verbs, c)
	}
	return rule, nil
}

// match asks the matchers about the request of the client.
func (r *Rule) match(ctx context.Context) (bool, error) {
	request, ok := ctx.Value(requestKey{}).(*http.Request)
	if !ok {
		return false, errors.New("no request to match")
	}
	return r.matchers.AnyMatchWithError(request)
}

// requestKey is the context key of the client's request, for the matchers of
// rules.
type requestKey struct{}

// withRequest gives the matchers of rules the request of the client.
func withRequest(ctx context.Context, r *http.Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// wrap makes an error say which rule it is about, and where that stands.
func (r *Rule) wrap(err error) error { return r.at(fmt.Errorf("rule %s: %w", r.ID, err)) }

// at makes an error say where the rule stands.
func (r *Rule) at(err error) error {
	if r.Source == "" {
		return err
	}
	return fmt.Errorf("%w, at %s", err, r.Source)
}
