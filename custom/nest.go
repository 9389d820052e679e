package custom

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// nest is what Wrap and Unwrap have in common: a value that stands at an attribute
// in one place and in an element of a multi-valued attribute in the other.
type nest struct {
	still
	flat spot     // the attribute
	deep *element // the element's sub-attribute
}

// nest makes what both have of their arguments.
func (c *compiler) nest(at spot, deep string) (nest, error) {
	e, err := c.elementSpot(deep)
	if err != nil {
		return nest{}, err
	}
	switch {
	case at.name == "":
		err = fmt.Errorf("%s is an extension: name one of its attributes", at)
	case at.many() || at.leaf != nil && at.leaf.Type == scim.TypeComplex:
		err = fmt.Errorf("%s does not have one simple value", at)
	case at.root().is(e.root()):
		err = fmt.Errorf("%s is in the attribute itself", at)
	case isReadOnly(at):
		err = fmt.Errorf("%s is readOnly", at)
	case isReadOnly(e.spot):
		err = fmt.Errorf("%s is readOnly", e.spot)
	case at.leaf != nil && e.leaf != nil && kindOf(at.leaf) != kindOf(e.leaf):
		err = fmt.Errorf("%s is of type %s, and %s of type %s", at, at.leaf.Type, e.spot, e.leaf.Type)
	}
	return nest{flat: at, deep: e}, err
}

func isReadOnly(at spot) bool {
	return at.attr != nil && at.attr.Mutability == scim.ReadOnly || at.leaf != nil && at.leaf.Mutability == scim.ReadOnly
}

// kindOf takes references for the strings that they are.
func kindOf(a *scim.Attribute) scim.Type {
	if a.Type == scim.TypeReference {
		return scim.TypeString
	}
	return a.Type
}

func (nest) undoes() bool { return true }
func (nest) reshapes()    {}

// enclose takes the value at the attribute of a resource into the element, which
// is made if there is none. An answer is taken as it comes; in a request, what
// has two meanings is refused.
func (n nest) enclose(v *scim.Value, answer bool) (bool, error) {
	given := n.flat.get(v)
	root := n.deep.root()
	list := root.get(v)
	first, only := n.deep.find(list)
	switch {
	case given == nil:
		return false, nil
	case given.Kind() >= scim.Array, !list.Empty() && list.Kind() != scim.Array:
		if answer {
			return false, nil
		}
		return false, n.refused("it has to be one simple value, and %s an array", root)
	case given.Empty():
		n.flat.take(v)
		keepSchemas(v, n.flat.uri)
		return true, nil
	case answer:
	case !only:
		return false, n.refused("more than one value is %s", root.filtered(n.deep.filter))
	case first >= 0 && !list.At(first).Get(n.deep.sub).Empty() && !scim.SameValue(list.At(first).Get(n.deep.sub), given):
		return false, n.refused("%s, which it stands for, is given too, with another value", n.deep)
	}
	taken, _ := n.flat.take(v)
	keepSchemas(v, n.flat.uri)
	if first >= 0 {
		root.get(v).At(first).Set(n.deep.sub, taken)
		return true, nil
	}
	made := n.deep.seed()
	made.Set(n.deep.sub, taken)
	if list := root.get(v); !list.Empty() {
		list.Append(made)
	} else {
		root.put(v, scim.ArrayValue(made))
		keepSchemas(v, root.uri)
	}
	return true, nil
}

// filtered is the value path of the elements that fulfil a filter.
func (s spot) filtered(filter scim.Expression) string {
	return scim.PatchPath{Attr: s.path(), Filter: filter}.String()
}

func (n nest) refused(format string, args ...any) error {
	return scim.BadRequest(scim.InvalidValue, "body.%s: %s", n.flat, fmt.Sprintf(format, args...))
}

// extract takes the value out of the element of a resource and puts it at the
// attribute. An element that has nothing left but its terms goes; of a list that
// has nothing left, the empty one is left if keep is set.
func (n nest) extract(v *scim.Value, answer, keep bool) (bool, error) {
	root := n.deep.root()
	list := root.get(v)
	if list.Kind() != scim.Array {
		return false, nil
	}
	found, changed, err := n.takeFrom(list, answer)
	if err != nil || !changed {
		return false, err
	}
	if list.Len() == 0 && !keep {
		root.take(v)
		keepSchemas(v, root.uri)
	}
	if found.Empty() {
		return true, nil
	}
	if present := n.flat.get(v); !answer && !present.Empty() && !scim.SameValue(present, &found) {
		return false, scim.BadRequest(scim.InvalidValue, "body.%s: %s, at which it is put, is given too, with another value", n.deep, n.flat)
	}
	n.flat.put(v, found)
	keepSchemas(v, n.flat.uri)
	return true, nil
}

// takeFrom takes the value out of the elements of a list.
func (n nest) takeFrom(list *scim.Value, answer bool) (found scim.Value, changed bool, err error) {
	list.Keep(func(m *scim.Member) bool {
		i := m.Value.Index(n.deep.sub)
		if i < 0 || err != nil || !n.deep.selects(&m.Value) {
			return true
		}
		taken := *m.Value.At(i)
		switch {
		case found.Empty():
			found = taken
		case answer: // the first counts, and the others stay
			return true
		case !taken.Empty() && !scim.SameValue(&found, &taken):
			err = scim.BadRequest(scim.InvalidValue, "body.%s: it is given twice, with different values", n.deep)
			return true
		}
		changed = true
		m.Value.Delete(i)
		return !n.deep.bare(&m.Value)
	})
	return found, changed, err
}

// crosses reports whether what becomes of an operation depends on the elements
// that are there.
func (n nest) crosses(rt *scim.ResourceType, op *scim.Operation) bool {
	root := n.deep.root()
	switch touches(rt, op, root) {
	case apart:
		return false
	case exact:
		return op.Op != scim.Add || n.brings(&op.Value)
	case around:
		keys := root.keys()
		if op.Path != "" {
			keys, _ = targetOf(rt, op).below(root)
		}
		return op.Op != scim.Add || n.brings(valueAt(&op.Value, keys))
	case inside:
	}
	return op.Target.Filter == nil || !n.deep.excludes(op.Target.Filter)
}

// brings reports whether values that are added are about the element.
func (n nest) brings(added *scim.Value) bool {
	if added.Kind() != scim.Array {
		return true
	}
	return slices.ContainsFunc(added.Members(), func(m scim.Member) bool { return n.deep.selects(&m.Value) })
}

// valueAt finds what stands below v at keys, or nil.
func valueAt(v *scim.Value, keys []string) *scim.Value {
	for _, key := range keys {
		v = v.Get(key)
	}
	return v
}

// creates reports whether the request makes a new resource, of which an empty list
// says nothing (RFC 7643 section 2.5).
func (t *turn) creates() bool { return t.m.req.Method == http.MethodPost }
