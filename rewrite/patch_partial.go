package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patchResource normalises the body of a PATCH that has no operations.
func (s *session) patchResource(body scim.Value) (string, error) {
	p := patcher{session: s}
	if err := p.partial(&body); err != nil {
		return "", err
	}
	if err := p.checkReadOnly(); err != nil {
		return "", err
	}
	if len(p.out) == 0 {
		s.did(PatchNothing, "Operations")
		return "", nil
	}
	return p.print(&body), nil
}

// partial brings the body of a PATCH that is a resource, or a part of one, into
// normal form. In SCIM 1.1 that is what a PATCH is (draft-scim-api-01 section
// 3.3.2): values of a list are merged with those that are there. Some clients of
// 2.0 send the resource as it shall be: then a list is the whole list. A body
// that does not tell which of the two it is has a meaning only if it holds no
// list.
func (p *patcher) partial(body *scim.Value) error {
	version, marked := schemasVersion(body), isMarked(body)
	switch {
	case version == Version20 && marked: // a list of what goes must not become the whole list
		return scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH has schemas of SCIM 2.0, but says what to delete as SCIM 1.1 does")
	case version == VersionTold && (p.old || marked):
		version = Version11
	}
	if version == Version11 && p.plan.Version == VersionTold && marked && !p.new {
		p.old = true
	}
	if version != Version11 {
		return p.wholeResource(body, version)
	}
	if !p.did(PatchPartial, "body") {
		return errNoOperations
	}
	part := partialResource{patcher: p, body: body}
	return part.operations()
}

var errNoOperations = scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH has no Operations")

// isMarked tells a partial resource by what only SCIM 1.1 has: meta.attributes
// and values with an operation.
func isMarked(body *scim.Value) bool {
	return body.Get("meta").Get("attributes").Exists() || holdsDeletion(body, true)
}

// holdsDeletion looks for a value with an operation in the lists of an object, and
// in those of extensions if deep.
func holdsDeletion(v *scim.Value, deep bool) bool {
	for name, part := range v.Parts() {
		switch {
		case part.Kind() == scim.Object && deep && isURI(name):
			if holdsDeletion(&part, false) {
				return true
			}
		case part.Kind() == scim.Array:
			for _, element := range part.Parts() {
				if strings.EqualFold(element.Get("operation").Text(), "delete") {
					return true
				}
			}
		}
	}
	return false
}

// wholeResource replaces each attribute that the body has.
func (p *patcher) wholeResource(body *scim.Value, version Version) error {
	if p.rt == nil || body.Len() == 0 || version == VersionTold && p.hasList(body) {
		return errNoOperations
	}
	if !p.did(PatchResource, "body") {
		return errNoOperations
	}
	return p.explode(&operation{op: scim.Replace, value: *body}, "", &bodyPlace)
}

func (p *patcher) hasList(body *scim.Value) bool {
	for i := range body.Members() {
		m := &body.Members()[i]
		t, _ := p.find(scim.AttrPath{Name: m.Name})
		if m.Value.Kind() == scim.Array || t.Attr != nil && t.Attr.MultiValued {
			return true
		}
	}
	return false
}

// partialResource is a PATCH of SCIM 1.1 on its way to operations.
type partialResource struct {
	*patcher
	body    *scim.Value
	cleared []scim.AttrPath // by meta.attributes
}

// operations are the removals, then what is given.
func (p *partialResource) operations() error {
	if p.rt == nil {
		return errNoOperations
	}
	if err := p.clear(); err != nil {
		return err
	}
	return p.members(p.body, "", &bodyPlace)
}

// clear removes what meta.attributes names. What is also given replaces what is
// there and needs no removal.
func (p *partialResource) clear() error {
	list := p.body.Get("meta").Get("attributes")
	at := p.below(p.below(&bodyPlace, "meta"), "attributes")
	switch {
	case !list.Exists(), list.Kind() == scim.Null:
		return nil
	case list.Kind() == scim.String: // one of them
		list.Put(scim.ArrayValue(*list))
	case list.Kind() != scim.Array:
		return scim.BadRequest(scim.InvalidSyntax, "%s: a list of attributes is an array, not %s", at.String(), list.Kind())
	}
	for i := range list.Members() {
		here, text := p.nth(at, i), list.At(i).Text()
		path, err := scim.ParseAttrPath(text)
		if err != nil {
			return scim.BadRequest(scim.InvalidPath, "%s: %q is no attribute", here.String(), text)
		}
		t, known := p.resolve(path, here)
		if known {
			path = t.Path
		}
		p.cleared = append(p.cleared, path)
		if p.given(path) {
			continue
		}
		if err := p.target(&operation{op: scim.Remove, text: path.String(), at: *here, member: true}); err != nil {
			return err
		}
	}
	return nil
}

// given reports whether the body holds a value for a path.
func (p *partialResource) given(path scim.AttrPath) bool {
	v := p.body
	if path.URI != "" {
		v = p.extensionOf(path.URI)
	}
	if v = v.Get(path.Name); path.Sub != "" && v.Kind() == scim.Object {
		v = v.Get(path.Sub)
	}
	return v.Exists() && !v.Empty()
}

// extensionOf finds the object of an extension under any of its names.
func (p *partialResource) extensionOf(uri string) *scim.Value {
	for i := range p.body.Members() {
		if m := &p.body.Members()[i]; strings.EqualFold(p.extensionURI(m), uri) {
			return &m.Value
		}
	}
	return nil
}

// extensionURI is the schema URI of the extension that a member is, or "".
func (p *partialResource) extensionURI(m *scim.Member) string {
	if !p.isExtension(m) {
		return ""
	}
	if r, to := p.plan.Rules.schemaAlias(m.Name, p.rt); r != nil {
		return to
	}
	if ext := p.rt.Extension(m.Name); ext != nil {
		return ext.Schema.ID
	}
	return m.Name
}

func (p *partialResource) isCleared(path scim.AttrPath) bool {
	for _, c := range p.cleared {
		if c == path {
			return true
		}
	}
	return false
}

// members makes the operations for the attributes of the resource, or of the
// extension that uri names.
func (p *partialResource) members(v *scim.Value, uri string, at *place) error {
	for i := range v.Members() {
		m := &v.Members()[i]
		here := p.below(at, m.Name)
		if uri == "" {
			if strings.EqualFold(m.Name, keySchemas) || strings.EqualFold(m.Name, "meta") {
				continue
			}
			if ext := p.extensionURI(m); ext != "" {
				if err := p.members(&m.Value, ext, here); err != nil {
					return err
				}
				continue
			}
		}
		if err := p.attribute(scim.AttrPath{URI: uri, Name: m.Name}, m, here); err != nil {
			return err
		}
	}
	return nil
}

// attribute makes the operations for one attribute.
func (p *partialResource) attribute(path scim.AttrPath, m *scim.Member, at *place) error {
	o := &operation{op: scim.Replace, text: path.String(), value: m.Value, at: *at, member: true}
	t, known := p.find(path)
	many := known && t.Attr != nil && t.Attr.MultiValued || (!known || t.Attr == nil) && m.Value.Kind() == scim.Array
	switch {
	case many:
		if known {
			path = t.Path
		}
		return p.values(path, t.Attr, &m.Value, at)
	case known && t.Attr != nil && p.splits(t.Attr, &m.Value) && !p.isCleared(t.Path):
		return p.leaves(o, t, at)
	}
	return p.target(o)
}
