package directory

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// sortEntries sorts by an attribute (RFC 7644 section 3.4.2.3). What has no
// value comes last, in descending order first.
func sortEntries(r renderer, types []*scim.ResourceType, entries []*entry, q query) error {
	targets := map[*scim.ResourceType]scim.Target{}
	for _, rt := range types {
		t, ok := rt.Resolve(*q.sortBy)
		if !ok {
			continue
		}
		if t.Attr == nil || sortLeaf(t) == nil {
			return scim.BadRequest(scim.InvalidValue, "sortBy: %s needs a sub-attribute", q.sortBy.String())
		}
		targets[rt] = t
	}
	if len(targets) == 0 {
		return scim.BadRequest(scim.InvalidValue, "sortBy: unknown attribute %s", q.sortBy.String())
	}
	type keyed struct {
		*entry
		key *scim.Value
	}
	var leaf *scim.Attribute
	list := make([]keyed, len(entries))
	for i, e := range entries {
		list[i].entry = e
		if t, ok := targets[e.typ]; ok {
			list[i].key = sortKey(r, e, t)
			leaf = sortLeaf(t)
		}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		order := compareKeys(leaf, a.key, b.key)
		if q.descending {
			return -order
		}
		return order
	})
	for i := range list {
		entries[i] = list[i].entry
	}
	return nil
}

// sortLeaf is the definition of what is compared. A multi-valued complex
// attribute stands for its values; any other needs a sub-attribute.
func sortLeaf(t scim.Target) *scim.Attribute {
	leaf := t.Leaf()
	if leaf.Type != scim.TypeComplex {
		return leaf
	}
	if !leaf.MultiValued {
		return nil
	}
	return leaf.SubAttribute("value")
}

// sortKey finds the value to sort by: of several the primary one, else the
// first.
func sortKey(r renderer, e *entry, t scim.Target) *scim.Value {
	holder := &e.tree
	if isComputed(t.Path.Name) {
		holder = r.complete(e)
	}
	if t.Path.URI != "" {
		holder = holder.Get(t.Path.URI)
	}
	v := holder.Get(t.Path.Name)
	if v.Empty() {
		return nil
	}
	if v.Kind() == scim.Array {
		v = chosen(v)
	}
	switch {
	case v.Kind() != scim.Object:
		return v
	case t.Path.Sub == "":
		return v.Get("value")
	}
	return v.Get(t.Path.Sub)
}

func chosen(values *scim.Value) *scim.Value {
	for i := range values.Members() {
		if values.At(i).Get("primary").True() {
			return values.At(i)
		}
	}
	return values.At(0)
}

func compareKeys(leaf *scim.Attribute, a, b *scim.Value) int {
	switch {
	case a.Empty() && b.Empty():
		return 0
	case a.Empty():
		return 1
	case b.Empty():
		return -1
	}
	order, _ := leaf.Compare(a, b)
	return order
}
