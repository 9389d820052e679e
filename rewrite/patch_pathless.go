package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// pathless brings an add or replace without a path into normal form (P3). One
// that is plain RFC stays as it is; else it becomes one operation for each leaf,
// in the order of its keys.
func (p *patcher) pathless(o *operation) error {
	if o.value.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidValue, "%s: %s without a path takes an object of attributes", o.at.String(), o.op)
	}
	changes, out, readOnly := len(p.changes), len(p.out), len(p.readOnly)
	if !p.didAt(PatchPathless, &o.at) {
		return p.emit(o)
	}
	plain := p.plain(&o.value)
	if err := p.explode(o, "", p.below(&o.at, "value")); err != nil {
		return err
	}
	if plain && len(p.changes) == changes+1 {
		p.changes, p.out, p.readOnly = p.changes[:changes], p.out[:out], p.readOnly[:readOnly]
		return p.emit(o)
	}
	return nil
}

// plain reports whether every key of a path-less value is the name of an
// attribute or the URI of an extension.
func (p *patcher) plain(v *scim.Value) bool {
	for _, m := range v.Members() {
		if isURI(m.Name) {
			if m.Value.Kind() != scim.Object {
				return false
			}
		} else if strings.ContainsAny(m.Name, ".[") {
			return false
		}
	}
	return true
}

// explode makes one operation of each member of the value of o. In the object
// of an extension, uri is its schema URI.
func (p *patcher) explode(o *operation, uri string, at *place) error {
	for i := range o.value.Members() {
		m := &o.value.Members()[i]
		here := p.below(at, m.Name)
		leaf := &operation{op: o.op, value: m.Value, at: *here, extra: o.extra, member: true}
		if err := p.member(leaf, uri, m, here); err != nil {
			return err
		}
	}
	return nil
}

// member makes the operations for one member of a path-less value.
func (p *patcher) member(o *operation, uri string, m *scim.Member, at *place) error {
	path := scim.AttrPath{URI: uri, Name: m.Name}
	if uri == "" {
		parsed, _, err := scim.ParsePath(m.Name)
		if err != nil {
			return scim.BadRequest(scim.InvalidPath, "%s is no attribute", at.String())
		}
		if p.isExtension(m) {
			return p.extensionObject(o, m, at)
		}
		if p.redundantSchemas(m.Name, &m.Value) && p.didAt(PatchReadOnly, at) {
			return nil
		}
		if parsed.Filter != nil || parsed.Attr.Sub != "" || parsed.Attr.URI != "" {
			p.didAt(NameFlat, at)
			o.text = m.Name
			return p.target(o)
		}
		path = parsed.Attr
	}
	if t, ok := p.find(path); ok && t.Attr != nil && p.splits(t.Attr, &o.value) {
		return p.leaves(o, t, at)
	}
	o.text = path.String()
	return p.target(o)
}

// find resolves without recording anything.
func (s *session) find(path scim.AttrPath) (scim.Target, bool) {
	if s.rt == nil {
		return scim.Target{}, false
	}
	if t, ok := s.rt.Resolve(path); ok {
		return t, true
	}
	return s.rt.ResolveBare(path.Name)
}

// splits tells a single-valued complex attribute whose sub-attributes become
// operations of their own. A reference is written whole (P6).
func (p *patcher) splits(attr *scim.Attribute, v *scim.Value) bool {
	return attr.Type == scim.TypeComplex && !attr.MultiValued && v.Kind() == scim.Object && !isReference(attr) &&
		attr.Mutability != scim.ReadOnly
}

// leaves makes one operation for each sub-attribute of a complex value.
func (p *patcher) leaves(o *operation, t scim.Target, at *place) error {
	for i := range o.value.Members() {
		m := &o.value.Members()[i]
		here := p.below(at, m.Name)
		path := t.Path
		path.Sub = m.Name
		if err := p.target(&operation{op: o.op, text: path.String(), value: m.Value, at: *here, extra: o.extra, member: true}); err != nil {
			return err
		}
	}
	return nil
}

