package custom

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Wrap puts the value of an attribute into an element of a multi-valued one: From
// is an attribute, To a value path such as addresses[type eq "work"].locality.
//
// Body: the value goes into the element that fulfils the filter of To, or into a
// new one that is made of its terms; if there are two such elements, or the one
// has another value there, the body is refused with invalidValue. PATCH: by the
// resource, which is read. Filter: From becomes a value path filter. SortBy: From
// is refused with invalidValue, for a value of an element is nothing to sort by.
// Attributes: what the element needs is asked for instead. Undo: the value is
// taken out of the element; an element that has nothing left but the terms is not
// shown.
type Wrap struct{ From, To string }

// String is the verb as the Caddyfile has it.
func (v Wrap) String() string { return "wrap " + v.From + " " + v.To }

func (v Wrap) attributes() []string { return []string{v.From, v.To} }

func (v Wrap) compile(c *compiler) (worker, error) {
	from, err := c.spot(v.From)
	if err != nil {
		return nil, err
	}
	n, err := c.nest(from, v.To)
	if err != nil {
		return nil, err
	}
	return &wrap{n}, nil
}

type wrap struct{ nest }

func (w *wrap) resource(t *turn, v *scim.Value) error {
	changed, err := w.enclose(v, false)
	if changed {
		t.did("body." + w.flat.String())
	}
	return err
}

func (w *wrap) answer(t *turn, v *scim.Value) error {
	if changed, _ := w.extract(v, true, false); changed {
		t.undid(w.deep.spot.String())
	}
	t.conceal(v)
	return nil
}

// problem names the attribute where the service provider complains of the values
// that hold it now.
func (w *wrap) problem(_ *turn, text string) string {
	return replaceWord(text, w.deep.String(), w.flat.String())
}

func (w *wrap) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	depends := func(op scim.Operation) bool {
		return touches(t.m.rt, &op, w.flat) != apart || w.crosses(t.m.rt, &op)
	}
	if !slices.ContainsFunc(ops, depends) {
		return ops, nil
	}
	return t.byState(ops, w.flat, w.deep.spot)
}

func (w *wrap) query(t *turn, q *query) error {
	if sorted, ok := namedSpot(t.rt(), q.sortBy); ok && sorted.is(w.flat) {
		return scim.BadRequest(scim.InvalidValue, "sortBy: %s is a value of an element behind the gateway, which is nothing to sort by", w.flat)
	}
	w.project(t, q)
	if q.filter == nil {
		return nil
	}
	filter, changed, err := rewritten(t.rt(), q.filter, func(c comparison) (scim.Expression, error) {
		if !w.flat.compared(c.spot) {
			return c.AttributeExpression, nil
		}
		if c.inside {
			return nil, scim.BadRequest(scim.InvalidFilter, "%s: it cannot stand in brackets, for it is in others behind the gateway", w.flat)
		}
		return w.asked(c.AttributeExpression), nil
	})
	if err != nil || !changed {
		return located(err, keyFilter)
	}
	q.filter, q.changed = filter, true
	t.did(q.at(keyFilter))
	return nil
}

// asked is a comparison with the attribute as the service provider is asked.
func (w *wrap) asked(e *scim.AttributeExpression) scim.Expression {
	op, negated := e.Op, false
	switch {
	case e.Value.Kind() == scim.Null: // eq null: there is no value
		op, negated = scim.Present, e.Op == scim.Equal
	case e.Op == scim.NotEqual: // which also holds where there is no value
		op, negated = scim.Equal, true
	}
	term := &scim.AttributeExpression{Path: scim.AttrPath{Name: w.deep.sub}, Op: op}
	if op != scim.Present {
		term.Value = e.Value
	}
	asked := &scim.ValuePath{Path: w.deep.root().path(), Filter: scim.Join(scim.And, w.deep.filter, term)}
	if negated {
		return &scim.NotExpression{Expression: asked}
	}
	return asked
}

// project lets the answer show the element if the client wants to see the
// attribute, or values among which the element's would be.
func (w *wrap) project(t *turn, q *query) {
	rt, names := t.rt(), q.attributes
	covered := func(given spot) bool { return given.covers(w.flat) }
	if len(names) > 0 {
		asked := named(rt, names, covered)
		if !asked && !named(rt, names, w.deep.concerns) {
			return
		}
		q.attributes = withoutSpot(rt, names, w.flat)
		t.ask(q, w.deep.needed())
		if !asked {
			t.revealed = append(t.revealed, w.flat)
		}
		return
	}
	if names = q.excluded; len(names) == 0 {
		return
	}
	hidden := named(rt, names, covered)
	if before := len(names); hidden {
		q.excluded = withoutSpot(rt, names, w.flat)
		q.changed = q.changed || len(q.excluded) < before
	}
	if hidden && named(rt, q.excluded, func(given spot) bool { return given.covers(w.deep.root()) }) {
		return
	}
	t.permit(q, w.deep.needed())
	if hidden {
		t.revealed = append(t.revealed, w.flat)
	}
}
