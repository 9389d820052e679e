package scim

// Clients remove the members of a group in an operation for each. Done one by
// one the time would grow with the product of both numbers, so that runs of such
// operations are carried out together.

// removals counts the operations at the start of ops that remove values of one
// attribute by what they are: members[value eq "7f31"].
func removals(ops []Operation) int {
	n := 0
	for n < len(ops) && removed(&ops[n]) != nil && ops[n].Target.Attr == ops[0].Target.Attr {
		n++
	}
	return n
}

// removed returns the text that a removal compares values with, or nil for any
// other operation.
func removed(op *Operation) *Value {
	if op.Op != Remove || op.Path == "" || op.Target.Sub != "" {
		return nil
	}
	e, ok := op.Target.Filter.(*AttributeExpression)
	if !ok || e.Op != Equal || e.Value.Kind() != String || !equalFold("value", e.Path.String()) {
		return nil
	}
	return &e.Value
}

// removeAll carries out a run of removals, if they are of the kind that cannot
// fail for want of a target.
func (p *patcher) removeAll(ops []Operation) (done bool, err error) {
	p.op = &ops[0]
	t, err := p.resolve(p.op.Target)
	if err != nil {
		return false, err
	}
	p.uri = t.uri
	in := p.holder(false)
	list := in.Get(t.name)
	if !isIdentified(t.name, t.attr) || list.Empty() || list.Kind() != Array || len(ops)*list.Len() < worthAnIndex {
		return false, nil
	}
	leaf := t.attr.SubAttribute("value")
	key := func(v *Value) string {
		if leaf.exact() {
			return v.Text()
		}
		return fold(v.Text())
	}
	keys := make(map[string]struct{}, len(ops))
	for i := range ops {
		keys[key(removed(&ops[i]))] = struct{}{}
	}
	for i := range list.Members() {
		v := list.At(i)
		id := v
		if v.Kind() == Object {
			id = v.Get("value")
		}
		if id == nil || id.Kind() != String {
			continue
		}
		if _, ok := keys[key(id)]; ok {
			v.Put(NullValue()) // for dropEmpty
			p.touch()
		}
	}
	p.outdated(t.name)
	return true, p.dropEmpty(in, list, t)
}
