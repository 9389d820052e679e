package rewrite

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// removeValues removes the named values of a multi-valued attribute.
func (p *patcher) removeValues(o *operation, leaf *scim.Attribute, at *place) error {
	if inner := nested(leaf, &o.value); inner != nil {
		o.value = *inner
	}
	if o.value.Empty() {
		if !p.didAt(RemoveNothing, at) {
			return p.emit(o)
		}
		return nil
	}
	if !p.didAt(RemoveValue, at) {
		return p.emit(o)
	}
	elements := []scim.Member{{Value: o.value}}
	if o.value.Kind() == scim.Array {
		elements = o.value.Members()
	}
	simple, err := p.isSimple(o, leaf, elements)
	if err != nil {
		return err
	}
	if simple {
		return p.removeSimple(o, leaf, elements, at)
	}
	return p.removeComplex(o, leaf, elements, at)
}

// removeBySub deals with a value on the removal of a sub-attribute of a list,
// such as remove emails.value "x": it means the one value, not that of all.
func (p *patcher) removeBySub(o *operation, leaf *scim.Attribute, at *place) error {
	if bare(&o.value).Empty() {
		p.didAt(RemoveNothing, at)
		return nil
	}
	if !p.didAt(RemoveValue, at) {
		return p.emit(o)
	}
	if err := p.value(leaf, &o.value, at); err != nil {
		return err
	}
	path := scim.PatchPath{Attr: o.path.Attr, Filter: equals(leaf.Name, &o.value)}
	path.Attr.Sub = ""
	if leaf.Name != "value" {
		path.Sub = leaf.Name
	}
	o.value, o.target.Sub = scim.Value{}, nil
	o.setPath(path)
	if !o.isPath() {
		return scim.BadRequest(scim.InvalidValue, "%s does not say which value to remove", at.String())
	}
	return p.emit(o)
}

// isPath reports whether the path of o, which was made of a client's value, can
// be read again: a value may be longer than a filter may be (F6), or have a
// member whose name is none.
func (o *operation) isPath() bool {
	const short = 4 << 10 // far from any limit
	if e, ok := o.path.Filter.(*scim.AttributeExpression); ok && e.Path.Name == "value" && o.path.Attr.Sub == "" && len(o.text) < short {
		return true
	}
	_, err := scim.ParseStrictPath(o.text)
	return err == nil
}

// isSimple tells whether the values of the target have no sub-attributes. For
// an attribute that no schema knows, what is sent decides, else what is there.
func (p *patcher) isSimple(o *operation, leaf *scim.Attribute, elements []scim.Member) (bool, error) {
	if leaf != nil {
		return leaf.Type != scim.TypeComplex, nil
	}
	for i := range elements {
		if elements[i].Value.Kind() == scim.Object {
			return false, nil
		}
	}
	if err := p.readState(o); err != nil {
		return false, err
	}
	present := p.present(o.path.Attr)
	return present.Kind() != scim.Array || present.Len() == 0 || present.At(0).Kind() != scim.Object, nil
}

// removeComplex writes one remove for each value, by a filter on what was given.
func (p *patcher) removeComplex(o *operation, leaf *scim.Attribute, elements []scim.Member, at *place) error {
	made := make([]operation, len(elements))
	terms := make([]scim.AttributeExpression, len(elements))
	seen := make(map[string]bool, len(elements))
	mark, prefix := p.mark(), o.path.Attr.String()+"[value eq "
	for i := range elements {
		p.release(mark)
		one, v := &made[i], &elements[i].Value
		one.op, one.target, one.extra, one.at = scim.Remove, o.target, o.extra, o.at
		if value, ok := plainValue(leaf, v); ok {
			terms[i] = scim.AttributeExpression{Path: scim.AttrPath{Name: "value"}, Op: scim.Equal, Value: value}
			one.path = scim.PatchPath{Attr: o.path.Attr, Filter: &terms[i]}
			one.text = prefix + value.Raw() + "]"
		} else if err := p.identify(one, o.path.Attr, leaf, v, p.nth(at, i)); err != nil {
			return err
		}
		if !one.isPath() {
			return scim.BadRequest(scim.InvalidValue, "%s does not say which value to remove", p.nth(at, i).String())
		}
		if seen[one.text] {
			continue
		}
		seen[one.text] = true
		if err := p.emit(one); err != nil {
			return err
		}
	}
	return nil
}

