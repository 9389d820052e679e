package rewrite_test

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// name is an attribute path as a client spells it. Its definition is that of
// the attribute; leaf that of what stands at its end, nil if no schema knows it.
type name struct {
	uri, separator, attr, sub string
	def                       attribute
	leaf                      *scim.Attribute
}

func (n name) String() string {
	text := n.attr
	if n.uri != "" {
		text = n.uri + n.separator + text
	}
	if n.sub != "" {
		text += "." + n.sub
	}
	return text
}

// named is the name of an attribute in normal form.
func named(a attribute, sub *scim.Attribute) name {
	n := name{uri: a.uri, separator: ":", attr: a.def.Name, def: a, leaf: a.def}
	if sub != nil {
		n.sub, n.leaf = sub.Name, sub
	}
	return n
}

// expr is a filter: *comparison, *junction, *negation, *selection or *trailing.
// Expressions are never changed in place.
type expr interface{}

type (
	comparison struct {
		name  name
		op    string
		value node // for pr there is none
	}
	junction struct {
		op    string // and, or
		terms []expr // none of them a junction with the same op
	}
	negation struct{ of expr }
	// selection is a filter in brackets.
	selection struct {
		name name
		of   expr
	}
	// trailing is the dialect emails[type eq "work"].value eq "x".
	trailing struct {
		of   *selection
		then *comparison
	}
)

// mapExpr applies fn to each node of e, inner ones first.
func mapExpr(e expr, fn func(expr) expr) expr {
	switch e := e.(type) {
	case *junction:
		terms := make([]expr, len(e.terms))
		for i := range terms {
			terms[i] = mapExpr(e.terms[i], fn)
		}
		return fn(&junction{e.op, terms})
	case *negation:
		return fn(&negation{mapExpr(e.of, fn)})
	case *selection:
		return fn(&selection{e.name, mapExpr(e.of, fn)})
	case *trailing:
		of, _ := mapExpr(e.of, fn).(*selection)
		then, _ := mapExpr(e.then, fn).(*comparison)
		if of == nil || then == nil {
			return e
		}
		return fn(&trailing{of, then})
	}
	return fn(e)
}

// filter makes a filter on resources in normal form.
func (m maker) filter(depth int) expr {
	switch n := m.IntN(10); {
	case depth > 0 && n < 3:
		return m.junction(func() expr { return m.filter(depth - 1) })
	case depth > 0 && n == 3:
		return &negation{m.filter(depth - 1)}
	case n < 6:
		if a, ok := m.attribute(isPlural); ok {
			return &selection{named(a, nil), m.elementFilter(a, 1)}
		}
	}
	return m.comparison()
}

// junction joins terms; those that are joined alike become part of it.
func (m maker) junction(term func() expr) expr {
	j := &junction{op: one(m.Rand, "and", "or")}
	for range 2 + m.IntN(2) {
		e := term()
		if inner, ok := e.(*junction); ok && inner.op == j.op {
			j.terms = append(j.terms, inner.terms...)
		} else {
			j.terms = append(j.terms, e)
		}
	}
	return j
}

// comparison makes a comparison with the value of some attribute.
func (m maker) comparison() expr {
	if m.chance(0.05) {
		return &comparison{name{attr: one(m.Rand, "favouriteColour", "x-room", "unknown_1")}, "eq", one[node](m.Rand, "red", number("3"), false)}
	}
	if m.chance(0.1) {
		t, _ := m.rt.Resolve(scim.AttrPath{Name: "meta", Sub: "lastModified"})
		n := named(attribute{def: t.Attr}, t.Sub)
		return &comparison{n, one(m.Rand, "gt", "ge", "lt", "le"), "2024-02-29T08:30:00Z"}
	}
	a, _ := m.attribute(func(a attribute) bool { return a.def.Mutability != scim.WriteOnly })
	if a.def.Type != scim.TypeComplex {
		return m.compare(named(a, nil))
	}
	return m.compare(named(a, m.sub(a)))
}

// sub picks a sub-attribute that a client may set.
func (m maker) sub(a attribute) *scim.Attribute {
	sub, _ := oneWhere(m.Rand, a.def.SubAttributes, func(s *scim.Attribute) bool { return s.Mutability != scim.ReadOnly })
	return sub
}

// compare makes a comparison that fits the type of n.
func (m maker) compare(n name) expr {
	ops := []string{"eq", "ne", "pr"}
	switch n.leaf.Type {
	case scim.TypeString:
		ops = append(ops, "eq", "co", "sw", "ew", "gt", "le")
	case scim.TypeInteger, scim.TypeDecimal, scim.TypeDateTime:
		ops = append(ops, "gt", "ge", "lt", "le")
	}
	c := &comparison{name: n, op: one(m.Rand, ops...)}
	if c.op != "pr" {
		single := *n.leaf
		single.MultiValued = false
		c.value = m.element(&single)
	}
	return c
}

// elementFilter makes a filter on the values of a, as it stands in brackets.
func (m maker) elementFilter(a attribute, depth int) expr {
	if depth > 0 {
		switch m.IntN(5) {
		case 0, 1:
			return m.junction(func() expr { return m.elementFilter(a, depth-1) })
		case 2:
			return &negation{m.elementFilter(a, depth-1)}
		}
	}
	sub := m.sub(a)
	return m.compare(inner(sub))
}

// inner is the name of a sub-attribute in brackets.
func inner(sub *scim.Attribute) name { return name{attr: sub.Name, leaf: sub} }

// strict prints a filter in normal form: lower-case operators, one space, JSON
// literals, parentheses only where precedence needs them.
func strict(e expr) string {
	switch e := e.(type) {
	case *comparison:
		if e.op == "pr" {
			return e.name.String() + " pr"
		}
		return e.name.String() + " " + e.op + " " + text(e.value)
	case *junction:
		terms := make([]string, len(e.terms))
		for i, t := range e.terms {
			terms[i] = strict(t)
			if inner, ok := t.(*junction); ok && inner.op == "or" {
				terms[i] = "(" + terms[i] + ")"
			}
		}
		return strings.Join(terms, " "+e.op+" ")
	case *negation:
		return "not (" + strict(e.of) + ")"
	case *selection:
		return e.name.String() + "[" + strict(e.of) + "]"
	}
	return ""
}
