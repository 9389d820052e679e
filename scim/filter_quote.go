package scim

import "strings"

// quoteKind is a sort of quotation mark.
type quoteKind uint8

const (
	noQuote quoteKind = iota
	doubleQuote
	singleQuote
	curlyDouble // “ ” „ ‟
	curlySingle // ‘ ’ ‚ ‛
)

// quoteAt tells which quotation mark s begins with, and its length.
func quoteAt(s string) (quoteKind, int) {
	if s == "" {
		return noQuote, 0
	}
	switch s[0] {
	case '"':
		return doubleQuote, 1
	case '\'':
		return singleQuote, 1
	case 0xE2: // U+2018 to U+201F are E2 80 98 to E2 80 9F
		if len(s) < 3 || s[1] != 0x80 || s[2] < 0x98 || s[2] > 0x9F {
			return noQuote, 0
		}
		if s[2] < 0x9C {
			return curlySingle, 3
		}
		return curlyDouble, 3
	}
	return noQuote, 0
}

// closes reports whether s ends in a quotation mark of that kind.
func closes(s string, kind quoteKind) bool {
	if kind >= curlyDouble {
		if len(s) < 3 {
			return false
		}
		got, _ := quoteAt(s[len(s)-3:])
		return got == kind
	}
	got, _ := quoteAt(s[max(0, len(s)-1):])
	return got == kind
}

// quoted reads a string. One in double quotes is JSON and keeps its bytes; the
// other quotation marks are written as JSON.
func (p *filterParser) quoted(kind quoteKind, width int) (Value, error) {
	open := p.pos
	shut, err := p.closing(open, open+width, kind)
	if err != nil {
		return Value{}, err
	}
	stray := false
	if !p.strict && !p.ends(shut+width) {
		if last := p.lastQuote(shut, kind, width); last > shut {
			shut, stray = last, true
		}
	}
	p.pos = shut + width
	if kind == doubleQuote && !stray {
		return Value{raw: p.src[open:p.pos], kind: String}, nil
	}
	p.leniency |= [...]Leniency{singleQuote: SingleQuotes, curlyDouble: CurlyQuotes, curlySingle: CurlyQuotes}[kind]
	if stray {
		p.leniency |= StrayQuotes
	}
	return Value{raw: requote(p.src[open+width : shut]), kind: String}, nil
}

// closing finds the quotation mark that closes the string whose text begins at
// pos.
func (p *filterParser) closing(open, pos int, kind quoteKind) (int, error) {
	for pos < len(p.src) {
		c := p.src[pos]
		switch {
		case c == '\\':
			n := escape(p.src[pos:], kind)
			if n == 0 {
				return 0, p.fail(pos, "no JSON escape sequence")
			}
			pos += n
			continue
		case c < 0x20:
			return 0, p.fail(pos, "a control character in a string has to be escaped")
		case c == '"' || c == '\'' || c == 0xE2:
			if got, _ := quoteAt(p.src[pos:]); got == kind {
				return pos, nil
			}
		}
		pos++
	}
	return 0, p.fail(open, "the quote is never closed")
}

// escape returns the length of the escape sequence of RFC 8259 section 7 that s
// begins with, or 0. In single quotes, \' is one too.
func escape(s string, kind quoteKind) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case '\'':
		if kind == singleQuote {
			return 2
		}
	case 'u':
		if len(s) >= 6 && isHex(s[2]) && isHex(s[3]) && isHex(s[4]) && isHex(s[5]) {
			return 6
		}
	}
	return 0
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// lastQuote finds the end of a value that holds its own quotation mark without
// escaping it, as in displayName eq "the "A" team": the last one in the filter.
// It returns -1 unless that is the only reading: an operator in between may be
// that of another comparison.
func (p *filterParser) lastQuote(pos int, kind quoteKind, width int) int {
	last, from := -1, pos+width
	for pos = from; pos < len(p.src); pos++ {
		switch c := p.src[pos]; {
		case c == '\\':
			n := escape(p.src[pos:], kind)
			if n == 0 {
				return -1
			}
			pos += n - 1
		case c < 0x20:
			return -1
		default:
			if got, _ := quoteAt(p.src[pos:]); got == kind {
				last = pos
			}
		}
	}
	if last < 0 || !p.ends(last+width) || hasOperator(p.src[from:last]) {
		return -1
	}
	return last
}

// hasOperator reports whether an operator stands in s, as a symbol or as a word
// of its own.
func hasOperator(s string) bool {
	if strings.ContainsRune(s, '=') || strings.Contains(s, "&&") || strings.Contains(s, "||") {
		return true
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r >= 0x80 || !isName(byte(r)) }) {
		if compareOp(word) != 0 || strings.EqualFold(word, "and") || strings.EqualFold(word, "or") || strings.EqualFold(word, "not") {
			return true
		}
	}
	return false
}

// requote writes the text between quotation marks of any kind as a JSON string.
// Escape sequences stay; a bare double quote becomes one.
func requote(text string) string {
	dst := make([]byte, 0, len(text)+8)
	dst = append(dst, '"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			dst = append(dst, '\\', '"')
		case c == '\\' && text[i+1] == '\'':
			// not an escape sequence in JSON
		case c == '\\':
			dst = append(dst, c, text[i+1])
			i++
		default:
			dst = append(dst, c)
		}
	}
	return string(append(dst, '"'))
}

// isEscaped reports whether s can stand in a JSON string: no double quote without
// a backslash, no backslash without its escape sequence.
func isEscaped(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return false
		case '\\':
			n := escape(s[i:], doubleQuote)
			if n == 0 {
				return false
			}
			i += n - 1
		}
	}
	return true
}
