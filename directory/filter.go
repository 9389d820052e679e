package directory

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// checkFilter refuses a filter that asks for attributes which none of the types
// has, or compares what cannot be compared. Between types an attribute that only
// one of them has is without value in the others (RFC 7644 section 3.4.2.1).
func checkFilter(filter scim.Expression, types []*scim.ResourceType) error {
	if filter == nil {
		return nil
	}
	for _, rt := range types {
		if err := scim.CheckFilter(filter, rt); err != nil {
			return err
		}
	}
	var wrong error
	eachPath(filter, func(outer, p scim.AttrPath) bool {
		for _, rt := range types {
			if known(rt, outer, p) {
				return true
			}
		}
		name := p.String()
		if outer.Name != "" {
			name = outer.String() + "[" + name + "]"
		}
		wrong = scim.BadRequest(scim.InvalidFilter, "filter: unknown attribute %s", name)
		return false
	})
	return wrong
}

// known reports whether a resource type has the attribute p or, with outer, the
// sub-attribute p of outer.
func known(rt *scim.ResourceType, outer, p scim.AttrPath) bool {
	if outer.Name == "" {
		_, ok := rt.Resolve(p)
		return ok
	}
	t, ok := rt.Resolve(outer)
	if !ok || t.Attr == nil || p.URI != "" || p.Sub != "" {
		return false
	}
	simple := t.Attr.Type != scim.TypeComplex && strings.EqualFold(p.Name, "value")
	return simple || t.Attr.SubAttribute(p.Name) != nil
}

// asksComputed reports whether a filter asks for what the directory adds to a
// resource only when it is shown.
func asksComputed(filter scim.Expression) bool {
	computed := false
	eachPath(filter, func(outer, p scim.AttrPath) bool {
		name := p.Name
		if outer.Name != "" {
			name = outer.Name
		}
		computed = isComputed(name)
		return !computed
	})
	return computed
}

func isComputed(name string) bool {
	return strings.EqualFold(name, "meta") || strings.EqualFold(name, "groups") || strings.EqualFold(name, "members")
}

// eachPath visits the attribute paths of a filter until visit says no. Paths in
// brackets come with the path in front of these.
func eachPath(filter scim.Expression, visit func(outer, p scim.AttrPath) bool) {
	walkPaths(scim.AttrPath{}, filter, visit)
}

func walkPaths(outer scim.AttrPath, filter scim.Expression, visit func(outer, p scim.AttrPath) bool) bool {
	switch f := filter.(type) {
	case *scim.AttributeExpression:
		return visit(outer, f.Path)
	case *scim.NotExpression:
		return walkPaths(outer, f.Expression, visit)
	case *scim.LogicalExpression:
		return walkPaths(outer, f.Left, visit) && walkPaths(outer, f.Right, visit)
	case *scim.ValuePath:
		return visit(outer, f.Path) && walkPaths(f.Path, f.Filter, visit)
	}
	return true
}
