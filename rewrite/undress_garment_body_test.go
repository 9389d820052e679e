package rewrite_test

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bodyGarments are shapes of the members of a POST or PUT (B2 to B5).
var bodyGarments = []garment{
	{"null and empty arrays", "body.null", forResource(func(m maker, r *request) bool {
		if r.method != "POST" {
			return false
		}
		a, _ := m.attribute(func(a attribute) bool { return r.holder(a.uri).index(a.def.Name) < 0 })
		if a.def == nil {
			return false
		}
		nothing := one[node](m.Rand, nil, nil, list{})
		if isNested(a) && m.coin() {
			nothing = object{{a.def.SubAttributes[0].Name, nil}}
		}
		r.put(m, a.uri, field{a.def.Name, nothing})
		return true
	})},
	{"null inside", "body.null", forResource(func(m maker, r *request) bool {
		s, ok := oneWhere(m.Rand, r.slots(), isComplexObject)
		if !ok || r.method != "POST" {
			return false
		}
		o, _ := (*s.value).(object)
		sub := one(m.Rand, s.def.SubAttributes...)
		if o.index(sub.Name) >= 0 || o.index("managerId") >= 0 || sub.Name == "$ref" || sub.Name == "display" {
			return false
		}
		*s.value = o.insert(m.IntN(len(o)+1), field{sub.Name, nil})
		return true
	})},
	{"read-only attributes", "body.read-only", forResource(func(m maker, r *request) bool {
		name := one(m.Rand, "meta", "groups", "id")
		if name == "id" && r.method != "POST" || name == "groups" && r.rt != userType {
			return false
		}
		value := one[node](m.Rand, "26", nil, list{object{{"value", "26"}}}, object{{"version", "W/1"}}, list{})
		r.put(m, "", field{name, value})
		return true
	})},
	{"extension attribute in a flat key", "name.flat-key", forResource(func(m maker, r *request) bool {
		return r.flatten(m, func(uri, name string) string { return uri + ":" + name })
	})},
	{"extension attribute behind a dot in a flat key", "name.flat-key", forResource(func(m maker, r *request) bool {
		return r.flatten(m, func(uri, name string) string { return uri + "." + name })
	})},
	{"extension attribute at the top", "name.bare-extension", forResource(func(m maker, r *request) bool {
		return r.flatten(m, func(_, name string) string { return name })
	})},
	{"sub-attribute in a flat key", "name.flat-key", forResource(func(m maker, r *request) bool {
		i, ok := r.top(m, func(f field) bool {
			t, known := r.rt.Resolve(scim.AttrPath{Name: f.name})
			return known && isNested(attribute{def: t.Attr})
		})
		if !ok {
			return false
		}
		t, _ := r.rt.Resolve(scim.AttrPath{Name: r.resource[i].name})
		container, _ := r.resource[i].value.(object)
		return t.Attr != nil && allKnown(t.Attr, container) && r.scatter(m, i, container, func(name string) string { return r.resource[i].name + "." + name })
	})},
	{"sub-attribute of an extension in a flat key", "name.flat-key", forResource(flattenInner)},
	{"core URN in a key", "name.flat-key", forResource(func(m maker, r *request) bool {
		i, ok := r.top(m, func(f field) bool {
			t, known := r.rt.Resolve(scim.AttrPath{Name: f.name})
			return known && t.Schema != nil
		})
		if ok {
			r.resource[i].name = r.rt.Schema.ID + ":" + r.resource[i].name
		}
		return ok
	})},
	{"core attributes under their URN", "name.core-prefix", forResource(func(m maker, r *request) bool {
		from := m.IntN(len(r.resource))
		to := from + 1 + m.IntN(len(r.resource)-from)
		inside := slices.Clone(r.resource[from:to])
		for j, f := range inside {
			t, known := r.rt.Resolve(scim.AttrPath{Name: f.name})
			if !known || t.Schema == nil {
				return false
			}
			if m.chance(0.2) {
				inside[j].name = m.anyCase(f.name)
			}
		}
		r.resource = slices.Replace(r.resource, from, to, field{r.rt.Schema.ID, inside})
		return true
	})},
	{"keys in another case", "name.case", forResource(func(m maker, r *request) bool {
		i := m.IntN(len(r.resource))
		f := &r.resource[i]
		if inside, ok := f.value.(object); ok && r.rt.Extension(f.name) != nil && len(inside) > 0 && m.coin() {
			f = &inside[m.IntN(len(inside))]
		}
		if !isUnheard(f.name) {
			f.name = m.anyCase(f.name)
		}
		return true
	})},
}

