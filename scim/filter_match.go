package scim

import "strings"

// Matches reports whether a resource is one that a filter asks for (RFC 7644
// section 3.4.2.2). What the RFC leaves open is settled so: ne holds for an
// attribute that has no value; eq null means that there is no value, ne null
// that there is one; a complex attribute without sub-attribute means its value;
// an attribute that no schema knows is looked up by its name and compared
// without regard to case. rt may be nil: then that holds for all of them.
//
// The error is that of CheckFilter, for the comparisons that were reached. Like
// all reading of a Value, matching must not run twice at a time on one resource.
func Matches(e Expression, resource *Value, rt *ResourceType) (bool, error) {
	return scope{value: resource, rt: rt}.matches(e)
}

// MatchesValue reports whether all of e, the filter in brackets, holds for one
// value of an attribute. The value may be a simple one; then "value" names it.
// attr is the attribute that the value belongs to; it may be nil.
func MatchesValue(e Expression, element *Value, attr *Attribute) (bool, error) {
	return scope{value: element, attr: attr, element: true}.matches(e)
}

func (s scope) matches(e Expression) (bool, error) {
	switch e := e.(type) {
	case *AttributeExpression:
		return s.compares(e)
	case *LogicalExpression:
		left, err := s.matches(e.Left)
		if err != nil || left == (e.Op == Or) {
			return left, err
		}
		return s.matches(e.Right)
	case *NotExpression:
		ok, err := s.matches(e.Expression)
		return !ok && err == nil, err
	case *ValuePath:
		return s.hasValue(e)
	}
	return false, BadRequest(InvalidFilter, "filter: empty expression")
}

// hasValue reports whether one and the same value of the attribute fulfils the
// filter in brackets. A single-valued attribute is its only value.
func (s scope) hasValue(e *ValuePath) (bool, error) {
	o := s.define(e.Path)
	v := s.find(o)
	if v.Empty() {
		return false, nil
	}
	if v.Kind() != Array {
		return MatchesValue(e.Filter, v, o.attr)
	}
	for i := range v.Members() {
		if ok, err := MatchesValue(e.Filter, v.At(i), o.attr); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (s scope) compares(e *AttributeExpression) (bool, error) {
	o := s.define(e.Path)
	if err := o.check(e); err != nil {
		return false, err
	}
	v := s.find(o)
	if e.Op == Present {
		return o.present(v), nil
	}
	if e.Value.Kind() == Null {
		return o.present(v) == (e.Op == NotEqual), nil
	}
	if s.element {
		v = withDefault(v, o.leaf)
	}
	if v.Empty() {
		return e.Op == NotEqual, nil
	}
	return o.any(v, func(v *Value) bool { return e.holds(withDefault(v, o.leaf), o.leaf) }), nil
}

// any reports whether test holds for one value of the attribute (RFC 7644
// section 3.4.2.2: a multi-valued attribute matches if any of its values does).
func (o operand) any(v *Value, test func(*Value) bool) bool {
	if v.Kind() != Array {
		return test(o.pick(v))
	}
	for i := range v.Members() {
		if test(o.pick(v.At(i))) {
			return true
		}
	}
	return false
}

// present is pr: there is a value that is not empty, or for a complex attribute
// a sub-attribute that is not.
func (o operand) present(v *Value) bool {
	if o.path.Sub == "" || o.whole || v.Empty() {
		return hasContent(v)
	}
	return o.any(v, hasContent)
}

func hasContent(v *Value) bool {
	if v == nil || v.Kind() <= Null {
		return false
	}
	switch v.Kind() {
	case String:
		return v.Text() != ""
	case Array, Object:
		for i := range v.Members() {
			if hasContent(v.At(i)) {
				return true
			}
		}
		return false
	}
	return true
}

// holds compares one value, which may be none.
func (e *AttributeExpression) holds(v *Value, attr *Attribute) bool {
	if v.Empty() {
		return e.Op == NotEqual
	}
	switch e.Op {
	case Equal:
		return attr.equal(v, &e.Value)
	case NotEqual:
		return !attr.equal(v, &e.Value)
	case Contains, StartsWith, EndsWith:
		return v.Kind() == String && e.Op.finds(v.Text(), e.Value.Text(), attr.exact())
	}
	order, ok := attr.Compare(v, &e.Value)
	switch e.Op {
	case GreaterThan:
		ok = ok && order > 0
	case GreaterOrEqual:
		ok = ok && order >= 0
	case LessThan:
		ok = ok && order < 0
	case LessOrEqual:
		ok = ok && order <= 0
	}
	return ok
}

// finds looks for part where the operator wants it.
func (o CompareOp) finds(text, part string, exact bool) bool {
	if !exact {
		text, part = fold(text), fold(part)
	}
	switch o {
	case StartsWith:
		return strings.HasPrefix(text, part)
	case EndsWith:
		return strings.HasSuffix(text, part)
	}
	return strings.Contains(text, part)
}
