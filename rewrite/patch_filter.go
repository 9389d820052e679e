package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// assignFiltered is P9: an add or replace at a value filter means "set it there,
// and create the value if there is none". Which of the two is judged on the
// state that the earlier operations leave.
func (p *patcher) assignFiltered(o *operation) error {
	if err := p.readState(o); err != nil {
		return err
	}
	if p.isSingle(o) {
		return p.assignSingleFiltered(o)
	}
	matches, err := p.matches(o)
	if err != nil {
		return err
	}
	if pending := p.pending(o); pending != nil {
		return p.merge(pending, o)
	}
	if matches || p.state.blind && o.op == scim.Replace {
		at := o.pathAt(p.session)
		if o.op == scim.Add && p.didAt(FilterAdd, at) {
			o.op, o.whole = scim.Replace, ""
		}
		return p.emit(o)
	}
	return p.create(o)
}

// create adds the value that the filter of o describes.
func (p *patcher) create(o *operation) error {
	at := o.pathAt(p.session)
	seeds, ok := seed(nil, o.path.Filter)
	if !ok {
		return scim.BadRequest(scim.NoTarget, "%s: no value matches the filter, and it does not describe one that could be added", at.String())
	}
	if !p.didAt(FilterAbsent, at) {
		return p.emit(o)
	}
	element := scim.ObjectValue(seeds...)
	if err := p.fill(&element, o); err != nil {
		return err
	}
	made := &operation{op: scim.Add, target: o.target, extra: o.extra, at: o.at, value: scim.ArrayValue(element)}
	made.setPath(scim.PatchPath{Attr: o.path.Attr})
	made.path.Filter = o.path.Filter // remembered for the leaves that follow
	return p.emit(made)
}

// addDescribed adds the value that a filter describes, where the operation has no
// other. One that is there is not added again.
func (p *patcher) addDescribed(o *operation) error {
	if _, ok := seed(nil, o.path.Filter); !ok {
		return scim.BadRequest(scim.InvalidValue, "%s: %s has no value", o.at.String(), o.op)
	}
	if err := p.readState(o); err != nil {
		return err
	}
	matches, err := p.matches(o)
	if err != nil {
		return err
	}
	if matches && p.didAt(FilterAdd, o.pathAt(p.session)) {
		return nil
	}
	o.value = scim.ObjectValue()
	return p.create(o)
}

// seed collects the terms of a filter that describe a value: eq joined by and.
func seed(into []scim.Member, e scim.Expression) ([]scim.Member, bool) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		if e.Op != scim.Equal || e.Path.Sub != "" || e.Path.URI != "" || e.Value.Kind() == scim.Null {
			return nil, false
		}
		for i := range into {
			if strings.EqualFold(into[i].Name, e.Path.Name) {
				return nil, false
			}
		}
		return append(into, scim.Member{Name: e.Path.Name, Value: e.Value}), true
	case *scim.LogicalExpression:
		if e.Op != scim.And {
			return nil, false
		}
		into, ok := seed(into, e.Left)
		if !ok {
			return nil, false
		}
		return seed(into, e.Right)
	}
	return nil, false
}

// fill puts the value of o into an element, which then has to fit its attribute:
// a filter may compare with anything.
func (p *patcher) fill(element *scim.Value, o *operation) error {
	if o.value.Kind() == scim.Array && o.value.Len() == 1 && o.path.Sub == "" {
		o.value = *o.value.At(0)
	}
	switch {
	case o.path.Sub != "":
		element.Set(o.path.Sub, o.value)
	case o.value.Kind() == scim.Object:
		for _, m := range o.value.Members() {
			element.Set(m.Name, m.Value)
		}
	default:
		return scim.BadRequest(scim.InvalidValue, "%s.value: a value of %s is an object", o.at.String(), o.path.Attr)
	}
	if o.target.Attr == nil {
		return nil
	}
	return p.element(o.target.Attr, element, o.pathAt(p.session))
}

// pending finds the add that created the value which o addresses, if no other
// operation on the attribute stands between them.
func (p *patcher) pending(o *operation) *operation {
	for i := len(p.out) - 1; i >= 0; i-- {
		made := p.out[i]
		if !made.touches(o.path.Attr) {
			continue
		}
		if made.op == scim.Add && made.path.Filter != nil && made.text == made.path.Attr.String() && sameFilter(made.path.Filter, o.path.Filter) {
			return made
		}
		return nil
	}
	return nil
}

// touches reports whether o changes an attribute, alone or among others.
func (o *operation) touches(path scim.AttrPath) bool {
	switch {
	case o.text == "":
		return lookUp(&o.value, path) != nil
	case o.target.Schema != nil && o.target.Attr == nil: // an extension as a whole
		return o.target.Schema.ID == path.URI
	}
	return sameAttribute(o.path.Attr, path)
}

func sameAttribute(a, b scim.AttrPath) bool { return a.URI == b.URI && a.Name == b.Name }

func sameFilter(a, b scim.Expression) bool {
	return string(a.AppendTo(nil)) == string(b.AppendTo(nil))
}

// merge puts one more leaf into an element that is being created.
func (p *patcher) merge(made, o *operation) error {
	at := o.pathAt(p.session)
	p.didAt(FilterAbsent, at)
	if err := p.fill(made.value.At(0), o); err != nil {
		return err
	}
	if made.applied {
		p.state.apply(o)
	}
	return nil
}

// assignSingleFiltered deals with a filter on a single-valued attribute: the
// filter is a condition on the present value.
func (p *patcher) assignSingleFiltered(o *operation) error {
	matches, err := p.matchesSingle(o)
	if err != nil {
		return err
	}
	at := o.pathAt(p.session)
	if !matches && !p.state.blind {
		return scim.BadRequest(scim.NoTarget, "%s: the value of %s does not match the filter", at.String(), o.path.Attr)
	}
	if !p.didAt(FilterSingle, at) {
		return p.emit(o)
	}
	path := o.path.Attr
	path.Sub = o.path.Sub
	o.target.Sub = o.target.Attr.SubAttribute(path.Sub)
	o.setPath(scim.PatchPath{Attr: path})
	p.wholeReference(o)
	return p.emit(o)
}
