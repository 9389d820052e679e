package scim

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// scanner reads the tokens of a JSON text (RFC 8259).
type scanner struct {
	text string
	pos  int
}

// fault is what is wrong with a text, and where. It is a value and not an error
// for the pass to allocate nothing; no text means no fault.
type fault struct {
	what string
	pos  int
}

// in makes the error, with the place as a person counts it.
func (f fault) in(text string) *Error {
	before := text[:min(f.pos, len(text))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	if text == "" || f.what == emptyBody {
		return BadRequest(InvalidSyntax, emptyBody)
	}
	return BadRequest(InvalidSyntax, "line %d, column %d: %s", line, column, f.what)
}

const emptyBody = "the body is empty"

func (s *scanner) fault(what string) fault { return fault{what: what, pos: s.pos} }

func (s *scanner) faultf(format string, args ...any) fault {
	return fault{what: fmt.Sprintf(format, args...), pos: s.pos}
}

// unexpected is the fault of a character that cannot stand here.
func (s *scanner) unexpected(wanted string) fault {
	if s.pos >= len(s.text) {
		return s.faultf("the body ends where %s should be", wanted)
	}
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
	if r == utf8.RuneError && size <= 1 {
		return s.fault("invalid UTF-8")
	}
	return s.faultf("%q where %s should be", r, wanted)
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.text); s.pos++ {
		if c := s.text[s.pos]; c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

// end holds against data behind the value.
func (s *scanner) end() fault {
	if s.pos < len(s.text) {
		return s.unexpected("the end of the body")
	}
	return fault{}
}

// scalar reads a string, number or literal that begins with c.
func (s *scanner) scalar(c byte) fault {
	switch c {
	case '"':
		_, f := s.str()
		return f
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return s.number()
	}
	if s.pos == len(s.text) && strings.TrimLeft(s.text, " \t\r\n") == "" {
		return fault{what: emptyBody}
	}
	return s.unexpected("a value")
}

func (s *scanner) literal(word string) fault {
	if !strings.HasPrefix(s.text[s.pos:], word) {
		return s.unexpected("a value")
	}
	s.pos += len(word)
	return fault{}
}

// number reads [ "-" ] int [ frac ] [ exp ].
func (s *scanner) number() fault {
	s.skip('-')
	if !s.skip('0') && !s.digits() {
		return s.unexpected("a digit")
	}
	if s.skip('.') && !s.digits() {
		return s.unexpected("a digit")
	}
	if s.skip('e') || s.skip('E') {
		_ = s.skip('+') || s.skip('-')
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	return fault{}
}

// skip steps over c if it is next.
func (s *scanner) skip(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// digits reads one digit or more.
func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}

// str reads a string and reports whether it is plain: ASCII without escapes.
func (s *scanner) str() (plain bool, f fault) {
	s.pos++
	plain = true
	for {
		s.pos += plainRun(s.text[s.pos:])
		if s.pos >= len(s.text) {
			return plain, s.fault("the body ends inside a string")
		}
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return plain, fault{}
		case c == '\\':
			plain = false
			if f := s.escape(); f.what != "" {
				return plain, f
			}
		case c < ' ':
			return plain, s.faultf("control character U+%04X in a string must be escaped", c)
		default:
			plain = false
			r, size := utf8.DecodeRuneInString(s.text[s.pos:])
			if r == utf8.RuneError && size <= 1 {
				return plain, s.fault("invalid UTF-8")
			}
			s.pos += size
		}
	}
}

// escape reads a backslash and what it escapes.
func (s *scanner) escape() fault {
	rest := s.text[s.pos+1:]
	switch {
	case rest == "":
		return fault{what: "the body ends inside a string", pos: len(s.text)}
	case strings.IndexByte(`"\/bfnrt`, rest[0]) >= 0:
		s.pos += 2
	case rest[0] != 'u':
		return s.fault("invalid escape in a string")
	default:
		if _, ok := hex4(rest[1:]); !ok {
			return s.fault(`\u is not followed by four hexadecimal digits`)
		}
		s.pos += 6
	}
	return fault{}
}

// hex4 reads the four hexadecimal digits of an escape.
func hex4(s string) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		c := s[i]
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// A byte in each byte of a word, and the high bit of each.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainRun is the length of the longest start of s that may stand in a string as it
// is: ASCII but quotes, backslashes and control characters. It looks at eight
// bytes at a time; a high bit set marks a byte that ends the run, and the lowest
// one that is set is never a false one.
func plainRun(s string) int {
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		w := load64(s[n:])
		quote, slash := w^ones*'"', w^ones*'\\'
		stop := (w | (w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
		if stop != 0 {
			return n + bits.TrailingZeros64(stop)/8
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return n
}

// load64 reads eight bytes; the compiler makes it one instruction.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
