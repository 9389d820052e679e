package scim

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Compare orders two values of the attribute as gt, lt and sorting see them (RFC
// 7644 table 3 and section 3.4.2.3): dateTimes as instants, numbers by size,
// strings by their characters, without regard to case unless the attribute is
// case-exact. It reports false for values that have no order. The attribute may
// be nil: then the JSON kinds decide and case does not count.
func (a *Attribute) Compare(x, y *Value) (order int, ok bool) {
	if x == nil || y == nil || x.Kind() != y.Kind() {
		return 0, false
	}
	switch x.Kind() {
	case String:
		return a.compareText(x.Text(), y.Text()), true
	case Number:
		return compareNumbers(x.Raw(), y.Raw()), true
	case Bool:
		return cmp.Compare(len(y.Raw()), len(x.Raw())), true // false before true
	}
	return 0, false
}

func (a *Attribute) compareText(x, y string) int {
	if a != nil && a.Type == TypeDateTime {
		t, ok1 := parseDateTime(x)
		u, ok2 := parseDateTime(y)
		if ok1 && ok2 {
			return t.Compare(u)
		}
	}
	if a.exact() {
		return strings.Compare(x, y)
	}
	return strings.Compare(fold(x), fold(y))
}

// equal reports whether two values of the attribute are identical in the sense
// of eq.
func (a *Attribute) equal(x, y *Value) bool {
	if x.Kind() == String && y.Kind() == String && (a == nil || a.Type != TypeDateTime) {
		if a.exact() {
			return x.Text() == y.Text()
		}
		return strings.EqualFold(x.Text(), y.Text())
	}
	order, ok := a.Compare(x, y)
	return ok && order == 0
}

// exact reports whether case counts. It does not unless a schema says so (RFC
// 7643 section 2.2).
func (a *Attribute) exact() bool { return a != nil && a.CaseExact }

// compareNumbers compares two JSON numbers. Integers are compared as such: a
// float64 cannot tell long identifiers apart.
func compareNumbers(x, y string) int {
	i, err1 := strconv.ParseInt(x, 10, 64)
	j, err2 := strconv.ParseInt(y, 10, 64)
	if err1 == nil && err2 == nil {
		return cmp.Compare(i, j)
	}
	f, _ := strconv.ParseFloat(x, 64)
	g, _ := strconv.ParseFloat(y, 64)
	return cmp.Compare(f, g)
}

// fold maps strings that strings.EqualFold holds for equal to one string. ASCII
// becomes lower case, which most of it is already: then s itself is returned.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r = foldRune(r); 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// parseDateTime reads an xsd:dateTime (RFC 7643 section 2.3.5). One without a
// zone is taken for UTC, and 24:00:00 for the beginning of the next day.
func parseDateTime(s string) (time.Time, bool) {
	if !isDateTime(s) {
		return time.Time{}, false
	}
	sign := 1
	if s[0] == '-' {
		sign, s = -1, s[1:]
	}
	dash := strings.IndexByte(s, '-')
	year, _ := decimal(s[:dash])
	s = s[dash+1:]
	part := func(at int) int { n, _ := decimal(s[at : at+2]); return n }
	month, day, hour, minute, second := part(0), part(3), part(6), part(9), part(12)

	zone, fraction := fractionOf(s[14:])
	nano := 0
	for i := range 9 {
		nano *= 10
		if i < len(fraction) {
			nano += int(fraction[i] - '0')
		}
	}
	t := time.Date(sign*year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	if len(zone) > 1 {
		h, _ := decimal(zone[1:3])
		m, _ := decimal(zone[4:6])
		offset := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if zone[0] == '+' {
			offset = -offset
		}
		t = t.Add(offset)
	}
	return t, true
}
