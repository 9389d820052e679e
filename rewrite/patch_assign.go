package rewrite

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// assign brings an add or replace with a path into normal form.
func (p *patcher) assign(o *operation) error {
	at := o.valueAt(p.session)
	if !o.value.Exists() {
		if o.op == scim.Add && o.path.Filter != nil && o.path.Sub == "" && !p.isSingle(o) && !isReadOnly(o.target) {
			return p.addDescribed(o)
		}
		return scim.BadRequest(scim.InvalidValue, "%s: %s has no value", o.at.String(), o.op)
	}
	if isReadOnly(o.target) {
		return p.dropReadOnly(o)
	}
	if o.path.Filter == nil && p.redundantSchemas(o.path.Attr.Name, &o.value) && p.didAt(PatchReadOnly, &o.at) {
		return nil
	}
	leaf, before := o.leaf(), len(p.changes)
	if gone, err := p.cleared(o, leaf, at); gone || err != nil {
		return err
	}
	if err := p.operand(o, leaf, at); err != nil {
		return err
	}
	p.wholeReference(o)
	if len(p.changes) != before {
		o.whole = ""
	}
	if o.path.Filter != nil {
		return p.assignFiltered(o)
	}
	return p.emit(o)
}

// operand gives the value of an assignment its type. What is assigned at a value
// filter without a sub-attribute is one value, not a list.
func (p *patcher) operand(o *operation, leaf *scim.Attribute, at *place) error {
	if leaf == nil {
		p.unknownBoolean(o, at)
	}
	if leaf == nil || o.path.Filter == nil || o.path.Sub != "" {
		return p.value(leaf, &o.value, at)
	}
	if o.value.Kind() == scim.Array && o.value.Len() == 1 && p.didAt(ValueSingle, at) {
		o.value = *o.value.At(0)
	}
	return p.element(leaf, &o.value, at)
}

// cleared turns an assignment of nothing into a removal (P10). It reports true
// when the operation is dealt with.
func (p *patcher) cleared(o *operation, leaf *scim.Attribute, at *place) (bool, error) {
	if r := p.plan.Rules.emptyRemoves(o.target.Attr); r != nil && leaf != nil && (leaf == o.target.Attr || leaf.Name == "value") && isBlank(&o.value) {
		p.applied(r, at)
		return true, p.clear(o)
	}
	v, single := &o.value, leaf != nil && !leaf.MultiValued
	switch {
	case single && (leaf.Type != scim.TypeComplex || leaf.SubAttribute("value") != nil):
		v = bare(v)
	case (single || o.path.Filter != nil && o.path.Sub == "") && v.Kind() == scim.Array && v.Len() == 1:
		v = v.At(0)
	}
	empty := v.Kind() == scim.Null || single && v.Kind() == scim.Array && v.Len() == 0
	if !empty || !p.didAt(PatchNull, at) {
		return false, nil
	}
	if o.op == scim.Add && leaf != nil && leaf.MultiValued && o.path.Filter == nil {
		return true, nil // adding no value to a list adds nothing; it must not empty it
	}
	return true, p.clear(o)
}

// clear removes the target of an assignment. A value filter that matches
// nothing has nothing to remove, where a remove would be refused with noTarget.
func (p *patcher) clear(o *operation) error {
	o.op, o.value, o.whole = scim.Remove, scim.Value{}, ""
	if o.path.Filter != nil {
		if p.isSingle(o) {
			return p.removeSingleFiltered(o)
		}
		if err := p.readState(o); err != nil {
			return err
		}
		matches, err := p.matches(o)
		if err != nil || !matches && !p.state.blind {
			return err
		}
	}
	p.wholeReference(o)
	return p.emit(o)
}

// isBlank reports whether a value is the empty string, alone or as {"value":""}.
func isBlank(v *scim.Value) bool {
	v = bare(v)
	return v.Kind() == scim.String && v.Text() == ""
}

