package custom

import (
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// spot is where an attribute stands in the resources of a type.
type spot struct {
	uri  string // key of the extension; empty for a core attribute
	name string // empty for an extension as a whole
	sub  string // sub-attribute; empty if none

	attr *scim.Attribute // definition of name; nil if no schema knows it
	leaf *scim.Attribute // definition of what stands at the spot; nil if unknown
}

// spotOf finds what a path names in resources of a type, which may be nil.
func spotOf(rt *scim.ResourceType, p scim.AttrPath) spot {
	if rt != nil {
		if t, ok := rt.Resolve(p); ok {
			if t.Attr == nil {
				return spot{uri: t.Schema.ID}
			}
			return spot{uri: t.Path.URI, name: t.Path.Name, sub: t.Path.Sub, attr: t.Attr, leaf: t.Leaf()}
		}
		if strings.EqualFold(p.URI, rt.Schema.ID) {
			p.URI = ""
		} else if ext := rt.Extension(p.URI); ext != nil {
			p.URI = ext.Schema.ID
		}
		if t, ok := rt.Resolve(scim.AttrPath{URI: p.URI, Name: p.Name}); ok && t.Attr != nil { // a sub-attribute that no schema knows
			return spot{uri: t.Path.URI, name: t.Path.Name, sub: p.Sub, attr: t.Attr}
		}
	}
	if endsInVersion(p.URI) { // urn:…:2.0:User is no attribute User
		return spot{uri: p.String()}
	}
	return spot{uri: p.URI, name: p.Name, sub: p.Sub}
}

// endsInVersion recognizes what stands in front of the last part of a schema URI:
// the 2.0 of urn:ietf:params:scim:schemas:core:2.0:User.
func endsInVersion(uri string) bool {
	version := uri[strings.LastIndexByte(uri, ':')+1:]
	major, minor, ok := strings.Cut(version, ".")
	return ok && isDigits(major) && isDigits(minor)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// path is the attribute path of the spot. That of an extension as a whole is
// split where a reader of paths splits it: at the last colon.
func (s spot) path() scim.AttrPath {
	if s.name != "" {
		return scim.AttrPath{URI: s.uri, Name: s.name, Sub: s.sub}
	}
	cut := strings.LastIndexByte(s.uri, ':')
	return scim.AttrPath{URI: s.uri[:max(cut, 0)], Name: s.uri[cut+1:]}
}

func (s spot) String() string { return s.path().String() }

// root is the attribute that the spot belongs to, without a sub-attribute.
func (s spot) root() spot {
	s.sub, s.leaf = "", s.attr
	return s
}

// many reports whether the attribute is known to have many values.
func (s spot) many() bool { return s.attr != nil && s.attr.MultiValued }

// covers reports whether o is at s or below it.
func (s spot) covers(o spot) bool {
	if !strings.EqualFold(s.uri, o.uri) {
		return s.name == "" && s.uri != "" && o.sub == "" && strings.EqualFold(s.uri, o.String())
	}
	return s.name == "" || strings.EqualFold(s.name, o.name) && (s.sub == "" || strings.EqualFold(s.sub, o.sub))
}

// is reports whether both are the same spot.
func (s spot) is(o spot) bool { return s.covers(o) && o.covers(s) }

// keys are the names of the members on the way from the top of a resource.
func (s spot) keys() []string {
	keys := make([]string, 0, 3)
	for _, key := range [...]string{s.uri, s.name, s.sub} {
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// holder is the object in a resource that the attribute's root is a member of,
// or nil.
func (s spot) holder(resource *scim.Value) *scim.Value {
	if s.uri != "" && s.name != "" {
		return resource.Get(s.uri)
	}
	return resource
}

// key is the name of the root in its holder.
func (s spot) key() string {
	if s.name == "" {
		return s.uri
	}
	return s.name
}

// get finds what stands at the spot in a resource, or nil. A sub-attribute of a
// multi-valued attribute stands at many places; see each.
func (s spot) get(resource *scim.Value) *scim.Value {
	v := s.holder(resource).Get(s.key())
	if s.sub == "" {
		return v
	}
	return v.Get(s.sub)
}

// each calls fn for each single value at the spot: the elements of what is
// multi-valued. It stops at an error.
func (s spot) each(resource *scim.Value, fn func(v *scim.Value) error) error {
	root := s.holder(resource).Get(s.key())
	if s.sub == "" {
		return elements(root, fn)
	}
	return elements(root, func(v *scim.Value) error { return elements(v.Get(s.sub), fn) })
}

// elements calls fn for a value, or each element of an array.
func elements(v *scim.Value, fn func(*scim.Value) error) error {
	if !v.Exists() {
		return nil
	}
	if v.Kind() != scim.Array {
		return fn(v)
	}
	for i := range v.Members() {
		if err := fn(v.At(i)); err != nil {
			return err
		}
	}
	return nil
}

// take removes what stands at the spot from a resource and returns it. Objects
// that hold nothing any more go too.
func (s spot) take(resource *scim.Value) (scim.Value, bool) {
	return takeAt(resource, s.keys())
}

func takeAt(v *scim.Value, keys []string) (scim.Value, bool) {
	i := v.Index(keys[0])
	if i < 0 {
		return scim.Value{}, false
	}
	if len(keys) == 1 {
		taken := *v.At(i)
		v.Delete(i)
		return taken, true
	}
	taken, ok := takeAt(v.At(i), keys[1:])
	if ok && v.At(i).Len() == 0 {
		v.Delete(i)
	}
	return taken, ok
}

// put gives what stands at the spot a value. Objects on the way are made; what
// stands in their way is replaced.
func (s spot) put(resource *scim.Value, to scim.Value) { putAt(resource, s.keys(), to) }

func putAt(v *scim.Value, keys []string, to scim.Value) {
	inner := v.Get(keys[0])
	if len(keys) > 1 && inner.Kind() == scim.Object {
		putAt(inner, keys[1:], to)
		return
	}
	v.Set(keys[0], enclose(keys[1:], to))
}

// enclose wraps v in an object for each key.
func enclose(keys []string, v scim.Value) scim.Value {
	for i := len(keys) - 1; i >= 0; i-- {
		v = scim.ObjectValue(scim.Member{Name: keys[i], Value: v})
	}
	return v
}

// spot reads an argument that is an attribute path.
func (c *compiler) spot(text string) (spot, error) {
	s, err := c.askedSpot(text)
	if err == nil && s.uri == "" && s.name != "" {
		for _, own := range [...]string{"id", "schemas", "meta"} {
			if strings.EqualFold(own, s.name) {
				return spot{}, fmt.Errorf("%s belongs to the service provider: no verb changes id, schemas or meta", s)
			}
		}
	}
	return s, err
}

// askedSpot reads an argument that is the path of an attribute which the verb does
// not change: it may belong to the service provider.
func (c *compiler) askedSpot(text string) (spot, error) {
	p, err := scim.ParseAttrPath(text)
	if err != nil {
		return spot{}, fmt.Errorf("%s is not an attribute path such as userName, name.familyName or %s:department", scim.Quote(text), scim.EnterpriseUserURI)
	}
	return spotOf(c.rt, c.bare.qualified(c.rt, p)), nil
}

// keepSchemas names an extension in schemas if the resource has it, and does not
// if it has not. A part of a resource, which has no schemas, gets none.
func keepSchemas(resource *scim.Value, uri string) {
	schemas := resource.Get("schemas")
	if uri == "" || schemas.Kind() != scim.Array {
		return
	}
	held := resource.Get(uri).Exists()
	for i := range schemas.Members() {
		if strings.EqualFold(schemas.At(i).Text(), uri) {
			if !held {
				schemas.Delete(i)
			}
			return
		}
	}
	if held {
		schemas.Append(scim.StringValue(uri))
	}
}
