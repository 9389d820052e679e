package rewrite

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// single repairs an answer that is one resource.
func (a *answer) single(v *scim.Value) {
	if v.Kind() != scim.Object {
		return
	}
	a.resource(v)
}

// resource is R2 for one resource, with the projection that was asked for (L3).
func (a *answer) resource(v *scim.Value) {
	if v.Kind() != scim.Object {
		return
	}
	rt := a.typeOf(v)
	a.nestFlat(v, rt)
	a.project(v, rt)
	a.location(v, rt)
	a.members(v, rt)
	a.schemas(v, rt)
}

// members repairs what stands at the top level of a resource.
func (a *answer) members(v *scim.Value, rt *scim.ResourceType) {
	members, gone := v.Members(), false
	for i := range members {
		m := &members[i]
		a.trail.enter(m.Name, i)
		if ext := extensionOf(rt, m.Name); ext != nil {
			gone = a.extension(ext, m) || gone
		} else {
			gone = a.attribute(attributeOf(rt, m.Name), m) || gone
		}
		a.trail.leave()
	}
	sweep(v, gone)
}

// remove marks a member that goes, until sweep takes it away. Removing members
// as they are met would need a function for each object, and with it memory for
// each place in a list of thousands.
func remove(m *scim.Member) { m.Value = scim.Value{} }

// sweep takes away what is marked, if anything is.
func sweep(v *scim.Value, gone bool) {
	if gone {
		v.Keep(func(m *scim.Member) bool { return m.Value.Exists() })
	}
}

// typeOf tells the type of a resource by the route, and where that leaves it
// open (a search at the root, Bulk) by what the resource says of itself.
func (a *answer) typeOf(v *scim.Value) *scim.ResourceType {
	if a.s.rt != nil {
		return a.s.rt
	}
	if rt := a.s.plan.Registry.ByName(v.Get("meta").Get("resourceType").Text()); rt != nil {
		return rt
	}
	schemas := v.Get("schemas")
	for _, rt := range a.s.plan.Registry.Types {
		if contains(schemas, rt.Schema.ID) {
			return rt
		}
	}
	return nil
}

// contains reports whether an array of URIs holds uri.
func contains(uris *scim.Value, uri string) bool {
	return isArray(uris) && slices.ContainsFunc(uris.Members(), func(m scim.Member) bool {
		return strings.EqualFold(m.Value.Text(), uri)
	})
}

func isArray(v *scim.Value) bool { return v.Exists() && v.Kind() == scim.Array }

// extensionOf finds an extension of rt by the key under which it stands.
func extensionOf(rt *scim.ResourceType, key string) *scim.Extension {
	if rt == nil || strings.IndexByte(key, ':') < 0 {
		return nil
	}
	return rt.Extension(key)
}

// attributeOf finds an attribute by its name at the top level of a resource.
func attributeOf(rt *scim.ResourceType, name string) *scim.Attribute {
	if rt == nil {
		return nil
	}
	t, _ := rt.Resolve(scim.AttrPath{Name: name})
	return t.Attr
}

// extension repairs the attributes of an extension and reports whether it goes.
func (a *answer) extension(ext *scim.Extension, m *scim.Member) bool {
	if m.Value.Kind() == scim.Null {
		return a.removed(AnswerNull, m)
	}
	members, gone := m.Value.Members(), false
	for i := range members {
		m := &members[i]
		a.trail.enter(m.Name, i)
		gone = a.attribute(schemaAttribute(ext.Schema, m.Name), m) || gone
		a.trail.leave()
	}
	sweep(&m.Value, gone)
	return false
}

// removed removes a member by the rule of a shape and reports whether it did.
func (a *answer) removed(shape Shape, m *scim.Member) bool {
	if !a.did(shape) {
		return false
	}
	remove(m)
	return true
}

// schemaAttribute finds an attribute of a schema by its name.
func schemaAttribute(s *scim.Schema, name string) *scim.Attribute {
	whole := scim.Attribute{SubAttributes: s.Attributes}
	return whole.SubAttribute(name)
}

