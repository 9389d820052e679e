package custom

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// reveal lets the answer show attributes that a verb has to see though the client
// may not have asked for them (RFC 7644 section 3.9). conceal takes them out again.
func (t *turn) reveal(q *query, needed []spot) {
	switch {
	case len(q.attributes) > 0:
		t.ask(q, needed)
	case len(q.excluded) > 0:
		t.permit(q, needed)
	}
}

// ask adds attributes to those that the client asks for.
func (t *turn) ask(q *query, needed []spot) {
	before := len(q.attributes)
	for _, at := range needed {
		t.revealed = append(t.revealed, at.required(t.rt(), &q.attributes)...)
	}
	if len(q.attributes) > before {
		q.changed = true
		t.did(q.at(keyAttributes))
	}
}

// permit takes what would hide attributes off the list of what the client does not
// ask for.
func (t *turn) permit(q *query, needed []spot) {
	before := len(q.excluded)
	for _, at := range needed {
		t.revealed = append(t.revealed, at.permitted(t.rt(), &q.excluded)...)
	}
	if len(q.excluded) < before {
		q.changed = true
		t.did(q.at(keyExcluded))
	}
}

// required adds an attribute to those that are asked for, and returns it if that
// was needed.
func (s spot) required(rt *scim.ResourceType, asked *[]string) []spot {
	if s.attr != nil && s.attr.Returned == scim.ReturnedAlways {
		return nil
	}
	for _, name := range *asked {
		if given, ok := namedSpot(rt, name); ok && given.covers(s) {
			return nil
		}
	}
	*asked = append(*asked, s.String())
	return []spot{s}
}

// permitted takes what would hide an attribute off the list of those that are not
// to be shown, and returns it.
func (s spot) permitted(rt *scim.ResourceType, excluded *[]string) []spot {
	var off []spot
	*excluded = slices.DeleteFunc(*excluded, func(name string) bool {
		given, ok := namedSpot(rt, name)
		hides := ok && (given.covers(s) || s.covers(given))
		if hides {
			off = append(off, given)
		}
		return hides
	})
	return off
}

// namedSpot is what one of the names in attributes or excludedAttributes means.
func namedSpot(rt *scim.ResourceType, name string) (spot, bool) {
	p, err := scim.ParseAttrPath(name)
	return spotOf(rt, p), err == nil
}

// named reports whether one of the names in attributes or excludedAttributes is
// such a spot.
func named(rt *scim.ResourceType, names []string, is func(spot) bool) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		given, ok := namedSpot(rt, name)
		return ok && is(given)
	})
}

// withoutSpot is the names but that of a spot.
func withoutSpot(rt *scim.ResourceType, names []string, at spot) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		given, ok := namedSpot(rt, name)
		return ok && given.is(at)
	})
}

// conceal takes what reveal has let in out of a resource of the answer.
func (t *turn) conceal(v *scim.Value) {
	for _, at := range t.revealed {
		at.erase(v)
	}
}

// erase removes what stands at the spot from a resource, in each of its values if
// there are many. What has nothing left goes too.
func (s spot) erase(resource *scim.Value) {
	eraseAt(resource, s.keys())
	keepSchemas(resource, s.uri)
}

func eraseAt(v *scim.Value, keys []string) {
	if v.Kind() == scim.Array {
		for i := range v.Members() {
			eraseAt(v.At(i), keys)
		}
		v.Keep(func(m *scim.Member) bool { return m.Value.Kind() != scim.Object || m.Value.Len() > 0 })
		return
	}
	i := v.Index(keys[0])
	if i < 0 {
		return
	}
	if len(keys) > 1 {
		inner := v.At(i)
		held := inner.Len()
		eraseAt(inner, keys[1:])
		if held == 0 || inner.Len() > 0 {
			return
		}
	}
	v.Delete(i)
}
