package custom

import "github.com/caddy-scim/caddy-scim/scim"

// Set gives an attribute a value, whatever the client says.
//
// Body: each create and replace has the value. PATCH: what an operation does to
// the attribute is dropped, and one replace by the value stands in its place; a
// PATCH that does not touch it stays as it is. Filter, sortBy, attributes:
// nothing. Undo: none.
//
// The value is given the type of the attribute. An attribute that has many values
// takes a JSON array, or the only one of them.
type Set struct{ Attribute, Value string }

// String is the verb as the Caddyfile has it.
func (v Set) String() string { return "set " + v.Attribute + " " + v.Value }

func (v Set) attributes() []string { return []string{v.Attribute} }

func (v Set) compile(c *compiler) (worker, error) {
	at, err := c.spot(v.Attribute)
	if err != nil {
		return nil, err
	}
	value, err := c.value(at, v.Value)
	return &setWorker{at: at, value: value}, err
}

type setWorker struct {
	still
	onWrites
	at    spot
	value *constant
}

func (w *setWorker) resource(t *turn, v *scim.Value) error {
	to, err := w.value.of(t.m.ctx)
	if err != nil || scim.SameValue(w.at.get(v), &to) {
		return err
	}
	w.at.put(v, to)
	keepSchemas(v, w.at.uri)
	t.did("body." + w.at.String())
	return nil
}

func (w *setWorker) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	out, done := make([]scim.Operation, 0, len(ops)+1), false
	for i := range ops {
		op := ops[i]
		how := touches(t.m.rt, &op, w.at)
		if how == apart {
			out = append(out, op)
			continue
		}
		if how == around {
			if _, empty := takeOut(t.m.rt, &op, w.at); !empty {
				out = append(out, op)
				done = done && op.Op != scim.Remove // and the value with it
			}
		}
		t.did(place(i) + ".value")
		if done {
			continue
		}
		to, err := w.value.of(t.m.ctx)
		if err != nil {
			return nil, err
		}
		out, done = append(out, operation(scim.Replace, w.at, to)), true
	}
	return out, nil
}
