package scim

// CheckFilter holds the comparisons of a filter against the schema and reports
// the first that is not defined (RFC 7644 tables 3 and 9): an order of booleans
// or binary data, a part of a number, a value of another type than the
// attribute, a complex attribute that has no value of its own, an attribute that
// is never returned. It is an *Error of type invalidFilter. Attributes that no
// schema knows are not at fault; they have no value.
func CheckFilter(e Expression, rt *ResourceType) error {
	return scope{rt: rt}.check(e)
}

func (s scope) check(e Expression) error {
	switch e := e.(type) {
	case *AttributeExpression:
		return s.define(e.Path).check(e)
	case *LogicalExpression:
		if err := s.check(e.Left); err != nil {
			return err
		}
		return s.check(e.Right)
	case *NotExpression:
		return s.check(e.Expression)
	case *ValuePath:
		return scope{attr: s.define(e.Path).attr, element: true}.check(e.Filter)
	}
	return nil
}

// check reports whether the operator and the value of e suit what o names.
func (o operand) check(e *AttributeExpression) error {
	if o.attr != nil && o.attr.Returned == ReturnedNever {
		return e.undefined("the attribute cannot be searched") // a filter would give its value away
	}
	if e.Op == Present {
		return nil
	}
	if e.Value.Kind() == Null {
		if e.Op == Equal || e.Op == NotEqual {
			return nil
		}
		return e.undefined("null has neither order nor parts")
	}
	if o.whole || o.attr != nil && o.leaf == nil && o.attr.Type == TypeComplex && o.path.Sub == "" {
		return e.undefined("a complex attribute is compared by one of its sub-attributes")
	}
	if o.leaf != nil {
		if err := e.checkType(o.leaf); err != nil {
			return err
		}
	}
	return e.checkOperator(o.leaf)
}

// checkType refuses a value of another type than the attribute has.
func (e *AttributeExpression) checkType(a *Attribute) error {
	want := String
	switch a.Type {
	case TypeBoolean:
		want = Bool
	case TypeInteger, TypeDecimal:
		want = Number
	}
	switch {
	case e.Value.Kind() != want:
		return e.undefined("the value has to be " + want.String())
	case a.Type == TypeDateTime && !e.Op.isPart() && !isDateTime(e.Value.Text()):
		return e.undefined("the value has to be a dateTime such as 2008-01-23T04:56:22Z")
	}
	return nil
}

// checkOperator refuses parts of anything but text, and an order of what has
// none (RFC 7644 table 3).
func (e *AttributeExpression) checkOperator(a *Attribute) error {
	switch {
	case e.Op == Equal || e.Op == NotEqual:
		return nil
	case e.Op.isPart():
		if e.Value.Kind() != String {
			return e.undefined(e.Value.Kind().String() + " has no parts")
		}
	case e.Value.Kind() == Bool || a != nil && a.Type == TypeBinary:
		return e.undefined("booleans and binary data have no order")
	}
	return nil
}

// isPart reports whether the operator looks for a part of a text.
func (o CompareOp) isPart() bool { return o == Contains || o == StartsWith || o == EndsWith }

func (e *AttributeExpression) undefined(why string) error {
	return BadRequest(InvalidFilter, "filter: %s %s: %s", e.Path.String(), e.Op.String(), why)
}
