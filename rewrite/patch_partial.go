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
	version := schemasVersion(body)
	if version == VersionTold && (p.old || isMarked(body)) {
		version = Version11
	}
	if version == Version11 && p.plan.Version == VersionTold && isMarked(body) && !p.new {
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
	if body.Get("meta").Get("attributes").Exists() {
		return true
	}
	for i := range body.Members() {
		v := body.At(i)
		if v.Kind() != scim.Array || !strings.Contains(v.Raw(), `"operation"`) {
			continue
		}
		for _, element := range v.Parts() {
			if strings.EqualFold(element.Get("operation").Text(), "delete") {
				return true
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

// values merges the values of a list with those that are there, or puts them in
// their place if the list is cleared.
func (p *partialResource) values(path scim.AttrPath, attr *scim.Attribute, v *scim.Value, at *place) error {
	elements := []scim.Member{{Value: *v}}
	switch {
	case v.Kind() == scim.Array:
		elements = v.Members()
	case v.Kind() == scim.Null:
		return nil // there is nothing to merge
	}
	cleared := p.isCleared(path)
	var added []scim.Value
	for i := range elements {
		here, element := p.nth(at, i), &elements[i].Value
		deleted, err := marked(element, here)
		switch {
		case err != nil:
			return err
		case deleted && cleared: // the whole list goes anyway
		case deleted:
			if err := p.delete(path, element, here); err != nil {
				return err
			}
		case cleared || p.isOnlyAdded(attr, element):
			added = append(added, *element)
		default:
			if err := p.merge(path, attr, element, here); err != nil {
				return err
			}
		}
	}
	switch {
	case len(added) > 0 && cleared:
		return p.target(&operation{op: scim.Replace, text: path.String(), value: scim.ArrayValue(added...), at: *at, member: true})
	case len(added) > 0:
		return p.target(&operation{op: scim.Add, text: path.String(), value: scim.ArrayValue(added...), at: *at, member: true})
	case cleared && len(elements) > 0:
		return p.target(&operation{op: scim.Remove, text: path.String(), at: *at, member: true})
	}
	return nil
}

// marked takes the operation off a value and reports whether it is to be deleted.
func marked(v *scim.Value, at *place) (deleted bool, err error) {
	i := v.Index("operation")
	if i < 0 {
		return false, nil
	}
	word := v.At(i).Text()
	deleted = strings.EqualFold(word, "delete")
	if !deleted && word != "" && !strings.EqualFold(word, "add") {
		return false, scim.BadRequest(scim.InvalidSyntax, "%s.operation: a value can only be deleted", at.String())
	}
	v.Delete(i)
	return deleted, nil
}

// delete removes one value.
func (p *partialResource) delete(path scim.AttrPath, v *scim.Value, at *place) error {
	p.deletes = true
	return p.target(&operation{op: scim.Remove, text: path.String(), value: scim.ArrayValue(*v), at: *at, member: true})
}

// isOnlyAdded tells a value that is not looked for among those that are there:
// a member of a group, which a service provider holds once whatever else is said
// of it (RFC 7644 section 3.5.2.1), and one that nothing identifies.
func (p *partialResource) isOnlyAdded(attr *scim.Attribute, v *scim.Value) bool {
	return attr == nil || attr.Type != scim.TypeComplex || isReference(attr) || v.Kind() != scim.Object || v.Get("value").Empty()
}

// merge sets what is given of the value with that value, or adds it (P9).
func (p *partialResource) merge(path scim.AttrPath, attr *scim.Attribute, v *scim.Value, at *place) error {
	found := scim.PatchPath{Attr: path, Filter: equals("value", v.Get("value"))}
	merged := false
	for i := range v.Members() {
		m := &v.Members()[i]
		if strings.EqualFold(m.Name, "value") {
			continue
		}
		found.Sub, merged = m.Name, true
		if err := p.target(&operation{op: scim.Replace, text: found.String(), value: m.Value, at: *p.below(at, m.Name), member: true}); err != nil {
			return err
		}
	}
	if merged {
		return nil
	}
	o := &operation{op: scim.Add, path: found, target: scim.Target{Attr: attr, Path: path}, at: *at}
	if err := p.readState(o); err != nil {
		return err
	}
	there, err := p.matches(o)
	if there || err != nil {
		return err
	}
	return p.target(&operation{op: scim.Add, text: path.String(), value: scim.ArrayValue(*v), at: *at, member: true})
}
