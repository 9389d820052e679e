package backend

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// dialect is what a service provider understands of filters on one resource
// type.
type dialect struct {
	caps *Capabilities
	rt   *scim.ResourceType
}

// lower says the same in what is understood, or reports that it cannot be said.
func (d dialect) lower(e scim.Expression) (scim.Expression, bool) {
	if d.caps.Filter == nil && d.caps.FilterAttributes == nil {
		return e, true
	}
	switch e := e.(type) {
	case *scim.AttributeExpression:
		path, ok := d.attribute(e.Path)
		if !ok || !d.has(e.Op.String()) {
			return nil, false
		}
		if path == e.Path {
			return e, true
		}
		out := *e
		out.Path = path
		return &out, true
	case *scim.LogicalExpression:
		left, ok1 := d.lower(e.Left)
		right, ok2 := d.lower(e.Right)
		if !ok1 || !ok2 || !d.has(e.Op.String()) {
			return nil, false
		}
		return scim.Join(e.Op, left, right), true
	case *scim.NotExpression:
		inner, ok := d.lower(e.Expression)
		return &scim.NotExpression{Expression: inner}, ok && d.has("not")
	case *scim.ValuePath:
		return d.lowerValue(e)
	}
	return nil, false
}

// lowerValue says a value path. One with a single comparison means the same
// behind a dot.
func (d dialect) lowerValue(e *scim.ValuePath) (scim.Expression, bool) {
	if d.has("[]") && d.inBrackets(e.Path, e.Filter) {
		return e, true
	}
	if inner, ok := e.Filter.(*scim.AttributeExpression); ok && wantsValue(inner) {
		return d.lower(dotted(e.Path, inner))
	}
	return nil, false
}

// wantsValue reports whether a comparison can hold for a value only. One that
// also holds where there is none does not mean the same behind a dot.
func wantsValue(e *scim.AttributeExpression) bool {
	return e.Op != scim.NotEqual && e.Value.Kind() != scim.Null
}

// dotted is a comparison in brackets as one behind a dot.
func dotted(of scim.AttrPath, e *scim.AttributeExpression) *scim.AttributeExpression {
	out := *e
	out.Path = scim.AttrPath{URI: of.URI, Name: of.Name, Sub: e.Path.Name}
	return &out
}

// inBrackets reports whether all that stands in brackets is understood.
func (d dialect) inBrackets(of scim.AttrPath, e scim.Expression) bool {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		path := dotted(of, e).Path
		return d.has(e.Op.String()) && (d.names(of) || d.names(path))
	case *scim.LogicalExpression:
		return d.has(e.Op.String()) && d.inBrackets(of, e.Left) && d.inBrackets(of, e.Right)
	case *scim.NotExpression:
		return d.has("not") && d.inBrackets(of, e.Expression)
	}
	return false
}

// has reports whether an operator is understood.
func (d dialect) has(op string) bool {
	return d.caps.Filter == nil || slices.ContainsFunc(d.caps.Filter, func(known string) bool { return strings.EqualFold(known, op) })
}

// attribute returns a path as a filter may name it. A multi-valued attribute and
// its value are one and the same: it is named as the configuration names it.
func (d dialect) attribute(p scim.AttrPath) (scim.AttrPath, bool) {
	if d.names(p) {
		return p, true
	}
	other := p
	switch t, ok := d.rt.Resolve(p); {
	case !ok || t.Attr == nil || t.Attr.SubAttribute("value") == nil:
		return p, false
	case p.Sub == "":
		other.Sub = "value"
	case strings.EqualFold(p.Sub, "value"):
		other.Sub = ""
	}
	return other, other != p && d.names(other)
}

// names reports whether filter_attributes has a path.
func (d dialect) names(p scim.AttrPath) bool {
	if d.caps.FilterAttributes == nil {
		return true
	}
	text := d.canonical(p).String()
	return slices.ContainsFunc(d.caps.FilterAttributes, func(known string) bool {
		if strings.EqualFold(known, text) {
			return true
		}
		path, err := scim.ParseAttrPath(known)
		return err == nil && strings.EqualFold(d.canonical(path).String(), text)
	})
}

// canonical is a path as the schema has it.
func (d dialect) canonical(p scim.AttrPath) scim.AttrPath {
	if t, ok := d.rt.Resolve(p); ok && t.Attr != nil {
		return t.Path
	}
	return p
}

// long reports whether a filter is too long for a URL.
func (d dialect) long(e scim.Expression) bool {
	text := d.print(e)
	return len(text) > maxQuery || len(appendEscaped(nil, text)) > maxQuery
}

// print writes a filter for the service provider. To one that has limits, "and"
// and "or" are not written beside each other without parentheses: some read them
// from left to right.
func (d dialect) print(e scim.Expression) string {
	if e == nil {
		return ""
	}
	if d.caps.Filter == nil {
		return e.String()
	}
	return string(appendGrouped(nil, e))
}

func appendGrouped(dst []byte, e scim.Expression) []byte {
	switch e := e.(type) {
	case *scim.LogicalExpression:
		dst = appendSide(dst, e.Left, e.Op)
		dst = append(append(append(dst, ' '), e.Op.String()...), ' ')
		return appendSide(dst, e.Right, e.Op)
	case *scim.NotExpression:
		return append(appendGrouped(append(dst, "not ("...), e.Expression), ')')
	case *scim.ValuePath:
		return append(appendGrouped(append(e.Path.AppendTo(dst), '['), e.Filter), ']')
	}
	return e.AppendTo(dst)
}

func appendSide(dst []byte, e scim.Expression, of scim.LogicalOp) []byte {
	if inner, ok := e.(*scim.LogicalExpression); ok && inner.Op != of {
		return append(appendGrouped(append(dst, '('), e), ')')
	}
	return appendGrouped(dst, e)
}
