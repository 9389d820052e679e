package backend

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// members compiles an operation on the members of a group. Where their number is
// limited, additions and removals become edits that can be cut into pieces, and
// a change of all of them becomes what is to be added and removed.
func (p *patchPlan) members(op *scim.Operation) error {
	limited := p.caps.PatchMembers > 0
	switch target := op.Target; {
	case target.Filter != nil:
		return p.filteredMembers(op)
	case target.Attr.Sub != "" && !on(p.caps.PatchPaths):
		return p.readMembers(op)
	case target.Attr.Sub != "" || !limited:
		p.emit(op)
	case op.Op == scim.Add:
		p.join(elements(&op.Value))
		p.note(op)
	case p.membersHidden(p.rt):
		return p.located(errHidden("all members cannot be replaced in steps"))
	default:
		return p.exchangeMembers(op)
	}
	return nil
}

// filteredMembers compiles an operation at members that a filter selects.
func (p *patchPlan) filteredMembers(op *scim.Operation) error {
	byValue, limited := p.caps.MembersRemove == "value", p.caps.PatchMembers > 0
	ids, listed := selectedIDs(op)
	switch {
	case listed && (byValue || limited && on(p.caps.PatchPaths)):
		p.leave(ids)
		p.note(op)
		return nil
	case listed && on(p.caps.PatchPaths) && len(ids) == 1:
		p.emit(op)
		return nil
	}
	removes := op.Op == scim.Remove && op.Target.Sub == ""
	sendable := on(p.caps.PatchPaths) && !(removes && (byValue || limited))
	if sendable && p.values != "read" && p.values != "off" {
		p.emit(op)
		p.edits[len(p.edits)-1].tried = p.values == "try"
		return nil
	}
	if p.membersHidden(p.rt) {
		if sendable && p.values != "off" {
			p.emit(op)
			return nil
		}
		return p.located(errHidden("members cannot be selected by a filter"))
	}
	return p.readMembers(op)
}

func errHidden(what string) error {
	return scim.Errorf(http.StatusNotImplemented, "", "the service provider does not show all members of a group, so that %s", what)
}

// readMembers carries out an operation on the members as they were read, and
// writes what it comes to.
func (p *patchPlan) readMembers(op *scim.Operation) error {
	if p.membersHidden(p.rt) {
		return p.located(errHidden("they cannot be written back"))
	}
	if on(p.caps.PatchPaths) || p.caps.MembersRemove == "value" || p.caps.PatchMembers > 0 {
		return p.exchangeMembers(op)
	}
	s, err := p.part(membersPath)
	if err != nil {
		return err
	}
	p.changed = true
	changed, err := p.after(s, op)
	if err == nil && changed {
		_, a := attribute(membersPath, p.rt)
		p.write(membersPath, a, s.value())
	}
	return err
}

// exchangeMembers makes of an operation what has to be removed and added so that
// the members are those that it leaves.
func (p *patchPlan) exchangeMembers(op *scim.Operation) error {
	if !on(p.caps.PatchPaths) && p.caps.MembersRemove != "value" {
		return p.located(scim.Errorf(http.StatusNotImplemented, "", "the service provider has no way to remove some members of a group"))
	}
	s, err := p.part(membersPath)
	if err != nil {
		return err
	}
	var before scim.Value
	if v := s.value(); v != nil {
		before = v.Clone()
	}
	p.changed = true
	if _, err := p.after(s, op); err != nil {
		return err
	}
	// Members that are replaced as a whole are the same if their values are; what
	// is changed in one of them has to be removed and added again.
	d, err := compareMembers(&before, s.value(), op.Target.Filter != nil || op.Target.Attr.Sub != "")
	if err != nil {
		return p.located(err)
	}
	p.leave(d.gone)
	p.join(d.come)
	return nil
}

