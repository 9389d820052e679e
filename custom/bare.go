package custom

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bareNames decides what a name such as department means, which stands without the
// URI of the extension that defines it. In normal form (B5, F5) it is the
// extension's attribute, and so it is in rules, or they would never find it.
type bareNames struct {
	literal bool // the normal form leaves them alone
	// moved are the names that a rule has given to attributes of extensions: for
	// the verbs behind it they are core attributes that no schema knows.
	moved map[string]bool
}

// qualified is a path with the URI of the extension that defines it, if it is
// written without and only one extension does.
func (b *bareNames) qualified(rt *scim.ResourceType, p scim.AttrPath) scim.AttrPath {
	if b.literal || b.moved[strings.ToLower(p.Name)] {
		return p
	}
	return qualified(rt, p)
}

func qualified(rt *scim.ResourceType, p scim.AttrPath) scim.AttrPath {
	if rt == nil || p.URI != "" {
		return p
	}
	if _, ok := rt.Resolve(scim.AttrPath{Name: p.Name}); ok {
		return p
	}
	if t, ok := rt.ResolveBare(p.Name); ok {
		p.URI, p.Name = t.Path.URI, t.Path.Name
	}
	return p
}

// toldSpot reads an argument that says what the service provider is told, and so
// is taken literally: it may want department beside the core attributes. The
// verbs behind it find it there.
func (c *compiler) toldSpot(text string) (spot, error) {
	s, err := c.spot(text)
	if err != nil {
		return s, err
	}
	literal := literalSpot(c.rt, text)
	if literal.uri != s.uri {
		if c.bare.moved == nil {
			c.bare.moved = map[string]bool{}
		}
		c.bare.moved[strings.ToLower(literal.name)] = true
	}
	return literal, nil
}

// literalSpot is what an attribute path names as it is written.
func literalSpot(rt *scim.ResourceType, text string) spot {
	p, _ := scim.ParseAttrPath(text)
	return spotOf(rt, p)
}

// qualify gives the names in a query at the root, where the normal form does not
// know whose they are, the URIs of their extensions. That is no change.
func (b *bareNames) qualify(registry *scim.Registry, q *query) {
	if b.literal {
		return
	}
	of := func(p scim.AttrPath) scim.AttrPath { return ofTypes(registry.Types, p, qualified) }
	if q.filter != nil {
		q.filter = qualifiedFilter(q.filter, of)
	}
	name := func(text string) string {
		p, err := scim.ParseAttrPath(text)
		if err != nil || of(p) == p {
			return text
		}
		return of(p).String()
	}
	q.sortBy = name(q.sortBy)
	for _, list := range q.lists() {
		for i, text := range *list {
			(*list)[i] = name(text)
		}
	}
}

// ofTypes is a path qualified by the first type that has such an extension, if it
// is a core attribute of none.
func ofTypes(types []*scim.ResourceType, p scim.AttrPath, by func(*scim.ResourceType, scim.AttrPath) scim.AttrPath) scim.AttrPath {
	found := p
	for _, rt := range types {
		if _, ok := rt.Resolve(scim.AttrPath{Name: p.Name}); ok {
			return p
		}
		if found == p {
			found = by(rt, p)
		}
	}
	return found
}

// qualifiedFilter is a filter with qualified names.
func qualifiedFilter(e scim.Expression, of func(scim.AttrPath) scim.AttrPath) scim.Expression {
	walk := filterWalk{fn: func(c comparison) (scim.Expression, error) {
		if to := of(c.Path); to != c.Path {
			return &scim.AttributeExpression{Path: to, Op: c.Op, Value: c.Value}, nil
		}
		return c.AttributeExpression, nil
	}}
	walk.brackets = func(_ spot, e *scim.ValuePath) (scim.Expression, bool, error) {
		if to := of(e.Path); to != e.Path {
			return &scim.ValuePath{Path: to, Filter: e.Filter}, true, nil
		}
		return e, true, nil
	}
	to, _, _ := walk.expression(e) // nothing in it fails
	return to
}
