package custom

import "github.com/caddy-scim/caddy-scim/scim"

// comparison is one comparison of a filter.
type comparison struct {
	*scim.AttributeExpression      // never to be changed in place
	spot                      spot // of what is compared, that of the attribute in front of brackets included
	inside                    bool // it stands in brackets
	negated                   bool // it stands in a negation
}

// rewritten returns a filter in which fn has replaced comparisons, and true if any
// was. Expressions are shared and never changed in place. rt may be nil.
func rewritten(rt *scim.ResourceType, e scim.Expression, fn func(comparison) (scim.Expression, error)) (scim.Expression, bool, error) {
	return filterWalk{rt: rt, fn: fn}.expression(e)
}

// rewrittenInside does the same for a filter in brackets behind an attribute.
func rewrittenInside(parent spot, e scim.Expression, fn func(comparison) (scim.Expression, error)) (scim.Expression, bool, error) {
	return filterWalk{parent: parent, inside: true, fn: fn}.expression(e)
}

// filterWalk goes through a filter.
type filterWalk struct {
	rt      *scim.ResourceType
	parent  spot // in front of the brackets
	inside  bool
	negated bool
	fn      func(comparison) (scim.Expression, error)

	// brackets, if set, is asked first for each attribute with brackets. It reports
	// false for what fn is to look into.
	brackets func(spot, *scim.ValuePath) (scim.Expression, bool, error)
}

func (w filterWalk) expression(e scim.Expression) (scim.Expression, bool, error) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		to, err := w.fn(comparison{AttributeExpression: e, spot: w.spot(e.Path), inside: w.inside, negated: w.negated})
		return to, to != e, err
	case *scim.NotExpression:
		w.negated = true
		inner, changed, err := w.expression(e.Expression)
		if err != nil || !changed {
			return e, false, err
		}
		return &scim.NotExpression{Expression: inner}, true, nil
	case *scim.LogicalExpression:
		left, one, err := w.expression(e.Left)
		if err != nil {
			return e, false, err
		}
		right, other, err := w.expression(e.Right)
		if err != nil || !one && !other {
			return e, false, err
		}
		return scim.Join(e.Op, left, right), true, nil
	case *scim.ValuePath:
		parent := spotOf(w.rt, e.Path)
		if w.brackets != nil {
			if to, done, err := w.brackets(parent, e); done || err != nil {
				return to, done, err
			}
		}
		w.parent, w.inside = parent, true
		inner, changed, err := w.expression(e.Filter)
		if err != nil || !changed {
			return e, false, err
		}
		return &scim.ValuePath{Path: e.Path, Filter: inner}, true, nil
	}
	return e, false, nil
}

// spot is what a path of the filter leads to.
func (w filterWalk) spot(p scim.AttrPath) spot {
	if !w.inside {
		return spotOf(w.rt, p)
	}
	s := w.parent
	s.sub, s.leaf = p.Name, s.attr.SubAttribute(p.Name)
	return s
}
