package rewrite_test

import "slices"

// removalGarments are ways to say what goes by a value (P7, P8).
var removalGarments = []garment{
	{"values to remove", "patch.remove-value", forPatch(func(m maker, _ *request, b *patchBody) bool {
		from, to := b.run(m, func(first, o *operation) bool {
			return o.isPicked() && first.path.is(o.path.name.def)
		})
		if from == to {
			return false
		}
		o := made("remove", &path{name: named(b.ops[from].path.name.def, nil)}, nil)
		o.before, o.valued, o.value = b.ops[from].before, true, picks(m, b.ops[from:to])
		b.ops = slices.Replace(b.ops, from, to, o)
		return true
	})},
	{"value of a sub-attribute to remove", "patch.remove-value", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, (*operation).isPicked)
		element, _ := nodeOfPicked(o)
		if !ok || element.get("value") == nil {
			return false
		}
		a := o.path.name.def
		o.path = &path{name: named(a, a.def.SubAttribute("value"))}
		o.valued, o.value, o.picked = true, element.get("value"), nil
		return true
	})},
	{"simple values to remove", "patch.remove-value", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool { return len(o.rest) > 0 && o.path != nil && o.value != nil == o.valued })
		if !ok {
			return false
		}
		o.op, o.valued, o.value, o.typed = "remove", true, o.rest, nil
		if len(o.rest) == 1 && m.coin() {
			o.value = o.rest[0]
		} else if m.chance(0.2) {
			wrapped := make(list, len(o.rest))
			for i := range wrapped {
				wrapped[i] = object{{"value", o.rest[i]}}
			}
			o.value = wrapped
		}
		return true
	})},
	{"value on the removal of a single one", "patch.remove-value", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
			return o.op == "remove" && o.path != nil && !o.valued && (o.path.filter != nil || !o.path.name.leaf.MultiValued)
		})
		if ok {
			o.valued, o.value, o.picked = true, one[node](m.Rand, "x", true, list{"x"}, object{{"value", "x"}}, nil, list{}), nil
		}
		return ok
	})},
	{"nothing to remove", "patch.remove-nothing", forPatch(func(m maker, _ *request, b *patchBody) bool {
		a, _ := m.attribute(isMany)
		o := made("remove", &path{name: named(a, nil)}, nil)
		o.valued, o.value = true, one[node](m.Rand, list{}, nil)
		b.insert(m, o)
		return true
	})},
	{"path-less removal", "patch.remove-pathless", forPatch(pathlessRemoval)},
}

// isPicked tells the removal of one element by what it is.
func (o *operation) isPicked() bool {
	return o.op == "remove" && o.path != nil && o.path.filter != nil && o.picked != nil && !o.valued
}

func nodeOfPicked(o *operation) (object, bool) {
	if o == nil {
		return nil, false
	}
	element, ok := o.picked.(object)
	return element, ok
}

// run finds operations in a row of which each fits the first.
func (b *patchBody) run(m maker, fits func(first, o *operation) bool) (from, to int) {
	start := m.IntN(len(b.ops))
	for i := range b.ops {
		from = (start + i) % len(b.ops)
		for to = from; to < len(b.ops) && fits(b.ops[from], b.ops[to]); to++ {
		}
		if to > from {
			return from, from + 1 + m.IntN(to-from)
		}
	}
	return 0, 0
}

// picks names elements as the value of a removal.
func picks(m maker, ops []*operation) node {
	form := m.IntN(3)
	var values list
	for _, o := range ops {
		element, _ := o.picked.(object)
		value := element.get("value")
		switch {
		case form == 0 && value != nil:
			values = append(values, object{{"value", value}})
		case form == 1 && isText(value):
			values = append(values, value)
		case value != nil && o.path.name.def.def.SubAttribute("$ref") != nil:
			values = append(values, append(object{{"$ref", nil}}, copied(element).(object)...))
		default:
			values = append(values, copied(element))
		}
	}
	if len(values) == 1 && m.coin() {
		return values[0]
	}
	return values
}

func isText(n node) bool { _, ok := n.(string); return ok }

