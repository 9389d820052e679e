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
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool { return o.isPicked() && o.picked.get("value") != nil })
		if !ok {
			return false
		}
		a := o.path.name.def
		o.path = &path{name: named(a, a.def.SubAttribute("value"))}
		o.valued, o.value, o.picked = true, o.picked.get("value"), nil
		return true
	})},
	{"simple values to remove", "patch.remove-value", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool {
			return len(o.rest) > 0 && o.path != nil && (o.op == "remove" || o.value != nil)
		})
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
	{"paths joined by or", "patch.remove-either", forPatch(func(m maker, _ *request, b *patchBody) bool {
		from, to := b.run(m, func(_, o *operation) bool { return o.isPicked() })
		if to-from < 2 {
			return false
		}
		o := b.ops[from]
		for _, other := range b.ops[from+1 : to] {
			o.path.others = append(o.path.others, other.path)
		}
		o.picked = nil
		b.ops = slices.Delete(b.ops, from+1, to)
		return true
	})},
}

// isPicked tells the removal of one element by what it is.
func (o *operation) isPicked() bool {
	return o.op == "remove" && o.path != nil && o.path.filter != nil && o.picked != nil && !o.valued
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
		element, _ := copied(o.picked).(object)
		value := element.get("value")
		switch {
		case form == 0 && value != nil:
			values = append(values, object{{"value", value}})
		case form == 1 && isText(value):
			values = append(values, value)
		case value != nil && o.path.name.def.def.SubAttribute("$ref") != nil:
			values = append(values, append(object{{"$ref", nil}}, element...))
		default:
			values = append(values, element)
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
	o := b.gathered(from, to)
	for _, part := range o.parts {
		if !part.valued {
			part.valued, part.value = true, one[node](m.Rand, "x", false)
		}
		if l, ok := part.value.(list); ok && len(l) == 0 && (part.path.filter != nil || !part.path.name.leaf.MultiValued) {
			return false // null and [] remove nothing here
		}
		part.nested = part.path.name.uri != "" && part.path.name.sub == "" && part.path.filter == nil && m.coin()
	}
	if m.chance(0.2) {
		if a, ok := m.attribute(isMany); ok && a.uri == "" {
			empty := made("remove", &path{name: named(a, nil)}, nil)
			empty.valued, empty.value = true, one[node](m.Rand, list{}, nil)
			o.parts = slices.Insert(o.parts, m.IntN(len(o.parts)+1), empty)
		}
	}
	return true
}
