package scim

// atSub carries out the operation on the sub-attribute of a complex attribute:
// name.familyName. Of a multi-valued attribute without a filter it is that
// sub-attribute of all values.
func (p *patcher) atSub(t target) error {
	value := &p.op.Value
	assign := p.op.Op != Remove && value.Kind() != Null
	in := p.holder(assign)
	old := in.Get(t.name)
	switch {
	case t.attr != nil && t.attr.Mutability == ReadOnly:
		return BadRequest(Mutability, "%s is readOnly", t.attr.Name)
	case old != nil && old.Kind() == Array || t.attr != nil && t.attr.MultiValued:
		if !assign && old.Empty() {
			return nil
		}
		return p.atElements(in, t)
	case old.Empty() && !assign:
		return nil
	case old.Empty():
		made := ObjectValue()
		if err := p.put(&made, t.sub, t.subAttr, value); err != nil || made.Len() == 0 {
			return err
		}
		p.place(in, t.name, old, made)
		return nil
	case old.Kind() != Object:
		return BadRequest(InvalidPath, "%s has no sub-attributes", t.name)
	}
	if err := p.put(old, t.sub, t.subAttr, value); err != nil {
		return err
	}
	if old.Len() == 0 {
		return p.unassign(in, in.Index(t.name), t.name, t.attr)
	}
	return nil
}

// atValuePath carries out the operation on the values that a filter selects:
// emails[type eq "work"], emails[type eq "work"].value.
func (p *patcher) atValuePath(t target) error {
	if t.attr != nil && t.attr.Mutability == ReadOnly {
		return BadRequest(Mutability, "%s is readOnly", t.attr.Name)
	}
	return p.atElements(p.holder(false), t)
}

// atElements carries out the operation on the values of in's attribute t.name
// that the filter, if any, selects.
func (p *patcher) atElements(in *Value, t target) error {
	list := in.Get(t.name)
	var buf [8]int
	selected, err := p.selected(list, t, buf[:0])
	if err != nil {
		return err
	}
	if len(selected) == 0 {
		if p.op.Op == Remove && isIdentified(t.name, t.attr) {
			return nil // RFC 7644 section 3.5.2.2: who is no member cannot be removed
		}
		return BadRequest(NoTarget, "%s has no such value", t.name)
	}
	p.outdated(t.name)
	for _, i := range selected {
		if err := p.atElement(list, i, t); err != nil {
			return err
		}
	}
	return p.dropEmpty(in, list, t)
}

// selected lists the elements for which the filter holds. They are found before
// the first is changed: a change may make the filter hold for another one.
func (p *patcher) selected(list *Value, t target, to []int) ([]int, error) {
	if list.Empty() {
		return to, nil
	}
	if list.Kind() != Array {
		return to, BadRequest(InvalidPath, "%s is not multi-valued", t.name)
	}
	for i := range list.Members() {
		ok := true
		if t.filter != nil {
			var err error
			if ok, err = MatchesValue(t.filter, list.At(i), t.attr); err != nil {
				return to, err
			}
		}
		if ok {
			to = append(to, i)
		}
	}
	return to, nil
}

// atElement carries out the operation on one value of a multi-valued attribute.
// One to be removed is left empty, for dropEmpty.
func (p *patcher) atElement(list *Value, i int, t target) error {
	element, value := list.At(i), &p.op.Value
	if t.sub == "" && (p.op.Op == Remove || value.Kind() == Null) {
		element.Put(NullValue())
		p.touch()
		return nil
	}
	if element.Kind() != Object {
		return p.putElement(element, value, t)
	}
	var err error
	switch {
	case t.sub != "":
		err = p.put(element, t.sub, t.subAttr, value)
	case value.Kind() != Object:
		err = BadRequest(InvalidValue, "%s: want an object of sub-attributes, got %s", t.name, value.Kind())
	default:
		if t.attr != nil {
			err = t.attr.CheckElement(value)
		}
		if err == nil {
			err = p.merge(element, t.attr, value)
		}
	}
	if err == nil && isPrimary(element) && p.setsPrimary(t) {
		p.onlyPrimary(list, i)
	}
	return err
}

// putElement replaces a simple value.
func (p *patcher) putElement(element, value *Value, t target) error {
	if t.sub != "" {
		return BadRequest(InvalidPath, "%s has no sub-attributes", t.name)
	}
	if t.attr != nil {
		if err := t.attr.CheckElement(value); err != nil {
			return err
		}
	}
	if !SameValue(element, value) {
		element.Put(p.copyOf(value))
		p.touch()
	}
	return nil
}

// setsPrimary reports whether the operation says something about primary. One
// that does not leaves the others alone, should there be two already.
func (p *patcher) setsPrimary(t target) bool {
	if t.sub != "" {
		return equalFold("primary", t.sub)
	}
	return p.op.Value.Index("primary") >= 0
}

// dropEmpty removes values that have nothing left, and with the last of them
// the attribute (RFC 7644 section 3.5.2.2).
func (p *patcher) dropEmpty(in, list *Value, t target) error {
	gone := list.Keep(func(m *Member) bool {
		return !m.Value.Empty() && (m.Value.Kind() != Object || m.Value.Len() > 0)
	})
	if gone == 0 || list.Len() > 0 {
		return nil
	}
	if t.attr != nil && t.attr.Required {
		return BadRequest(Mutability, "%s is required", t.attr.Name)
	}
	in.Delete(in.Index(t.name))
	return nil
}
