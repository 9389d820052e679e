package custom

import (
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// inPlace is a worker that changes values where they stand: in bodies, in the
// values of a PATCH, in what filters compare with, and in answers.
type inPlace struct {
	still
	at spot // of the single values; not that of a complex attribute

	// forward changes one value, which may be an element, from C to B by Put and
	// reports whether it did. An error is a *scim.Error whose detail begins with the
	// reason; where it is, is put in front.
	forward func(t *turn, v *scim.Value) (bool, error)
	// back does the same from B to C; nil if there is no undoing.
	back func(t *turn, v *scim.Value) (bool, error)
	// operand returns what a comparison on the attribute compares with; nil if
	// filters stay as they are. It is not asked for pr and null.
	operand func(t *turn, op scim.CompareOp, v scim.Value) (scim.Value, error)
}

// values is the spot of the single values of an attribute: where s is a complex
// attribute its sub-attribute value is meant (RFC 7643 section 2.4).
func (s spot) values() (spot, error) {
	switch {
	case s.name == "":
		return s, fmt.Errorf("%s is an extension: name one of its attributes", s)
	case s.leaf == nil || s.leaf.Type != scim.TypeComplex:
		return s, nil
	}
	if s.leaf = s.attr.SubAttribute("value"); s.leaf == nil {
		return s, fmt.Errorf("%s is complex: name one of its sub-attributes", s)
	}
	s.sub = s.leaf.Name
	return s, nil
}

// valueSpot reads an argument that names values.
func (c *compiler) valueSpot(text string) (spot, error) {
	s, err := c.spot(text)
	if err != nil {
		return s, err
	}
	return s.values()
}

func (w *inPlace) undoes() bool { return w.back != nil }

func (w *inPlace) resource(t *turn, v *scim.Value) error {
	return w.values(t, v, w.at.keys(), "body."+w.at.String())
}

// values carries the verb out on what stands below v at keys.
func (w *inPlace) values(t *turn, v *scim.Value, keys []string, at string) error {
	changed := false
	err := each(v, keys, func(v *scim.Value) error {
		if v.Kind() == scim.Null {
			return nil
		}
		did, err := w.forward(t, v)
		changed = changed || did
		return located(err, at)
	})
	if changed {
		t.did(at)
	}
	return err
}

// each calls fn for each single value that stands below v at keys.
func each(v *scim.Value, keys []string, fn func(*scim.Value) error) error {
	return elements(v, func(v *scim.Value) error {
		if len(keys) == 0 {
			return fn(v)
		}
		if inner := v.Get(keys[0]); inner != nil {
			return each(inner, keys[1:], fn)
		}
		return nil
	})
}

func (w *inPlace) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	for i := range ops {
		op, at := &ops[i], place(i)
		keys, ok := w.at.keys(), true
		if op.Path != "" {
			target := targetOf(t.m.rt, op)
			if err := w.path(t, op, target.root(), at+".path"); err != nil {
				return nil, err
			}
			keys, ok = target.below(w.at)
		}
		if !ok || !op.Value.Exists() {
			continue
		}
		if err := w.values(t, &op.Value, keys, at+".value"); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

// path carries the verb out on the filter in a path.
func (w *inPlace) path(t *turn, op *scim.Operation, parent spot, at string) error {
	if op.Target.Filter == nil || w.operand == nil {
		return nil
	}
	filter, changed, err := rewrittenInside(parent, op.Target.Filter, w.compare(t))
	if err != nil || !changed {
		return located(err, at)
	}
	op.Target.Filter = filter
	op.Path = op.Target.String()
	t.did(at)
	return nil
}

func (w *inPlace) query(t *turn, q *query) error {
	if q.filter == nil || w.operand == nil {
		return nil
	}
	filter, changed, err := rewritten(t.rt(), q.filter, w.compare(t))
	if err != nil || !changed {
		return located(err, keyFilter)
	}
	q.filter, q.changed = filter, true
	t.did(q.at(keyFilter))
	return nil
}

// compare brings one comparison from C to B.
func (w *inPlace) compare(t *turn) func(comparison) (scim.Expression, error) {
	return func(c comparison) (scim.Expression, error) {
		if !w.at.compared(c.spot) || c.Op == scim.Present || c.Value.Kind() == scim.Null {
			return c.AttributeExpression, nil
		}
		to, err := w.operand(t, c.Op, c.Value)
		if err != nil || to.Raw() == c.Value.Raw() {
			return c.AttributeExpression, err
		}
		return &scim.AttributeExpression{Path: c.Path, Op: c.Op, Value: to}, nil
	}
}

// compared reports whether a comparison with o compares the values at s. The
// sub-attribute value may be left out, and in brackets it names a simple value.
func (s spot) compared(o spot) bool {
	switch {
	case strings.EqualFold(s.sub, "value"):
		return o.is(s) || o.is(s.root())
	case s.sub == "" && strings.EqualFold(o.sub, "value"):
		return o.root().is(s)
	}
	return o.is(s)
}

func (w *inPlace) answer(t *turn, v *scim.Value) error {
	if w.back == nil {
		return nil
	}
	changed := false
	err := each(v, w.at.keys(), func(v *scim.Value) error {
		if v.Kind() == scim.Null {
			return nil
		}
		did, err := w.back(t, v)
		changed = changed || did
		return err
	})
	if changed {
		t.undid(w.at.String())
	}
	return err
}

// below returns the keys that lead from s to o, and false if o is not at s or
// below it.
func (s spot) below(o spot) ([]string, bool) {
	if !s.covers(o) {
		return nil, false
	}
	return o.keys()[len(s.keys()):], true
}

// located puts in front of an error where it is.
func located(err error, at string) error {
	if err == nil {
		return nil
	}
	e := *scim.AsError(err)
	e.Detail = at + ": " + e.Detail
	return &e
}
