package rewrite_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patchMaker makes operations, each for the resource as the ones before it
// leave it.
type patchMaker struct {
	maker
	state object
	ops   []*operation
}

// patch makes a PATCH body in normal form.
func (m maker) patch(state object) *patchBody {
	p := &patchMaker{maker: m, state: state}
	kinds := []func() []*operation{
		p.assign, p.assign, p.assignSub, p.assignSub, p.assignSub, p.assignMany, p.assignSelected, p.assignSelected,
		p.addElement, p.addElement, p.remove, p.removeSelected, p.removeElements, p.removeElements, p.replaceRest,
		p.removeExtension, p.plain, p.unknown,
	}
	for want := 1 + m.IntN(5); len(p.ops) < want; {
		for _, o := range kinds[m.IntN(len(kinds))]() {
			o.before = p.state
			p.ops = append(p.ops, o)
			p.state = applied(p.state, m.rt, o)
		}
	}
	return &patchBody{ops: p.ops, schemas: list{scim.PatchOpURI}, names: [2]string{"schemas", "Operations"}}
}

// applied carries out one operation that is in normal form.
func applied(state object, rt *scim.ResourceType, o *operation) object {
	body := scim.Parse(text((&patchBody{ops: []*operation{o}, schemas: list{scim.PatchOpURI}, names: [2]string{"schemas", "Operations"}}).node()))
	resource := scim.Parse(text(state))
	ops, err := scim.ParsePatch(&body)
	if err == nil {
		resource, _, err = scim.Apply(&resource, ops, rt)
	}
	if err != nil {
		panic(fmt.Sprintf("an operation in normal form is refused: %v\n%s\n%s", err, text(o.node()), text(state)))
	}
	after, _ := nodeOf(&resource).(object)
	return after
}

func nodeOf(v *scim.Value) node {
	switch v.Kind() {
	case scim.Object:
		o := make(object, 0, v.Len())
		for i := range v.Members() {
			o = append(o, field{v.Members()[i].Name, nodeOf(v.At(i))})
		}
		return o
	case scim.Array:
		l := make(list, v.Len())
		for i := range l {
			l[i] = nodeOf(v.At(i))
		}
		return l
	case scim.String:
		return v.Text()
	case scim.Number:
		return number(v.Raw())
	case scim.Bool:
		return v.True()
	}
	return nil
}

// present is the value of an attribute in the resource; nil if there is none.
func (p *patchMaker) present(a attribute) node {
	o := p.state
	if a.uri != "" {
		o, _ = o.get(a.uri).(object)
	}
	return o.get(a.def.Name)
}

// elements are the present values of an attribute that may be changed in place.
func (p *patchMaker) elements(a attribute) list {
	l, _ := p.present(a).(list)
	return l
}

func (p *patchMaker) verb() string { return one(p.Rand, "add", "replace", "replace") }

// assign sets a single attribute or a reference.
func (p *patchMaker) assign() []*operation {
	a, _ := p.attribute(func(a attribute) bool { return !a.def.MultiValued })
	return []*operation{made(p.verb(), &path{name: named(a, nil)}, p.value(a.def))}
}

// assignSub sets one or more sub-attributes of a complex attribute.
func (p *patchMaker) assignSub() []*operation {
	a, ok := p.attribute(isNested)
	if !ok {
		return p.assign()
	}
	var ops []*operation
	verb := p.verb()
	for _, sub := range a.def.SubAttributes {
		if p.chance(0.4) {
			ops = append(ops, made(verb, &path{name: named(a, sub)}, p.element(sub)))
		}
	}
	return ops
}

// assignMany adds values or replaces them all.
func (p *patchMaker) assignMany() []*operation {
	a, _ := p.attribute(isMany)
	return []*operation{made(p.verb(), &path{name: named(a, nil)}, p.value(a.def))}
}

// remove removes an attribute or a sub-attribute.
func (p *patchMaker) remove() []*operation {
	a, _ := p.attribute(func(a attribute) bool { return !a.def.Required })
	to := &path{name: named(a, nil)}
	if isNested(a) && p.coin() {
		to.name = named(a, p.sub(a))
	}
	return []*operation{made("remove", to, nil)}
}

// replaceRest writes what is left of a list of simple values, or removes the
// attribute when nothing is.
func (p *patchMaker) replaceRest() []*operation {
	a, ok := p.attribute(func(a attribute) bool { return isMany(a) && !isPlural(a) && len(p.elements(a)) > 0 })
	if !ok {
		return p.assignMany()
	}
	var rest, gone list
	for _, e := range p.elements(a) {
		if p.coin() {
			rest = append(rest, e)
		} else {
			gone = append(gone, e)
		}
	}
	for _, e := range gone {
		if slices.ContainsFunc(rest, func(r node) bool { return strings.EqualFold(text(r), text(e)) }) {
			return p.assignMany()
		}
	}
	o := made("remove", &path{name: named(a, nil)}, nil)
	if len(rest) > 0 {
		o = made("replace", &path{name: named(a, nil)}, rest)
	}
	o.rest = gone
	return []*operation{o}
}

// removeExtension removes each attribute that an extension has.
func (p *patchMaker) removeExtension() []*operation {
	ext := one(p.Rand, p.rt.Extensions...)
	present, _ := p.state.get(ext.Schema.ID).(object)
	var ops []*operation
	for _, f := range present {
		for _, a := range settables[p.rt] {
			if a.uri == ext.Schema.ID && a.def.Name == f.name {
				ops = append(ops, made("remove", &path{name: named(a, nil)}, nil))
			}
		}
	}
	return ops
}

// plain makes a path-less operation as the RFC has it.
func (p *patchMaker) plain() []*operation {
	o := made(p.verb(), nil, nil)
	o.plain = true
	for range 1 + p.IntN(2) {
		a, _ := p.attribute(func(a attribute) bool { return a.uri == "" || len(o.parts) == 0 })
		part := made(o.op, &path{name: named(a, nil)}, p.value(a.def))
		part.nested = true
		o.parts = append(o.parts, part)
	}
	if twice(o.node()) {
		return nil
	}
	return []*operation{o}
}

// unknown sets an attribute that no schema defines.
func (p *patchMaker) unknown() []*operation {
	f := one(p.Rand, unheard...)
	n := name{attr: f.name}
	if p.coin() {
		n = name{uri: "urn:example:unheard:1.0:User", separator: ":", attr: f.name}
	}
	return []*operation{made(p.verb(), &path{name: n}, copied(f.value))}
}
