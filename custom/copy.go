package custom

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Copy gives a second attribute the value that a write gives the first, whatever
// the client says of the second.
//
// From may be one value of an attribute that has many, such as
// emails[type eq "work"].value. Body: To becomes what From is, if From is given.
// PATCH: an operation on From does the same to To; where that cannot be said
// operation by operation the resource is read, and To replaced by what From has
// become. Filter, sortBy, attributes: nothing. Undo: none, the answer shows both.
type Copy struct{ From, To string }

// String is the verb as the Caddyfile has it.
func (v Copy) String() string { return "copy " + v.From + " " + v.To }

func (v Copy) attributes() []string { return []string{v.From, v.To} }

func (v Copy) compile(c *compiler) (worker, error) {
	w := &copyWorker{}
	from := v.From
	if strings.Contains(from, "[") {
		path, err := c.valuePath(from)
		if err != nil {
			return nil, err
		}
		w.filter, from = path.Filter, path.Attr.String()+"."+path.Sub
	}
	var err error
	if w.from, err = c.spot(from); err != nil {
		return nil, err
	}
	if w.to, err = c.spot(v.To); err != nil {
		return nil, err
	}
	if w.from.is(w.to) && !strings.EqualFold(from, v.To) { // to a flat attribute of the same name
		w.to, _ = c.toldSpot(v.To)
	}
	switch {
	case w.filter == nil && w.from.sub != "" && w.from.many():
		return nil, fmt.Errorf("%s has many values: say which is meant, as in emails[type eq \"work\"].value", w.from.root())
	case w.to.sub != "" && w.to.many():
		return nil, fmt.Errorf("%s has many values: there is no telling which of them is meant", w.to.root())
	case w.to.name == "" || w.from.name == "":
		return nil, errors.New("an extension as a whole is not copied: name its attributes")
	}
	return w, holdsSame(w.from, w.to)
}

// valuePath reads an argument that is one value of a multi-valued attribute.
func (c *compiler) valuePath(text string) (scim.PatchPath, error) {
	path, _, err := scim.ParsePath(text)
	if err != nil || path.Filter == nil || path.Sub == "" {
		return path, fmt.Errorf("%s is not a value path such as emails[type eq \"work\"].value", scim.Quote(text))
	}
	s := spotOf(c.rt, c.bare.qualified(c.rt, path.Attr))
	if s.attr != nil && !s.attr.MultiValued {
		return path, fmt.Errorf("%s has one value: name it without brackets", s)
	}
	path.Attr = s.path()
	if sub := s.attr.SubAttribute(path.Sub); sub != nil {
		path.Sub = sub.Name
	}
	return path, nil
}

type copyWorker struct {
	still
	onWrites
	from, to spot
	filter   scim.Expression // of the value path that From is; nil for any other
}

// source finds what is copied, or nil.
func (w *copyWorker) source(v *scim.Value) (found *scim.Value) {
	if w.filter == nil {
		return w.from.get(v)
	}
	_ = elements(w.from.root().get(v), func(v *scim.Value) error {
		if ok, err := scim.MatchesValue(w.filter, v, w.from.attr); ok && err == nil && found == nil {
			found = v.Get(w.from.sub)
		}
		return nil
	})
	return found
}

func (w *copyWorker) resource(t *turn, v *scim.Value) error {
	from := w.source(v)
	if from == nil {
		return nil
	}
	if present := w.to.get(v); present != nil && scim.SameValue(from, present) {
		return nil
	}
	w.to.put(v, from.Clone())
	keepSchemas(v, w.to.uri)
	t.did("body." + w.to.String())
	return nil
}

func (w *copyWorker) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	root := w.from
	if w.filter != nil {
		root = root.root()
	}
	touching, static := 0, true
	for i := range ops {
		how := touches(t.m.rt, &ops[i], root)
		if how == apart {
			continue
		}
		touching++
		static = static && w.follows(t.m.rt, &ops[i], how)
	}
	switch {
	case touching == 0:
		return ops, nil
	case !static || w.filter != nil && touching > 1:
		return w.byState(t, ops, root)
	}
	return w.beside(t, ops, root), nil
}

// follows reports whether the same can be done to To as an operation does to From.
func (w *copyWorker) follows(rt *scim.ResourceType, op *scim.Operation, how touch) bool {
	target := targetOf(rt, op)
	switch {
	case w.filter != nil:
		return op.Target.Filter != nil && op.Target.Filter.String() == w.filter.String() && target.is(w.from)
	case how == inside:
		return op.Target.Filter == nil && !w.from.many() && w.from.sub == "" && w.to.sub == ""
	}
	return true
}

// beside puts an operation on To behind each on From, and drops what the client
// says of To.
func (w *copyWorker) beside(t *turn, ops []scim.Operation, root spot) []scim.Operation {
	out := make([]scim.Operation, 0, len(ops)+1)
	for i := range ops {
		op := ops[i]
		op.Value = ops[i].Value.Clone()
		how := touches(t.m.rt, &op, root)
		if w.dropped(t.m.rt, &op) {
			continue
		}
		out = append(out, op)
		if how == apart {
			continue
		}
		part := op
		part.Value = op.Value.Clone()
		to := w.to
		switch target := targetOf(t.m.rt, &op); {
		case how == around:
			part, _ = takeOut(t.m.rt, &part, w.from)
		case how == inside && w.filter == nil:
			to.sub = target.sub
		}
		verb := part.Op
		if w.filter != nil && verb == scim.Add {
			verb = scim.Replace
		}
		t.did(place(i) + ".path")
		out = append(out, operation(verb, to, part.Value))
	}
	return out
}

// dropped takes what an operation does to To out of it, and reports whether
// nothing is left.
func (w *copyWorker) dropped(rt *scim.ResourceType, op *scim.Operation) bool {
	switch touches(rt, op, w.to) {
	case apart:
		return false
	case around:
		_, empty := takeOut(rt, op, w.to)
		return empty
	}
	return true
}

// byState replaces To by what From becomes on the resource itself.
func (w *copyWorker) byState(t *turn, ops []scim.Operation, root spot) ([]scim.Operation, error) {
	s := newSplit(t.m.rt, ops, []spot{root})
	before, after, err := t.around(s)
	if err != nil {
		return nil, err
	}
	is := w.source(&after)
	if scim.SameValue(w.source(&before), is) {
		return ops, nil
	}
	out := make([]scim.Operation, 0, len(ops)+1)
	for i := range ops {
		op := ops[i]
		op.Value = ops[i].Value.Clone()
		if !w.dropped(t.m.rt, &op) {
			out = append(out, op)
		}
	}
	t.did(place(s.first) + ".path")
	t.m.demand()
	return append(out, difference(w.to, w.to.get(&before), is)...), nil
}
