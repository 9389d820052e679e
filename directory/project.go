package directory

import "github.com/caddy-scim/caddy-scim/scim"

// node is a set of attributes as a tree of their names: an extension's URI or an
// attribute, then a sub-attribute. A name without a node below it stands for all
// that is below.
type node map[string]node

// add puts a path into the set. What has no sub-attribute covers all of them.
func (n node) add(path ...string) {
	for i, name := range path {
		below, known := n[name]
		if i == len(path)-1 || known && below == nil {
			n[name] = nil
			return
		}
		if below == nil {
			below = node{}
			n[name] = below
		}
		n = below
	}
}

// remove takes a path out of the set, if it is in it as such.
func (n node) remove(path ...string) {
	for len(path) > 1 {
		n, path = n[path[0]], path[1:]
	}
	delete(n, path[0])
}

// projection decides which attributes an answer shows (RFC 7644 section 3.9).
type projection struct {
	keep node // nil keeps all
	drop node
}

// all reports whether nothing is left out.
func (p projection) all() bool { return p.keep == nil && len(p.drop) == 0 }

// below is the projection of what stands under name, and whether that is shown
// at all.
func (p projection) below(name string) (projection, bool) {
	var sub projection
	if p.keep != nil {
		keep, ok := p.keep[name]
		if !ok {
			return sub, false
		}
		sub.keep = keep
	}
	if drop, ok := p.drop[name]; ok {
		if drop == nil {
			return sub, false
		}
		sub.drop = drop
	}
	return sub, true
}

// projection combines what the client asks for with what the schema says of
// being returned. Names that the resource type does not have ask for nothing.
func (d *Directory) projection(rt *scim.ResourceType, attributes, excluded []scim.AttrPath) projection {
	if attributes == nil && excluded == nil {
		return projection{drop: d.hidden[rt]}
	}
	p := projection{drop: node{}}
	if attributes != nil {
		p.keep = node{}
		eachAttribute(rt, func(a *scim.Attribute, path ...string) {
			switch a.Returned {
			case scim.ReturnedAlways:
				p.keep.add(path...)
			case scim.ReturnedNever:
				p.drop.add(path...)
			}
		})
		for _, asked := range attributes {
			if path, ok := names(rt, asked); ok {
				p.keep.add(path...)
			}
		}
		return p
	}
	for _, asked := range excluded {
		if path, ok := names(rt, asked); ok {
			p.drop.add(path...)
		}
	}
	eachAttribute(rt, func(a *scim.Attribute, path ...string) {
		switch a.Returned {
		case scim.ReturnedAlways:
			p.drop.remove(path...)
		case scim.ReturnedNever, scim.ReturnedRequest:
			p.drop.add(path...)
		}
	})
	return p
}

// hiddenAttributes are those that an answer shows never, or on request only.
func hiddenAttributes(rt *scim.ResourceType) node {
	hidden := node{}
	eachAttribute(rt, func(a *scim.Attribute, path ...string) {
		if a.Returned == scim.ReturnedNever || a.Returned == scim.ReturnedRequest {
			hidden.add(path...)
		}
	})
	return hidden
}

// eachAttribute visits the attributes and sub-attributes of a resource type.
func eachAttribute(rt *scim.ResourceType, visit func(a *scim.Attribute, path ...string)) {
	walk := func(attrs []*scim.Attribute, prefix ...string) {
		for _, a := range attrs {
			path := append(prefix[:len(prefix):len(prefix)], a.Name)
			visit(a, path...)
			for _, sub := range a.SubAttributes {
				visit(sub, append(path[:len(path):len(path)], sub.Name)...)
			}
		}
	}
	for _, name := range [...]string{"schemas", "id"} {
		if t, ok := rt.Resolve(scim.AttrPath{Name: name}); ok {
			visit(t.Attr, name)
		}
	}
	walk(rt.Schema.Attributes)
	for _, ext := range rt.Extensions {
		walk(ext.Schema.Attributes, ext.Schema.ID)
	}
}

// names is the way to an attribute in a resource.
func names(rt *scim.ResourceType, p scim.AttrPath) ([]string, bool) {
	t, ok := rt.Resolve(p)
	if !ok {
		return nil, false
	}
	var path []string
	if t.Attr == nil {
		return append(path, t.Schema.ID), true
	}
	if t.Path.URI != "" {
		path = append(path, t.Path.URI)
	}
	path = append(path, t.Path.Name)
	if t.Path.Sub != "" {
		path = append(path, t.Path.Sub)
	}
	return path, true
}

// attrPaths reads the names of "attributes" or "excludedAttributes".
func attrPaths(parameter string, list []string) ([]scim.AttrPath, error) {
	paths := make([]scim.AttrPath, 0, len(list))
	for _, name := range list {
		p, err := scim.ParseAttrPath(name)
		if err != nil {
			return nil, scim.BadRequest(scim.InvalidValue, "%s: %s is no attribute name", parameter, scim.Quote(name))
		}
		paths = append(paths, p)
	}
	return paths, nil
}
