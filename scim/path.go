package scim

import "strings"

// ParsePath reads the path of a PATCH operation the way clients write it and
// notes the liberties that it took. An error is of type invalidPath, or
// invalidFilter for what stands in brackets (RFC 7644 table 9).
func ParsePath(s string) (PatchPath, Leniency, error) {
	if attr, ok := plainPath(s); ok {
		return PatchPath{Attr: attr}, 0, nil
	}
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

// plainPath takes the usual path apart, which is a name with or without a URI and
// a sub-attribute. It leaves all else, and what is no path, to the parser.
func plainPath(s string) (AttrPath, bool) {
	name, dot := 0, -1
	for i := range len(s) {
		switch c := s[i]; {
		case isAlpha(c):
		case i == name, i == dot+1: // a name starts with a letter
			return AttrPath{}, false
		case isDigit(c) || c == '-' || c == '_':
		case c == '.':
			dot = i
		case c == ':':
			name, dot = i+1, -1
		default:
			return AttrPath{}, false
		}
	}
	path := AttrPath{Name: s[name:]}
	if dot >= 0 {
		path.Name, path.Sub = s[name:dot], s[dot+1:]
	}
	if name > 0 {
		path.URI = s[:name-1]
	}
	plain := path.Name != "" && (dot < 0 || path.Sub != "") && strings.IndexByte(path.Name, '.') < 0 && len(s) <= maxFilterSize
	return path, plain
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
