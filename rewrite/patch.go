package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// operation is one PATCH operation on its way to the normal form.
type operation struct {
	op     scim.Op
	text   string         // the path as it will be written; empty if path-less
	path   scim.PatchPath // text, parsed
	target scim.Target    // what path names; zero if no schema knows it
	value  scim.Value     // Absent if there is none
	extra  []scim.Member  // members that RFC 7644 does not know

	whole   *scim.Value // the operation as it came, as long as it is strict
	at      place
	applied bool // carried out on the state
	member  bool // made of a member of a path-less value, which stands at at
}

// pathAt is the place of the path of o.
func (o *operation) pathAt(s *session) *place {
	if o.member {
		return &o.at
	}
	return s.below(&o.at, "path")
}

// valueAt is the place of the value of o.
func (o *operation) valueAt(s *session) *place {
	if o.member {
		return &o.at
	}
	return s.below(&o.at, "value")
}

// patcher brings one PATCH body into normal form (P1 to P15).
type patcher struct {
	*session
	state    *state
	filtered int // operations held against the state
	out      []*operation
	readOnly []*operation // dropped by P11; held against the state, should it be read
}

var operationsPlace = place{name: "Operations"}

// patch normalises a PATCH body and returns the one to send. Nothing is left to
// do when it is empty (P12).
func (s *session) patch(body *scim.Value) (string, error) {
	before := len(s.changes)
	items, err := s.envelope(body)
	if err != nil {
		return "", err
	}
	p := patcher{session: s, out: s.out[:0]}
	operations := s.block(len(items))
	for i := range items {
		if err := p.item(&operations[i], &items[i].Value, i); err != nil {
			return "", err
		}
	}
	s.out = p.out
	if err := p.checkReadOnly(); err != nil {
		return "", err
	}
	switch {
	case len(p.out) == 0:
		s.did(PatchNothing, "Operations")
		return "", nil
	case len(s.changes) == before:
		return body.Raw(), nil
	}
	return p.print(body), nil
}

// envelope finds the operations of a body in any of the shapes of P1.
func (s *session) envelope(body *scim.Value) ([]scim.Member, error) {
	root := place{name: "body"}
	if body.Kind() == scim.Array {
		s.didAt(PatchBare, &root)
		return body.Members(), nil
	}
	if body.Kind() != scim.Object {
		return nil, scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH is an object with Operations, not %s", body.Kind())
	}
	i := body.Index("Operations")
	if i < 0 {
		if body.Index("op") < 0 {
			return nil, scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH has no Operations")
		}
		s.didAt(PatchBare, &root)
		return []scim.Member{{Value: *body}}, nil
	}
	s.patchSchemas(body)
	m := &body.Members()[i]
	if m.Name != "Operations" {
		s.didAt(PatchKeyCase, &place{name: m.Name})
	}
	switch m.Value.Kind() {
	case scim.Array:
		return m.Value.Members(), nil
	case scim.Object:
		s.didAt(PatchBare, &place{name: "Operations"})
		return []scim.Member{{Value: m.Value}}, nil
	}
	return nil, scim.BadRequest(scim.InvalidSyntax, "Operations is an array, not %s", m.Value.Kind())
}

// patchSchemas records schemas that are not exactly the PatchOp URI.
func (s *session) patchSchemas(body *scim.Value) {
	i := body.Index("schemas")
	if i >= 0 && body.Members()[i].Name == "schemas" {
		v := body.At(i)
		if v.Kind() == scim.Array && v.Len() == 1 && v.At(0).Text() == scim.PatchOpURI {
			return
		}
	}
	s.didAt(PatchSchemas, &place{name: "schemas"})
}

// item reads one element of Operations and brings it into normal form.
func (p *patcher) item(o *operation, v *scim.Value, i int) error {
	p.release(0)
	o.at = place{up: &operationsPlace, i: i}
	before := len(p.changes)
	if err := p.read(o, v); err != nil {
		return err
	}
	if len(p.changes) == before {
		o.whole = v
	}
	switch {
	case o.text != "":
		return p.target(o)
	case o.op == scim.Remove:
		return p.removePathless(o)
	default:
		return p.pathless(o)
	}
}

