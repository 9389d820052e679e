package scim

import "math/bits"

// arena hands out the members of opened values from one block of memory, so
// that a whole request costs a few allocations and not one for each object.
type arena struct {
	free  []Member
	spans []span // of the document's objects and arrays, if they were noted
}

// The first block of an arena has room for the members of a usual text of that
// length, within bounds; later ones are small, for what did not fit.
const (
	bytesPerMember = 32
	smallBlock     = 8
	largeBlock     = 64
)

// open splits an object or array that has passed the door into its members.
// Elements have no name. What is in them is skipped and not parsed. The result
// has room for one more, which is what most changes add.
func (a *arena) open(raw string, off int32) []Member {
	if a.free == nil {
		a.free = make([]Member, 0, min(max(len(raw)/bytesPerMember, smallBlock), largeBlock))
	}
	start := len(a.free)
	for pos := 1; ; {
		name, part, end := member(raw, pos, a.spans, off)
		if end == pos {
			break
		}
		pos = end
		if len(a.free) == cap(a.free) {
			start = a.grow(start)
		}
		a.free = append(a.free, Member{Name: name, Value: Value{raw: part, kind: kindOf(part), arena: a, off: off + int32(end-len(part))}})
	}
	end := len(a.free)
	room := min(end+1, cap(a.free))
	a.free = a.free[:room]
	return a.free[start:end:room]
}

// member reads the name, if raw is an object, and the text of the part that
// begins behind pos. It returns where that ends, or pos if there is none. The
// spans are those of the document in which raw stands at off.
func member(raw string, pos int, spans []span, off int32) (name, part string, end int) {
	at := next(raw, pos)
	if raw[0] == '{' {
		end = skipValue(raw, at)
		if end == at || raw[at] != '"' {
			return "", "", pos
		}
		name = unquote(raw[at:end])
		at = next(raw, end)
	}
	if spans != nil && at < len(raw) && (raw[at] == '{' || raw[at] == '[') {
		end = spanEnd(spans, off+int32(at)) - int(off)
		return name, raw[at:end], end
	}
	if end = skipValue(raw, at); end == at {
		return "", "", pos
	}
	return name, raw[at:end], end
}

// grow takes a new block and moves the members from start on to it: those of
// one value lie together.
func (a *arena) grow(start int) int {
	n := len(a.free) - start
	grown := make([]Member, n, max(smallBlock, min(cap(a.free), largeBlock), 2*n))
	copy(grown, a.free[start:])
	a.free = grown
	return 0
}

// next steps over white space and what separates members.
func next(s string, pos int) int {
	for pos < len(s) {
		switch s[pos] {
		case ' ', '\t', '\r', '\n', ',', ':':
			pos++
		default:
			return pos
		}
	}
	return pos
}

// skipValue returns the end of the value that begins at pos, or pos if there is
// none.
func skipValue(s string, pos int) int {
	if pos >= len(s) {
		return pos
	}
	switch s[pos] {
	case '"':
		return skipString(s, pos)
	case '{', '[':
		return skipContainer(s, pos)
	}
	end := pos
	for end < len(s) && structure[s[end]] == 0 {
		end++
	}
	return end
}

// skipString returns the end of the string that begins at pos, or pos if it does
// not end. It looks for the quote in eight bytes at a time, as plainRun does.
func skipString(s string, pos int) int {
	for i := pos + 1; i < len(s); {
		if len(s)-i >= 8 {
			w := load64(s[i:]) ^ ones*'"'
			found := (w - ones) &^ w & highs
			if found == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(found) / 8
		} else if s[i] != '"' {
			i++
			continue
		}
		i++
		if s[i-2] != '\\' || !escaped(s, i-2) {
			return i
		}
	}
	return pos
}

// escaped reports whether the backslash at i escapes what follows: it does not
// if it is escaped itself.
func escaped(s string, i int) bool {
	n := 0
	for s[i-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// skipContainer returns the end of the object or array that begins at pos, or
// pos if it does not end.
func skipContainer(s string, pos int) int {
	depth := 0
	for i := pos; i < len(s); {
		switch structure[s[i]] {
		case opens:
			depth++
		case shuts:
			if depth--; depth == 0 {
				return i + 1
			}
		case quote:
			end := skipString(s, i)
			if end == i {
				return pos
			}
			i = end
			continue
		}
		i++
	}
	return pos
}

// Classes of characters that are not part of a number or literal.
const (
	opens = iota + 1
	shuts
	quote
	separator
)

var structure = [256]uint8{
	'{': opens, '[': opens, '}': shuts, ']': shuts, '"': quote,
	',': separator, ':': separator, ' ': separator, '\t': separator, '\r': separator, '\n': separator,
}