// plainValue returns the value of an element that has one and needs no repair.
// It looks at the element without taking it apart: there may be thousands.
func plainValue(leaf *scim.Attribute, v *scim.Value) (scim.Value, bool) {
	sub := leaf.SubAttribute("value")
	if sub == nil || !isText(sub) || v.Kind() != scim.Object {
		return scim.Value{}, false
	}
	for name, part := range v.Parts() {
		if name == "value" {
			return part, part.Kind() == scim.String
		}
	}
	return scim.Value{}, false
}

func isText(attr *scim.Attribute) bool {
	return attr.Type == scim.TypeString || attr.Type == scim.TypeReference
}

// identify gives an operation the path that picks one value.
func (p *patcher) identify(o *operation, attr scim.AttrPath, leaf *scim.Attribute, v *scim.Value, at *place) error {
	if leaf == nil {
		p.untyped(v, at)
	} else if err := p.element(leaf, v, at); err != nil {
		return err
	}
	if filter := identifying(v); filter != nil {
		o.setPath(scim.PatchPath{Attr: attr, Filter: filter})
	}
	return nil
}

// identifying makes the filter that picks one value: on its value, or without
// one on everything that is given.
func identifying(v *scim.Value) scim.Expression {
	if v.Kind() != scim.Object {
		if v.Kind() != scim.String && v.Kind() != scim.Number {
			return nil
		}
		return equals("value", v)
	}
	if value := v.Get("value"); value.Exists() && value.Kind() != scim.Null {
		if value.Kind() >= scim.Array {
			return nil
		}
		return equals("value", value)
	}
	var filter scim.Expression
	for i := range v.Members() {
		m := &v.Members()[i]
		switch {
		case m.Value.Kind() == scim.Null:
			continue
		case m.Value.Kind() >= scim.Array: // without it the filter would take more than was named
			return nil
		}
		term := equals(m.Name, &m.Value)
		if filter == nil {
			filter = term
		} else {
			filter = &scim.LogicalExpression{Op: scim.And, Left: filter, Right: term}
		}
	}
	return filter
}

func equals(name string, v *scim.Value) scim.Expression {
	return &scim.AttributeExpression{Path: scim.AttrPath{Name: name}, Op: scim.Equal, Value: *v}
}

// Bounds on the work of removeSimple for one request. To write a value again
// costs about as much as to compare it with valueCost others.
const (
	maxCompared = 1 << 24
	valueCost   = 64
)

// removeSimple takes values out of a list of simple values, which no filter can
// address: what is left is written back.
func (p *patcher) removeSimple(o *operation, leaf *scim.Attribute, elements []scim.Member, at *place) error {
	if err := p.readState(o); err != nil {
		return err
	}
	if p.state.blind {
		return scim.BadRequest(scim.InvalidValue, "%s: the present values of %s have to be known to remove some of them", at.String(), o.path.Attr)
	}
	for i := range elements {
		if leaf == nil {
			break
		}
		if err := p.element(leaf, &elements[i].Value, p.nth(at, i)); err != nil {
			return err
		}
	}
	present := p.present(o.path.Attr)
	p.typed(leaf, present)
	if present.Exists() && present.Kind() != scim.Array {
		o.value, o.whole = scim.Value{}, ""
		return p.emit(o)
	}
	if p.compared += present.Len() * (len(elements) + valueCost); p.compared > maxCompared {
		return scim.Errorf(http.StatusRequestEntityTooLarge, scim.TooMany, "%s: too many values of %s to compare", at.String(), o.path.Attr)
	}
	var rest []scim.Value
	for i := range present.Members() {
		if !isAmong(elements, present.At(i), leaf) {
			rest = append(rest, *present.At(i))
		}
	}
	switch len(rest) {
	case present.Len():
		return nil
	case 0:
		o.value = scim.Value{}
	default:
		o.op, o.value = scim.Replace, scim.ArrayValue(rest...)
	}
	return p.moved(o)
}

func isAmong(elements []scim.Member, v *scim.Value, attr *scim.Attribute) bool {
	for i := range elements {
		e := &elements[i].Value
		if e.Kind() == scim.Object {
			if inner := wrapped(e); inner != nil {
				e = inner
			}
		}
		if scim.SameElement(attr, e, v) {
			return true
		}
	}
	return false
}
