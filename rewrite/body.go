package rewrite

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// resourceBody is a POST or PUT body on its way to the normal form (B1 to B6).
type resourceBody struct {
	*session
	body   *scim.Value
	create bool
}

// resource normalises the body of a create or replace in place.
func (s *session) resource(body *scim.Value, method string) error {
	if body.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidSyntax, "the body is %s; a resource is an object", body.Kind())
	}
	b := resourceBody{session: s, body: body, create: method == http.MethodPost}
	b.keys()
	if err := b.gather(); err != nil {
		return err
	}
	b.dropReadOnly()
	if err := b.attributes(); err != nil {
		return err
	}
	if b.create {
		b.dropEmpty(body, &bodyPlace)
		b.dropHollow()
	}
	b.schemas()
	return nil
}

var bodyPlace = place{name: "body"}

// keys gives the top-level names and extension URIs the schema's spelling.
func (b *resourceBody) keys() {
	members := b.body.Members()
	for i := range members {
		name := members[i].Name
		if isURI(name) {
			b.uriKey(i, b.below(&bodyPlace, name))
			continue
		}
		t, ok := b.rt.Resolve(scim.AttrPath{Name: name})
		if ok && t.Attr != nil && t.Attr.Name != name && b.didAt(NameCase, b.below(&bodyPlace, name)) {
			b.body.Rename(i, t.Attr.Name)
		}
	}
}

// uriKey corrects the URI of an extension's object.
func (b *resourceBody) uriKey(i int, p *place) {
	name := b.body.Members()[i].Name
	if r, uri := b.plan.Rules.schemaAlias(name, b.rt); r != nil {
		b.applied(r, p)
		b.body.Rename(i, uri)
		return
	}
	if ext := b.rt.Extension(name); ext != nil && ext.Schema.ID != name && b.didAt(NameCase, p) {
		b.body.Rename(i, ext.Schema.ID)
	}
}

// attributes gives every value the type of its attribute (B2).
func (b *resourceBody) attributes() error {
	members := b.body.Members()
	for i := range members {
		m := &members[i]
		b.release(0)
		here := b.below(&bodyPlace, m.Name)
		if ext := b.rt.Extension(m.Name); ext != nil {
			if err := b.extensionValues(ext, &m.Value, here); err != nil {
				return err
			}
			continue
		}
		t, ok := b.rt.Resolve(scim.AttrPath{Name: m.Name})
		if !ok || t.Attr == nil {
			b.unknown(m, here)
			continue
		}
		if t.Attr.Name == "schemas" {
			continue
		}
		if err := b.attribute(t.Attr, &m.Value, here); err != nil {
			return err
		}
	}
	return nil
}

// unknown is P4 for an attribute of the resource that no schema knows.
func (b *resourceBody) unknown(m *scim.Member, p *place) {
	if !strings.EqualFold(m.Name, activeAttribute.Name) {
		b.untyped(&m.Value, p)
	} else if to, ok := coerced(activeAttribute, &m.Value); ok && b.didAt(ValueBoolean, p) {
		m.Value.Put(to)
	}
}

// attribute brings one attribute of a resource into form.
func (b *resourceBody) attribute(attr *scim.Attribute, v *scim.Value, p *place) error {
	if r := b.plan.Rules.emptyRemoves(attr); r != nil && isBlank(v) {
		b.applied(r, p)
		v.Put(scim.NullValue())
		return nil
	}
	if b.create && v.Kind() == scim.Array && strings.Contains(v.Raw(), "null") { // B4
		i := -1
		v.Keep(func(m *scim.Member) bool {
			i++
			return m.Value.Kind() != scim.Null || !b.didAt(BodyNull, b.nth(p, i))
		})
	}
	return b.value(attr, v, p)
}

