package scim

import (
	"slices"
	"strings"
)

// target is the place that a path names, as keys of the resource's JSON.
type target struct {
	uri    string // key of the extension object; empty for the resource itself
	name   string // attribute; empty for the extension as a whole
	sub    string // sub-attribute; empty if none
	filter Expression

	attr, subAttr *Attribute // nil where the schema knows nothing
}

// resolve finds what a path leads to.
func (p *patcher) resolve(path PatchPath) (target, error) {
	full := path.Attr
	if path.Filter != nil {
		full.Sub = path.Sub
	}
	t, err := p.resolveAttr(full)
	if err != nil {
		return t, err
	}
	t.filter = path.Filter
	switch {
	case t.filter == nil:
	case t.name == "":
		return t, BadRequest(InvalidPath, "an extension has no values to filter")
	case t.attr != nil && !t.attr.MultiValued:
		return t, BadRequest(InvalidPath, "%s is not multi-valued, a filter cannot select among its values", t.attr.Name)
	case t.attr != nil && t.attr.Type != TypeComplex && (p.strict || t.attr.Name == "schemas"):
		return t, BadRequest(InvalidPath, "%s has no sub-attributes that a filter could name", t.attr.Name)
	case p.strict:
		return t, scope{attr: t.attr, element: true}.check(t.filter)
	}
	return t, nil
}

func (p *patcher) resolveAttr(path AttrPath) (target, error) {
	if p.rt == nil {
		return p.unknown(path)
	}
	if found, ok := p.rt.Resolve(path); ok {
		return known(found), nil
	}
	if !p.strict && path.Sub != "" {
		found, ok := p.rt.Resolve(AttrPath{URI: path.URI, Name: path.Name})
		if ok && found.Attr != nil {
			t := known(found)
			if t.attr.Type != TypeComplex {
				return target{}, BadRequest(InvalidPath, "%s has no sub-attributes", t.attr.Name)
			}
			t.sub = path.Sub
			return t, nil
		}
		if ok { // URN.attr: the separator must be a colon
			return target{}, BadRequest(InvalidPath, "%s is no attribute", path)
		}
	}
	return p.unknown(path)
}

func known(found Target) target {
	if found.Attr == nil {
		return target{uri: found.Schema.ID}
	}
	return target{
		uri:     found.Path.URI,
		name:    found.Path.Name,
		sub:     found.Path.Sub,
		attr:    found.Attr,
		subAttr: found.Sub,
	}
}

// unknown finds a place for an attribute that no schema tells about. What
// stands in front of the name is a core schema, whose attributes are members of
// the resource, or an extension, which is a member with that name (RFC 7643
// section 3.3).
func (p *patcher) unknown(path AttrPath) (target, error) {
	t := target{uri: path.URI, name: path.Name, sub: path.Sub}
	switch {
	case p.strict:
		return t, BadRequest(InvalidPath, "%s is no attribute of the resource type", path)
	case path.URI == "":
		return t, nil
	case isVersion(path.URI[strings.LastIndexByte(path.URI, ':')+1:]) || p.isObject(path.String()):
		if isCore(path.URI) {
			return t, BadRequest(InvalidPath, "%s is a schema and no attribute", path)
		}
		return target{uri: path.String()}, nil
	case isCore(path.URI):
		t.uri = ""
	}
	return t, nil
}

// isVersion recognizes what stands in front of the last part of a schema URI:
// the 2.0 of urn:ietf:params:scim:schemas:core:2.0:User.
func isVersion(s string) bool {
	major, minor, ok := strings.Cut(s, ".")
	return ok && isDigits(major) && isDigits(minor)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func (p *patcher) isObject(name string) bool {
	v := p.root.Get(name)
	return v != nil && v.Kind() == Object
}

// isCore tells a core schema by its name space (RFC 7643 section 10.3.1).
func isCore(uri string) bool {
	const prefix = "urn:ietf:params:scim:schemas:core:"
	return len(uri) > len(prefix) && strings.EqualFold(uri[:len(prefix)], prefix)
}

// holder returns the object that has the attributes of the schema p.uri: the
// resource itself or an extension object. An extension that is not there is
// made if create is set, else the result is nil.
func (p *patcher) holder(create bool) *Value {
	if p.uri == "" {
		return &p.root
	}
	if in := p.root.Get(p.uri); in != nil && in.Kind() == Object {
		return in
	}
	if !create {
		return nil
	}
	p.root.Set(p.uri, ObjectValue())
	p.extensions = append(p.extensions, p.uri) // it goes again if it stays empty
	return p.root.Get(p.uri)
}

// touch notes a change, and in which extension it was.
func (p *patcher) touch() {
	p.changed = true
	if p.uri != "" && !slices.Contains(p.extensions, p.uri) {
		p.extensions = append(p.extensions, p.uri)
	}
}
