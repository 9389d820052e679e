package scim

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// memberName is a name of an open object: where its text lies, between the
// quotes, and a hash that does not depend on case or escapes.
type memberName struct {
	hash       uint32
	start, end int32
}

func (n memberName) raw(text string) string { return text[n.start:n.end] }

// manyNames is the size of an object from which on its names are sorted at its
// end to find duplicates, for the time not to grow with the square.
const manyNames = 16

// name reads a member name and the colon behind it.
func (s *scanner) name() (memberName, fault) {
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return memberName{}, s.unexpected("a member name")
	}
	start := s.pos + 1
	plain, f := s.str()
	if f.what != "" {
		return memberName{}, f
	}
	raw := s.text[start : s.pos-1]
	n := memberName{start: int32(start), end: int32(s.pos - 1)}
	if plain {
		n.hash = hashName(raw)
	} else if n.hash, f = hashFolded(raw, start); f.what != "" {
		return n, f
	}
	if s.peek() != ':' {
		return n, s.unexpected("a colon")
	}
	s.pos++
	return n, fault{}
}

// addName notes a name of the object whose first name is names[first], and
// compares it with the ones before as long as they are few.
func addName(text string, names []memberName, first int32, n memberName) ([]memberName, fault) {
	before := names[first:]
	if len(before) < manyNames {
		for i := range before {
			if before[i].hash == n.hash && compareNames(before[i].raw(text), n.raw(text)) == 0 {
				return names, duplicate(text, n)
			}
		}
	}
	return append(names, n), fault{}
}

// distinct finds a duplicate among the names of an object that had too many of
// them for addName. Names of one hash are compared, so that the worst a crafted
// body can do is to make each step of the sorting read a name.
func distinct(text string, names []memberName) fault {
	if len(names) <= manyNames {
		return fault{}
	}
	slices.SortFunc(names, func(a, b memberName) int {
		if c := cmp.Compare(a.hash, b.hash); c != 0 {
			return c
		}
		return compareNames(a.raw(text), b.raw(text))
	})
	for i := 1; i < len(names); i++ {
		a, b := names[i-1], names[i]
		if a.hash == b.hash && compareNames(a.raw(text), b.raw(text)) == 0 {
			return duplicate(text, memberName{start: max(a.start, b.start), end: max(a.end, b.end)})
		}
	}
	return fault{}
}

func duplicate(text string, n memberName) fault {
	name := n.raw(text)
	if len(name) > 64 {
		name = name[:64] + "…"
	}
	return fault{what: `the name "` + name + `" is given twice in one object`, pos: int(n.start) - 1}
}

// hashSeed keeps a client from choosing names that collide.
var hashSeed = rand.Uint64()

// hashName hashes a name without escapes in ASCII. Bit 5 is set in each byte:
// that makes letters of either case equal, and a few other characters too,
// which does no harm to a hash.
func hashName(s string) uint32 {
	const lower = 0x2020202020202020
	h := hashSeed ^ uint64(len(s))
	for ; len(s) >= 8; s = s[8:] {
		h = mix(h, load64(s)|lower)
	}
	var w uint64
	for i := range len(s) {
		w = w<<8 | uint64(s[i]|0x20)
	}
	h = mix(h, w)
	return uint32(h ^ h>>32)
}

func mix(h, w uint64) uint64 {
	hi, lo := bits.Mul64(h^0x9E3779B97F4A7C15, w^hashSeed)
	return hi ^ lo
}

// hashFolded hashes any other name to what hashName makes of its folded form.
// at is its offset in the body.
func hashFolded(raw string, at int) (uint32, fault) {
	var buf [128]byte
	folded := buf[:0]
	for i := 0; i < len(raw); {
		r, size := textRune(raw[i:])
		if utf16.IsSurrogate(r) {
			return 0, fault{what: "half a surrogate pair in a member name", pos: at + i}
		}
		folded = utf8.AppendRune(folded, foldRune(r))
		i += size
	}
	return hashName(string(folded)), fault{}
}

// compareNames orders raw names by what they mean, without regard to case.
func compareNames(a, b string) int {
	for a != "" && b != "" {
		ra, na := textRune(a)
		rb, nb := textRune(b)
		if ra != rb {
			if c := cmp.Compare(foldRune(ra), foldRune(rb)); c != 0 {
				return c
			}
		}
		a, b = a[na:], b[nb:]
	}
	return cmp.Compare(len(a), len(b))
}

// textRune decodes the first character of the inside of a JSON string and tells
// how many bytes it takes. Half a surrogate pair is returned as it is.
func textRune(raw string) (rune, int) {
	if raw[0] != '\\' || len(raw) == 1 {
		return utf8.DecodeRuneInString(raw)
	}
	switch c := raw[1]; c {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		return rune(c), 2
	}
	r, ok := hex4(raw[2:])
	if !ok {
		return utf8.RuneError, 2 // not from the door
	}
	if utf16.IsSurrogate(r) && len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		low, _ := hex4(raw[8:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6
}

// foldRune maps all characters that Unicode simple case folding makes equal to the
// least of them, as strings.EqualFold does.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}
