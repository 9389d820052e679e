package custom

import "github.com/caddy-scim/caddy-scim/scim"

// Default gives an attribute a value where the client gives none.
//
// Body: a create or replace without the attribute, or with null, "" or [], has the
// value. PATCH: to remove the attribute is to replace it by the value. Filter,
// sortBy, attributes: nothing. Undo: none.
//
// The value is given the type of the attribute. An attribute that has many values
// takes a JSON array, or the only one of them.
type Default struct{ Attribute, Value string }

// String is the verb as the Caddyfile has it.
func (v Default) String() string { return "default " + v.Attribute + " " + v.Value }

func (v Default) attributes() []string { return []string{v.Attribute} }

func (v Default) compile(c *compiler) (worker, error) {
	at, err := c.spot(v.Attribute)
	if err != nil {
		return nil, err
	}
	value, err := c.value(at, v.Value)
	return &defaultWorker{at: at, value: value}, err
}

type defaultWorker struct {
	still
	onWrites
	at    spot
	value *constant
}

func (w *defaultWorker) resource(t *turn, v *scim.Value) error {
	if says(w.at.get(v)) {
		return nil
	}
	to, err := w.value.of(t.m.ctx)
	if err != nil {
		return err
	}
	w.at.put(v, to)
	keepSchemas(v, w.at.uri)
	t.did("body." + w.at.String())
	return nil
}

func (w *defaultWorker) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	out := make([]scim.Operation, 0, len(ops))
	for i := range ops {
		op := ops[i]
		how := touches(t.m.rt, &op, w.at)
		if how != exact && how != around || op.Op != scim.Remove && says(w.in(t, &op)) {
			out = append(out, op)
			continue
		}
		to, err := w.value.of(t.m.ctx)
		if err != nil {
			return nil, err
		}
		t.did(place(i) + ".value")
		if how == around {
			if _, empty := takeOut(t.m.rt, &op, w.at); !empty {
				out = append(out, op)
			}
		}
		out = append(out, operation(scim.Replace, w.at, to))
	}
	return out, nil
}

// in is the value that an operation gives the attribute.
func (w *defaultWorker) in(t *turn, op *scim.Operation) *scim.Value {
	keys := w.at.keys()
	if op.Path != "" {
		keys, _ = targetOf(t.m.rt, op).below(w.at)
	}
	v := &op.Value
	for _, key := range keys {
		v = v.Get(key)
	}
	return v
}