// bare takes a single value out of [x] and {"value":x} (P5).
func bare(v *scim.Value) *scim.Value {
	if v.Kind() == scim.Array && v.Len() == 1 {
		v = v.At(0)
	}
	if v.Kind() == scim.Object {
		if inner := wrapped(v); inner != nil {
			return inner
		}
	}
	return v
}

// wholeReference is P6 for manager.value: a reference is written whole, so that
// no server is asked to invent the object around it.
func (p *patcher) wholeReference(o *operation) {
	t := o.target
	if t.Sub == nil || t.Sub.Name != "value" || t.Attr.MultiValued || !isReference(t.Attr) {
		return
	}
	at := o.pathAt(p.session)
	if !p.didAt(ManagerPath, at) {
		return
	}
	o.target.Sub, o.path.Attr.Sub = nil, ""
	o.setPath(o.path)
	if o.value.Exists() {
		o.value = scim.ObjectValue(scim.Member{Name: "value", Value: o.value})
	}
}

// isReference tells a complex attribute that refers to another resource: it has
// a value and a $ref.
func isReference(attr *scim.Attribute) bool {
	return attr.SubAttribute("value") != nil && attr.SubAttribute("$ref") != nil
}

// unknownBoolean is P4 for active and primary where no schema defines them.
func (p *patcher) unknownBoolean(o *operation, at *place) {
	if !strings.EqualFold(o.text, "active") && !strings.EqualFold(o.path.Attr.Sub, "primary") {
		return
	}
	if to, ok := coercedBoolean(&o.value); ok && p.didAt(ValueBoolean, at) {
		o.value, o.whole = to, ""
	}
}

func isReadOnly(t scim.Target) bool {
	if t.Attr == nil || t.Attr.Name == "schemas" {
		return false
	}
	return t.Attr.Mutability == scim.ReadOnly || t.Sub != nil && t.Sub.Mutability == scim.ReadOnly
}

// dropReadOnly is P11: an operation on a read-only attribute goes when it does
// not change it. The id is known from the address; the rest is known only if
// the resource has to be read for another reason, or nothing else is left. In a path-less value, which
// clients fill from the resource as they know it, it goes in any case, but for
// the id of another resource.
func (p *patcher) dropReadOnly(o *operation) error {
	isID := o.target.Attr.Name == "id" && p.route.ID != ""
	if isID && (o.op == scim.Remove && !o.member || !p.isAddressed(&o.value)) {
		return mutability(o)
	}
	if !p.didAt(PatchReadOnly, &o.at) {
		return p.emit(o)
	}
	if !isID && !o.member {
		o.at = place{name: o.at.String()} // it outlives the places it stands on
		p.readOnly = append(p.readOnly, o)
	}
	return nil
}

// checkReadOnly holds what P11 dropped against the state, if it became known.
func (p *patcher) checkReadOnly() error {
	if p.state == nil || p.state.blind {
		return nil
	}
	for i := range p.readOnly {
		o := p.readOnly[i]
		present := p.present(o.path.Attr)
		if o.op == scim.Remove && present.Empty() || o.op != scim.Remove && scim.SameValue(present, &o.value) ||
			o.op == scim.Add && holdsAll(present, &o.value) {
			continue
		}
		return mutability(o)
	}
	return nil
}

// holdsAll reports whether every value of a list that is to be added is there: to
// add it again changes nothing.
func holdsAll(present, added *scim.Value) bool {
	if !isArray(present) || !isArray(added) {
		return false
	}
	for i := range added.Members() {
		id := added.At(i).Get("value")
		if id.Empty() || !slices.ContainsFunc(present.Members(), func(m scim.Member) bool {
			return scim.SameValue(m.Value.Get("value"), id)
		}) {
			return false
		}
	}
	return true
}

func mutability(o *operation) error {
	return scim.BadRequest(scim.Mutability, "%s: %s is read-only and has another value", o.at.String(), o.target.Path)
}