// isExtension tells the object of an extension: its key is a schema URI, or the
// URI of a schema that is not known but whose value is an object.
func (p *patcher) isExtension(m *scim.Member) bool {
	if m.Value.Kind() != scim.Object || !isURI(m.Name) || strings.Contains(m.Name, "[") {
		return false
	}
	if p.rt == nil || p.rt.Extension(m.Name) != nil {
		return true
	}
	if r, _ := p.plan.Rules.schemaAlias(m.Name, p.rt); r != nil {
		return true
	}
	path, err := scim.ParseAttrPath(m.Name)
	return err != nil || !p.isKnown(path)
}

// isKnown reports whether a path names a known attribute, however it is spelled.
// It records nothing.
func (p *patcher) isKnown(path scim.AttrPath) bool {
	before := len(p.changes)
	_, known := p.resolve(path, new(place))
	p.changes = p.changes[:before]
	return known
}

// extensionObject explodes the object of an extension.
func (p *patcher) extensionObject(o *operation, m *scim.Member, at *place) error {
	uri := m.Name
	if p.rt != nil {
		if r, to := p.plan.Rules.schemaAlias(uri, p.rt); r != nil {
			p.applied(r, at)
			uri = to
		}
		if ext := p.rt.Extension(uri); ext != nil {
			if ext.Schema.ID != uri {
				p.didAt(NameCase, at)
			}
			uri = ext.Schema.ID
		}
	}
	return p.explode(o, uri, at)
}

// extension deals with an operation whose path is the URI of an extension (P3).
func (p *patcher) extension(o *operation) error {
	at := o.pathAt(p.session)
	uri := o.target.Schema.ID
	if o.op != scim.Remove && o.value.Kind() == scim.Null && p.didAt(PatchNull, o.valueAt(p.session)) { // P10
		o.op, o.value, o.whole = scim.Remove, scim.Value{}, ""
	}
	if o.op != scim.Remove {
		if o.value.Kind() != scim.Object {
			return scim.BadRequest(scim.InvalidValue, "%s.value: %s takes an object of attributes", o.at.String(), uri)
		}
		if !p.didAt(PatchExtensionPath, at) {
			return p.emit(o)
		}
		return p.explode(o, uri, p.below(&o.at, "value"))
	}
	if o.value.Exists() && p.didAt(RemoveValue, o.valueAt(p.session)) {
		return p.removeNamed(o, uri)
	}
	if err := p.readState(o); err != nil {
		return err
	}
	if p.state.blind || !p.didAt(PatchExtensionPath, at) {
		return p.emit(o)
	}
	for _, name := range p.attributes(uri) {
		path := scim.AttrPath{URI: uri, Name: name}
		if err := p.target(&operation{op: scim.Remove, text: path.String(), at: o.at}); err != nil {
			return err
		}
	}
	return nil
}

// removeNamed removes the attributes of an extension that the value of a removal
// names. They must not take the others with them (P7, P8).
func (p *patcher) removeNamed(o *operation, uri string) error {
	at := o.valueAt(p.session)
	switch {
	case o.value.Kind() == scim.Object && o.value.Len() > 0:
		return p.removeUnder(uri, &o.value, at)
	case o.value.Kind() == scim.Object || o.value.Empty():
		p.didAt(RemoveNothing, at)
		return nil
	}
	return scim.BadRequest(scim.InvalidValue, "%s: %s holds attributes", at.String(), uri)
}

// redundantSchemas tells a value of schemas that only says what the gateway
// knows already (P11): the schemas of a resource follow from its attributes.
func (p *patcher) redundantSchemas(name string, v *scim.Value) bool {
	if p.rt == nil || !strings.EqualFold(name, "schemas") || v.Kind() != scim.Array {
		return false
	}
	for _, part := range v.Parts() {
		uri := part.Text()
		if !strings.EqualFold(uri, p.rt.Schema.ID) && p.rt.Extension(uri) == nil && p.plan.Rules.schema(uri) == nil {
			return false
		}
	}
	return true
}
