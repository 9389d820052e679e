package scim

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// filterParser reads filters and PATCH paths. There are no tokens: the grammar
// is small enough to be read from the text itself.
type filterParser struct {
	src      string
	pos      int
	strict   bool
	noun     string    // "filter" or "path", for errors
	typ      ErrorType // scimType of errors
	unquoted bool      // src is what stood, escaped, in outer quotes
	leniency Leniency
	depth    int
	terms    int
	inside   bool     // between brackets
	parent   AttrPath // attribute in front of the brackets
}

// fail makes the error for what stands at pos. Columns count characters from 1.
func (p *filterParser) fail(pos int, format string, args ...any) error {
	where := ""
	if p.unquoted {
		where = " inside the outer quotes"
	}
	args = append([]any{p.noun, utf8.RuneCountInString(p.src[:pos]) + 1, where}, args...)
	return BadRequest(p.typ, "%s: column %d%s: "+format, args...)
}

// expected makes the error for something missing at the present position.
func (p *filterParser) expected(what string) error {
	return p.fail(p.pos, "expected %s, found %s", what, p.found())
}

// found names what stands at the present position. What may be part of an
// attribute value is not shown: errors end up in logs.
func (p *filterParser) found() string {
	rest := p.src[p.pos:]
	if rest == "" {
		return "the end"
	}
	if kind, _ := quoteAt(rest); kind != noQuote {
		return "a quote"
	}
	if isSpace(rest[0]) {
		return "a space"
	}
	n := 0
	for n < len(rest) && n < 32 && isName(rest[n]) {
		n++
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(rest)
	}
	return strconv.Quote(rest[:n])
}

// at reports whether c comes next.
func (p *filterParser) at(c byte) bool { return p.pos < len(p.src) && p.src[p.pos] == c }

// skip returns the position behind the white space at pos: all of it, or in
// strict reading the one space that the grammar knows.
func (p *filterParser) skip(pos int) int {
	if p.strict {
		if pos < len(p.src) && p.src[pos] == ' ' {
			pos++
		}
		return pos
	}
	for pos < len(p.src) && isSpace(p.src[pos]) {
		pos++
	}
	return pos
}

// gap passes a place where one space stands.
func (p *filterParser) gap() error {
	from := p.pos
	p.pos = p.skip(from)
	p.spaced(from, p.pos)
	if p.strict && p.pos == from {
		return p.expected("a space")
	}
	return nil
}

// noGap passes a place where no space stands.
func (p *filterParser) noGap() {
	if p.strict {
		return
	}
	if pos := p.skip(p.pos); pos > p.pos {
		p.pos = pos
		p.leniency |= OddSpacing
	}
}

// spaced notes anything but one space between two positions.
func (p *filterParser) spaced(from, to int) {
	if to != from+1 || p.src[from] != ' ' {
		p.leniency |= OddSpacing
	}
}

// word returns the run of name characters at pos.
func (p *filterParser) word(pos int) string {
	end := pos
	for end < len(p.src) && isName(p.src[end]) {
		end++
	}
	return p.src[pos:end]
}

// keyword notes the case of an operator.
func (p *filterParser) keyword(as, canonical string) {
	if as != canonical {
		p.leniency |= OperatorCase
	}
}

// enter goes one level deeper, and complains when that is too deep.
func (p *filterParser) enter() error {
	if p.depth++; p.depth > maxFilterDepth {
		return p.fail(p.pos, "more than %d levels deep", maxFilterDepth)
	}
	return nil
}

// attrPath reads [URI ":"] name ["." sub]. The name begins behind the last
// colon: a URI holds colons and dots of its own (urn:…:2.0:User).
func (p *filterParser) attrPath() (AttrPath, error) {
	start, name, dot, end := p.pos, p.pos, -1, p.pos
scan:
	for ; end < len(p.src); end++ {
		switch c := p.src[end]; {
		case c == ':':
			name, dot = end+1, -1
		case c == '.' && dot < 0:
			dot = end
		case !isName(c) && c != '.' && strings.IndexByte(uriMarks, c) < 0:
			break scan
		}
	}
	path := AttrPath{}
	if name > start {
		path.URI = p.src[start : name-1]
		if path.URI == "" || !isAlpha(path.URI[0]) {
			return path, p.expected("an attribute")
		}
	}
	if dot < 0 {
		dot = end
	}
	versioned := path.URI != ""
	p.pos, path.Name = name, p.src[name:dot]
	if err := p.checkName(path.Name, "an attribute", versioned); err != nil {
		return path, err
	}
	if p.pos = dot; dot < end {
		p.pos, path.Sub = dot+1, p.src[dot+1:end]
		if err := p.checkName(path.Sub, "a sub-attribute", versioned); err != nil {
			return path, err
		}
		p.pos = end
	}
	return path, nil
}

// uriMarks are the characters, beside those of names, colons and dots, that are
// taken for a part of a URI. Those that mean something in a filter are not.
const uriMarks = "/~%+#@?*,"

// name reads the name of a sub-attribute behind brackets.
func (p *filterParser) name() (string, error) {
	name := p.word(p.pos)
	if err := p.checkName(name, "a sub-attribute", false); err != nil {
		return "", err
	}
	p.pos += len(name)
	return name, nil
}

// checkName holds the text at the present position against ATTRNAME of RFC 7643
// section 2.1: a letter, or "$" for the sake of "$ref", then name characters. A
// schema URI that itself is the path may end in a version: there, digits will do.
func (p *filterParser) checkName(s, what string, versioned bool) error {
	if s == "" || !isAlpha(s[0]) && !isRef(s) && !(versioned && isDigit(s[0])) {
		return p.expected(what)
	}
	for i := range len(s) {
		switch {
		case isName(s[i]):
		case s[i] == '.':
			return p.fail(p.pos+i, "an attribute has one sub-attribute at most")
		default:
			return p.fail(p.pos+i, "a name cannot hold %q", s[i:i+1])
		}
	}
	return nil
}

// isRef tells a name such as $ref. A "$" alone is the root of a JSONPath.
func isRef(s string) bool { return len(s) > 1 && s[0] == '$' && isAlpha(s[1]) }

// spaces is the white space of JSON, which lenient reading skips.
const spaces = " \t\r\n"

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isName reports whether c is a nameChar of RFC 7643 section 2.1, which, unlike
// that of RFC 7644, has "$".
func isName(c byte) bool { return isAlpha(c) || isDigit(c) || c == '_' || c == '-' || c == '$' }
