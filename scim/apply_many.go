package scim

import "strings"

// putMany adds to the values of a multi-valued attribute, or replaces them all.
func (p *patcher) putMany(in *Value, name string, a *Attribute, old, value *Value) error {
	values, err := p.elements(a, value)
	if err != nil {
		return err
	}
	if in == &p.root && a != nil && a.Name == "schemas" {
		return p.putSchemas(old, &values)
	}
	if a == nil && old != nil && old.Kind() != Array {
		old.Put(ArrayValue()) // was single; its place is kept
	}
	switch {
	case values.Len() == 0 && p.op.Op == Add:
		return nil
	case values.Len() == 0:
		return p.unassign(in, in.Index(name), name, a)
	case old.Empty() || p.op.Op == Replace:
		if old == nil || !SameValue(old, &values) {
			p.place(in, name, old, values)
		}
		return nil
	case old.Kind() != Array:
		old.Put(ArrayValue(*old))
	}
	p.add(old, name, a, &values)
	return nil
}

// elements makes a copy of the values given for a multi-valued attribute, in an
// array and checked.
func (p *patcher) elements(a *Attribute, value *Value) (Value, error) {
	list := p.copyOf(value)
	switch {
	case a == nil:
	case value.Kind() == Array || p.strict:
		if err := a.Check(&list); err != nil {
			return list, err
		}
	default:
		if err := a.CheckElement(&list); err != nil {
			return list, err
		}
	}
	if list.Kind() != Array {
		list = ArrayValue(list)
	}
	var err error
	list.Keep(func(m *Member) bool {
		if e := p.clean(&m.Value, a); e != nil {
			err = e
		}
		return m.Value.Kind() != Object || m.Value.Len() > 0
	})
	return list, err
}

// add appends values to a list but those that it has already (RFC 7644 section
// 3.5.2.1). The newest primary value is the only one (section 3.5.2).
func (p *patcher) add(list *Value, name string, a *Attribute, values *Value) {
	byValue := isIdentified(name, a)
	index := p.indexed(list, name, byValue, values.Len())
	for i := range values.Members() {
		v := values.At(i)
		if index.has(list, v, byValue) {
			continue
		}
		list.Append(*v)
		index.note(list, list.Len()-1, byValue)
		p.touch()
		if isPrimary(v) {
			p.onlyPrimary(list, list.Len()-1)
		}
	}
}

// isIdentified reports whether the values of an attribute are known by their
// "value" alone, as group members are: what cannot be changed in place cannot
// be there twice.
func isIdentified(name string, a *Attribute) bool {
	if a == nil {
		return strings.EqualFold(name, "members")
	}
	sub := a.SubAttribute("value")
	return sub != nil && sub.Mutability == Immutable
}

func isPrimary(v *Value) bool { return v.Kind() == Object && v.Get("primary").True() }

// onlyPrimary makes the i-th value the only primary one (RFC 7644 section
// 3.5.2).
func (p *patcher) onlyPrimary(list *Value, i int) {
	for j := range list.Members() {
		if v := list.At(j); j != i && isPrimary(v) {
			v.Get("primary").Put(BoolValue(false))
			p.touch()
		}
	}
}
