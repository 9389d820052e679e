package scim

// Apply carries out the operations of a PATCH request on a resource, with the
// semantics of RFC 7644 section 3.5.2, and returns the result. It reports false
// if the result is the resource as it was; then nothing was modified in the
// sense of section 3.5.2.1, and lastModified must stay.
//
// The resource itself is never touched, also not when an operation fails: a
// request is atomic. Bytes of members that no operation touches stay as they
// are, and so does the order of members; new ones come last.
//
// Attributes that rt does not define, or all of them if rt is nil, are treated
// by what is there: an array is multi-valued, an object is complex. Read-only
// attributes may be given the value that they have, and read-only
// sub-attributes in a complex value are ignored. ApplyStrict allows neither.
//
// RFC 7644 leaves two things open. A value that replaces what a value path
// selects is merged into it, as section 3.5.2.3 has it for a complex attribute.
// An add at a value path that selects nothing fails with noTarget, like a
// replace there. To remove group members that are not there is no error.
func Apply(resource *Value, ops []Operation, rt *ResourceType) (result Value, changed bool, err error) {
	return apply(resource, ops, rt, false)
}

// ApplyStrict is Apply for a service provider that holds clients to its schema:
// what rt does not define is refused with invalidPath, each attempt at a
// read-only attribute with mutability, and values of a multi-valued attribute
// must come in an array.
func ApplyStrict(resource *Value, ops []Operation, rt *ResourceType) (result Value, changed bool, err error) {
	return apply(resource, ops, rt, true)
}

func apply(resource *Value, ops []Operation, rt *ResourceType, strict bool) (Value, bool, error) {
	if resource.Kind() != Object {
		return Value{}, false, Errorf(500, "", "the resource to patch is %s", resource.Kind())
	}
	p := patcher{root: resource.Clone(), rt: rt, strict: strict}
	p.root.Members()
	if err := p.run(ops); err != nil {
		return Value{}, false, err
	}
	if err := p.keepSchemas(); err != nil {
		return Value{}, false, err
	}
	if !p.changed {
		return resource.Clone(), false, nil
	}
	return p.root, true, nil
}

// patcher is the state of one PATCH request.
type patcher struct {
	root    Value // the resource so far
	rt      *ResourceType
	strict  bool
	changed bool
	op      *Operation // the one that is carried out
	uri     string     // of the extension it works in; empty for the resource

	extensions []string      // those that were changed
	index      *elementIndex // see indexed
	compared   int
}

// run carries out the operations in order.
func (p *patcher) run(ops []Operation) error {
	for i := 0; i < len(ops); {
		n := removals(ops[i:])
		if n > 1 {
			done, err := p.removeAll(ops[i : i+n])
			if err != nil {
				return located(err, i, &ops[i])
			}
			if done {
				i += n
				continue
			}
		}
		for range max(n, 1) {
			p.op = &ops[i]
			if err := p.apply(); err != nil {
				return located(err, i, p.op)
			}
			i++
		}
	}
	return nil
}

// apply carries out the operation p.op.
func (p *patcher) apply() error {
	if p.op.Path == "" {
		if p.op.Op == Remove {
			return BadRequest(NoTarget, "remove needs a path")
		}
		return p.setMembers(&p.op.Value)
	}
	t, err := p.resolve(p.op.Target)
	if err != nil {
		return err
	}
	p.uri = t.uri
	switch {
	case t.name == "":
		return p.setExtension(&p.op.Value)
	case t.filter != nil:
		return p.atValuePath(t)
	case t.sub != "":
		return p.atSub(t)
	}
	return p.put(p.holder(p.op.Op != Remove && p.op.Value.Kind() != Null), t.name, t.attr, &p.op.Value)
}

// located says in which operation an error arose.
func located(err error, i int, op *Operation) error {
	e := *AsError(err)
	at := "Operations[" + itoa(i) + "]"
	if op.Path != "" {
		at += " (" + op.Path + ")"
	}
	e.Detail = at + ": " + e.Detail
	return &e
}
