package backend

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// drop removes the attributes and sub-attributes for which unwanted says so.
// What no schema knows stays, byte for byte.
func drop(resource *scim.Value, rt *scim.ResourceType, unwanted func(*scim.Attribute) bool) {
	if rt == nil {
		return
	}
	resource.Keep(func(m *scim.Member) bool {
		if ext := rt.Extension(m.Name); ext != nil {
			dropAmong(&m.Value, ext.Schema.Attributes, unwanted)
			return true
		}
		t, ok := rt.Resolve(scim.AttrPath{Name: m.Name})
		if !ok || t.Attr == nil || strings.EqualFold(m.Name, "id") {
			return true // the id stays in what is written back (RFC 7644 section 3.5.1)
		}
		dropBelow(&m.Value, t.Attr, unwanted)
		return !unwanted(t.Attr)
	})
}

// dropBelow does the same for the sub-attributes of an attribute's value or
// values.
func dropBelow(v *scim.Value, a *scim.Attribute, unwanted func(*scim.Attribute) bool) {
	if a == nil || !slices.ContainsFunc(a.SubAttributes, unwanted) {
		return // and the many members of a group need not be looked into
	}
	if v.Kind() != scim.Array {
		dropAmong(v, a.SubAttributes, unwanted)
		return
	}
	for i := range v.Members() {
		dropAmong(v.At(i), a.SubAttributes, unwanted)
	}
}

func dropAmong(v *scim.Value, attrs []*scim.Attribute, unwanted func(*scim.Attribute) bool) {
	if v.Kind() != scim.Object {
		return
	}
	v.Keep(func(m *scim.Member) bool {
		i := slices.IndexFunc(attrs, func(a *scim.Attribute) bool { return strings.EqualFold(a.Name, m.Name) })
		if i < 0 {
			return true
		}
		dropBelow(&m.Value, attrs[i], unwanted)
		return !unwanted(attrs[i])
	})
}

// isReadOnly tells what a client must not write.
func isReadOnly(a *scim.Attribute) bool { return a.Mutability == scim.ReadOnly }

// isHidden tells what a service provider does not show, such as a password. If
// one shows it all the same, it is not the client's to write back.
func isHidden(a *scim.Attribute) bool {
	return a.Mutability == scim.WriteOnly || a.Returned == scim.ReturnedNever
}

// attribute takes the sub-attribute off a path, and names what the schema knows
// as the schema does.
func attribute(path scim.AttrPath, rt *scim.ResourceType) (scim.AttrPath, *scim.Attribute) {
	path.Sub = ""
	if rt != nil {
		if t, ok := rt.Resolve(path); ok && t.Attr != nil {
			return t.Path, t.Attr
		}
	}
	return path, nil
}

// sameAttribute compares paths without their sub-attributes.
func sameAttribute(a, b scim.AttrPath) bool {
	return strings.EqualFold(a.Name, b.Name) && strings.EqualFold(a.URI, b.URI)
}

// lookUp finds an attribute in a resource; nil if it is not there.
func lookUp(resource *scim.Value, path scim.AttrPath) *scim.Value {
	if path.URI != "" {
		resource = resource.Get(path.URI)
	}
	return resource.Get(path.Name)
}

// only is an object that has nothing but one attribute of a resource. Like any
// other Value made from parts it shares them.
func only(resource *scim.Value, path scim.AttrPath) scim.Value {
	v := lookUp(resource, path)
	if v == nil {
		return scim.ObjectValue()
	}
	return holding(path, *v)
}

// holding is an object that has the value of an attribute.
func holding(path scim.AttrPath, v scim.Value) scim.Value {
	v = scim.ObjectValue(scim.Member{Name: path.Name, Value: v})
	if path.URI != "" {
		v = scim.ObjectValue(scim.Member{Name: path.URI, Value: v})
	}
	return v
}

// sameValues compares two values of an attribute; the order of those of a
// multi-valued one has no meaning (RFC 7643 section 2.4).
func sameValues(a, b *scim.Value) bool {
	if a.Empty() || b.Empty() || a.Kind() != scim.Array || b.Kind() != scim.Array {
		return scim.SameValue(a, b)
	}
	if a.Len() != b.Len() {
		return false
	}
	if scim.SameValue(a, b) {
		return true
	}
	left := make(map[string]int, a.Len())
	for _, v := range a.Parts() {
		left[v.Raw()]++
	}
	var odd []scim.Value
	for _, v := range b.Parts() {
		if raw := v.Raw(); left[raw] > 0 {
			left[raw]--
		} else {
			odd = append(odd, v)
		}
	}
	return len(odd) <= maxOdd && matchesRest(left, odd)
}

// maxOdd bounds the values that are compared one by one, for which lists with
// more than that differ as far as anybody needs to know.
const maxOdd = 100

// matchesRest pairs the values that are not written alike.
func matchesRest(left map[string]int, odd []scim.Value) bool {
	if len(odd) == 0 {
		return true
	}
	for raw, n := range left {
		v := scim.Parse(raw)
		for range n {
			i := slices.IndexFunc(odd, func(o scim.Value) bool { return scim.SameValue(&v, &o) })
			if i < 0 {
				return false
			}
			odd = slices.Delete(odd, i, i+1)
		}
	}
	return true
}