// read takes an operation apart (P1, P2).
func (p *patcher) read(o *operation, v *scim.Value) error {
	if v.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidSyntax, "%s: an operation is an object, not %s", o.at.String(), v.Kind())
	}
	members := v.Members()
	for i := range members {
		m := &members[i]
		key := operationKey(m.Name)
		if key == "" {
			o.extra = append(o.extra, *m)
			continue
		}
		if key != m.Name {
			p.didAt(PatchKeyCase, p.below(&o.at, m.Name))
		}
		var err error
		switch key {
		case "op":
			err = p.verb(o, &m.Value)
		case "path":
			err = p.pathText(o, &m.Value)
		case "value":
			o.value = m.Value
		}
		if err != nil {
			return err
		}
	}
	if o.op == 0 {
		return scim.BadRequest(scim.InvalidSyntax, "%s: op is missing", o.at.String())
	}
	return nil
}

// operationKey returns the RFC's spelling of a member of an operation.
func operationKey(name string) string {
	for _, key := range [...]string{"op", "path", "value"} {
		if name == key || strings.EqualFold(name, key) {
			return key
		}
	}
	return ""
}

// verb reads op (P2).
func (p *patcher) verb(o *operation, v *scim.Value) error {
	word := v.Text()
	for _, op := range [...]scim.Op{scim.Add, scim.Remove, scim.Replace} {
		if word == op.String() {
			o.op = op
			return nil
		}
		if strings.EqualFold(word, op.String()) {
			o.op = op
			p.didAt(PatchOpCase, p.below(&o.at, "op"))
			return nil
		}
	}
	return scim.BadRequest(scim.InvalidSyntax, "%s.op: an operation is add, remove or replace", o.at.String())
}

// pathText reads path. Null and the empty string say that there is none.
func (p *patcher) pathText(o *operation, v *scim.Value) error {
	if v.Kind() != scim.String && v.Kind() != scim.Null {
		return scim.BadRequest(scim.InvalidPath, "%s.path: a path is a string, not %s", o.at.String(), v.Kind())
	}
	if o.text = v.Text(); o.text == "" {
		p.didAt(PatchKeyCase, p.below(&o.at, "path"))
	}
	return nil
}

// target resolves the path of an operation and goes on by its verb.
func (p *patcher) target(o *operation) error {
	at := o.pathAt(p.session)
	before := len(p.changes)
	path, liberty, err := scim.ParsePath(o.text)
	if err != nil {
		e := *scim.AsError(err)
		e.Detail = at.String() + ": " + e.Detail
		return &e
	}
	if !p.liberty(liberty, at) {
		return p.emit(o)
	}
	target, known := p.resolve(path.Attr, at)
	if known {
		o.target, path.Attr = target, target.Path
	}
	if path.Filter != nil {
		path.Filter = p.elementExpression(path.Filter, o.target.Leaf(), at)
	}
	if path.Sub != "" {
		path.Sub = p.subName(o.target, path.Sub, at)
	}
	o.path = path
	if len(p.changes) != before {
		o.text, o.whole = path.String(), nil
	}
	switch {
	case o.target.Schema != nil && o.target.Attr == nil:
		return p.extension(o)
	case o.op == scim.Remove:
		return p.remove(o)
	default:
		return p.assign(o)
	}
}

// subName gives the sub-attribute behind brackets the schema's spelling.
func (p *patcher) subName(t scim.Target, name string, at *place) string {
	if t.Attr == nil {
		return name
	}
	sub := t.Attr.SubAttribute(name)
	if sub == nil {
		if r, to := p.plan.Rules.renamed(t.Attr, name); r != nil {
			p.applied(r, at)
			return to
		}
		return name
	}
	if sub.Name != name && p.didAt(NameCase, at) {
		return sub.Name
	}
	return name
}

// leaf is the definition of what the operation's value is: the sub-attribute if
// the path names one. Nil if no schema knows it.
func (o *operation) leaf() *scim.Attribute {
	if o.path.Sub == "" {
		return o.target.Leaf()
	}
	if sub := o.target.Attr.SubAttribute(o.path.Sub); sub != nil {
		return sub
	}
	if strings.EqualFold(o.path.Sub, "primary") {
		return primaryAttribute
	}
	return nil
}

// emit appends a finished operation.
func (p *patcher) emit(o *operation) error {
	p.out = append(p.out, o)
	return nil
}

// moved is emit for an operation that differs from the one that came.
func (p *patcher) moved(o *operation) error {
	o.whole = nil
	return p.emit(o)
}

// setPath makes path the target of o.
func (o *operation) setPath(path scim.PatchPath) {
	o.path, o.text, o.whole = path, path.String(), nil
}
