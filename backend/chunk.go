package backend

import "github.com/caddy-scim/caddy-scim/scim"

// piece is as much of an edit as goes into one request: all of it, or some of the
// members that it adds or removes.
type piece struct {
	*edit
	from, to int
}

// pack divides the edits, in their order, among requests that keep to the limits
// of operations and members.
func (p *patchPlan) pack(edits []edit) [][]piece {
	most := p.caps.PatchOperations
	if most == 0 {
		most = scim.MaxOperations
	}
	packer := packer{operations: most, members: p.caps.PatchMembers, together: p.caps.MembersRemove == "value"}
	for i := range edits {
		packer.add(&edits[i])
	}
	return packer.requests
}

type packer struct {
	operations, members int  // limits of a request; no members means no limit
	together            bool // an operation removes several members

	requests     [][]piece
	used, joined int // operations and members in the last request
}

func (k *packer) add(e *edit) {
	n := max(len(e.join), len(e.leave))
	if n == 0 {
		k.put(piece{edit: e}, 1, 0)
		return
	}
	each := e.leave != nil && !k.together // an operation for each
	for from := 0; from < n; {
		size := n - from
		if len(k.requests) == 0 || k.used == k.operations || k.members > 0 && k.joined >= k.members {
			k.open()
		}
		if k.members > 0 {
			size = min(size, k.members-k.joined)
		}
		cost := 1
		if each {
			size = min(size, k.operations-k.used)
			cost = size
		}
		k.put(piece{e, from, from + size}, cost, size)
		from += size
	}
}

func (k *packer) open() {
	k.requests = append(k.requests, nil)
	k.used, k.joined = 0, 0
}

func (k *packer) put(one piece, operations, members int) {
	if len(k.requests) == 0 || k.used+operations > k.operations {
		k.open()
	}
	last := &k.requests[len(k.requests)-1]
	*last = append(*last, one)
	k.used += operations
	k.joined += members
}

// body is the PATCH of some pieces, in the spelling of the service provider.
func (p *patchPlan) body(pieces []piece) string {
	dst := []byte(`{"schemas":["` + scim.PatchOpURI + `"],"Operations":[`)
	for i := range pieces {
		dst = p.appendPiece(dst, &pieces[i])
	}
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return string(append(dst, ']', '}'))
}

func (p *patchPlan) appendPiece(dst []byte, one *piece) []byte {
	switch {
	case one.join != nil:
		return p.appendMembers(dst, scim.Add, func(dst []byte) []byte {
			for i := one.from; i < one.to; i++ {
				dst = append(one.join[i].AppendTo(dst), ',')
			}
			return dst
		})
	case one.leave == nil:
		dst = p.appendVerb(dst, one.op.Op)
		if one.op.Path != "" {
			dst = scim.AppendString(append(dst, `,"path":`...), one.op.Path)
		}
		if one.op.Value.Exists() {
			dst = one.op.Value.AppendTo(append(dst, `,"value":`...))
		}
		return append(dst, '}', ',')
	case p.caps.MembersRemove == "value":
		return p.appendMembers(dst, scim.Remove, func(dst []byte) []byte {
			for _, id := range one.leave[one.from:one.to] {
				dst = append(scim.AppendString(append(dst, `{"value":`...), id), '}', ',')
			}
			return dst
		})
	}
	for _, id := range one.leave[one.from:one.to] {
		dst = append(p.appendVerb(dst, scim.Remove), `,"path":`...)
		dst = append(scim.AppendString(dst, `members[value eq `+scim.Quote(id)+`]`), '}', ',')
	}
	return dst
}

// appendMembers writes an operation on a list of members, with a path or without.
func (p *patchPlan) appendMembers(dst []byte, op scim.Op, list func([]byte) []byte) []byte {
	head, tail := `,"path":"members","value":[`, `]},`
	if !on(p.caps.PatchPaths) {
		head, tail = `,"value":{"members":[`, `]}},`
	}
	dst = list(append(p.appendVerb(dst, op), head...))
	return append(dst[:len(dst)-1], tail...) // without the last comma
}

func (p *patchPlan) appendVerb(dst []byte, op scim.Op) []byte {
	verb := op.String()
	dst = append(dst, `{"op":"`...)
	if p.caps.OpCase == "title" {
		dst = append(dst, verb[0]&^0x20)
		verb = verb[1:]
	}
	return append(append(dst, verb...), '"')
}
