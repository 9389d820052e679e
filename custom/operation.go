package custom

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// operation is an operation of a PATCH at a spot.
func operation(op scim.Op, at spot, v scim.Value) scim.Operation {
	return scim.Operation{Op: op, Path: at.String(), Target: scim.PatchPath{Attr: at.path()}, Value: v}
}

// place is where an operation stands.
func place(i int) string { return "Operations[" + strconv.Itoa(i) + "]" }

// targetOf is what the path of an operation leads to, brackets apart. An operation
// without a path has none.
func targetOf(rt *scim.ResourceType, op *scim.Operation) spot {
	s := spotOf(rt, op.Target.Attr)
	if op.Target.Sub != "" {
		s.sub, s.leaf = op.Target.Sub, s.attr.SubAttribute(op.Target.Sub)
	}
	return s
}

// touch is how an operation touches an attribute.
type touch uint8

const (
	apart  touch = iota
	exact        // its path is the attribute
	inside       // its path leads to a part or some values of the attribute
	around       // its path leads to what holds the attribute, or it has none, and its value has the attribute, or all goes
)

// touches tells how an operation touches what stands at a spot.
func touches(rt *scim.ResourceType, op *scim.Operation, at spot) touch {
	if op.Path == "" {
		if at.get(&op.Value) != nil || at.sub != "" && op.Value.Kind() == scim.Object && at.root().get(&op.Value).Kind() == scim.Array {
			return around
		}
		return apart
	}
	target := targetOf(rt, op)
	switch {
	case target.is(at) && op.Target.Filter == nil:
		return exact
	case at.covers(target), op.Target.Filter != nil && at.covers(target.root()):
		return inside
	case op.Target.Filter != nil && target.root().is(at.root()): // another sub-attribute of some values
		if target.sub == "" {
			return inside
		}
		return apart
	case !target.covers(at):
		return apart
	}
	if op.Op == scim.Remove {
		return around
	}
	keys, _ := target.below(at)
	found := apart
	_ = each(&op.Value, keys, func(*scim.Value) error { found = around; return nil })
	if op.Value.Kind() == scim.Null {
		found = around
	}
	return found
}

// takeOut takes what an operation that is around an attribute does to it out of
// it, as an operation of its own. The operation may then have nothing left to do.
// A removal of what holds the attribute stays and is one of the attribute too.
func takeOut(rt *scim.ResourceType, op *scim.Operation, at spot) (part scim.Operation, empty bool) {
	if op.Op == scim.Remove {
		return operation(scim.Remove, at, scim.Value{}), false
	}
	keys := at.keys()
	if op.Path != "" {
		keys, _ = targetOf(rt, op).below(at)
	}
	v, _ := takeAt(&op.Value, keys)
	if part = operation(op.Op, at, v); v.Kind() == scim.Null {
		part = operation(scim.Remove, at, scim.Value{})
	}
	return part, op.Value.Len() == 0
}

// split is the operations of a PATCH, those that touch some attributes apart from
// the others.
type split struct {
	rt    *scim.ResourceType
	roots []spot
	first int // index of the first operation that touches one
	cut   int // number of the others in front of it

	parts  []scim.Operation // that touch them
	origin []int            // where each stood
	others []scim.Operation
}

func newSplit(rt *scim.ResourceType, ops []scim.Operation, roots []spot) *split {
	s := &split{rt: rt, first: -1}
	for _, root := range roots {
		root = root.root()
		if !slices.ContainsFunc(s.roots, root.is) {
			s.roots = append(s.roots, root)
		}
	}
	for i := range ops {
		if target := targetOf(rt, &ops[i]); ops[i].Op == scim.Remove && target.name == "" {
			s.widen(target)
		}
	}
	for i := range ops {
		s.add(&ops[i], i)
	}
	return s
}

// widen makes an extension that goes as a whole a root, in place of those in it:
// not all that stands there for the service provider stands there for the client.
func (s *split) widen(extension spot) {
	n := len(s.roots)
	s.roots = slices.DeleteFunc(s.roots, extension.covers)
	if len(s.roots) < n {
		s.roots = append(s.roots, extension)
	}
}

func (s *split) add(op *scim.Operation, i int) {
	rest := *op
	rest.Value = op.Value.Clone()
	gone := false
	for _, root := range s.roots {
		how := touches(s.rt, op, root)
		if how == apart {
			continue
		}
		if s.first < 0 {
			s.first, s.cut = i, len(s.others)
		}
		part := *op
		if how == around {
			var empty bool
			part, empty = takeOut(s.rt, &rest, root)
			gone = gone || empty
		} else {
			gone = true
		}
		s.parts, s.origin = append(s.parts, part), append(s.origin, i)
	}
	if !gone {
		s.others = append(s.others, rest)
	}
}

// apply carries out the parts on a resource.
func (s *split) apply(resource *scim.Value, m *message) (scim.Value, error) {
	after, _, err := scim.Apply(resource, s.parts, s.rt)
	if err == nil {
		return after, nil
	}
	if m.state.unknown {
		return after, scim.BadRequest(scim.NoTarget, "%s: it depends on what is there, and that is not known", place(s.first))
	}
	e := *scim.AsError(err)
	number, rest, _ := strings.Cut(strings.TrimPrefix(e.Detail, "Operations["), "]")
	if i, err := strconv.Atoi(number); err == nil && i < len(s.origin) { // counted among the parts
		e.Detail = place(s.origin[i]) + rest
	}
	return after, &e
}

// with is the others, and among them what was made of the parts.
func (s *split) with(made []scim.Operation) []scim.Operation {
	return slices.Insert(s.others, s.cut, made...)
}
