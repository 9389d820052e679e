package scim

// scope is what the attribute paths of a filter start from: a resource, or
// between brackets one value of an attribute.
type scope struct {
	value *Value
	rt    *ResourceType // of a resource; nil if not known
	attr  *Attribute    // of an element; nil if not known

	element bool
}

// operand is what a path names in a scope. Definitions are nil where no schema
// knows the name.
type operand struct {
	path   AttrPath // in the case of the schema, if there is one
	schema string   // key of the extension in the resource; empty for others
	attr   *Attribute
	leaf   *Attribute // what a comparison compares
	whole  bool       // an extension as a whole
}

// define finds what a path names, without looking at a value.
func (s scope) define(p AttrPath) operand {
	if s.element {
		attr := s.attr.SubAttribute(p.Name)
		if s.attr != nil && s.attr.Type != TypeComplex && equalFold("value", p.Name) {
			attr = s.attr
		}
		return operand{path: p, attr: attr, leaf: leafOf(attr, p.Sub)}
	}
	if s.rt == nil {
		return operand{path: p, schema: p.URI}
	}
	t, ok := s.rt.Resolve(p)
	switch {
	case ok && t.Attr == nil:
		return operand{path: p, schema: t.Schema.ID, whole: true}
	case ok && t.Sub != nil:
		return operand{path: t.Path, schema: t.Path.URI, attr: t.Attr, leaf: t.Sub}
	case ok:
		return operand{path: t.Path, schema: t.Path.URI, attr: t.Attr, leaf: leafOf(t.Attr, "")}
	case equalFold(s.rt.Schema.ID, p.URI):
		return operand{path: p}
	}
	return operand{path: p, schema: p.URI}
}

// leafOf is the definition of a sub-attribute. A complex attribute without one
// means its value: RFC 7644 section 3.4.2.2 wants the sub-attribute named, and
// leaves it out in its examples (emails co "example.com").
func leafOf(a *Attribute, sub string) *Attribute {
	switch {
	case sub != "":
		return a.SubAttribute(sub)
	case a != nil && a.Type == TypeComplex:
		return a.SubAttribute("value")
	}
	return a
}

// find returns the attribute that o names, or nil.
func (s scope) find(o operand) *Value {
	if s.element && s.value.Kind() != Object {
		if equalFold("value", o.path.Name) {
			return s.value
		}
		return nil
	}
	holder := s.value
	if o.schema != "" {
		holder = holder.Get(o.schema)
	}
	if o.whole {
		return holder
	}
	return holder.Get(o.path.Name)
}

// pick returns what a comparison compares in the attribute, or in one value of
// a multi-valued attribute.
func (o operand) pick(v *Value) *Value {
	sub := o.path.Sub
	if v.Kind() != Object {
		if sub == "" || equalFold("value", sub) {
			return v
		}
		return nil
	}
	if sub == "" {
		sub = "value"
	}
	return v.Get(sub)
}

var falseValue = BoolValue(false)

// withDefault gives "primary" the value that comparisons see when it is left out
// (RFC 7643 section 2.4).
func withDefault(v *Value, a *Attribute) *Value {
	if a != nil && a.Name == "primary" && a.Type == TypeBoolean && v.Empty() {
		return &falseValue
	}
	return v
}
