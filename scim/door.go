package scim

import "strings"

// Limits bounds what Check lets pass. Zero means the default.
type Limits struct {
	Bytes int // size of the body; DefaultBytes if zero
	Depth int // objects and arrays inside one another; DefaultDepth if zero
}

// The limits that hold when none are given (normal form G4).
const (
	DefaultBytes = 1 << 20
	DefaultDepth = 32
)

// Check is the door that a body passes before anything else looks at it. It
// holds the body against the limits, UTF-8 and RFC 8259, and refuses an object
// with two names that differ in case only: RFC 7643 section 2.1 makes them one
// name, and parsers disagree on which of them counts. What passes means the
// same to every parser, but for half a surrogate pair in a string value, which
// RFC 8259 section 8.2 leaves open; the bytes are kept. The body is returned
// without a byte order mark, which section 8.1 allows to ignore.
func Check(body string, l Limits) (string, error) { return check(body, l, nil) }

// check is Check that notes in spans, unless it is nil, where each object and
// array begins and ends.
func check(body string, l Limits, spans *[]span) (string, error) {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	l.Bytes = min(l.Bytes, 1<<31-1) // names are noted by 32-bit offsets
	if len(body) > l.Bytes {
		return "", Errorf(413, "", "the body has %d bytes, at most %d are accepted", len(body), l.Bytes)
	}
	body = strings.TrimPrefix(body, "\uFEFF")
	if f := checkText(body, l.Depth, spans); f.what != "" {
		return "", f.in(body)
	}
	return body, nil
}

// expected is what may come next in a JSON text.
type expected uint8

const (
	aValue   expected = iota
	anItem            // a value, or the end of an array without any
	aMember           // a name, or the end of an object without any
	aName             // a name, after a comma
	anEnding          // what may stand behind a value
)

// inArray stands for an array in the stack of open containers. For an object it
// holds the index of the first of its names.
const inArray int32 = -1

// checkText makes one pass over text. It keeps the open containers and their
// names in stacks of its own, so that no input can exhaust the goroutine's;
// they are locals of constant size, so that a usual body costs no allocation.
func checkText(text string, depth int, spans *[]span) (f fault) {
	sc := scanner{text: text}
	open := make([]int32, 0, DefaultDepth)
	noted := make([]int32, 0, DefaultDepth)
	names := make([]memberName, 0, 64)
	next, top := aValue, inArray
	for f.what == "" {
		c := sc.peek()
		switch {
		case next == aName || next == aMember && c != '}':
			var name memberName
			if name, f = sc.name(); f.what == "" {
				names, f = addName(text, names, top, name)
			}
			next = aValue
		case next <= anItem && (c == '{' || c == '['):
			if len(open) == depth {
				return sc.faultf("objects and arrays are nested more than %d deep", depth)
			}
			if spans != nil {
				noted = append(noted, int32(len(*spans)))
				*spans = append(*spans, span{start: int32(sc.pos)})
			}
			sc.pos++
			top, next = inArray, anItem
			if c == '{' {
				top, next = int32(len(names)), aMember
			}
			open = append(open, top)
		case next == aValue || next == anItem && c != ']':
			f, next = sc.scalar(c), anEnding
		case len(open) == 0:
			return sc.end()
		case c == ',' && next == anEnding:
			sc.pos++
			if next = aValue; top != inArray {
				next = aName
			}
		case c == ']' && top == inArray, c == '}' && top != inArray:
			sc.pos++
			if top != inArray {
				f = distinct(text, names[top:])
				names = names[:top]
			}
			if spans != nil {
				(*spans)[noted[len(noted)-1]].end = int32(sc.pos)
				noted = noted[:len(noted)-1]
			}
			if open, next, top = open[:len(open)-1], anEnding, inArray; len(open) > 0 {
				top = open[len(open)-1]
			}
		default:
			return sc.unexpected("a comma or the end of the " + containerKind(top))
		}
	}
	return f
}

func containerKind(top int32) string {
	if top == inArray {
		return "array"
	}
	return "object"
}
