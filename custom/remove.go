package custom

import (
	"net/http"
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Remove hides an attribute from both sides: the service provider is not given it,
// and the client is not shown it.
//
// Body and PATCH: the attribute goes, and so does an operation that has nothing
// else. If nothing is left of a PATCH the resource is read and answered.
// Attributes: the name goes; if none is left only the id is asked for. SortBy: it
// goes, with sortOrder. Filter: one that names the attribute, also in a path, is
// refused with invalidFilter: what is hidden cannot be searched by. Undo: it is
// left out of answers and lists. A PUT leaves what is hidden as it is: the resource
// is read for that, since a client cannot speak of what it does not see. It may
// still remove what holds it.
type Remove struct{ Attribute string }

// String is the verb as the Caddyfile has it.
func (v Remove) String() string { return "remove " + v.Attribute }

func (v Remove) attributes() []string { return []string{v.Attribute} }

func (v Remove) compile(c *compiler) (worker, error) {
	at, err := c.spot(v.Attribute)
	if err != nil {
		return nil, err
	}
	return &removeWorker{at: at, others: c.otherKeys(at)}, nil
}

type removeWorker struct {
	still
	at     spot
	others [][]string // keys under which service providers may show it
}

func (*removeWorker) undoes() bool { return true }

func (w *removeWorker) resource(t *turn, v *scim.Value) error {
	if strip(v, w.at.keys()) {
		keepSchemas(v, w.at.uri)
		t.did("body." + w.at.String())
	}
	return w.keep(t, v)
}

// keep gives a resource that takes the place of another one what is hidden in
// that: RFC 7644 section 3.5.1 leaves it to the service provider what becomes of
// attributes that a PUT does not name, and most clear them.
func (w *removeWorker) keep(t *turn, v *scim.Value) error {
	if t.m.req.Method != http.MethodPut || t.m.quiet > 0 || t.m.stateless != "" {
		return nil
	}
	present, err := t.m.present(t.index + 1)
	if err != nil || t.m.state.unknown {
		return err
	}
	if !w.restore(v, &present) {
		return nil
	}
	keepSchemas(v, w.at.uri)
	t.m.demand()
	t.did("body." + w.at.String())
	return nil
}

// restore copies what is hidden from one resource to another: for each value of a
// multi-valued attribute from the one that it is the same as.
func (w *removeWorker) restore(to, from *scim.Value) bool {
	if w.at.sub == "" {
		hidden := w.at.get(from)
		if hidden.Empty() {
			return false
		}
		w.at.put(to, hidden.Clone())
		return true
	}
	restored := false
	_ = elements(w.at.root().get(to), func(v *scim.Value) error {
		hidden := same(w.at.root().get(from), v).Get(w.at.sub)
		if v.Kind() == scim.Object && !hidden.Empty() {
			v.Set(w.at.sub, hidden.Clone())
			restored = true
		}
		return nil
	})
	return restored
}

// same finds the value of an attribute that another one is about: the only one,
// or of several that with the same value, and the same type if both have one.
func same(among, v *scim.Value) *scim.Value {
	if among.Kind() != scim.Array {
		return among
	}
	for i := range among.Members() {
		other := among.At(i)
		typ, otherType := v.Get("type"), other.Get("type")
		if !v.Get("value").Empty() && scim.SameValue(v.Get("value"), other.Get("value")) &&
			(typ.Empty() || otherType.Empty() || scim.SameValue(typ, otherType)) {
			return other
		}
	}
	return nil
}

func (w *removeWorker) answer(t *turn, v *scim.Value) error {
	if strip(v, w.at.keys()) {
		keepSchemas(v, w.at.uri)
		t.undid(w.at.String())
	}
	for _, keys := range w.others {
		if strip(v, keys) {
			t.undid(w.at.String())
		}
	}
	return nil
}

// otherKeys are the ways besides the standard's in which a service provider may
// show an attribute: with the URI of its schema in the name, also of the core
// schema, without it in an extension, and with a dot in front of a sub-attribute.
func (c *compiler) otherKeys(at spot) [][]string {
	if at.name == "" {
		return nil
	}
	uri := at.uri
	if uri == "" && c.rt != nil {
		uri = c.rt.Schema.ID
	}
	names := []string{uri + ":" + at.name}
	others := [][]string{}
	if at.uri == "" {
		others = append(others, append([]string{uri}, at.keys()...))
	} else if p := c.bare.qualified(c.rt, scim.AttrPath{Name: at.name}); p.URI == at.uri {
		names = append(names, at.name)
	}
	for _, name := range names {
		if at.sub == "" {
			others = append(others, []string{name})
			continue
		}
		others = append(others, []string{name, at.sub}, []string{name + "." + at.sub})
	}
	if at.sub != "" && at.uri == "" {
		others = append(others, []string{at.name + "." + at.sub})
	}
	return others
}

// strip removes what stands below v at keys, in each value of what has many.
// Objects and arrays that hold nothing any more go too.
func strip(v *scim.Value, keys []string) bool {
	if v.Kind() == scim.Array {
		gone := false
		v.Keep(func(m *scim.Member) bool {
			stripped := strip(&m.Value, keys)
			gone = gone || stripped
			return !stripped || m.Value.Len() > 0
		})
		return gone
	}
	i := v.Index(keys[0])
	if i < 0 {
		return false
	}
	if len(keys) == 1 {
		v.Delete(i)
		return true
	}
	inner := v.At(i)
	gone := strip(inner, keys[1:])
	if gone && inner.Len() == 0 {
		v.Delete(i)
	}
	return gone
}

func (w *removeWorker) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	out := make([]scim.Operation, 0, len(ops))
	for i := range ops {
		op := ops[i]
		keys := w.at.keys()
		if op.Path != "" {
			target := targetOf(t.m.rt, &op)
			if op.Target.Filter != nil {
				if _, _, err := rewrittenInside(target.root(), op.Target.Filter, w.compare); err != nil {
					return nil, located(err, place(i)+".path")
				}
			}
			if w.at.covers(target) {
				t.did(place(i) + ".path")
				continue
			}
			below, ok := target.below(w.at)
			if !ok {
				out = append(out, op)
				continue
			}
			keys = below
		}
		if op.Value.Exists() && strip(&op.Value, keys) {
			t.did(place(i) + ".value")
			if op.Value.Len() == 0 {
				continue
			}
		}
		out = append(out, op)
	}
	return out, nil
}

