package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// gather moves attributes that stand at the top level of a body to where they
// belong: flat keys ("name.givenName", "urn:…:User:department") and attributes
// of an extension without its URI (B2, B5).
func (b *resourceBody) gather() error {
	for i := 0; i < b.body.Len(); {
		m := b.body.Members()[i]
		if b.isContainer(&m) && b.didAt(NameCorePrefix, b.below(&bodyPlace, m.Name)) {
			if err := b.hoist(i, m); err != nil {
				return err
			}
			continue
		}
		path, ok := b.destination(m.Name)
		if !ok {
			i++
			continue
		}
		stays, err := b.move(i, m, path)
		if err != nil {
			return err
		}
		if stays {
			i++
		}
	}
	return nil
}

// isContainer tells an object under the core schema's own URI.
func (b *resourceBody) isContainer(m *scim.Member) bool {
	return m.Value.Kind() == scim.Object && strings.EqualFold(m.Name, b.rt.Schema.ID)
}

// hoist puts the attributes of an object under the core schema's own URI where
// core attributes stand: at the top level. It takes the place of the i-th member.
func (b *resourceBody) hoist(i int, m scim.Member) error {
	b.body.Delete(i)
	for _, inner := range m.Value.Members() {
		if present := b.body.Get(inner.Name); present != nil {
			if err := agree(present, inner); err != nil {
				return err
			}
			continue
		}
		b.body.Insert(i, inner)
		i++
	}
	b.keys()
	return nil
}

// destination tells where a top-level member belongs, and false if it is there
// already or no schema knows it.
func (b *resourceBody) destination(name string) (scim.AttrPath, bool) {
	flat := strings.IndexByte(name, '.') >= 0 || isURI(name)
	if !flat {
		if t, ok := b.rt.Resolve(scim.AttrPath{Name: name}); ok && t.Attr != nil {
			return t.Path, false
		}
		t, ok := b.rt.ResolveBare(name)
		if !ok || !b.didAt(NameBareExtension, b.below(&bodyPlace, name)) {
			return scim.AttrPath{}, false
		}
		return t.Path, true
	}
	path, err := scim.ParseAttrPath(name)
	if err != nil || b.rt.Extension(name) != nil {
		return path, false
	}
	changes := len(b.changes)
	t, ok := b.resolve(path, b.below(&bodyPlace, name))
	b.changes = b.changes[:changes]
	if !ok || t.Attr == nil || !b.didAt(NameFlat, b.below(&bodyPlace, name)) {
		return path, false
	}
	return t.Path, true
}

// move puts the i-th member at path. The object it belongs to takes the
// member's own place if there is none yet; then it reports true.
func (b *resourceBody) move(i int, m scim.Member, path scim.AttrPath) (bool, error) {
	keys := keysOf(path)
	if len(keys) == 1 {
		return b.rename(i, m, keys[0])
	}
	top := b.body.Index(keys[0])
	if top < 0 {
		b.body.Rename(i, keys[0])
		b.body.At(i).Put(enclose(keys[1:], m.Value))
		return true, nil
	}
	b.body.Delete(i)
	if top > i {
		top--
	}
	return false, put(b.body.At(top), keys[1:], m)
}

// rename gives a flat key of a core attribute its bare name.
func (b *resourceBody) rename(i int, m scim.Member, name string) (bool, error) {
	if present := b.body.Index(name); present >= 0 && present != i {
		b.body.Delete(i)
		if present > i {
			present--
		}
		return false, agree(b.body.At(present), m)
	}
	b.body.Rename(i, name)
	return true, nil
}

// keysOf is the way from the top of a resource to an attribute.
func keysOf(path scim.AttrPath) []string {
	keys := make([]string, 0, 3)
	for _, key := range [...]string{path.URI, path.Name, path.Sub} {
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// enclose wraps v in an object for each key.
func enclose(keys []string, v scim.Value) scim.Value {
	for i := len(keys) - 1; i >= 0; i-- {
		v = scim.ObjectValue(scim.Member{Name: keys[i], Value: v})
	}
	return v
}

// put places the value of a flat member below v.
func put(v *scim.Value, keys []string, m scim.Member) error {
	if v.Kind() == scim.Null {
		v.Put(scim.ObjectValue())
	}
	if v.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidValue, "body.%s: there is another value where it belongs", m.Name)
	}
	inner := v.Get(keys[0])
	switch {
	case inner == nil:
		v.Set(keys[0], enclose(keys[1:], m.Value))
		return nil
	case len(keys) == 1:
		return agree(inner, m)
	}
	return put(inner, keys[1:], m)
}

// agree refuses two different values for one attribute: there is no telling
// which is meant.
func agree(present *scim.Value, m scim.Member) error {
	if scim.SameValue(present, &m.Value) {
		return nil
	}
	return scim.BadRequest(scim.InvalidValue, "body.%s: the attribute is given twice, with different values", m.Name)
}