// extensionValues brings the object of an extension into form.
func (b *resourceBody) extensionValues(ext *scim.Extension, v *scim.Value, p *place) error {
	if v.Kind() == scim.Null {
		return nil
	}
	if v.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidValue, "%s takes an object of attributes, not %s", p.String(), v.Kind())
	}
	members := v.Members()
	for i := range members {
		m := &members[i]
		here := b.below(p, m.Name)
		t, ok := b.rt.Resolve(scim.AttrPath{URI: ext.Schema.ID, Name: m.Name})
		if !ok || t.Attr == nil {
			b.untyped(&m.Value, here)
			continue
		}
		if t.Attr.Name != m.Name && b.didAt(NameCase, here) {
			v.Rename(i, t.Attr.Name)
		}
		if err := b.attribute(t.Attr, &m.Value, here); err != nil {
			return err
		}
	}
	return nil
}

// dropReadOnly is B3. The id stays on PUT, where clients send it back. An
// extension of which nothing is left goes, too (B1).
func (b *resourceBody) dropReadOnly() {
	b.dropReadOnlyOf("", b.body, &bodyPlace)
	for i := b.body.Len() - 1; i >= 0; i-- {
		m := &b.body.Members()[i]
		ext := b.rt.Extension(m.Name)
		if ext == nil {
			continue
		}
		if b.dropReadOnlyOf(ext.Schema.ID, &m.Value, b.below(&bodyPlace, m.Name)) && m.Value.Len() == 0 {
			b.body.Delete(i)
		}
	}
}

// dropReadOnlyOf drops the read-only attributes of the resource, or of the
// extension that uri names. It reports whether there were any.
func (b *resourceBody) dropReadOnlyOf(uri string, v *scim.Value, p *place) bool {
	if v.Kind() != scim.Object || !b.anyReadOnly(uri, v) {
		return false
	}
	dropped := false
	v.Keep(func(m *scim.Member) bool {
		drop := b.isReadOnly(uri, m.Name) && b.didAt(BodyReadOnly, b.below(p, m.Name))
		dropped = dropped || drop
		return !drop
	})
	return dropped
}

func (b *resourceBody) anyReadOnly(uri string, v *scim.Value) bool {
	for i := range v.Members() {
		if b.isReadOnly(uri, v.Members()[i].Name) {
			return true
		}
	}
	return false
}

func (b *resourceBody) isReadOnly(uri, name string) bool {
	if uri == "" && (name == "schemas" || name == "id" && !b.create) {
		return false
	}
	t, ok := b.rt.Resolve(scim.AttrPath{URI: uri, Name: name})
	return ok && t.Attr != nil && t.Attr.Mutability == scim.ReadOnly
}

// dropEmpty is B4: on a create, null and [] say nothing. Objects that held
// nothing else go with them.
func (b *resourceBody) dropEmpty(v *scim.Value, p *place) {
	if v.Kind() < scim.Array || !holdsEmpty(v.Raw()) {
		return
	}
	i, mark := -1, b.mark()
	v.Keep(func(m *scim.Member) bool {
		i++
		b.release(mark)
		here := b.nth(p, i)
		if v.Kind() == scim.Object {
			here = b.below(p, m.Name)
		}
		if m.Value.Empty() && v.Kind() == scim.Object && m.Name != "schemas" {
			return !b.didAt(BodyNull, here)
		}
		before := m.Value.Len()
		b.dropEmpty(&m.Value, here)
		return before == 0 || m.Value.Len() > 0
	})
}

// dropHollow drops the objects of extensions that hold nothing: they would name
// a schema without a value of it (B1).
func (b *resourceBody) dropHollow() {
	for i := b.body.Len() - 1; i >= 0; i-- {
		m := &b.body.Members()[i]
		if isURI(m.Name) && m.Value.Kind() == scim.Object && m.Value.Len() == 0 && b.didAt(BodyNull, b.below(&bodyPlace, m.Name)) {
			b.body.Delete(i)
		}
	}
}

// holdsEmpty tells cheaply whether a JSON text may hold null or an empty array.
func holdsEmpty(raw string) bool {
	if strings.Contains(raw, "null") {
		return true
	}
	for {
		i := strings.IndexByte(raw, '[')
		if i < 0 {
			return false
		}
		if raw = strings.TrimLeft(raw[i+1:], " \t\r\n"); strings.HasPrefix(raw, "]") {
			return true
		}
	}
}
