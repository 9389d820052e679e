package rewrite_test

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patchGarments are other operations for the same end, one for one or several
// for one (P6, P9, P10, P11).
var patchGarments = []garment{
	{"null in place of a removal", "patch.null", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool { return o.op == "remove" && o.path != nil && o.parts == nil })
		if !ok {
			return false
		}
		whole := o.path.filter == nil && o.path.name.sub == "" && o.path.name.leaf.MultiValued
		if o.op, o.valued = "replace", true; !whole && m.coin() {
			o.op = "add" // to add no value to a list is something else
		}
		return true
	})},
	{"empty manager in place of a removal", "entra.manager-removal", forPatch(func(m maker, r *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
			return o.op == "remove" && o.path != nil && o.path.name.attr == "manager" && o.path.filter == nil
		})
		if ok && r.provider == "entra" {
			o.op, o.valued, o.value = one(m.Rand, "add", "replace"), true, one[node](m.Rand, "", object{{"value", ""}}, list{""})
		}
		return ok
	})},
	{"manager.value", "patch.manager-path", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
			return o.path != nil && o.path.name.attr == "manager" && o.path.name.sub == "" && o.parts == nil && (!o.valued || o.value == nil || isValueOnly(slot{o.typed, &o.value, false}))
		})
		if !ok {
			return false
		}
		def := o.path.name.def.def.SubAttribute("value")
		o.path.name = named(o.path.name.def, def)
		if v, is := o.value.(object); is {
			o.value, o.typed = v[0].value, def
		}
		return true
	})},
	{"filter on a single value", "patch.single-value-filter", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
			return o.path != nil && o.path.name.attr == "manager" && o.path.name.sub == "" && presentManager(o) != nil && o.value != ""
		})
		if !ok {
			return false
		}
		value := o.path.name.def.def.SubAttribute("value")
		o.path.filter = &comparison{inner(value), "eq", presentManager(o)}
		if o.typed != nil && o.value != nil && isValueOnly(slot{o.typed, &o.value, false}) && m.coin() {
			v, _ := o.value.(object)
			o.value, o.typed, o.path.sub, o.path.subDef = v[0].value, value, "value", value
		}
		return true
	})},
	{"add at a filter that matches", "patch.value-filter-add", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
			return o.op == "replace" && o.path != nil && o.path.filter != nil && o.value != nil && isPlural(o.path.name.def)
		})
		if ok {
			o.op = "add"
		}
		return ok
	})},
	{"add at a filter without a value", "patch.value-filter-absent", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool { return o.seeds > 0 && o.op == "add" && o.path.filter == nil })
		if !ok {
			return false
		}
		values, _ := o.value.(list)
		element, _ := values[0].(object)
		o.path.filter, o.valued, o.value, o.seeds = allOf(o.path.name.def, element), false, nil, 0
		return true
	})},
	{"assignments at a filter that matches nothing", "patch.value-filter-absent", forPatch(splitElement)},
	{"read-only attribute", "patch.read-only", forPatch(func(m maker, r *request, b *patchBody) bool {
		o := made(one(m.Rand, "add", "replace"), &path{name: name{attr: "id"}}, r.state.get("id"))
		switch m.IntN(4) {
		case 0:
			o.path.name, o.value = name{attr: "meta"}, r.state.get("meta")
		case 1:
			meta, _ := r.state.get("meta").(object)
			o.path.name, o.value = name{attr: "meta", sub: "lastModified"}, meta.get("lastModified")
		case 2:
			o.path.name, o.value = name{attr: "groups"}, r.state.get("groups")
		}
		b.insert(m, o)
		return o.value != nil // no groups, or none to be had
	})},
	{"schemas repeated", "patch.read-only", forPatch(func(m maker, r *request, b *patchBody) bool {
		o := made(one(m.Rand, "add", "replace"), &path{name: name{attr: "schemas"}}, list{r.rt.Schema.ID})
		b.insert(m, o)
		return true
	})},
	{"null at a filter that matches nothing", "patch.null", forPatch(func(m maker, r *request, b *patchBody) bool {
		a, ok := m.attribute(func(a attribute) bool { return isPlural(a) && a.def.SubAttribute("type") != nil })
		if !ok {
			return false
		}
		filter := &comparison{inner(a.def.SubAttribute("type")), "eq", "nowhere"}
		o := made(one(m.Rand, "add", "replace"), &path{name: named(a, nil), filter: filter}, nil)
		o.typed = nil
		b.insert(m, o)
		return true
	})},
}

// presentManager is the id of the manager in front of o, or nil.
func presentManager(o *operation) node {
	enterprise, _ := o.before.get(scim.EnterpriseUserURI).(object)
	manager, _ := enterprise.get("manager").(object)
	return manager.get("value")
}

// insert puts an operation that comes to nothing anywhere.
func (b *patchBody) insert(m maker, o *operation) {
	i := m.IntN(len(b.ops) + 1)
	if o.before = b.ops[0].before; i > 0 {
		o.before = b.ops[i-1].before
	}
	b.ops = slices.Insert(b.ops, i, o)
}

// touches reports whether an operation changes an attribute.
func (o *operation) touches(a attribute) bool {
	return o.path != nil && o.path.is(a) || slices.ContainsFunc(o.parts, func(part *operation) bool { return part.path.is(a) })
}

// splitElement writes the addition of one element as assignments at a filter
// that describes it. Those behind the first may come later, among operations on
// other attributes.
func splitElement(m maker, _ *request, b *patchBody) bool {
	var at int
	o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
		at = slices.Index(b.ops, o)
		return o.seeds > 0 && o.op == "add" && !slices.ContainsFunc(b.ops[at+1:], func(later *operation) bool { return later.touches(o.path.name.def) })
	})
	if !ok {
		return false
	}
	a := o.path.name.def
	values, _ := o.value.(list)
	element, _ := values[0].(object)
	ops := assignments(m, a, element[:o.seeds], element[o.seeds:])
	for _, leaf := range ops {
		leaf.before = o.before
	}
	b.ops[at] = ops[0]
	for _, leaf := range ops[1:] {
		at += 1 + m.IntN(len(b.ops)-at)
		b.ops = slices.Insert(b.ops, at, leaf)
	}
	return true
}

// assignments sets each leaf, or all at once, at a filter made of the seeds.
func assignments(m maker, a attribute, seeds, leaves object) []*operation {
	filter := allOf(a, seeds)
	if m.chance(0.2) {
		return []*operation{made(one(m.Rand, "add", "replace"), &path{name: named(a, nil), filter: filter}, leaves)}
	}
	var ops []*operation
	for _, f := range leaves {
		to := &path{name: named(a, nil), filter: filter, sub: f.name, subDef: a.def.SubAttribute(f.name)}
		ops = append(ops, made(one(m.Rand, "add", "replace"), to, f.value))
	}
	return ops
}

// allOf is the filter that a value with these sub-attributes fits.
func allOf(a attribute, seeds object) expr {
	var terms []expr
	for _, f := range seeds {
		terms = append(terms, &comparison{inner(a.def.SubAttribute(f.name)), "eq", f.value})
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &junction{"and", terms}
}