// join adds members, each of them once. Additions behind one another become one.
func (p *patchPlan) join(members []scim.Value) {
	p.changed = true
	n := len(p.edits)
	if n == 0 || p.edits[n-1].join == nil {
		p.joined = make(map[string]struct{}, len(members))
		p.edits = append(p.edits, edit{join: members[:0]}) // the list is no one else's
		n++
	}
	e := &p.edits[n-1]
	for _, m := range members {
		if id := memberID(&m); id != "" {
			if _, twice := p.joined[id]; twice {
				continue
			}
			p.joined[id] = struct{}{}
		}
		e.join = append(e.join, m)
	}
	if len(e.join) == 0 {
		p.edits = p.edits[:n-1]
	}
}

// leave removes members. Removals behind one another become one.
func (p *patchPlan) leave(ids []string) {
	p.changed = true
	if len(ids) == 0 {
		return
	}
	if n := len(p.edits); n > 0 && p.edits[n-1].leave != nil {
		p.edits[n-1].leave = append(p.edits[n-1].leave, ids...)
		return
	}
	p.edits = append(p.edits, edit{leave: ids})
}

// selectedIDs lists the members that an operation removes by nothing but their
// values: members[value eq "7f31"], or several of those joined by or.
func selectedIDs(op *scim.Operation) ([]string, bool) {
	if op.Op != scim.Remove || op.Target.Sub != "" {
		return nil, false
	}
	var ids []string
	var walk func(scim.Expression) bool
	walk = func(e scim.Expression) bool {
		switch e := e.(type) {
		case *scim.AttributeExpression:
			ids = append(ids, e.Value.Text())
			return e.Op == scim.Equal && e.Value.Kind() == scim.String && e.Path.Sub == "" && strings.EqualFold(e.Path.Name, "value")
		case *scim.LogicalExpression:
			return e.Op == scim.Or && walk(e.Left) && walk(e.Right)
		}
		return false
	}
	if !walk(op.Target.Filter) {
		return nil, false
	}
	return ids, true
}

// elements are the values of an operation.
func elements(v *scim.Value) []scim.Value {
	if v.Empty() {
		return nil
	}
	if v.Kind() != scim.Array {
		return []scim.Value{*v}
	}
	list := make([]scim.Value, 0, len(v.Raw())/bytesPerMember+1)
	for _, element := range v.Parts() {
		list = append(list, element)
	}
	return list
}

// membership is what makes one list of members of another.
type membership struct {
	gone []string     // values of those to be removed
	come []scim.Value // those to be added
}

// compareMembers takes time and memory in proportion to the lists. If deep is
// set, members with the same value are the same only if all else in them is.
func compareMembers(before, after *scim.Value, deep bool) (membership, error) {
	type state struct {
		raw  string
		kept bool
	}
	var d membership
	there := make(map[string]state, len(before.Raw())/bytesPerMember)
	for _, m := range before.Parts() {
		id := memberID(&m)
		if id == "" {
			return d, scim.Errorf(http.StatusNotImplemented, "", "a member of the group has no value by which it could be removed")
		}
		there[id] = state{raw: m.Raw()}
	}
	for _, m := range after.Parts() {
		id := memberID(&m)
		was, found := there[id]
		switch {
		case found && (!deep || was.raw == m.Raw()):
			if !was.kept {
				there[id] = state{was.raw, true}
			}
			continue
		case !found:
			there[id] = state{m.Raw(), true}
		}
		d.come = append(d.come, m)
	}
	for _, m := range before.Parts() {
		if id := memberID(&m); !there[id].kept {
			d.gone = append(d.gone, id)
			there[id] = state{kept: true} // once is enough
		}
	}
	return d, nil
}

// bytesPerMember is about the length of a short one.
const bytesPerMember = 64

// memberID is what identifies a member: the text of its value, as every id.
func memberID(m *scim.Value) string {
	for name, v := range m.Parts() {
		if strings.EqualFold(name, "value") {
			if v.Kind() == scim.Number {
				return v.Raw()
			}
			return v.Text()
		}
	}
	return ""
}
