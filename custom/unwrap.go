package custom

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Unwrap takes a value out of an element of a multi-valued attribute: From is a
// value path such as addresses[type eq "work"].locality, To an attribute.
//
// Body: the value leaves the element that fulfils the filter of From; one that has
// nothing left but the terms of the filter goes. Two such elements with different
// values, and another value at To, are refused with invalidValue. PATCH: an
// operation at From is one at To; for others that may be about the element, the
// resource is read. Filter: a value path filter of the terms of From and one
// comparison of the value is one of To; others that need the value are refused
// with invalidFilter. SortBy: the sub-attribute is refused with invalidValue.
// Attributes: To is asked for, too. Undo: the value is put into the element again,
// or into a new one made of the terms.
type Unwrap struct{ From, To string }

// String is the verb as the Caddyfile has it.
func (v Unwrap) String() string { return "unwrap " + v.From + " " + v.To }

func (v Unwrap) attributes() []string { return []string{v.From, v.To} }

func (v Unwrap) compile(c *compiler) (worker, error) {
	to, err := c.toldSpot(v.To)
	if err != nil {
		return nil, err
	}
	n, err := c.nest(to, v.From)
	if err != nil {
		return nil, err
	}
	return &unwrap{n}, nil
}

type unwrap struct{ nest }

func (w *unwrap) resource(t *turn, v *scim.Value) error {
	changed, err := w.extract(v, false, !t.creates())
	if changed {
		t.did("body." + w.deep.spot.String())
	}
	return err
}

func (w *unwrap) answer(t *turn, v *scim.Value) error {
	if changed, _ := w.enclose(v, true); changed {
		t.undid(w.flat.String())
	}
	t.conceal(v)
	return nil
}

func (w *unwrap) problem(_ *turn, text string) string {
	return replaceWord(text, w.flat.String(), w.deep.String())
}

func (w *unwrap) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	depends := func(op scim.Operation) bool { return w.crosses(t.m.rt, &op) && !w.exactly(t.m.rt, &op) }
	if slices.ContainsFunc(ops, depends) {
		return t.byState(ops, w.deep.spot, w.flat)
	}
	for i := range ops {
		if !w.crosses(t.m.rt, &ops[i]) {
			continue
		}
		op := ops[i].Op
		if ops[i].Value.Kind() == scim.Null {
			op, ops[i].Value = scim.Remove, scim.Value{}
		}
		ops[i] = operation(op, w.flat, ops[i].Value)
		t.did(place(i) + ".path")
	}
	return ops, nil
}

// exactly reports whether the path of an operation is that of the value.
func (w *unwrap) exactly(rt *scim.ResourceType, op *scim.Operation) bool {
	return op.Path != "" && op.Target.Filter != nil && targetOf(rt, op).is(w.deep.spot) && w.deep.same(op.Target.Filter)
}

func (w *unwrap) query(t *turn, q *query) error {
	if sorted, ok := namedSpot(t.rt(), q.sortBy); ok && sorted.is(w.deep.spot) {
		return scim.BadRequest(scim.InvalidValue, "sortBy: some values of %s stand at %s behind the gateway, so that there is nothing to sort by", w.deep.spot, w.flat)
	}
	w.project(t, q)
	if q.filter == nil {
		return nil
	}
	filter, err := w.expression(t.rt(), q.filter)
	if err != nil || filter == q.filter {
		return located(err, keyFilter)
	}
	q.filter, q.changed = filter, true
	t.did(q.at(keyFilter))
	return nil
}

// expression is a filter as the service provider is asked.
func (w *unwrap) expression(rt *scim.ResourceType, e scim.Expression) (scim.Expression, error) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		if at := spotOf(rt, e.Path); w.deep.root().is(at.root()) {
			return w.anywhere(e, at)
		}
	case *scim.ValuePath:
		if w.deep.root().is(spotOf(rt, e.Path)) {
			return w.inBrackets(e)
		}
	case *scim.NotExpression:
		inner, err := w.expression(rt, e.Expression)
		if err != nil || inner == e.Expression {
			return e, err
		}
		return &scim.NotExpression{Expression: inner}, nil
	case *scim.LogicalExpression:
		left, err := w.expression(rt, e.Left)
		if err != nil {
			return nil, err
		}
		right, err := w.expression(rt, e.Right)
		if err != nil || left == e.Left && right == e.Right {
			return e, err
		}
		return scim.Join(e.Op, left, right), nil
	}
	return e, nil
}

