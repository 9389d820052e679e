package scim

import "strings"

// Target is what an attribute path leads to in a resource type.
type Target struct {
	// Path is canonical: core attributes bare, extension attributes with the
	// URI of their schema, names in the case of the schema.
	Path   AttrPath
	Schema *Schema    // nil for the attributes that every resource has
	Attr   *Attribute // nil for an extension as a whole
	Sub    *Attribute // nil if the path names no sub-attribute
}

// Leaf is the definition of what stands at the end of the path. It is nil for
// an extension as a whole.
func (t Target) Leaf() *Attribute {
	if t.Sub != nil {
		return t.Sub
	}
	return t.Attr
}

// Extension reports whether the path leads to an extension or into one.
func (t Target) Extension() bool { return t.Path.URI != "" }

// Resolve finds what p names, without regard to case. The URI of the core
// schema may stand in front of a core attribute and is dropped. A path that is
// exactly the URI of an extension has a Target without an attribute, whose Path
// prints as that URI.
func (rt *ResourceType) Resolve(p AttrPath) (Target, bool) {
	if p.URI == "" || equalFold(rt.Schema.ID, p.URI) {
		if a := findAttribute(rt.Schema.Attributes, p.Name); a != nil {
			return resolveSub(Target{Schema: rt.Schema, Attr: a}, p.Sub)
		}
		if a := findAttribute(commonAttributes(), p.Name); a != nil {
			return resolveSub(Target{Attr: a}, p.Sub)
		}
		return Target{}, false
	}
	for i := range rt.Extensions {
		ext := rt.Extensions[i].Schema
		if equalFold(ext.ID, p.URI) && p.Name != "" {
			a := findAttribute(ext.Attributes, p.Name)
			if a == nil {
				return Target{}, false
			}
			return resolveSub(Target{Path: AttrPath{URI: ext.ID}, Schema: ext, Attr: a}, p.Sub)
		}
		if isURI(p, ext.ID) {
			cut := strings.LastIndexByte(ext.ID, ':')
			return Target{Path: AttrPath{URI: ext.ID[:cut], Name: ext.ID[cut+1:]}, Schema: ext}, true
		}
	}
	return Target{}, false
}

// ResolveBare finds an attribute of an extension that is written without the
// URI of its schema. Where two extensions define the name it finds neither.
func (rt *ResourceType) ResolveBare(name string) (Target, bool) {
	var found Target
	for i := range rt.Extensions {
		ext := rt.Extensions[i].Schema
		a := findAttribute(ext.Attributes, name)
		if a == nil {
			continue
		}
		if found.Attr != nil {
			return Target{}, false
		}
		found = Target{Path: AttrPath{URI: ext.ID, Name: a.Name}, Schema: ext, Attr: a}
	}
	return found, found.Attr != nil
}

// SubAttribute finds a sub-attribute by name, in any case. It returns nil if
// there is none; a may be nil.
func (a *Attribute) SubAttribute(name string) *Attribute {
	if a == nil {
		return nil
	}
	return findAttribute(a.SubAttributes, name)
}

func resolveSub(t Target, sub string) (Target, bool) {
	t.Path.Name = t.Attr.Name
	if sub == "" {
		return t, true
	}
	if t.Sub = t.Attr.SubAttribute(sub); t.Sub == nil {
		return Target{}, false
	}
	t.Path.Sub = t.Sub.Name
	return t, true
}

// isURI reports whether p, printed, is uri. A reader of paths cannot know where
// a URI ends and has taken its last part for a name.
func isURI(p AttrPath, uri string) bool {
	if p.Name == "" {
		return equalFold(uri, p.URI)
	}
	n := len(p.URI)
	if len(uri) <= n || uri[n] != ':' || !equalFold(uri[:n], p.URI) {
		return false
	}
	rest := uri[n+1:]
	if p.Sub == "" {
		return equalFold(rest, p.Name)
	}
	n = len(p.Name)
	return len(rest) > n && rest[n] == '.' && equalFold(rest[:n], p.Name) && equalFold(rest[n+1:], p.Sub)
}
