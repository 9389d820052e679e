package scim

import "strings"

// openBracket reports whether a bracket comes next, and goes there.
func (p *filterParser) openBracket() bool {
	pos := p.pos
	if !p.strict {
		pos = p.skip(pos)
	}
	if pos == len(p.src) || p.src[pos] != '[' {
		return false
	}
	p.noGap()
	return true
}

// valuePath reads the filter in brackets behind path, and the comparison that
// lenient reading lets stand behind the brackets (normal form F3).
func (p *filterParser) valuePath(path AttrPath) (Expression, error) {
	filter, err := p.brackets(path)
	if err != nil {
		return nil, err
	}
	vp := &ValuePath{Path: path, Filter: filter}
	if p.strict {
		return vp, nil
	}
	return vp, p.foldTrailing(vp)
}

// brackets reads a filter in brackets.
func (p *filterParser) brackets(path AttrPath) (Expression, error) {
	if p.inside {
		return nil, p.fail(p.pos, "brackets cannot stand inside brackets")
	}
	// A complex attribute holds no complex ones (RFC 7643 section 2.3.8), so a
	// sub-attribute has no values to choose from. Behind a URI the dot may be
	// a slip for the colon (urn:…:2.0:User.roles), which a schema can tell.
	if path.Sub != "" && path.URI == "" {
		return nil, p.fail(p.pos, "brackets cannot stand behind a sub-attribute")
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	open := p.pos
	p.pos++
	p.noGap()
	p.inside, p.parent = true, path
	filter, err := p.or()
	if err == nil {
		err = p.closed(open, ']')
	}
	p.inside = false
	p.depth--
	return filter, err
}

// foldTrailing takes emails[type eq "work"].value eq "x", which is not in the
// grammar of RFC 7644, into the brackets. Without a sub-attribute .value is
// meant, but for pr: then the element itself has to be there.
func (p *filterParser) foldTrailing(vp *ValuePath) error {
	path := AttrPath{Name: "value"}
	named := p.at('.')
	if named {
		p.pos++
		name, err := p.name()
		if err != nil {
			return err
		}
		path.Name = name
	} else if !p.operatorFollows() {
		return nil
	}
	e, err := p.comparison(path)
	if err != nil {
		return err
	}
	p.leniency |= TrailingSubAttribute
	if named || e.Op != Present {
		vp.Filter = Join(And, vp.Filter, e)
	}
	return nil
}

// operatorFollows reports whether an attribute operator comes next.
func (p *filterParser) operatorFollows() bool {
	pos := p.skip(p.pos)
	if op, _ := symbolAt(p.src[pos:]); op != 0 {
		return true
	}
	return compareOp(p.word(pos)) != 0
}

// comparison reads the operator and the value behind path.
func (p *filterParser) comparison(path AttrPath) (*AttributeExpression, error) {
	if p.terms++; p.terms > maxFilterTerms {
		return nil, p.fail(p.pos, "more than %d terms", maxFilterTerms)
	}
	if p.inside && (path.Sub != "" || path.URI != "") {
		if p.strict || !p.belongs(path) {
			return nil, p.fail(p.pos, "brackets hold sub-attributes of %q only", p.parent.Name)
		}
		path = AttrPath{Name: path.Sub}
		p.leniency |= ParentPrefix
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	e := &AttributeExpression{Path: path, Op: op}
	if op != Present {
		e.Value, err = p.value()
	}
	return e, err
}

// belongs reports whether path begins with the attribute in front of the
// brackets that it stands in, as in emails[emails.type eq "work"].
func (p *filterParser) belongs(path AttrPath) bool {
	return path.Sub != "" && p.parent.Sub == "" && strings.EqualFold(path.Name, p.parent.Name) &&
		(path.URI == "" || strings.EqualFold(path.URI, p.parent.URI))
}

// operator reads an attribute operator and the space around it.
func (p *filterParser) operator() (CompareOp, error) {
	if !p.strict {
		pos := p.skip(p.pos)
		if op, width := symbolAt(p.src[pos:]); op != 0 {
			p.leniency |= OperatorSymbol
			p.pos = p.skip(pos + width)
			return op, nil
		}
	}
	if p.skip(p.pos) == p.pos {
		return 0, p.expected("an operator")
	}
	if err := p.gap(); err != nil {
		return 0, err
	}
	word := p.word(p.pos)
	op := compareOp(word)
	if op == 0 {
		return 0, p.expected("an operator")
	}
	p.keyword(word, op.String())
	p.pos += len(word)
	if op == Present {
		return op, nil
	}
	return op, p.gap()
}

// symbolAt returns the attribute operator that s begins with as other languages
// write it, and its length.
func symbolAt(s string) (CompareOp, int) {
	switch {
	case strings.HasPrefix(s, "=="):
		return Equal, 2
	case strings.HasPrefix(s, "="):
		return Equal, 1
	case strings.HasPrefix(s, "!="):
		return NotEqual, 2
	}
	return 0, 0
}
