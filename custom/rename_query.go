package custom

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

func (r *rename) query(t *turn, q *query) error {
	rt := t.rt()
	if q.filter != nil {
		filter, changed, err := r.filter(rt, q.filter)
		if err != nil {
			return located(err, keyFilter)
		}
		if changed {
			q.filter, q.changed = filter, true
			t.did(q.at(keyFilter))
		}
	}
	if q.sortBy != "" {
		if to := r.name(rt, q.sortBy); to != q.sortBy {
			q.sortBy, q.changed = to, true
			t.did(q.at(keySortBy))
		}
	}
	for name, list := range q.lists() {
		to := r.names(rt, *list)
		if !slices.Equal(*list, to) {
			*list, q.changed = to, true
			t.did(q.at(name))
		}
	}
	return nil
}

// name is what a path becomes.
func (r *rename) name(rt *scim.ResourceType, name string) string {
	path, err := scim.ParseAttrPath(name)
	if err != nil {
		if r.from.name == "" && strings.EqualFold(name, r.from.uri) {
			return r.to.uri
		}
		return name
	}
	if s := spotOf(rt, path); r.from.covers(s) {
		return r.moved(rt, s).String()
	}
	return name
}

// names is what a list of paths becomes. What holds From brings To with it.
func (r *rename) names(rt *scim.ResourceType, names []string) []string {
	out := make([]string, 0, len(names)+1)
	add := func(name string) {
		if !slices.ContainsFunc(out, func(known string) bool { return strings.EqualFold(known, name) }) {
			out = append(out, name)
		}
	}
	for _, name := range names {
		add(r.name(rt, name))
		if s, ok := nameSpot(rt, name); ok && s.covers(r.from) && !s.is(r.from) && !s.covers(r.to) {
			add(r.to.String())
		}
	}
	return out
}

// nameSpot is what a name in a list of attributes leads to.
func nameSpot(rt *scim.ResourceType, name string) (spot, bool) {
	path, err := scim.ParseAttrPath(name)
	if err != nil {
		return spot{}, false
	}
	return spotOf(rt, path), true
}

// filter renames in a filter. Brackets behind an attribute that has one value mean
// what their comparisons mean without them, so that one of these can be moved out.
func (r *rename) filter(rt *scim.ResourceType, e scim.Expression) (scim.Expression, bool, error) {
	w := filterWalk{rt: rt, fn: r.compare(rt)}
	w.brackets = func(parent spot, e *scim.ValuePath) (scim.Expression, bool, error) {
		switch {
		case r.from.sub == "" && r.from.is(parent):
			return &scim.ValuePath{Path: r.to.path(), Filter: e.Filter}, true, nil
		case r.from.name == "" && r.from.covers(parent):
			return &scim.ValuePath{Path: r.moved(rt, parent).path(), Filter: e.Filter}, true, nil
		case r.from.sub != "" && !r.sibling && r.from.root().is(parent):
			return w.expression(unbracketed(parent, e.Filter))
		}
		return nil, false, nil
	}
	return w.expression(e)
}

// unbracketed is a filter in brackets behind an attribute with one value as it is
// written without them.
func unbracketed(parent spot, e scim.Expression) scim.Expression {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		path := parent.path()
		path.Sub = e.Path.Name
		return &scim.AttributeExpression{Path: path, Op: e.Op, Value: e.Value}
	case *scim.LogicalExpression:
		return scim.Join(e.Op, unbracketed(parent, e.Left), unbracketed(parent, e.Right))
	case *scim.NotExpression:
		return &scim.NotExpression{Expression: unbracketed(parent, e.Expression)}
	}
	return e
}

// compare renames in one comparison.
func (r *rename) compare(rt *scim.ResourceType) func(comparison) (scim.Expression, error) {
	return func(c comparison) (scim.Expression, error) {
		switch {
		case c.inside && r.sibling && r.from.is(c.spot):
			return &scim.AttributeExpression{Path: scim.AttrPath{Name: r.to.sub}, Op: c.Op, Value: c.Value}, nil
		case c.inside:
		case r.from.covers(c.spot):
			return &scim.AttributeExpression{Path: r.moved(rt, c.spot).path(), Op: c.Op, Value: c.Value}, nil
		case c.Op == scim.Present && c.spot.covers(r.from) && !c.spot.covers(r.to): // a part of what is present went away
			return scim.Join(scim.Or, c.AttributeExpression, &scim.AttributeExpression{Path: r.to.path(), Op: scim.Present}), nil
		}
		return c.AttributeExpression, nil
	}
}