func (w *removeWorker) query(t *turn, q *query) error {
	if q.filter != nil {
		if err := w.filter(t.rt(), q.filter); err != nil {
			return located(err, keyFilter)
		}
	}
	if s, ok := nameSpot(t.rt(), q.sortBy); ok && (w.at.covers(s) || w.at.compared(s)) {
		q.sortBy, q.changed = "", true
		t.did(q.at(keySortBy))
	}
	kept := slices.DeleteFunc(slices.Clone(q.attributes), func(name string) bool {
		s, ok := nameSpot(t.rt(), name)
		return ok && w.at.covers(s)
	})
	if len(kept) < len(q.attributes) {
		if q.attributes, q.changed = kept, true; len(kept) == 0 {
			q.attributes = []string{"id"}
		}
		t.did(q.at(keyAttributes))
	}
	return nil
}

// filter refuses a filter that names the attribute.
func (w *removeWorker) filter(rt *scim.ResourceType, e scim.Expression) error {
	walk := filterWalk{rt: rt, fn: w.compare}
	walk.brackets = func(parent spot, e *scim.ValuePath) (scim.Expression, bool, error) {
		if w.at.covers(parent) {
			return e, false, w.hidden()
		}
		return nil, false, nil
	}
	_, _, err := walk.expression(e)
	return err
}

func (w *removeWorker) compare(c comparison) (scim.Expression, error) {
	if w.at.covers(c.spot) || w.at.compared(c.spot) {
		return c.AttributeExpression, w.hidden()
	}
	return c.AttributeExpression, nil
}

func (w *removeWorker) hidden() error {
	return scim.BadRequest(scim.InvalidFilter, "%s cannot be searched by", w.at)
}
