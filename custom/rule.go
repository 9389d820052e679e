package custom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Rule is one rule as the user has written it.
type Rule struct {
	// ID names the rule in logs, metrics and the explain header.
	ID string
	// On are the operations of the client for which the rule works: get, list,
	// search, create, replace, patch, delete, bulk, discover and me. Operations of
	// a Bulk request count as what they are, and so does a request to /Me. None
	// means all.
	On []string
	// Resource are the names of the resource types for which the rule works. None
	// means all that have the attributes that its verbs are about.
	Resource []string
	// Match, if set, decides whether the rule works. It is asked once for a request
	// of a client.
	Match func(context.Context) (bool, error)
	// When is a SCIM filter that the resource has to fulfil, or if it names nothing
	// but op, path and value, an operation of a PATCH. Empty means any.
	When string
	// Verbs are what the rule does, in this order.
	Verbs []Verb
	// Source is where the rule stands, such as Caddyfile:12.
	Source string
}

// Options is what Rules are compiled from.
type Options struct {
	Rules    []Rule
	Registry *scim.Registry
	Base     scim.Base
	// Literal says that the normal form leaves names alone that stand without the
	// URI of their extension. Else such a name in a rule is the extension's.
	Literal bool
	// Expand, if set, fills in the placeholders of a value.
	Expand func(ctx context.Context, template string) string
}

// Rules are compiled rules. They are immutable and safe for concurrent use.
type Rules struct {
	registry *scim.Registry
	base     scim.Base
	expand   func(context.Context, string) string
	rules    []*rule
	bare     *bareNames
}

// rule is one rule, compiled.
type rule struct {
	id      string
	on      []string
	types   []*scim.ResourceType // nil if it is about no resource
	limited bool                 // to the types that the user has named
	when    *condition           // nil if there is none
	undoes  bool                 // the answer may have to be changed
	match   func(context.Context) (bool, error)
	verbs   []verb
}

// verb is one verb of a rule, compiled.
type verb struct {
	shown   *rewrite.Rule // as which it stands in reports
	workers map[*scim.ResourceType]worker
	plain   worker // of a verb without attributes
}

// worker is the one for resources of a type, or nil. Where the type is not
// known, at the root, it is that of the first type.
func (v *verb) worker(r *rule, rt *scim.ResourceType) worker {
	switch {
	case v.plain != nil:
		return v.plain
	case rt != nil:
		return v.workers[rt]
	case len(r.types) > 0:
		return v.workers[r.types[0]]
	}
	return nil
}

// undoes reports whether the answer may have to be changed.
func (v *verb) undoes() bool {
	if v.plain != nil {
		return v.plain.undoes()
	}
	for _, w := range v.workers {
		if w.undoes() {
			return true
		}
	}
	return false
}

// compiler is what a verb is compiled with.
type compiler struct {
	rule   *Rule
	rt     *scim.ResourceType
	expand func(context.Context, string) string // nil if there are no placeholders
	bare   *bareNames
}

// text is a value in which placeholders are filled in for each request.
func (c *compiler) text(template string) func(context.Context) string {
	if c.expand == nil || !strings.Contains(template, "{") {
		return func(context.Context) string { return template }
	}
	return func(ctx context.Context) string { return c.expand(ctx, template) }
}

var operations = []string{"get", "list", "search", "create", "replace", "patch", "delete", "bulk", "discover", "me"}

// New compiles rules. An error names the rule and the verb and says what is
// allowed.
func New(o Options) (*Rules, error) {
	r := &Rules{registry: o.Registry, base: o.Base, expand: o.Expand, bare: &bareNames{literal: o.Literal}}
	for i := range o.Rules {
		id := o.Rules[i].ID
		if slices.ContainsFunc(o.Rules[:i], func(other Rule) bool { return other.ID == id }) {
			return nil, fmt.Errorf("rule %s: there are two rules of that id", id)
		}
		compiled, err := compile(&o.Rules[i], o, r.bare)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", o.Rules[i].ID, err)
		}
		r.rules = append(r.rules, compiled)
	}
	return r, nil
}

func notInID(c rune) bool {
	return !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_')
}

