package scim

import (
	"strings"
	"unicode/utf8"
)

// Bounds on what is read (normal form F6). RFC 7644 sets none.
const (
	maxFilterSize  = 8 << 10
	maxFilterDepth = 32
	maxFilterTerms = 256
)

// ParseFilter reads a filter the way clients write it and notes the liberties
// that it took. Superfluous parentheses are none: RFC 7644 allows them. A filter that is unbalanced, or that could be read in two ways,
// is an *Error of type invalidFilter whose detail names the column.
func ParseFilter(s string) (Filter, error) {
	p := filterParser{src: s, noun: "filter", typ: InvalidFilter}
	e, err := p.filter()
	if err != nil {
		return Filter{}, err
	}
	return Filter{Expression: e, Leniency: p.leniency}, nil
}

// ParseStrictFilter reads a filter of RFC 7644 section 3.4.2.2 and nothing else.
// Operators may be in any case, parentheses may be superfluous, and there may be
// a space behind not, as in the examples of the RFC.
func ParseStrictFilter(s string) (Expression, error) {
	p := filterParser{src: s, strict: true, noun: "filter", typ: InvalidFilter}
	return p.filter()
}

func (p *filterParser) filter() (Expression, error) {
	if err := p.checkText(); err != nil {
		return nil, err
	}
	if !p.strict {
		p.unwrap()
	}
	p.noGap()
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.end()
}

// checkText refuses what no grammar needs to look at.
func (p *filterParser) checkText() error {
	if len(p.src) > maxFilterSize {
		return BadRequest(p.typ, "%s: longer than %d bytes", p.noun, maxFilterSize)
	}
	if !utf8.ValidString(p.src) {
		return BadRequest(p.typ, "%s: not valid UTF-8", p.noun)
	}
	return nil
}

// unwrap takes off what some clients put around a whole filter: a semicolon
// behind it, and a pair of quotes, in which the inner ones may be escaped.
func (p *filterParser) unwrap() {
	p.dropSemicolon()
	start, end := p.skip(0), len(strings.TrimRight(p.src, spaces))
	kind, width := quoteAt(p.src[start:])
	if kind == noQuote || end-start < 2*width || !closes(p.src[:end], kind) {
		return
	}
	p.leniency |= OuterQuotes
	p.pos, p.src = start+width, p.src[:end-width]
	if body := p.src[p.pos:]; kind == doubleQuote && strings.Contains(body, `\"`) && isEscaped(body) {
		p.pos, p.src, p.unquoted = 0, unquote(p.src[start:]+`"`), true
	}
	p.dropSemicolon()
}

func (p *filterParser) dropSemicolon() {
	trimmed := strings.TrimRight(p.src, spaces)
	if !strings.HasSuffix(trimmed, ";") {
		return
	}
	p.leniency |= TrailingSemicolon
	if len(trimmed) < len(p.src) {
		p.leniency |= OddSpacing
	}
	p.src = trimmed[:len(trimmed)-1]
}

// end makes sure that nothing is left.
func (p *filterParser) end() error {
	p.noGap()
	if p.pos == len(p.src) {
		return nil
	}
	if p.at(')') || p.at(']') {
		return p.fail(p.pos, "%q was never opened", p.src[p.pos:p.pos+1])
	}
	return p.fail(p.pos, `expected "and", "or" or the end`)
}

func (p *filterParser) or() (Expression, error) {
	left, err := p.and()
	for err == nil && p.joined(Or) {
		var right Expression
		if right, err = p.and(); err == nil {
			left = Join(Or, left, right)
		}
	}
	return left, err
}

func (p *filterParser) and() (Expression, error) {
	left, err := p.unary()
	for err == nil && p.joined(And) {
		var right Expression
		if right, err = p.unary(); err == nil {
			left = Join(And, left, right)
		}
	}
	return left, err
}

// joined passes the logical operator op, with the space around it, if that is
// what comes next.
func (p *filterParser) joined(op LogicalOp) bool {
	from := p.skip(p.pos)
	got, width := p.logicalAt(from)
	if got != op {
		return false
	}
	behind := from + width
	to := p.skip(behind)
	if p.strict && (from == p.pos || to == behind && to < len(p.src)) {
		return false
	}
	if c := p.src[from]; c == '&' || c == '|' {
		p.leniency |= OperatorSymbol
	} else {
		p.keyword(p.src[from:behind], op.String())
		p.spaced(p.pos, from)
		p.spaced(behind, to)
	}
	p.pos = to
	return true
}

// logicalAt returns the logical operator at pos and its length, or 0.
func (p *filterParser) logicalAt(pos int) (LogicalOp, int) {
	if pos == len(p.src) {
		return 0, 0
	}
	if !p.strict {
		switch rest := p.src[pos:]; {
		case strings.HasPrefix(rest, "&&"):
			return And, 2
		case strings.HasPrefix(rest, "||"):
			return Or, 2
		}
	}
	word := p.word(pos)
	if end := pos + len(word); end < len(p.src) && !isSpace(p.src[end]) && p.src[end] != '(' {
		return 0, 0
	}
	switch {
	case strings.EqualFold(word, "and"):
		return And, 3
	case strings.EqualFold(word, "or"):
		return Or, 2
	}
	return 0, 0
}

// unary reads what and and or join: a group, a negation, a value path or a
// comparison.
func (p *filterParser) unary() (Expression, error) {
	if p.at('(') {
		return p.group()
	}
	if p.negation() {
		e, err := p.group()
		if err != nil {
			return nil, err
		}
		return &NotExpression{Expression: e}, nil
	}
	path, err := p.attrPath()
	if err != nil {
		return nil, err
	}
	if p.openBracket() {
		return p.valuePath(path)
	}
	return p.comparison(path)
}

// negation passes not, if a parenthesis follows it: without one it is the name
// of an attribute.
func (p *filterParser) negation() bool {
	word := p.word(p.pos)
	symbol := word == "" && !p.strict && p.at('!')
	if !symbol && !strings.EqualFold(word, "not") {
		return false
	}
	from := p.pos + max(len(word), 1)
	paren := p.skip(from)
	if paren == len(p.src) || p.src[paren] != '(' {
		return false
	}
	if symbol {
		p.leniency |= OperatorSymbol
	} else {
		p.keyword(word, "not")
		p.spaced(from, paren)
	}
	p.pos = paren
	return true
}

// group reads an expression in parentheses.
func (p *filterParser) group() (Expression, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	open := p.pos
	p.pos++
	p.noGap()
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	p.depth--
	return e, p.closed(open, ')')
}

// closed passes the bracket that closes the one at open.
func (p *filterParser) closed(open int, c byte) error {
	p.noGap()
	if p.at(c) {
		p.pos++
		return nil
	}
	if p.pos == len(p.src) {
		return p.fail(open, "%q is never closed", p.src[open:open+1])
	}
	return p.fail(p.pos, `expected "and", "or" or %q`, string(c))
}
