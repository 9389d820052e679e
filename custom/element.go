package custom

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// element is one value of a multi-valued attribute, named by what it fulfils,
// and a sub-attribute of it: addresses[type eq "work"].locality.
type element struct {
	spot   // of the sub-attribute, in whichever value
	terms  []*scim.AttributeExpression
	filter scim.Expression // the terms, joined by and
}

// elementSpot reads an argument that is a value path.
func (c *compiler) elementSpot(text string) (*element, error) {
	path, err := scim.ParseStrictPath(text)
	if err != nil || path.Filter == nil || path.Sub == "" {
		return nil, fmt.Errorf(`%s is not a value path such as addresses[type eq "work"].locality`, scim.Quote(text))
	}
	at, err := c.spot(scim.AttrPath{URI: path.Attr.URI, Name: path.Attr.Name, Sub: path.Sub}.String())
	if err != nil {
		return nil, err
	}
	e := &element{spot: at, filter: path.Filter}
	var ok bool
	if e.terms, ok = eqTerms(path.Filter); !ok {
		return nil, fmt.Errorf("%s: a value can only be made from a filter of eq, joined by and", text)
	}
	switch {
	case at.attr != nil && (!at.attr.MultiValued || at.attr.Type != scim.TypeComplex):
		return nil, fmt.Errorf("%s: %s is not a complex attribute with many values", text, at.root())
	case e.names(at.sub):
		return nil, fmt.Errorf("%s: the filter has a value for %s already", text, at.sub)
	}
	for _, t := range e.terms {
		if sub := at.attr.SubAttribute(t.Path.Name); sub != nil && sub.CheckElement(&t.Value) != nil {
			return nil, fmt.Errorf("%s: the value of %s is not of type %s", text, sub.Name, sub.Type)
		}
	}
	return e, nil
}

// String is the value path.
func (e *element) String() string {
	return scim.PatchPath{Attr: e.root().path(), Filter: e.filter, Sub: e.sub}.String()
}

// termSpots are the sub-attributes that the terms are about.
func (e *element) termSpots() []spot {
	spots := make([]spot, len(e.terms))
	for i, t := range e.terms {
		spots[i] = e.root()
		spots[i].sub, spots[i].leaf = t.Path.Name, e.attr.SubAttribute(t.Path.Name)
	}
	return spots
}

// needed are the sub-attributes by which the element and its value are found.
func (e *element) needed() []spot { return append(e.termSpots(), e.spot) }

// concerns reports whether what is shown of a spot shows something of the element
// that its terms or the value say.
func (e *element) concerns(given spot) bool {
	return slices.ContainsFunc(e.needed(), given.covers)
}

// eqTerms are the comparisons of a filter that consists of nothing but eq,
// joined by and: a value that fulfils it can be made from it.
func eqTerms(e scim.Expression) ([]*scim.AttributeExpression, bool) {
	terms, ok := conjunction(nil, e)
	for _, t := range terms {
		ok = ok && t.Op == scim.Equal && t.Value.Kind() != scim.Null
	}
	return terms, ok
}

// conjunction appends the comparisons of e. It reports false if they are joined
// by anything but and.
func conjunction(to []*scim.AttributeExpression, e scim.Expression) ([]*scim.AttributeExpression, bool) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return append(to, e), true
	case *scim.LogicalExpression:
		if e.Op != scim.And {
			return to, false
		}
		to, ok := conjunction(to, e.Left)
		if !ok {
			return to, false
		}
		return conjunction(to, e.Right)
	}
	return to, false
}

// seed is a new value that fulfils the terms.
func (e *element) seed() scim.Value {
	v := scim.ObjectValue()
	for _, t := range e.terms {
		v.Set(t.Path.Name, t.Value)
	}
	return v
}

// find returns the first value of list that fulfils the terms, or -1, and
// whether it is the only one.
func (e *element) find(list *scim.Value) (first int, only bool) {
	first, only = -1, true
	if list.Kind() != scim.Array {
		return first, only
	}
	for i := range list.Members() {
		if !e.selects(list.At(i)) {
			continue
		}
		if first >= 0 {
			return first, false
		}
		first = i
	}
	return first, only
}

// selects reports whether a value fulfils the terms.
func (e *element) selects(v *scim.Value) bool {
	ok, err := scim.MatchesValue(e.filter, v, e.attr)
	return ok && err == nil
}

// bare reports whether a value has nothing but what the terms say.
func (e *element) bare(v *scim.Value) bool {
	for i, m := range v.Members() {
		if !v.At(i).Empty() && !e.names(m.Name) {
			return false
		}
	}
	return true
}

// names reports whether one of the terms is about the sub-attribute of that name.
func (e *element) names(sub string) bool {
	for _, t := range e.terms {
		if strings.EqualFold(t.Path.Name, sub) {
			return true
		}
	}
	return false
}

// excludes reports whether no value that a filter in brackets selects can
// fulfil the terms: one of its own asks for something else. What is not sure it
// does not exclude.
func (e *element) excludes(filter scim.Expression) bool {
	terms, _ := conjunction(nil, filter)
	for _, theirs := range terms {
		for _, own := range e.terms {
			if theirs.Op != scim.Equal || !strings.EqualFold(theirs.Path.Name, own.Path.Name) || theirs.Value.Kind() == scim.Null {
				continue
			}
			one := scim.ObjectValue(scim.Member{Name: own.Path.Name, Value: own.Value})
			if ok, err := scim.MatchesValue(theirs, &one, e.attr); err == nil && !ok {
				return true
			}
		}
	}
	return false
}

// same reports whether a filter in brackets asks for the terms and nothing else,
// in whichever order.
func (e *element) same(filter scim.Expression) bool {
	rest, ok := e.without(filter)
	return ok && len(rest) == 0
}

// without returns what a filter in brackets asks for beside the terms. It
// reports false if it does not ask for all of the terms, or anything is joined
// by other than and.
func (e *element) without(filter scim.Expression) ([]*scim.AttributeExpression, bool) {
	theirs, ok := conjunction(nil, filter)
	if !ok {
		return nil, false
	}
	found := make([]bool, len(e.terms))
	rest := theirs[:0]
	for _, t := range theirs {
		i := e.term(t)
		if i < 0 {
			rest = append(rest, t)
			continue
		}
		found[i] = true
	}
	for _, ok := range found {
		if !ok {
			return nil, false
		}
	}
	return rest, true
}

// term is the index of the term that asks for the same as t, or -1.
func (e *element) term(t *scim.AttributeExpression) int {
	for i, own := range e.terms {
		if t.Op != scim.Equal || !strings.EqualFold(t.Path.Name, own.Path.Name) {
			continue
		}
		if scim.SameElement(e.attr.SubAttribute(own.Path.Name), &own.Value, &t.Value) {
			return i
		}
	}
	return -1
}
