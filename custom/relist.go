package custom

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// relist is the worker of Split and Join: it makes one value of many, or many of
// one.
type relist struct {
	still
	at      spot
	forward func(*scim.Value) (scim.Value, error) // for what is there and not null
	back    func(*scim.Value) scim.Value

	// What an add of the client means: that values come to those that the service
	// provider has in its list (adds), or in what it holds as one value (merges), or
	// else that the one value is replaced (RFC 7644 section 3.5.2.1).
	adds, merges bool
}

func (*relist) undoes() bool { return true }
func (*relist) reshapes()    {}

func (w *relist) resource(t *turn, v *scim.Value) error {
	changed, err := w.change(w.at.get(v))
	if changed {
		t.did("body." + w.at.String())
	}
	return located(err, "body."+w.at.String())
}

// change puts what becomes of a value in its place.
func (w *relist) change(v *scim.Value) (bool, error) {
	if v.Empty() {
		return false, nil
	}
	to, err := w.forward(v)
	if err != nil || scim.SameValue(v, &to) {
		return false, err
	}
	v.Put(to)
	return true, nil
}

func (w *relist) answer(t *turn, v *scim.Value) error {
	given := w.at.get(v)
	if !given.Exists() || given.Kind() == scim.Null {
		return nil
	}
	to := w.back(given)
	if to.Kind() == given.Kind() {
		return nil
	}
	t.undid(w.at.String())
	if to.Empty() {
		w.at.take(v)
		keepSchemas(v, w.at.uri)
		return nil
	}
	given.Put(to)
	return nil
}

func (w *relist) query(t *turn, q *query) error {
	if q.filter == nil {
		return nil
	}
	_, _, err := rewritten(t.rt(), q.filter, func(c comparison) (scim.Expression, error) {
		if c.Op == scim.Present || c.Value.Kind() == scim.Null || !w.at.compared(c.spot) {
			return c.AttributeExpression, nil
		}
		return nil, scim.BadRequest(scim.InvalidFilter, "%s %s: it is a list in one place and a text in the other; only pr can be asked", w.at, c.Op)
	})
	return located(err, keyFilter)
}

func (w *relist) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	if slices.ContainsFunc(ops, func(op scim.Operation) bool { return w.needsState(t.m.rt, &op) }) {
		return t.byState(ops, w.at)
	}
	made := make([]scim.Operation, 0, len(ops)+1)
	for i := range ops {
		op, how := ops[i], touches(t.m.rt, &ops[i], w.at)
		if op.Op == scim.Remove || how == apart {
			made = append(made, op)
			continue
		}
		if how == exact {
			part, changed, err := w.operation(op)
			if err != nil {
				return nil, located(err, place(i)+".value")
			}
			if changed {
				t.did(place(i) + ".value")
			}
			made = append(made, part)
			continue
		}
		part, empty := takeOut(t.m.rt, &op, w.at)
		part, _, err := w.operation(part)
		if err != nil {
			return nil, located(err, place(i)+".value."+w.at.String())
		}
		t.did(place(i) + ".value")
		if !empty {
			made = append(made, op)
		}
		made = append(made, part)
	}
	return made, nil
}

// needsState reports whether what becomes of an operation depends on the values
// that are there.
func (w *relist) needsState(rt *scim.ResourceType, op *scim.Operation) bool {
	switch touches(rt, op, w.at) {
	case apart:
		return false
	case inside:
		return true
	}
	return w.merges && op.Op == scim.Add
}

// operation is an operation on the attribute as the service provider is told.
func (w *relist) operation(op scim.Operation) (scim.Operation, bool, error) {
	if op.Op == scim.Remove || op.Value.Kind() == scim.Null {
		return op, false, nil
	}
	changed, err := w.change(&op.Value)
	switch {
	case err != nil:
		return op, false, err
	case op.Value.Empty(): // nothing is left of it
		return operation(scim.Remove, w.at, scim.Value{}), true, nil
	case op.Op == scim.Add && !w.adds:
		op.Op, changed = scim.Replace, true
	}
	return op, changed, nil
}
