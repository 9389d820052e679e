package scim

// ParsePath reads the path of a PATCH operation the way clients write it and
// notes the liberties that it took. An error is of type invalidPath, or
// invalidFilter for what stands in brackets (RFC 7644 table 9).
func ParsePath(s string) (PatchPath, Leniency, error) {
	p := filterParser{src: s, noun: "path", typ: InvalidPath}
	path, err := p.patchPath()
	return path, p.leniency, err
}

// ParseStrictPath reads a path of RFC 7644 figure 7 and nothing else.
func ParseStrictPath(s string) (PatchPath, error) {
	p := filterParser{src: s, strict: true, noun: "path", typ: InvalidPath}
	return p.patchPath()
}

// ParseAttrPath reads an attribute path: [URI ":"] name ["." sub]. It is split
// at the last colon, for a URI holds colons and dots of its own.
func ParseAttrPath(s string) (AttrPath, error) {
	p := filterParser{src: s, strict: true, noun: "path", typ: InvalidPath}
	if err := p.checkText(); err != nil {
		return AttrPath{}, err
	}
	path, err := p.attrPath()
	if err == nil && p.pos < len(s) {
		err = p.expected("the end")
	}
	if err != nil {
		return AttrPath{}, err
	}
	return path, nil
}

func (p *filterParser) patchPath() (PatchPath, error) {
	var path PatchPath
	if err := p.checkText(); err != nil {
		return path, err
	}
	p.noGap()
	attr, err := p.attrPath()
	if err != nil {
		return path, err
	}
	path.Attr = attr
	if p.openBracket() {
		p.typ = InvalidFilter
		if path.Filter, err = p.brackets(attr); err != nil {
			return PatchPath{}, err
		}
		p.typ = InvalidPath
		p.noGap()
		if p.at('.') {
			p.pos++
			p.noGap()
			if path.Sub, err = p.name(); err != nil {
				return PatchPath{}, err
			}
		}
	}
	p.noGap()
	if p.pos < len(p.src) {
		return PatchPath{}, p.expected("the end")
	}
	return path, nil
}