// inBrackets is a value path filter on the attribute of the element.
func (w *unwrap) inBrackets(e *scim.ValuePath) (scim.Expression, error) {
	rest, ok := w.deep.without(e.Filter)
	if ok && len(rest) == 1 && strings.EqualFold(rest[0].Path.Name, w.deep.sub) && rest[0].Op != scim.NotEqual && rest[0].Value.Kind() != scim.Null {
		return &scim.AttributeExpression{Path: w.flat.path(), Op: rest[0].Op, Value: rest[0].Value}, nil
	}
	return w.among(e, e.Filter)
}

// anywhere is a comparison with the attribute of the element, or with one of its
// sub-attributes in any of its values.
func (w *unwrap) anywhere(e *scim.AttributeExpression, at spot) (scim.Expression, error) {
	switch {
	case at.sub == "" && e.Op == scim.Present: // there is any value
		return scim.Join(scim.Or, e, w.present()), nil
	case e.Value.Kind() == scim.Null:
		return nil, w.unanswerable()
	}
	term := *e
	term.Path = scim.AttrPath{Name: subOf(at)}
	return w.among(e, &term)
}

// subOf is the sub-attribute that a comparison with an attribute compares.
func subOf(at spot) string {
	if at.sub == "" {
		return "value"
	}
	return at.sub
}

// among is e, which asks whether a value fulfils filter, as it is asked of the
// values that the client knows. Among them is one made of the terms if there is a
// value at the attribute, and the service provider may not have it.
func (w *unwrap) among(e scim.Expression, filter scim.Expression) (scim.Expression, error) {
	ofTerms, negative, ofValue := true, false, false
	_, _, _ = rewrittenInside(w.deep.root(), filter, func(c comparison) (scim.Expression, error) {
		ofTerms = ofTerms && w.deep.names(c.spot.sub)
		ofValue = ofValue || c.spot.is(w.deep.spot)
		negative = negative || c.negated || c.Op == scim.NotEqual
		return c.AttributeExpression, nil
	})
	made := w.deep.seed()
	ok, err := scim.MatchesValue(filter, &made, w.deep.attr)
	_, inBrackets := e.(*scim.ValuePath)
	switch {
	case ofValue:
		return nil, w.unanswerable()
	case err != nil: // which the service provider will say
		return e, nil
	case ok && (ofTerms || !negative):
		return scim.Join(scim.Or, e, w.present()), nil
	case ok, negative && !inBrackets: // an element that is there may say otherwise, or there is none
		return nil, w.unanswerable()
	}
	return e, nil
}

func (w *unwrap) present() scim.Expression {
	return &scim.AttributeExpression{Path: w.flat.path(), Op: scim.Present}
}

func (w *unwrap) unanswerable() error {
	return scim.BadRequest(scim.InvalidFilter, "%s is %s behind the gateway; only %s can be asked", w.deep, w.flat,
		w.deep.root().filtered(w.deep.filter)+" with one more comparison of "+w.deep.sub+" by another operator than ne")
}

// project lets the answer show the attribute if the client wants to see the
// element.
func (w *unwrap) project(t *turn, q *query) {
	rt, names := t.rt(), q.attributes
	covered := func(given spot) bool { return given.covers(w.deep.spot) }
	switch {
	case len(names) > 0 && named(rt, names, w.deep.concerns):
		if !named(rt, names, covered) { // the terms only
			t.revealed = append(t.revealed, w.deep.spot)
		}
		t.ask(q, append(w.deep.termSpots(), w.flat))
	case len(q.excluded) > 0:
		names = q.excluded
		if named(rt, names, func(given spot) bool { return given.covers(w.deep.root()) }) {
			q.excluded = append(names, w.flat.String())
			q.changed = true
			t.did(q.at(keyExcluded))
			return
		}
		if named(rt, names, covered) {
			t.revealed = append(t.revealed, w.deep.spot)
		}
		t.permit(q, w.deep.termSpots())
	}
}