func isUnheard(name string) bool {
	return slices.ContainsFunc(unheard, func(f field) bool { return f.name == name })
}

// holder is the object that has the attributes of an extension, or of none.
func (r *request) holder(uri string) object {
	if uri == "" {
		return r.resource
	}
	o, _ := r.resource.get(uri).(object)
	return o
}

// put inserts a member anywhere in the resource or in an extension.
func (r *request) put(m maker, uri string, f field) {
	i := r.resource.index(uri)
	switch {
	case uri == "":
		r.resource = r.resource.insert(m.IntN(len(r.resource)+1), f)
	case i < 0:
		r.resource = r.resource.insert(m.IntN(len(r.resource)+1), field{uri, object{f}})
	default:
		inside, _ := r.resource[i].value.(object)
		r.resource[i].value = inside.insert(m.IntN(len(inside)+1), f)
	}
}

// top finds a member of the resource.
func (r *request) top(m maker, ok func(field) bool) (int, bool) {
	f, found := oneWhere(m.Rand, r.resource, ok)
	return r.resource.index(f.name), found
}

// isWhole tells an extension of which nothing stands in flat keys yet: what
// came from where would depend on the order.
func (r *request) isWhole(f field) bool {
	return r.rt.Extension(f.name) != nil && !slices.Contains(r.flat, f.name)
}

// flatten writes some attributes of an extension at the top.
func (r *request) flatten(m maker, key func(uri, name string) string) bool {
	i, ok := r.top(m, r.isWhole)
	if !ok {
		return false
	}
	uri := r.resource[i].name
	r.flat = append(r.flat, uri)
	inside, _ := r.resource[i].value.(object)
	return r.scatter(m, i, inside, func(name string) string { return key(uri, name) })
}

// scatter moves the last members of a container, which is the i-th member of
// the resource, to the top, where they get other keys. If all of them go, the
// first takes the place of the container.
func (r *request) scatter(m maker, i int, container object, key func(string) string) bool {
	if len(container) == 0 {
		return false
	}
	keep := m.IntN(len(container))
	flat := slices.Clone(container[keep:])
	for j := range flat {
		flat[j].name = key(flat[j].name)
	}
	at := m.IntN(len(r.resource) + 1)
	if keep == 0 {
		r.resource[i] = flat[0]
		flat, at = flat[1:], i
	} else {
		r.resource[i].value = slices.Clip(container[:keep])
	}
	for _, f := range flat {
		at = min(at+m.IntN(len(r.resource)-at+1), len(r.resource))
		if at <= i && keep == 0 {
			at = i + 1
		}
		r.resource = r.resource.insert(at, f)
		at++
	}
	return true
}

// allKnown reports whether a value holds nothing but sub-attributes of a.
func allKnown(a *scim.Attribute, o object) bool {
	return !slices.ContainsFunc(o, func(f field) bool { return a.SubAttribute(f.name) == nil })
}

// flattenInner writes the last sub-attributes of a complex attribute of an
// extension at the top.
func flattenInner(m maker, r *request) bool {
	i, ok := r.top(m, r.isWhole)
	if !ok {
		return false
	}
	r.flat = append(r.flat, r.resource[i].name)
	inside, _ := r.resource[i].value.(object)
	if len(inside) == 0 {
		return false
	}
	last := len(inside) - 1
	t, known := r.rt.Resolve(scim.AttrPath{URI: r.resource[i].name, Name: inside[last].name})
	o, isObject := inside[last].value.(object)
	if !known || !isObject || len(o) == 0 || !allKnown(t.Attr, o) {
		return false
	}
	keep := len(o) - 1
	f := field{r.resource[i].name + ":" + inside[last].name + "." + o[keep].name, o[keep].value}
	if keep == 0 {
		r.resource[i].value = inside[:last]
	} else {
		inside[last].value = o[:keep]
	}
	r.resource = r.resource.insert(m.IntN(len(r.resource)+1), f)
	return len(inside) > 1 || keep > 0
}
