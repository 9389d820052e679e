package rewrite_test

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// filterGarments are liberties with the filter grammar, in queries, in searches
// and inside paths (F2 to F4, P4).
var filterGarments = []garment{
	{"comparison behind the brackets", "filter.value-path-comparison", forFilters(behindBrackets)},
	{"complex attribute compared", "filter.complex", forFilters(func(m maker, e expr) expr {
		c, ok := e.(*comparison)
		if !ok || c.name.def.def == nil || c.name.def.def.Type != scim.TypeComplex || !strings.EqualFold(c.name.sub, "value") || c.op == "pr" {
			return e
		}
		n := c.name
		n.sub = ""
		return &comparison{n, c.op, c.value}
	})},
	{"compared with null", "filter.null", forFilters(func(_ maker, e expr) expr {
		if not, ok := e.(*negation); ok {
			if c, ok := not.of.(*comparison); ok && c.op == "ne" && c.value == nil {
				return &comparison{c.name, "eq", nil}
			}
		}
		if c, ok := e.(*comparison); ok && c.op == "pr" {
			return &comparison{c.name, "ne", nil}
		}
		return e
	})},
	{"literal as text", "filter.literal", forFilters(func(m maker, e expr) expr {
		c, ok := e.(*comparison)
		if !ok || c.op == "pr" || c.value == nil || c.name.leaf == nil {
			return e
		}
		if _, isText := c.value.(string); isText {
			return e
		}
		return &comparison{c.name, c.op, m.anyCase(text(c.value))}
	})},
	{"text as number in a filter", "filter.literal", forFilters(func(_ maker, e expr) expr {
		c, ok := e.(*comparison)
		if !ok || c.name.leaf == nil || c.name.leaf.Type != scim.TypeString {
			return e
		}
		digits, _ := c.value.(string)
		if !jsonNumber.MatchString(digits) {
			return e
		}
		return &comparison{c.name, c.op, number(digits)}
	})},
	{"operators in another case", "filter.operator-case", forLooks(func(_ maker, l *look) { l.upper = true })},
	{"operators as symbols", "filter.operator-symbol", forLooks(func(_ maker, l *look) { l.symbols = true })},
	{"single quotes", "filter.quotes", forLooks(func(_ maker, l *look) { l.quote = "''" })},
	{"typographic quotes", "filter.quotes", forLooks(func(m maker, l *look) { l.quote = one(m.Rand, "“”", "‘’", "„“", "””") })},
	{"barewords", "filter.bareword", forLooks(func(_ maker, l *look) { l.bare = true })},
	{"literals in another case", "filter.literal", forLooks(func(_ maker, l *look) { l.literals = true })},
	{"doubled spaces", "filter.spacing", forLooks(func(_ maker, l *look) { l.spacing = true })},
	{"missing spaces", "filter.spacing", forLooks(func(_ maker, l *look) { l.tight = true })},
	{"filter in quotes", "filter.wrapping", forQueryFilter(func(m maker, l *look) { l.wrap = one(m.Rand, `""`, "''", "“”", "escaped") })},
	{"filter with a semicolon", "filter.wrapping", forQueryFilter(func(_ maker, l *look) { l.wrap = ";" })},
	{"filter encoded twice", "filter.encoded-twice", forQueryFilter(func(m maker, l *look) { l.encoded = one(m.Rand, "%20", "+") })},
}

// forFilters makes a garment that changes some of the terms of filters.
func forFilters(change func(maker, expr) expr) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		some := func(e expr) expr {
			if m.chance(0.2) {
				return e
			}
			return change(m, e)
		}
		for _, p := range r.params() {
			if p.filter != nil {
				p.filter = mapExpr(p.filter, some)
			}
		}
		if r.patch != nil {
			for _, o := range r.patch.leaves() {
				if o.path != nil && o.path.filter != nil {
					o.path.filter = mapExpr(o.path.filter, some)
				}
			}
		}
		return true
	}
}

// forLooks makes a garment that changes how some of the filters are written.
func forLooks(change func(maker, *look)) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		some := func(l *look) {
			if m.chance(0.8) {
				l.seed = m.Uint64()
				change(m, l)
			}
		}
		for _, p := range r.params() {
			if p.filter != nil {
				some(&p.look)
			}
		}
		if r.patch != nil {
			for _, o := range r.patch.leaves() {
				if o.path != nil && o.path.filter != nil {
					some(&o.path.look)
				}
			}
		}
		return true
	}
}

// forQueryFilter makes a garment for the filter of a query or a search.
func forQueryFilter(change func(maker, *look)) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		p, ok := oneWhere(m.Rand, r.params(), func(p *param) bool { return p.filter != nil })
		if ok {
			change(m, &p.look)
		}
		return ok
	}
}

// behindBrackets takes the last comparison of a filter in brackets out of them.
func behindBrackets(_ maker, e expr) expr {
	s, ok := e.(*selection)
	if !ok {
		return e
	}
	j, ok := s.of.(*junction)
	if !ok || j.op != "and" {
		return e
	}
	last := len(j.terms) - 1
	then, ok := j.terms[last].(*comparison)
	if !ok {
		return e
	}
	var rest expr = &junction{"and", j.terms[:last]}
	if last == 1 {
		rest = j.terms[0]
	}
	return &trailing{&selection{s.name, rest}, then}
}