// attribute repairs one attribute or sub-attribute and reports whether it goes.
// attr is nil when no schema knows it.
func (a *answer) attribute(attr *scim.Attribute, m *scim.Member) bool {
	switch {
	case m.Value.Kind() == scim.Null:
		return a.removed(AnswerNull, m)
	case attr == nil && strings.EqualFold(m.Name, "password"),
		attr != nil && (attr.Returned == scim.ReturnedNever || attr.Mutability == scim.WriteOnly):
		return a.removed(AnswerPassword, m)
	case m.Name == "$ref":
		a.uri(&m.Value)
	case attr == nil:
		a.unknown(m)
	default:
		a.typed(attr, &m.Value)
	}
	return false
}

// typed gives a value the JSON type that its attribute has.
func (a *answer) typed(attr *scim.Attribute, v *scim.Value) {
	if v.Kind() != scim.Array {
		a.element(attr, v)
		return
	}
	elements, gone := v.Members(), false
	for i := range elements {
		a.trail.enter("", i)
		if e := &elements[i]; e.Value.Kind() == scim.Null {
			gone = a.removed(AnswerNull, e) || gone
		} else {
			a.element(attr, &e.Value)
		}
		a.trail.leave()
	}
	sweep(v, gone)
}

// element does so for a single value or one value of several. A reference may
// come as the bare id of what it refers to.
func (a *answer) element(attr *scim.Attribute, v *scim.Value) {
	if attr.Type != scim.TypeComplex {
		if fits(attr, v) || attr.Type == scim.TypeDateTime {
			return
		}
		if to, ok := coerced(attr, v); ok && a.did(AnswerTypes) {
			v.Put(to)
		}
		return
	}
	if k := v.Kind(); (k == scim.String || k == scim.Number) && attr.SubAttribute("value") != nil && a.did(AnswerTypes) {
		v.Put(scim.ObjectValue(scim.Member{Name: "value", Value: *v}))
	}
	if v.Kind() != scim.Object {
		return
	}
	members, gone := v.Members(), false
	for i := range members {
		m := &members[i]
		a.trail.enter(m.Name, i)
		gone = a.attribute(attr.SubAttribute(m.Name), m) || gone
		a.trail.leave()
	}
	sweep(v, gone)
}

// activeAttribute stands for "active" where no schema defines it.
var activeAttribute = &scim.Attribute{Name: "active", Type: scim.TypeBoolean}

// unknown repairs what can be known without a schema: nulls, references, and
// the two names that are booleans everywhere. Most values hold none of these
// and are not opened.
func (a *answer) unknown(m *scim.Member) {
	v := &m.Value
	switch {
	case strings.EqualFold(m.Name, "active"):
		a.element(activeAttribute, v)
	case strings.EqualFold(m.Name, "primary"):
		a.element(primaryAttribute, v)
	case v.Kind() >= scim.Array && suspicious(v.Raw()):
		members, gone := v.Members(), false
		for i := range members {
			a.trail.enter(members[i].Name, i)
			gone = a.attribute(nil, &members[i]) || gone
			a.trail.leave()
		}
		sweep(v, gone)
	}
}

func suspicious(raw string) bool {
	for _, sign := range [...]string{"null", `"$ref"`, `"primary"`, `"password"`} {
		if strings.Contains(raw, sign) {
			return true
		}
	}
	return false
}

// schemas supplies the schemas of a resource: the core schema of its type and
// each extension that has a value (RFC 7643 section 3).
func (a *answer) schemas(v *scim.Value, rt *scim.ResourceType) {
	if rt == nil || v.Get("id").Empty() {
		return // not a resource
	}
	given := v.Get("schemas")
	if given.Text() != "" && a.did(AnswerTypes, "schemas") {
		given.Put(scim.ArrayValue(*given))
	}
	missing := make([]scim.Value, 0, 4)
	if given.Empty() {
		missing = append(missing, scim.StringValue(rt.Schema.ID))
	}
	for i := range rt.Extensions {
		uri := rt.Extensions[i].Schema.ID
		if ext := v.Get(uri); ext.Exists() && ext.Len() > 0 && !contains(given, uri) {
			missing = append(missing, scim.StringValue(uri))
		}
	}
	if len(missing) == 0 || !a.did(AnswerSchemas, "schemas") {
		return
	}
	switch {
	case given == nil:
		v.Insert(0, scim.Member{Name: "schemas", Value: scim.ArrayValue(missing...)})
	case isArray(given) && given.Len() > 0:
		given.Append(missing...)
	default:
		given.Put(scim.ArrayValue(missing...))
	}
}
