package scim

import "strings"

// setMembers carries out an operation without a path: each member of its value
// is an attribute, an extension with its attributes, or an attribute of an
// extension by its full name.
func (p *patcher) setMembers(value *Value) error {
	if value.Kind() != Object {
		return BadRequest(InvalidValue, "without a path the value must be an object of attributes, got %s", value.Kind())
	}
	for i := range value.Members() {
		m := &value.members[i]
		var err error
		if p.uri = ""; strings.IndexByte(m.Name, ':') >= 0 {
			err = p.setQualified(m)
		} else {
			err = p.setNamed(AttrPath{Name: m.Name}, &m.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setQualified takes a member whose name is or begins with a schema URI.
func (p *patcher) setQualified(m *Member) error {
	if p.rt != nil {
		if ext := p.rt.Extension(m.Name); ext != nil {
			p.uri = ext.Schema.ID
			return p.setExtension(&m.Value)
		}
	}
	path, err := ParseAttrPath(m.Name)
	if err != nil || p.strict {
		return BadRequest(InvalidPath, "no attribute is named %s", Quote(m.Name))
	}
	if m.Value.Kind() == Object && !isCore(path.URI) && !p.defines(path) {
		p.uri = m.Name
		return p.setExtension(&m.Value)
	}
	if path.Sub != "" {
		return BadRequest(InvalidPath, "%s is a path and no name", Quote(m.Name))
	}
	return p.setNamed(path, &m.Value)
}

func (p *patcher) defines(path AttrPath) bool {
	if p.rt == nil {
		return false
	}
	_, ok := p.rt.Resolve(path)
	return ok
}

// setNamed takes an attribute by its name.
func (p *patcher) setNamed(path AttrPath, value *Value) error {
	if strings.IndexByte(path.Name, '.') >= 0 {
		return BadRequest(InvalidPath, "%s is a path and no name", Quote(path.Name))
	}
	t, err := p.resolveAttr(path)
	if err != nil {
		return err
	}
	if t.name == "" {
		return BadRequest(InvalidPath, "%s is a schema and no attribute", Quote(path.String()))
	}
	p.uri = t.uri
	return p.put(p.holder(value.Kind() != Null), t.name, t.attr, value)
}

// setExtension carries out the operation on the extension p.uri as a whole.
func (p *patcher) setExtension(value *Value) error {
	var ext *Schema
	if p.rt != nil {
		if e := p.rt.Extension(p.uri); e != nil {
			ext = e.Schema
		}
	}
	in := p.holder(false)
	if p.op.Op == Remove || value.Kind() == Null {
		if in == nil {
			return nil
		}
		return p.removeExtension(in, ext)
	}
	if value.Kind() != Object {
		return BadRequest(InvalidValue, "want an object with the attributes of the extension, got %s", value.Kind())
	}
	for i := range value.Members() {
		m := &value.members[i]
		var a *Attribute
		if ext != nil {
			a = findAttribute(ext.Attributes, m.Name)
		}
		if a == nil && p.strict {
			return BadRequest(InvalidPath, "%s has no attribute %s", p.uri, Quote(m.Name))
		}
		name := m.Name
		if a != nil {
			name = a.Name
		}
		if err := p.put(p.holder(m.Value.Kind() != Null), name, a, &m.Value); err != nil {
			return err
		}
	}
	return nil
}

// removeExtension removes all attributes of an extension, one by one: some may
// not be removed.
func (p *patcher) removeExtension(in *Value, ext *Schema) error {
	for i := in.Len() - 1; i >= 0; i-- {
		var a *Attribute
		if ext != nil {
			a = findAttribute(ext.Attributes, in.Members()[i].Name)
		}
		if err := p.unassign(in, i, in.Members()[i].Name, a); err != nil {
			return err
		}
	}
	p.touch()
	return nil
}
