package rewrite_test

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// assignSelected sets a sub-attribute, or some, of values that a filter finds.
func (p *patchMaker) assignSelected() []*operation {
	a, ok := p.attribute(func(a attribute) bool { return isPlural(a) && a.def.Name != "members" && len(p.elements(a)) > 0 })
	if !ok {
		return p.addElement()
	}
	element, _ := one(p.Rand, p.elements(a)...).(object)
	to := &path{name: named(a, nil), filter: p.finding(a, element)}
	if p.chance(0.15) {
		return []*operation{made("replace", to, p.complex(a.def))}
	}
	to.subDef = p.sub(a)
	to.sub = to.subDef.Name
	return []*operation{made("replace", to, p.element(to.subDef))}
}

// finding makes a filter that one value, at least, fits.
func (p *patchMaker) finding(a attribute, element object) expr {
	f, ok := oneWhere(p.Rand, element, func(f field) bool { return a.def.SubAttribute(f.name) != nil })
	if !ok {
		return &negation{&comparison{name: inner(a.def.SubAttributes[0]), op: "pr"}}
	}
	sub := a.def.SubAttribute(f.name)
	var e expr = &comparison{inner(sub), "eq", f.value}
	s, isText := f.value.(string)
	switch n := p.IntN(8); {
	case n == 0:
		e = &comparison{name: inner(sub), op: "pr"}
	case n == 1 && isText && sub.Type == scim.TypeString:
		e = &comparison{inner(sub), one(p.Rand, "sw", "ew", "co"), s}
	case n == 2:
		e = &junction{"or", []expr{e, p.compare(inner(p.sub(a)))}}
	case n == 3:
		e = &junction{"and", []expr{&comparison{name: inner(sub), op: "pr"}, e}}
	}
	return e
}

// addElement adds a value that no present one is like: what a client asks for
// with assignments at a filter.
func (p *patchMaker) addElement() []*operation {
	a, ok := p.attribute(func(a attribute) bool { return isPlural(a) && a.def.Name != "members" })
	if !ok {
		return p.assign()
	}
	subs := slices.Clone(a.def.SubAttributes)
	p.Shuffle(len(subs), func(i, j int) { subs[i], subs[j] = subs[j], subs[i] })
	seeds := 1 + p.IntN(2)
	var element object
	for _, sub := range subs[:min(seeds+1+p.IntN(2), len(subs))] {
		element = append(element, field{sub.Name, p.maker.element(sub)})
	}
	for _, other := range p.elements(a) {
		if o, ok := other.(object); !ok || likens(o, element[:seeds]) {
			return p.remove()
		}
	}
	o := made("add", &path{name: named(a, nil)}, list{element})
	o.seeds = seeds
	return []*operation{o}
}

// likens reports whether a value may fit a filter made of terms. One without a
// primary mark is as good as one with false (RFC 7643 section 2.4).
func likens(o, terms object) bool {
	for _, t := range terms {
		if t.value == false && o.get(t.name) == nil {
			continue
		}
		if !strings.EqualFold(text(o.get(t.name)), text(t.value)) {
			return false
		}
	}
	return true
}

// removeSelected removes a sub-attribute of a value, or a value by what the
// filter says.
func (p *patchMaker) removeSelected() []*operation {
	a, ok := p.attribute(func(a attribute) bool { return isPlural(a) && a.def.Name != "members" && len(p.elements(a)) > 0 })
	if !ok {
		return p.remove()
	}
	element, _ := one(p.Rand, p.elements(a)...).(object)
	to := &path{name: named(a, nil), filter: p.finding(a, element)}
	if p.coin() {
		to.subDef = p.sub(a)
		to.sub = to.subDef.Name
	}
	return []*operation{made("remove", to, nil)}
}

// removeElements removes values one by one, each by what tells it from others.
func (p *patchMaker) removeElements() []*operation {
	a, ok := p.attribute(func(a attribute) bool { return isPlural(a) && len(p.elements(a)) > 0 })
	if !ok {
		return p.remove()
	}
	var ops []*operation
	seen := map[string]bool{}
	for _, e := range p.elements(a)[:1+p.IntN(len(p.elements(a)))] {
		element, _ := e.(object)
		filter := telling(a, element)
		if filter == nil || seen[strict(filter)] || gone(ops, a, element) {
			continue
		}
		seen[strict(filter)] = true
		o := made("remove", &path{name: named(a, nil), filter: filter}, nil)
		o.picked = element
		ops = append(ops, o)
	}
	return ops
}

// gone reports whether one of the removals takes the element already.
func gone(ops []*operation, a attribute, element object) bool {
	for _, o := range ops {
		picked := o.picked
		if v := picked.get("value"); v != nil {
			picked = object{{"value", v}}
		}
		if likens(element, picked) {
			return true
		}
	}
	return false
}

// telling makes the filter that picks one value: its value, or all that it has.
func telling(a attribute, element object) expr {
	var terms []expr
	for _, f := range element {
		sub := a.def.SubAttribute(f.name)
		if sub == nil {
			return nil
		}
		e := &comparison{inner(sub), "eq", f.value}
		if sub.Name == "value" {
			return e
		}
		terms = append(terms, e)
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &junction{"and", terms}
}
