package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// resolve finds what an attribute path names and gives its path the spelling of
// the schema (normal form G5, B5, F5). It reports false for an attribute that
// no schema knows; such a path is left as it is.
func (s *session) resolve(path scim.AttrPath, p *place) (scim.Target, bool) {
	if s.rt == nil {
		return scim.Target{}, false
	}
	if t, ok := s.rt.Resolve(path); ok {
		return s.spelled(t, path, p), true
	}
	if t, ok := s.resolveRenamed(path, p); ok {
		return t, true
	}
	if path.URI == "" {
		return s.resolveBare(path, p)
	}
	if r, uri := s.plan.Rules.schemaAlias(path.URI, s.rt); r != nil {
		if t, ok := s.rt.Resolve(scim.AttrPath{URI: uri, Name: path.Name, Sub: path.Sub}); ok {
			s.applied(r, p)
			return t, true
		}
	}
	return s.resolveDotted(path, p)
}

// resolveRenamed finds an attribute whose sub-attribute is known by another name,
// such as manager.managerId.
func (s *session) resolveRenamed(path scim.AttrPath, p *place) (scim.Target, bool) {
	if path.Sub == "" {
		return scim.Target{}, false
	}
	whole := path
	whole.Sub = ""
	t, ok := s.find(whole)
	if !ok || t.Attr == nil {
		return scim.Target{}, false
	}
	r, to := s.plan.Rules.renamed(t.Attr, path.Sub)
	if r == nil {
		return scim.Target{}, false
	}
	before := len(s.changes)
	s.applied(r, p)
	path.Sub = to
	if t, ok = s.resolve(path, p); !ok { // the URI in front of it is another
		s.changes = s.changes[:before]
	}
	return t, ok
}

// spelled records in what way the spelling of path differs from the schema's.
func (s *session) spelled(t scim.Target, path scim.AttrPath, p *place) scim.Target {
	if t.Path == path {
		return t
	}
	shape := NameCase
	if path.URI != "" && t.Path.URI == "" {
		shape = NameCorePrefix
	}
	if !s.didAt(shape, p) {
		t.Path = path
	}
	return t
}

// resolveBare finds an extension's attribute that is written without its URI.
func (s *session) resolveBare(path scim.AttrPath, p *place) (scim.Target, bool) {
	t, ok := s.rt.ResolveBare(path.Name)
	if !ok {
		return t, false
	}
	if path.Sub != "" {
		sub := t.Attr.SubAttribute(path.Sub)
		if sub == nil {
			return scim.Target{}, false
		}
		t.Sub, t.Path.Sub = sub, sub.Name
	}
	if !s.didAt(NameBareExtension, p) {
		t.Path = path
	}
	return t, true
}

// resolveDotted finds an attribute that is joined to its schema URI by a dot:
// urn:…:2.0:User.department reads as attribute User, sub-attribute department.
func (s *session) resolveDotted(path scim.AttrPath, p *place) (scim.Target, bool) {
	if path.Sub == "" {
		return scim.Target{}, false
	}
	t, ok := s.rt.Resolve(scim.AttrPath{URI: path.URI + ":" + path.Name, Name: path.Sub})
	if !ok {
		return t, false
	}
	if !s.didAt(NameURNDot, p) {
		t.Path = path
	}
	return t, true
}

// attrPath is normal form G5 for one attribute path that stands alone, as in
// sortBy and attributes.
func (s *session) attrPath(text, at string) string {
	path, err := scim.ParseAttrPath(text)
	if err != nil {
		return text
	}
	t, ok := s.resolve(path, &place{name: at})
	if !ok || t.Path == path {
		return text
	}
	return t.Path.String()
}

// isURI tells the key of an extension from the name of an attribute.
func isURI(key string) bool {
	return len(key) > 4 && strings.EqualFold(key[:4], "urn:") || strings.Contains(key, "://")
}
