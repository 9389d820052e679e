package scim

import (
	"slices"
	"strings"
)

// keepSchemas keeps the list of schemas in step with the extensions that were
// changed: one that has attributes now is named, one that has none left goes
// (RFC 7643 section 3, RFC 7644 section 3.5.2).
func (p *patcher) keepSchemas() error {
	for _, uri := range p.extensions {
		schemas := p.root.Get("schemas")
		if i := p.root.Index(uri); i >= 0 && p.root.At(i).Len() > 0 {
			if schemas != nil && schemas.Kind() == Array && !names(schemas, uri) {
				schemas.Append(StringValue(uri))
			}
			continue
		} else if i >= 0 {
			p.root.Delete(i)
			schemas = p.root.Get("schemas")
		}
		if p.rt != nil {
			if ext := p.rt.Extension(uri); ext != nil && ext.Required {
				return BadRequest(Mutability, "extension %s is required", uri)
			}
		}
		if i := indexURI(schemas, uri); i >= 0 {
			schemas.Delete(i)
		}
	}
	return nil
}

// putSchemas changes the list itself. Extensions that have attributes stay
// named in it, and for a strict provider only what the resource type has may be
// named (RFC 7643 section 3).
func (p *patcher) putSchemas(old, given *Value) error {
	list := ArrayValue()
	if p.op.Op == Add && old != nil && old.Kind() == Array {
		list.Append(elementsOf(old)...)
	}
	for i := range given.Members() {
		uri := given.At(i).Text()
		if p.strict && !equalFold(p.rt.Schema.ID, uri) && p.rt.Extension(uri) == nil {
			return BadRequest(InvalidValue, "schemas: %s has no schema %s", p.rt.Name, Quote(uri))
		}
		if indexURI(&list, uri) < 0 {
			list.Append(*given.At(i))
		}
	}
	if p.strict && indexURI(&list, p.rt.Schema.ID) < 0 {
		return BadRequest(InvalidValue, "schemas: %s is missing", p.rt.Schema.ID)
	}
	for i := range p.root.Members() {
		m := &p.root.members[i]
		named := indexURI(old, m.Name) >= 0 || slices.Contains(p.extensions, m.Name)
		if named && m.Value.Len() > 0 && indexURI(&list, m.Name) < 0 {
			list.Append(StringValue(m.Name))
		}
	}
	if old == nil || !sameURIs(old, &list) {
		p.place(&p.root, "schemas", old, list)
	}
	return nil
}

func elementsOf(list *Value) []Value {
	values := make([]Value, list.Len())
	for i := range values {
		values[i] = *list.At(i)
	}
	return values
}

// sameURIs compares lists whose order has no meaning.
func sameURIs(a, b *Value) bool {
	if a.Kind() != Array || a.Len() != b.Len() {
		return false
	}
	for i := range a.Members() {
		if indexURI(b, a.At(i).Text()) < 0 {
			return false
		}
	}
	return true
}

// names reports whether a list has the URI. As a rule its text tells, and the
// list need not be opened.
func names(list *Value, uri string) bool {
	if before, after, ok := strings.Cut(list.Raw(), uri); ok && strings.IndexByte(uri, '"') < 0 {
		if strings.HasSuffix(before, `"`) && strings.HasPrefix(after, `"`) {
			return true
		}
	}
	return indexURI(list, uri) >= 0
}

// indexURI finds a URI in a list, without regard to case.
func indexURI(list *Value, uri string) int {
	if list != nil && list.Kind() == Array {
		for i := range list.Members() {
			if strings.EqualFold(list.At(i).Text(), uri) {
				return i
			}
		}
	}
	return -1
}
