package scim

// put carries out the operation on one attribute of an object: the resource, an
// extension or a complex value. a is nil if the schema does not know it; in may
// be nil if nothing is to be added.
func (p *patcher) put(in *Value, name string, a *Attribute, value *Value) error {
	i := in.Index(name)
	if p.op.Op == Remove || value.Kind() == Null {
		return p.unassign(in, i, name, a)
	}
	var old *Value
	if i >= 0 {
		old = in.At(i)
	}
	if a != nil && a.Mutability != ReadWrite && a.Mutability != WriteOnly {
		if done, err := p.guard(a, old, value); done || err != nil {
			return err
		}
	}
	switch {
	case isMany(a, old, value):
		return p.putMany(in, name, a, old, value)
	case isComplex(a, old, value):
		return p.putComplex(in, name, a, old, value)
	}
	if a != nil {
		if err := a.CheckElement(value); err != nil {
			return err
		}
	} else if old != nil && old.Kind() == Object {
		return BadRequest(InvalidValue, "%s: want an object of sub-attributes, got %s", name, value.Kind())
	}
	if old != nil && SameValue(old, value) {
		return nil
	}
	p.place(in, name, old, p.copyOf(value))
	return nil
}

// guard protects what is not read-write. It is done if there is nothing left to
// do.
func (p *patcher) guard(a *Attribute, old, value *Value) (done bool, err error) {
	if a.Mutability == Immutable && old.Empty() || a.Mutability != Immutable && a.Mutability != ReadOnly {
		return false, nil
	}
	if (!p.strict || a.Mutability == Immutable) && old != nil && SameValue(old, value) {
		return true, nil
	}
	return false, BadRequest(Mutability, "%s is %s", a.Name, a.Mutability)
}

func isMany(a *Attribute, old, value *Value) bool {
	if a != nil {
		return a.MultiValued
	}
	return value.Kind() == Array || old != nil && old.Kind() == Array
}

func isComplex(a *Attribute, old, value *Value) bool {
	if a != nil {
		return a.Type == TypeComplex
	}
	return value.Kind() == Object && (old.Empty() || old.Kind() == Object)
}

// putComplex sets the sub-attributes that value has and leaves the others. RFC
// 7644 sections 3.5.2.1 and 3.5.2.3 ask the same of add and of replace.
func (p *patcher) putComplex(in *Value, name string, a *Attribute, old, value *Value) error {
	if a != nil {
		if err := a.CheckElement(value); err != nil {
			return err
		}
	}
	if old != nil && old.Kind() == Object {
		if err := p.merge(old, a, value); err != nil {
			return err
		}
		if old.Len() == 0 {
			return p.unassign(in, in.Index(name), name, a)
		}
		return nil
	}
	v := p.copyOf(value)
	if err := p.clean(&v, a); err != nil || v.Len() == 0 {
		return err
	}
	p.place(in, name, old, v)
	return nil
}

// merge puts the members of value into the object old.
func (p *patcher) merge(old *Value, a *Attribute, value *Value) error {
	for i := range value.Members() {
		m := &value.members[i]
		sub := a.SubAttribute(m.Name)
		if err := p.checkSub(a, sub, m.Name); err != nil {
			return err
		}
		name := m.Name
		if sub != nil {
			name = sub.Name
			if sub.Mutability == ReadOnly {
				continue
			}
		}
		if err := p.put(old, name, sub, &m.Value); err != nil {
			return err
		}
	}
	return nil
}

// clean takes from a new complex value what is not to be kept: sub-attributes
// without a value and read-only ones.
func (p *patcher) clean(v *Value, a *Attribute) (err error) {
	if v.Kind() != Object {
		return nil
	}
	v.Keep(func(m *Member) bool {
		sub := a.SubAttribute(m.Name)
		if e := p.checkSub(a, sub, m.Name); e != nil {
			err = e
		}
		return !m.Value.Empty() && (sub == nil || sub.Mutability != ReadOnly)
	})
	return err
}

// checkSub holds a sub-attribute in a value of a against the schema: sub is its
// definition. Multi-valued attributes have some by default (RFC 7643 section
// 2.4).
func (p *patcher) checkSub(a, sub *Attribute, name string) error {
	switch {
	case !p.strict || a == nil:
		return nil
	case sub != nil && sub.Mutability == ReadOnly:
		return BadRequest(Mutability, "%s.%s is readOnly", a.Name, sub.Name)
	case sub != nil:
		return nil
	}
	if a.MultiValued {
		for _, known := range [...]string{"value", "type", "primary", "display", "$ref"} {
			if equalFold(known, name) {
				return nil
			}
		}
	}
	return BadRequest(InvalidValue, "%s has no sub-attribute %s", a.Name, Quote(name))
}

// unassign removes the i-th member of in, which is attribute a; a negative i is
// an attribute that is not there.
func (p *patcher) unassign(in *Value, i int, name string, a *Attribute) error {
	if a != nil && a.Mutability == ReadOnly {
		return BadRequest(Mutability, "%s is readOnly", a.Name)
	}
	if i < 0 || in.At(i).Empty() {
		return nil
	}
	if a != nil {
		switch { // RFC 7644 section 3.5.2.2
		case a.Required:
			return BadRequest(Mutability, "%s is required", a.Name)
		case a.Mutability == Immutable:
			return BadRequest(Mutability, "%s is immutable", a.Name)
		}
	}
	in.Delete(i)
	p.outdated(name)
	p.touch()
	return nil
}

// place puts v where old stands, or at the end.
func (p *patcher) place(in *Value, name string, old *Value, v Value) {
	if old != nil {
		old.Put(v)
	} else {
		in.Set(name, v)
	}
	p.outdated(name)
	p.touch()
}

// copyOf makes a copy of a part of the request for the result: later operations
// may change it.
func (p *patcher) copyOf(v *Value) Value {
	return Value{raw: v.Raw(), kind: v.Kind(), arena: p.root.arena}
}
