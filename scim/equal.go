package scim

import (
	"strconv"
	"strings"
)

// SameValue reports whether two values mean the same: members in any order and
// case of name, numbers by their amount. What is absent equals null and the
// empty array (RFC 7643 section 2.5).
func SameValue(a, b *Value) bool {
	if a.Empty() || b.Empty() {
		return a.Empty() && b.Empty()
	}
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case String:
		return a.raw == b.raw || a.Text() == b.Text()
	case Number:
		return a.raw == b.raw || sameNumber(a.raw, b.raw)
	case Array:
		return sameElements(a, b)
	case Object:
		return sameMembers(a, b)
	}
	return a.raw == b.raw
}

func sameNumber(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

func sameElements(a, b *Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Members() {
		if !SameValue(a.At(i), b.At(i)) {
			return false
		}
	}
	return true
}

func sameMembers(a, b *Value) bool {
	if a.Raw() == b.Raw() {
		return true
	}
	for i := range a.Members() {
		if m := &a.Members()[i]; !SameValue(&m.Value, b.Get(m.Name)) {
			return false
		}
	}
	for i := range b.Members() {
		if m := &b.Members()[i]; a.Get(m.Name) == nil && !m.Value.Empty() {
			return false
		}
	}
	return true
}

// SameElement is SameValue for two values of an attribute: strings compare as
// its caseExact says, without regard to case if no schema knows it.
func SameElement(attr *Attribute, a, b *Value) bool {
	if a.Kind() == String && b.Kind() == String && (attr == nil || !attr.CaseExact) {
		return strings.EqualFold(a.Text(), b.Text())
	}
	return SameValue(a, b)
}
