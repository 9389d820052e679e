package scim

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// This file is the only one that knows gjson and sjson. Both take paths in a
// small language of their own (".", "*", "#", "|", "@", a leading ":"), so that
// a schema URN or a name chosen by a client would be read as syntax. Here every
// key is literal.

// Path leads to one place in a JSON document: member names, taken literally,
// and for an element of an array its index in decimal.
type Path []string

// Get returns the value at p in doc, or a Value of kind Absent. doc must have
// passed the door (see Check).
func (p Path) Get(doc string) Value {
	r := gjson.Get(doc, p.gjson())
	if !r.Exists() {
		return Value{}
	}
	return Parse(r.Raw)
}

// Set returns doc with raw, which must be valid JSON, at p. Missing objects on
// the way are made; bytes elsewhere in doc stay as they are.
func (p Path) Set(doc, raw string) (string, error) {
	return sjson.SetRaw(doc, p.sjson(), raw)
}

// Delete returns doc without what stands at p.
func (p Path) Delete(doc string) (string, error) {
	return sjson.Delete(doc, p.sjson())
}

func (p Path) gjson() string {
	var b strings.Builder
	for i, key := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(gjson.Escape(key))
	}
	return b.String()
}

// sjson differs from gjson in two ways: it strips a leading colon, and it takes
// a number on a missing parent for the index of a new array. A colon in front
// of such a key keeps it a name.
func (p Path) sjson() string {
	var b strings.Builder
	for i, key := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		if strings.HasPrefix(key, ":") {
			b.WriteByte(':')
		}
		b.WriteString(gjson.Escape(key))
	}
	return b.String()
}

// unquote returns the text of a JSON string.
func unquote(raw string) string {
	if len(raw) < 2 {
		return "" // not from the door
	}
	text := raw[1 : len(raw)-1]
	n := strings.IndexByte(text, '\\')
	if n < 0 {
		return text
	}
	var b strings.Builder
	for b.Grow(len(text)); n >= 0; n = strings.IndexByte(text, '\\') {
		b.WriteString(text[:n])
		r, size := textRune(text[n:])
		b.WriteRune(r) // half a surrogate pair becomes U+FFFD
		text = text[n+size:]
	}
	b.WriteString(text)
	return b.String()
}

// AppendString appends s as a JSON string. Only what RFC 8259 section 7 demands
// is escaped, so that names and addresses stay readable.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := plainRun(s); i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// Quote returns s as JSON text.
func Quote(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return string(AppendString(make([]byte, 0, len(s)+2), s))
}

func itoa(n int) string { return strconv.Itoa(n) }
