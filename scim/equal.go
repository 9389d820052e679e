package scim

import (
	"hash/maphash"
	"math"
	"strconv"
	"strings"
)

// SameValue reports whether a and b stand for the same value: names without
// regard to case and order, text by its characters, numbers by what they count,
// and null or an empty array like nothing at all (RFC 7643 section 2.5).
func SameValue(a, b *Value) bool {
	if a.Empty() || b.Empty() {
		return a.Empty() && b.Empty()
	}
	if a.Kind() != b.Kind() {
		return false
	}
	if a.raw == b.raw && !a.rewritten() && !b.rewritten() {
		return true
	}
	switch a.Kind() {
	case String:
		return a.Text() == b.Text()
	case Number:
		return sameNumber(a.raw, b.raw)
	case Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Members() {
			if !SameValue(a.At(i), b.At(i)) {
				return false
			}
		}
		return true
	case Object:
		return sameObject(a, b)
	}
	return false // booleans of equal text were found above
}

func sameObject(a, b *Value) bool {
	n := 0
	for i := range a.Members() {
		m := &a.members[i]
		if m.Value.Empty() {
			continue
		}
		if !SameValue(&m.Value, b.Get(m.Name)) {
			return false
		}
		n++
	}
	for i := range b.Members() {
		if !b.At(i).Empty() {
			n--
		}
	}
	return n == 0
}

// sameNumber compares by text where both are integers, which may have more
// digits than a float64 holds.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(a, ".eE") && !strings.ContainsAny(b, ".eE") {
		return false
	}
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && x == y
}

var valueSeed = maphash.MakeSeed()

// hashValue is equal for values that SameValue finds equal.
func hashValue(v *Value) uint64 {
	if v.Empty() {
		return 0
	}
	switch v.Kind() {
	case String:
		return maphash.String(valueSeed, v.Text())
	case Number:
		x, _ := strconv.ParseFloat(v.raw, 64)
		if x == 0 {
			x = 0 // -0 is 0
		}
		return math.Float64bits(x)
	case Array:
		h := uint64(1)
		for i := range v.Members() {
			h = h*31 + hashValue(v.At(i))
		}
		return h
	case Object:
		return hashObject(v, "")
	}
	return maphash.String(valueSeed, v.raw)
}

// hashObject hashes the members of an object but the one named without.
func hashObject(v *Value, without string) uint64 {
	var h uint64
	for i := range v.Members() {
		m := &v.members[i]
		if m.Value.Empty() || strings.EqualFold(m.Name, without) {
			continue
		}
		h += mix(maphash.String(valueSeed, strings.ToLower(m.Name)), hashValue(&m.Value))
	}
	return h
}

// SameElement is SameValue for two values of an attribute: strings compare as
// its caseExact says, without regard to case if no schema knows it.
func SameElement(attr *Attribute, a, b *Value) bool {
	if a.Kind() == String && b.Kind() == String && (attr == nil || !attr.CaseExact) {
		return strings.EqualFold(a.Text(), b.Text())
	}
	return SameValue(a, b)
}
