package scim

import "strings"

// value reads the value of a comparison.
func (p *filterParser) value() (Value, error) {
	if p.pos == len(p.src) {
		return Value{}, p.expected("a value")
	}
	kind, width := quoteAt(p.src[p.pos:])
	if kind == doubleQuote || kind != noQuote && !p.strict {
		return p.quoted(kind, width)
	}
	return p.literal()
}

// literal reads true, false, null, a number or, leniently, a bareword: anything
// up to a space or a closing bracket.
func (p *filterParser) literal() (Value, error) {
	start, end := p.pos, p.pos
	for end < len(p.src) && !isSpace(p.src[end]) && p.src[end] != ')' && p.src[end] != ']' {
		end++
	}
	word := p.src[start:end]
	if n := p.phrase(start); n > 0 {
		p.pos, p.leniency = start+n, p.leniency|Bareword
		return StringValue(p.src[start:p.pos]), nil
	}
	p.pos = end
	switch {
	case word == "true" || word == "false":
		return Value{raw: word, kind: Bool}, nil
	case word == "null":
		return NullValue(), nil
	case isNumber(word):
		return Value{raw: word, kind: Number}, nil
	}
	if p.strict || !p.bareword(word) {
		return Value{}, p.fail(start, "expected a JSON value: a string in double quotes, a number, true, false or null")
	}
	for _, known := range [...]string{"true", "false", "null"} {
		if strings.EqualFold(word, known) {
			p.leniency |= LiteralCase
			return Value{raw: known, kind: kindOf(known)}, nil
		}
	}
	p.leniency |= Bareword
	return StringValue(word), nil
}

// bareword reports whether a word can be a value without quotes and nothing
// else: brackets, quotes and logical operators may be the rest of the grammar.
func (p *filterParser) bareword(word string) bool {
	if word == "" || strings.ContainsAny(word, "\"([") || strings.EqualFold(word, "and") || strings.EqualFold(word, "or") {
		return false
	}
	for i := range len(word) {
		if word[i] < 0x20 {
			return false
		}
	}
	return !strings.Contains(word, "&&") && !strings.Contains(word, "||")
}

// phrase is the length of a value of several words without quotes, such as that of
// displayName eq Night watch, or 0. It goes to the end, since nothing else tells
// where it ends, and holds nothing that could be more of the filter.
func (p *filterParser) phrase(start int) int {
	rest := strings.TrimRight(p.src[start:], " ")
	if p.strict || !strings.Contains(rest, " ") || strings.ContainsAny(rest, "\"'()[]“”‘’;") || hasOperator(rest) {
		return 0
	}
	for word := range strings.SplitSeq(rest, " ") {
		if word == "" || !p.bareword(word) || strings.EqualFold(word, "not") {
			return 0
		}
	}
	return len(rest)
}

// isNumber reports whether s is a number of RFC 8259 section 6.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digitRun(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digitRun(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && s[0]|0x20 == 'e' {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digitRun(s)
		return n > 0 && n == len(s)
	}
	return s == ""
}

// digitRun counts the digitRun that s begins with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// ends reports whether an expression can end at pos.
func (p *filterParser) ends(pos int) bool {
	pos = p.skip(pos)
	if pos == len(p.src) || p.src[pos] == ')' || p.src[pos] == ']' {
		return true
	}
	op, _ := p.logicalAt(pos)
	return op != 0
}
