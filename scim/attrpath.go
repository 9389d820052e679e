package scim

// AttrPath is an attribute path in standard notation (RFC 7644 section 3.10):
// [URI ":"] name ["." sub].
type AttrPath struct {
	URI  string // schema URI, without the colon; empty for a core attribute
	Name string
	Sub  string // sub-attribute; empty if none
}

// String prints the path.
func (p AttrPath) String() string { return string(p.AppendTo(nil)) }

// AppendTo prints the path to dst.
func (p AttrPath) AppendTo(dst []byte) []byte {
	if p.URI != "" {
		dst = append(append(dst, p.URI...), ':')
	}
	dst = append(dst, p.Name...)
	if p.Sub != "" {
		dst = append(append(dst, '.'), p.Sub...)
	}
	return dst
}

// PatchPath is the target of a PATCH operation (RFC 7644 section 3.5.2, figure
// 7): an attribute path, or a value path with an optional sub-attribute behind
// the brackets. With a Filter, Attr.Sub is empty and Sub is what follows "]".
type PatchPath struct {
	Attr   AttrPath
	Filter Expression // nil if there are no brackets
	Sub    string     // sub-attribute behind the brackets
}

// String prints the path in strict form.
func (p PatchPath) String() string { return string(p.AppendTo(nil)) }

// AppendTo prints the path to dst.
func (p PatchPath) AppendTo(dst []byte) []byte {
	dst = p.Attr.AppendTo(dst)
	if p.Filter != nil {
		dst = append(p.Filter.AppendTo(append(dst, '[')), ']')
	}
	if p.Sub != "" {
		dst = append(append(dst, '.'), p.Sub...)
	}
	return dst
}