// pathlessRemoval names what goes in an object.
func pathlessRemoval(m maker, _ *request, b *patchBody) bool {
	from, to := b.run(m, func(_, o *operation) bool {
		if o.op != "remove" || o.path == nil || o.parts != nil {
			return false
		}
		return o.valued && o.value != nil || !o.valued && (o.path.filter != nil || !o.path.name.leaf.MultiValued)
	})
	if from == to {
		return false
	}
	o := &operation{op: "remove", before: b.ops[from].before, keys: b.ops[from].keys, order: b.ops[from].order}
	for _, part := range b.ops[from:to] {
		if !part.valued {
			part.valued, part.value = true, one[node](m.Rand, "x", false)
		}
		if l, ok := part.value.(list); ok && len(l) == 0 && (part.path.filter != nil || !part.path.name.leaf.MultiValued) {
			return false // null and [] remove nothing here
		}
		part.nested = part.path.name.uri != "" && part.path.name.sub == "" && part.path.filter == nil && m.coin()
		o.parts = append(o.parts, part)
	}
	if m.chance(0.2) {
		if a, ok := m.attribute(isMany); ok && a.uri == "" {
			empty := made("remove", &path{name: named(a, nil)}, nil)
			empty.valued, empty.value = true, one[node](m.Rand, list{}, nil)
			o.parts = slices.Insert(o.parts, m.IntN(len(o.parts)+1), empty)
		}
	}
	b.ops = slices.Replace(b.ops, from, to, o)
	return true
}

// pathlessGarments put several operations into one (P3).
var pathlessGarments = []garment{
	{"extension as a path", "patch.extension-path", forPatch(func(m maker, _ *request, b *patchBody) bool {
		from, to := b.run(m, func(first, o *operation) bool {
			return gatherable(o) && o.op == first.op && o.path.filter == nil && o.path.name.def.uri != "" && o.path.name.def.uri == first.path.name.def.uri
		})
		if from == to {
			return false
		}
		o := &operation{op: b.ops[from].op, before: b.ops[from].before, keys: b.ops[from].keys, order: b.ops[from].order}
		o.parts, o.uri = slices.Clone(b.ops[from:to]), b.ops[from].path.name.uri
		for _, part := range o.parts {
			part.nested = true
		}
		b.ops = slices.Replace(b.ops, from, to, o)
		return true
	})},
	{"extension removed as a whole", "patch.extension-path", forPatch(removeExtension)},
	{"path-less", "patch.pathless", forPatch(func(m maker, r *request, b *patchBody) bool {
		from, to := b.run(m, func(first, o *operation) bool { return gatherable(o) && o.op == first.op })
		if from == to {
			return false
		}
		o := &operation{op: b.ops[from].op, before: b.ops[from].before, keys: b.ops[from].keys, order: b.ops[from].order}
		flat := false
		for _, part := range b.ops[from:to] {
			n := part.path.name
			part.nested = (n.uri != "" || n.sub != "") && n.leaf != nil && part.path.filter == nil && m.coin()
			flat = flat || !part.nested && (n.uri != "" || n.sub != "" || part.path.filter != nil)
			o.parts = append(o.parts, part)
		}
		if !flat || m.chance(0.2) {
			extra := made(o.op, &path{name: name{attr: "id"}}, r.state.get("id"))
			if m.coin() {
				extra = made(o.op, &path{name: name{attr: "schemas"}}, r.state.get("schemas"))
			}
			o.parts = slices.Insert(o.parts, m.IntN(len(o.parts)+1), extra)
		}
		b.ops = slices.Replace(b.ops, from, to, o)
		return true
	})},
}

// gatherable tells an assignment that may be a member of a path-less one.
func gatherable(o *operation) bool {
	if o.op == "remove" || o.path == nil || o.parts != nil || o.plain {
		return false
	}
	n := o.path.name
	if n.leaf == nil && n.uri != "" {
		return false // the object of an unknown extension
	}
	return n.def.def == nil || !isNested(n.def) || n.sub != ""
}

// removeExtension removes an extension as a whole, if the operations remove all
// that it has.
func removeExtension(m maker, r *request, b *patchBody) bool {
	for from, first := range b.ops {
		if first.op != "remove" || first.path == nil || first.path.name.def.uri == "" {
			continue
		}
		uri := first.path.name.def.uri
		present, _ := first.before.get(uri).(object)
		fits := len(present) > 0 && from+len(present) <= len(b.ops)
		for i := 0; fits && i < len(present); i++ {
			o := b.ops[from+i]
			fits = o.op == "remove" && o.path != nil && !o.valued && o.path.filter == nil && o.parts == nil &&
				o.path.String() == uri+":"+present[i].name
		}
		if fits {
			whole := made("remove", &path{name: name{uri: uri, def: first.path.name.def}}, nil)
			whole.uri, whole.before = uri, first.before
			b.ops = slices.Replace(b.ops, from, from+len(present), whole)
			return true
		}
	}
	return false
}
