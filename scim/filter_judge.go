package scim

import "strings"

// Verdict is what can be said of a resource and a filter when the resource may
// not show all that it has.
type Verdict int8

// The verdicts. Undecided is the one about what is not shown.
const (
	Undecided Verdict = iota
	Matched
	Unmatched
)

// Judge is Matches for a resource as a service provider in the field returns it:
// an attribute that is not there may only not be shown, so nothing is said about
// it, and neither about a value that differs from the wanted one in case alone or
// is of another JSON type. partial tells the attributes of which some values may
// be missing, such as the members of a large group; it may be nil. rt may be nil.
func Judge(e Expression, resource *Value, rt *ResourceType, partial func(*Attribute) bool) Verdict {
	if partial == nil {
		partial = func(*Attribute) bool { return false }
	}
	return judge{scope{value: resource, rt: rt}, partial}.of(e)
}

type judge struct {
	scope
	partial func(*Attribute) bool
}

func (j judge) of(e Expression) Verdict {
	switch e := e.(type) {
	case *AttributeExpression:
		return j.compares(e)
	case *LogicalExpression:
		return j.joins(e)
	case *NotExpression:
		switch j.of(e.Expression) {
		case Matched:
			return Unmatched
		case Unmatched:
			return Matched
		}
	case *ValuePath:
		return j.hasValue(e)
	}
	return Undecided
}

// joins is three-valued: an and is lost with one side that is, an or won.
func (j judge) joins(e *LogicalExpression) Verdict {
	decisive := Unmatched
	if e.Op == Or {
		decisive = Matched
	}
	left := j.of(e.Left)
	if left == decisive {
		return decisive
	}
	right := j.of(e.Right)
	if right == decisive || left == right {
		return right
	}
	return Undecided
}

// hasValue asks whether one value fulfils the filter in brackets.
func (j judge) hasValue(e *ValuePath) Verdict {
	o := j.define(e.Path)
	return j.any(o, j.find(o), func(v *Value) Verdict {
		return judge{scope{value: v, attr: o.attr, element: true}, j.partial}.of(e.Filter)
	})
}

func (j judge) compares(e *AttributeExpression) Verdict {
	o := j.define(e.Path)
	if o.check(e) != nil {
		return Undecided
	}
	return j.any(o, j.find(o), func(v *Value) Verdict {
		if v.Kind() == Array {
			return Undecided
		}
		return e.judge(withDefault(o.pick(v), o.leaf), o.leaf)
	})
}

// any asks for one value that matches. The attribute that is not shown, and one
// of which more values may exist, cannot be found not to have it.
func (j judge) any(o operand, v *Value, test func(*Value) Verdict) Verdict {
	if v.Empty() || o.whole {
		return Undecided
	}
	if v.Kind() != Array {
		return test(v)
	}
	verdict := Unmatched
	if o.attr != nil && j.partial(o.attr) {
		verdict = Undecided
	}
	for i := range v.Members() {
		switch test(v.At(i)) {
		case Matched:
			return Matched
		case Undecided:
			verdict = Undecided
		}
	}
	return verdict
}

// judge compares one value.
func (e *AttributeExpression) judge(v *Value, attr *Attribute) Verdict {
	switch {
	case v.Empty() || e.Value.Kind() == Null:
		return Undecided
	case e.Op == Present:
		return verdict(hasContent(v))
	case v.Kind() == Object || v.Kind() != e.Value.Kind():
		return Undecided
	case attr.exact() && v.Kind() == String && e.foldsTo(v.Text()):
		return Undecided
	}
	return verdict(e.holds(v, attr))
}

// foldsTo reports whether nothing but case tells a value of a case-exact
// attribute from what the filter compares it with: service providers differ in
// which attributes they hold for such.
func (e *AttributeExpression) foldsTo(text string) bool {
	switch e.Op {
	case Equal, NotEqual:
		return text != e.Value.Text() && strings.EqualFold(text, e.Value.Text())
	case Contains, StartsWith, EndsWith:
		return e.Op.finds(text, e.Value.Text(), false) && !e.Op.finds(text, e.Value.Text(), true)
	}
	return false
}

func verdict(holds bool) Verdict {
	if holds {
		return Matched
	}
	return Unmatched
}
