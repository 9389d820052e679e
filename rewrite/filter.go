package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// liberties maps each liberty of a filter to its shape.
var liberties = [...]struct {
	bit   scim.Leniency
	shape Shape
}{
	{scim.OperatorCase, FilterOperatorCase},
	{scim.OperatorSymbol, FilterOperatorSymbol},
	{scim.SingleQuotes, FilterQuotes},
	{scim.CurlyQuotes, FilterQuotes},
	{scim.StrayQuotes, FilterQuotes},
	{scim.Bareword, FilterBareword},
	{scim.LiteralCase, FilterLiteral},
	{scim.OddSpacing, FilterSpacing},
	{scim.TrailingSemicolon, FilterWrapping},
	{scim.OuterQuotes, FilterWrapping},
	{scim.TrailingSubAttribute, FilterSubAttribute},
	{scim.ParentPrefix, FilterSubAttribute},
}

// liberty records the liberties that a filter or path took. It reports false
// when the rule of one of them is disabled.
func (s *session) liberty(l scim.Leniency, p *place) bool {
	if l == 0 {
		return true
	}
	ok, last := true, numShapes
	for _, lib := range liberties {
		if l&lib.bit != 0 && lib.shape != last {
			ok = s.didAt(lib.shape, p) && ok
			last = lib.shape
		}
	}
	return ok
}

// filter is normal form F for one filter. A filter that is strict comes back as
// it is, superfluous parentheses included.
func (s *session) filter(text, at string) (string, error) {
	f, err := scim.ParseFilter(text)
	if err != nil {
		return "", err
	}
	p, before := place{name: at}, len(s.changes)
	if !s.liberty(f.Leniency, &p) {
		return text, nil
	}
	e := s.expression(f.Expression, &p)
	if len(s.changes) == before {
		return text, nil
	}
	return string(e.AppendTo(make([]byte, 0, len(text)+32))), nil
}

// expression brings names and literals of a filter on resources into normal
// form.
func (s *session) expression(e scim.Expression, p *place) scim.Expression {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		t, ok := s.resolve(e.Path, p)
		if !ok {
			return s.null(e, p)
		}
		e.Path = t.Path
		attr := t.Leaf()
		if attr != nil && attr.Type == scim.TypeComplex && t.Sub == nil && e.Op != scim.Present && e.Value.Kind() != scim.Null {
			if v := attr.SubAttribute("value"); v != nil && s.didAt(FilterComplex, p) {
				e.Path.Sub, attr = v.Name, v
			}
		}
		s.literal(attr, e, p)
		return s.null(e, p)
	case *scim.LogicalExpression:
		e.Left, e.Right = s.expression(e.Left, p), s.expression(e.Right, p)
	case *scim.NotExpression:
		e.Expression = s.expression(e.Expression, p)
	case *scim.ValuePath:
		t, ok := s.resolve(e.Path, p)
		if ok {
			e.Path = t.Path
		}
		e.Filter = s.elementExpression(e.Filter, t.Leaf(), p)
	}
	return e
}

// elementExpression does the same for a filter inside brackets, where names are
// those of sub-attributes. attr is nil when the attribute is unknown.
func (s *session) elementExpression(e scim.Expression, attr *scim.Attribute, p *place) scim.Expression {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		sub := attr.SubAttribute(e.Path.Name)
		if sub != nil && sub.Name != e.Path.Name && s.didAt(NameCase, p) {
			e.Path.Name = sub.Name
		}
		if sub == nil && strings.EqualFold(e.Path.Name, "primary") {
			sub = primaryAttribute
		}
		s.literal(sub, e, p)
		return s.null(e, p)
	case *scim.LogicalExpression:
		e.Left, e.Right = s.elementExpression(e.Left, attr, p), s.elementExpression(e.Right, attr, p)
	case *scim.NotExpression:
		e.Expression = s.elementExpression(e.Expression, attr, p)
	}
	return e
}

// null is F4: a comparison with null asks whether there is a value.
func (s *session) null(e *scim.AttributeExpression, p *place) scim.Expression {
	if e.Value.Kind() != scim.Null || e.Op != scim.Equal && e.Op != scim.NotEqual {
		return e
	}
	if !s.didAt(FilterNull, p) {
		return e
	}
	present := &scim.AttributeExpression{Path: e.Path, Op: scim.Present}
	if e.Op == scim.NotEqual {
		return present
	}
	return &scim.NotExpression{Expression: present}
}

// literal is P4 inside filters: the compared value has the type of the
// attribute. What cannot have it is left to the service provider, which knows
// whether such a comparison is false or an error.
func (s *session) literal(attr *scim.Attribute, e *scim.AttributeExpression, p *place) {
	if attr == nil || e.Op == scim.Present {
		return
	}
	to, ok := coerced(attr, &e.Value)
	if ok && s.didAt(FilterLiteral, p) {
		e.Value = to
	}
}
