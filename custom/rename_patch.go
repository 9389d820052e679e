package custom

import "github.com/caddy-scim/caddy-scim/scim"

func (r *rename) patch(t *turn, ops []scim.Operation) ([]scim.Operation, error) {
	for i := range ops {
		if r.depends(t.m.rt, &ops[i]) {
			return t.byState(ops, r.from, r.to)
		}
	}
	out := ops[:0:0]
	for i := range ops {
		var err error
		if out, err = r.operation(t, out, ops[i], place(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// depends reports whether what an operation means after the renaming depends on
// what is there: it removes what holds To, which the client does not see there.
func (r *rename) depends(rt *scim.ResourceType, op *scim.Operation) bool {
	if op.Path == "" {
		return r.to.sub != "" && !r.sibling && r.to.root().get(&op.Value).Kind() == scim.Null && r.from.get(&op.Value) != nil
	}
	if r.sibling {
		return false
	}
	target := targetOf(rt, op)
	if op.Target.Filter != nil && r.from.sub != "" && r.from.root().is(target.root()) {
		return true // brackets behind an attribute with one value
	}
	return op.Op == scim.Remove && target.covers(r.to) && !target.is(r.to) && !target.covers(r.from)
}

// operation appends what becomes of one operation.
func (r *rename) operation(t *turn, out []scim.Operation, op scim.Operation, at string) ([]scim.Operation, error) {
	if op.Path == "" {
		moved, err := r.move(&op.Value, r.from, r.to, true)
		if moved {
			t.did(at + ".value")
		}
		return append(out, op), located(err, at+".value")
	}
	target := targetOf(t.m.rt, &op)
	switch {
	case r.sibling && target.root().is(r.from.root()):
		err := r.beside(t, &op, target, at)
		return append(out, op), err
	case r.from.covers(target):
		to := r.moved(t.m.rt, target)
		if op.Target.Filter != nil {
			op.Target.Attr, op.Target.Sub = to.root().path(), to.sub
		} else {
			op.Target.Attr = to.path()
		}
		op.Path = op.Target.String()
		t.did(at + ".path")
		return append(out, op), nil
	case r.sibling || touches(t.m.rt, &op, r.from) != around:
		return append(out, op), nil
	}
	t.did(at + ".value")
	if op.Op == scim.Remove {
		return append(out, op, operation(scim.Remove, r.to, scim.Value{})), nil
	}
	part, empty := takeOut(t.m.rt, &op, r.from)
	if !empty {
		out = append(out, op)
	}
	return append(out, operation(part.Op, r.to, part.Value)), nil
}

// beside renames a sub-attribute in an operation on the attribute that it is of.
func (r *rename) beside(t *turn, op *scim.Operation, target spot, at string) error {
	path := op.Target
	if path.Filter != nil {
		var err error
		if path.Filter, _, err = rewrittenInside(target.root(), path.Filter, r.compare(t.m.rt)); err != nil {
			return err
		}
	}
	if target.is(r.from) {
		if path.Filter != nil {
			path.Sub = r.to.sub
		} else {
			path.Attr = r.to.path()
		}
	}
	if text := path.String(); text != op.Path {
		op.Target, op.Path = path, text
		t.did(at + ".path")
	}
	if target.sub != "" {
		return nil
	}
	moved, err := r.moveBeside(&op.Value, nil, r.from, r.to, true)
	if moved {
		t.did(at + ".value")
	}
	return located(err, at+".value")
}
