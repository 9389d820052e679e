package pace

import "github.com/caddy-scim/caddy-scim/scim"

// merge makes one PATCH of several: the operations of each, in the order in which
// they came. Additions that follow each other become one.
type merge struct {
	ops  []scim.Operation
	list scim.Value        // members of the last operation, if that is an addition
	seen map[string]string // these, by id
}

// body is the PATCH of all loads.
func (b *batch) body() string {
	var m merge
	for _, l := range b.loads {
		for i := range l.ops {
			m.append(&l.ops[i])
		}
	}
	m.flush()
	return string(scim.AppendPatch(nil, m.ops))
}

func (m *merge) append(op *scim.Operation) {
	if op.Op != scim.Add {
		m.flush()
		m.ops = append(m.ops, *op)
		return
	}
	for i := range op.Value.Members() {
		m.add(op, op.Value.At(i))
	}
}

// add adds a member. One that comes twice is added once: some service providers
// take a list that has it twice for an error. If it is not described in the same
// way, the later description has to come later.
func (m *merge) add(op *scim.Operation, member *scim.Value) {
	id, raw := member.Get("value").Text(), member.Raw()
	before, again := m.seen[id]
	switch {
	case again && before == raw:
		return
	case again:
		m.flush()
	}
	if m.seen == nil {
		m.seen = make(map[string]string)
		m.ops = append(m.ops, scim.Operation{Op: scim.Add, Path: op.Path, Target: op.Target})
		m.list = scim.ArrayValue()
	}
	m.seen[id] = raw
	m.list.Append(scim.Parse(raw))
}

// flush ends the addition that is being made.
func (m *merge) flush() {
	if m.seen != nil {
		m.ops[len(m.ops)-1].Value = m.list
		m.seen = nil
	}
}
