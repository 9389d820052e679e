package backend

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// edit is one step of a PATCH in the dialect of the service provider: an
// operation, or a change of members that may be cut into pieces.
type edit struct {
	op    scim.Operation
	join  []scim.Value // members to be added
	leave []string     // members to be removed, by their value

	attr  scim.AttrPath // that op writes as a whole, in place of a part of it
	whole bool
	tried bool // op has a value filter that may be refused
	at    int  // the operation of the client that it comes from
}

// patchPlan is what becomes of one PATCH.
type patchPlan struct {
	*Backend
	x    *exchange
	next step
	rt   *scim.ResourceType

	values  string // how value filters are dealt with, as Capabilities.ValuePaths
	at      int    // the operation that is compiled
	edits   []edit
	changed bool // the edits are not the operations as they came

	reading *reading         // the resource before, once it is needed
	guarded bool             // a request depends on the version that was read
	known   []scim.Operation // the operations so far, as the client means them
	parts   []*part
	name    *nameEdit
	joined  map[string]struct{} // values of the members that the last edit adds
}

// compile turns the operations into edits, in their order.
func (p *patchPlan) compile(ops []scim.Operation) error {
	for i := range ops {
		p.at = i
		if err := p.operation(&ops[i]); err != nil {
			return err
		}
	}
	if err := p.finishName(); err != nil {
		return err
	}
	if !on(p.caps.PatchPaths) {
		p.fold()
	}
	return nil
}

// operation compiles one operation of the client.
func (p *patchPlan) operation(op *scim.Operation) error {
	if op.Path != "" {
		return p.leaf(op)
	}
	if on(p.caps.PatchPathless) && !p.mustExplode(&op.Value) {
		p.emit(op)
		return nil
	}
	leaves, err := explode(op, p.rt)
	if err != nil {
		return p.located(err)
	}
	p.changed = true
	for i := range leaves {
		if err := p.leaf(&leaves[i]); err != nil {
			return err
		}
	}
	return nil
}

// leaf compiles one operation that has a path.
func (p *patchPlan) leaf(op *scim.Operation) error {
	path, a := attribute(op.Target.Attr, p.rt)
	switch {
	case sameAttribute(path, membersPath) && hasMembers(p.rt):
		return p.members(op)
	case op.Target.Filter != nil:
		return p.valuePath(op, path, a)
	case p.caps.NameFormatted && sameAttribute(path, namePath):
		return p.nameOperation(op)
	case p.isSingle(path) && op.Target.Attr.Sub == "":
		return p.singleValue(op, path, a)
	case a != nil && a.MultiValued && op.Target.Attr.Sub != "" && !on(p.caps.PatchPaths):
		return p.valuePath(op, path, a) // emails.type, of all values: only a path can say that
	}
	p.emit(op)
	return nil
}

// emit takes an operation over as it is.
func (p *patchPlan) emit(op *scim.Operation) {
	p.edits = append(p.edits, edit{op: *op, at: p.at})
	p.note(op)
}

// note remembers what the client means by an operation, for those behind it that
// have to be held against the state of the resource.
func (p *patchPlan) note(op *scim.Operation) { p.known = append(p.known, *op) }

// write makes an edit that gives an attribute a value as a whole.
func (p *patchPlan) write(path scim.AttrPath, a *scim.Attribute, v *scim.Value) {
	op := scim.Operation{Op: scim.Remove, Path: path.String(), Target: scim.PatchPath{Attr: path}}
	if !v.Empty() {
		op.Op, op.Value = scim.Replace, v.Clone()
		dropBelow(&op.Value, a, isReadOnly)
		if p.isSingle(path) {
			keepOne(&op.Value)
		}
	}
	p.changed = true
	made := edit{op: op, attr: path, whole: true, at: p.at}
	if i := p.lastAt(path); i >= 0 && p.edits[i].whole {
		p.edits[i] = made // which has in it what the earlier one wrote
		return
	}
	p.edits = append(p.edits, made)
}

// lastAt finds the last edit that has to do with an attribute.
func (p *patchPlan) lastAt(path scim.AttrPath) int {
	for i := range slices.Backward(p.edits) {
		if e := &p.edits[i]; e.join != nil || e.leave != nil || concerns(&e.op, path) {
			return i
		}
	}
	return -1
}

// concerns reports whether an operation may change an attribute.
func concerns(op *scim.Operation, path scim.AttrPath) bool {
	if op.Path != "" {
		return sameAttribute(op.Target.Attr, path) || strings.EqualFold(op.Path, path.URI)
	}
	for name := range op.Value.Parts() {
		if strings.EqualFold(name, path.Name) || path.URI != "" && len(name) >= len(path.URI) && strings.EqualFold(name[:len(path.URI)], path.URI) {
			return true
		}
	}
	return false
}

// located says in which operation of the client an error arose.
func (p *patchPlan) located(err error) error {
	e := *scim.AsError(err)
	detail, ok := strings.CutPrefix(e.Detail, "Operations[0]")
	if !ok {
		detail = ": " + e.Detail
	}
	e.Detail = "Operations[" + strconv.Itoa(p.at) + "]" + detail
	return &e
}
