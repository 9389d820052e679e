package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// nestFlat turns keys such as "name.formatted" and "urn:…:User:department" into
// members of the object that they name.
func (a *answer) nestFlat(v *scim.Value, rt *scim.ResourceType) {
	if rt == nil {
		return
	}
	for i := 0; i < v.Len(); i++ {
		key := v.Members()[i].Name
		if strings.IndexByte(key, '.') < 0 {
			continue
		}
		if strings.EqualFold(key, rt.Schema.ID) && v.At(i).Kind() == scim.Object && a.did(AnswerFlatName, key) {
			i += hoist(v, i) - 1
			continue
		}
		if ext := extensionOf(rt, key); ext != nil {
			a.nestSubs(v.At(i), ext.Schema)
			continue
		}
		if path := flatPath(rt, key); nestable(v, path) && a.did(AnswerFlatName, key) && unflatten(v, i, path) {
			i--
		}
	}
}

// hoist puts the attributes of the i-th member of v, an object under the URI of
// the core schema, in its place. What stands at the top already counts. It returns
// their number.
func hoist(v *scim.Value, i int) int {
	inner := v.At(i).Members()
	v.Delete(i)
	n := 0
	for _, m := range inner {
		if v.Get(m.Name) == nil {
			v.Insert(i+n, m)
			n++
		}
	}
	return n
}

// nestSubs does the same for keys such as "manager.value" inside an extension.
func (a *answer) nestSubs(v *scim.Value, s *scim.Schema) {
	for i := 0; i < v.Len(); i++ {
		key := v.Members()[i].Name
		name, sub, dotted := strings.Cut(key, ".")
		attr := schemaAttribute(s, name)
		if !dotted || attr == nil || attr.MultiValued || attr.SubAttribute(sub) == nil {
			continue
		}
		if path := []string{attr.Name, sub}; nestable(v, path) && a.did(AnswerFlatName, s.ID, key) && unflatten(v, i, path) {
			i--
		}
	}
}

// flatPath takes a flat key apart into the keys that lead to its place. It
// returns nil for a key that is none.
func flatPath(rt *scim.ResourceType, key string) []string {
	for i := range rt.Extensions {
		uri := rt.Extensions[i].Schema.ID
		if len(key) <= len(uri)+1 || !strings.EqualFold(key[:len(uri)], uri) || key[len(uri)] != ':' && key[len(uri)] != '.' {
			continue
		}
		rest := key[len(uri)+1:]
		name, sub, _ := strings.Cut(rest, ".")
		if t, ok := rt.Resolve(scim.AttrPath{URI: uri, Name: name, Sub: sub}); ok && t.Sub != nil && !t.Attr.MultiValued {
			return []string{uri, name, sub}
		}
		return []string{uri, rest}
	}
	name, sub, _ := strings.Cut(key, ".")
	t, ok := rt.Resolve(scim.AttrPath{Name: name, Sub: sub})
	if !ok || t.Sub == nil || t.Attr.MultiValued {
		return nil
	}
	return []string{t.Attr.Name, sub}
}

// nestable reports whether objects stand, or can be put, along path.
func nestable(v *scim.Value, path []string) bool {
	for i := 0; i+1 < len(path) && v != nil; i++ {
		if v = v.Get(path[i]); v != nil && v.Kind() != scim.Object && v.Kind() != scim.Null {
			return false
		}
	}
	return path != nil
}

// unflatten moves the i-th member of v to path and reports whether its place
// closed up. A value that stands there already counts.
func unflatten(v *scim.Value, i int, path []string) (gone bool) {
	value := v.Members()[i].Value
	parent := v.Index(path[0])
	if parent < 0 {
		for k := len(path) - 1; k > 0; k-- {
			value = scim.ObjectValue(scim.Member{Name: path[k], Value: value})
		}
		v.Rename(i, path[0])
		v.At(i).Put(value)
		return false
	}
	into := v.At(parent)
	if into.Kind() == scim.Null {
		into.Put(scim.ObjectValue())
	}
	deepSet(into, path[1:], value)
	v.Delete(i)
	return true
}

// deepSet gives the place at the end of path a value if it has none.
func deepSet(v *scim.Value, path []string, value scim.Value) {
	for ; len(path) > 1; path = path[1:] {
		if v.Get(path[0]).Empty() {
			v.Set(path[0], scim.ObjectValue())
		}
		v = v.Get(path[0])
	}
	if v.Get(path[0]).Empty() {
		v.Set(path[0], value)
	}
}