func compile(u *Rule, o Options, bare *bareNames) (*rule, error) {
	r := &rule{id: u.ID, on: u.On, match: u.Match, limited: len(u.Resource) > 0}
	switch {
	case u.ID == "":
		return nil, errors.New("an id is missing")
	case strings.ContainsFunc(u.ID, notInID):
		return nil, errors.New("an id is made of letters, digits, dots, hyphens and underscores, such as acme.cost-center")
	case len(u.Verbs) == 0:
		return nil, errors.New("a verb is missing")
	}
	for _, on := range u.On {
		if !slices.Contains(operations, on) {
			return nil, fmt.Errorf("on: unknown operation %q: known are %s", on, strings.Join(operations, ", "))
		}
	}
	types, err := u.resourceTypes(o.Registry, bare)
	if err != nil {
		return nil, err
	}
	for _, v := range u.Verbs {
		if r.limited || len(v.attributes()) > 0 {
			r.types = types
		}
		one, err := u.compileVerb(v, o, types, bare)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v, err)
		}
		if err := u.everWorks(&one); err != nil {
			return nil, fmt.Errorf("%s: %w", v, err)
		}
		r.verbs = append(r.verbs, one)
		r.undoes = r.undoes || one.undoes()
	}
	return r, u.compileWhen(r, o.Registry, bare)
}

func (u *Rule) compileVerb(v Verb, o Options, types []*scim.ResourceType, bare *bareNames) (verb, error) {
	one := verb{shown: &rewrite.Rule{ID: u.ID, Why: v.String(), Source: u.Source}}
	c := compiler{rule: u, expand: o.Expand, bare: bare}
	var err error
	if len(v.attributes()) == 0 {
		one.plain, err = v.compile(&c)
		return one, err
	}
	one.workers = map[*scim.ResourceType]worker{}
	for _, rt := range types {
		c.rt = rt
		if one.workers[rt], err = v.compile(&c); err != nil {
			return one, err
		}
	}
	return one, nil
}

// limitedTo is a worker that does nothing at some operations of those at which
// there is a resource.
type limitedTo interface{ operations() []string }

// everWorks refuses a verb that has nothing to do at any of the rule's operations.
func (u *Rule) everWorks(one *verb) error {
	if len(u.On) == 0 || one.plain != nil {
		return nil
	}
	at := []string{"get", "list", "search", "create", "replace", "patch", "me"}
	for _, w := range one.workers {
		if l, ok := w.(limitedTo); ok {
			at = l.operations()
		}
	}
	if slices.ContainsFunc(u.On, func(on string) bool { return slices.Contains(at, on) }) {
		return nil
	}
	return fmt.Errorf("it can never do anything on %s: it works on %s, also inside Bulk", strings.Join(u.On, " "), strings.Join(at, ", "))
}

// onWrites is embedded by the workers that only change what is written.
type onWrites struct{}

func (onWrites) operations() []string { return []string{"create", "replace", "patch", "me"} }

// resourceTypes are the types for which the rule works: those that it names, or
// those that know an attribute of one of its verbs. Where none knows any of them
// it works for all.
func (u *Rule) resourceTypes(registry *scim.Registry, bare *bareNames) ([]*scim.ResourceType, error) {
	var types []*scim.ResourceType
	for _, name := range u.Resource {
		rt := registry.ByName(name)
		if rt == nil {
			known := make([]string, len(registry.Types))
			for i, t := range registry.Types {
				known[i] = t.Name
			}
			return nil, fmt.Errorf("resource: unknown type %q: known are %s", name, strings.Join(known, ", "))
		}
		types = append(types, rt)
	}
	if len(types) > 0 {
		return types, nil
	}
	for _, which := range [...]int{0, 1} {
		for _, rt := range registry.Types {
			if u.knows(rt, which, bare) {
				types = append(types, rt)
			}
		}
		if len(types) > 0 {
			return types, nil
		}
	}
	return registry.Types, nil
}

// knows reports whether a type has the n-th attribute of one of the verbs.
func (u *Rule) knows(rt *scim.ResourceType, n int, bare *bareNames) bool {
	for _, v := range u.Verbs {
		names := v.attributes()
		if n >= len(names) {
			continue
		}
		path, _, err := scim.ParsePath(names[n])
		if err != nil {
			continue
		}
		if s := spotOf(rt, bare.qualified(rt, path.Attr)); s.attr != nil || s.name == "" {
			return true
		}
	}
	return false
}
