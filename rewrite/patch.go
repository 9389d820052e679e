package rewrite

import (
	"net/url"
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

	whole   string // the operation as it came, as long as it is strict
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
	list, err := s.envelope(body)
	if err != nil {
		return "", err
	}
	p := patcher{session: s}
	if err := p.items(&list); err != nil {
		return "", err
	}
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

// envelope finds the operations of a body in any of the shapes of P1: an array
// of them, or one alone.
func (s *session) envelope(body *scim.Value) (scim.Value, error) {
	if body.Kind() == scim.Array {
		s.did(PatchBare, "body")
		return *body, nil
	}
	if body.Kind() != scim.Object {
		return *body, scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH is an object with Operations, not %s", body.Kind())
	}
	var list scim.Value
	var extra []scim.Member
	bare, schemas := false, false
	for name, part := range body.Parts() {
		switch {
		case strings.EqualFold(name, "Operations"):
			if list = part; name != "Operations" {
				s.did(PatchKeyCase, name)
			}
		case name == "schemas":
			schemas = isPatchOp(&part)
		case strings.EqualFold(name, "op"):
			bare = true
		default:
			extra = append(extra, scim.Member{Name: name, Value: part})
		}
	}
	switch {
	case list.Exists():
	case bare:
		s.did(PatchBare, "body")
		return *body, nil
	default:
		return *body, scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH has no Operations")
	}
	if !schemas {
		s.did(PatchSchemas, "schemas")
	}
	if err := s.extra(extra); err != nil {
		return list, err
	}
	switch list.Kind() {
	case scim.Array:
	case scim.Object:
		s.did(PatchBare, "Operations")
	default:
		return list, scim.BadRequest(scim.InvalidSyntax, "Operations is an array, not %s", list.Kind())
	}
	return list, nil
}

// extra records the members of a message that are not part of it. They mean
// nothing (RFC 6902 section 4, on which PATCH is based), but an id should at
// least be that of the resource.
func (s *session) extra(members []scim.Member) error {
	for i := range members {
		m := &members[i]
		if m.Name == "schemas" || strings.EqualFold(m.Name, "schemas") {
			continue
		}
		if m.Name == "id" && s.route.ID != "" && m.Value.Text() != s.resourceID() {
			return scim.BadRequest(scim.InvalidValue, "id: the body is for another resource than the path")
		}
		s.did(PatchExtra, m.Name)
	}
	return nil
}

// resourceID is the id in the path of the request.
func (s *session) resourceID() string {
	id, err := url.PathUnescape(s.route.ID)
	if err != nil {
		return s.route.ID
	}
	return id
}

// isPatchOp tells schemas that are exactly the PatchOp URI.
func isPatchOp(v *scim.Value) bool {
	n := 0
	for _, part := range v.Parts() {
		if n++; n > 1 || part.Text() != scim.PatchOpURI {
			return false
		}
	}
	return n == 1 && v.Kind() == scim.Array
}

// items brings each operation into normal form.
func (p *patcher) items(list *scim.Value) error {
	p.out = p.session.out[:0]
	if list.Kind() == scim.Object {
		return p.item(new(operation), list, 0)
	}
	i := 0
	for _, part := range list.Parts() {
		if err := p.item(p.operation(), &part, i); err != nil {
			return err
		}
		i++
	}
	p.session.out = p.out
	return nil
}

// item brings one operation into normal form.
func (p *patcher) item(o *operation, v *scim.Value, i int) error {
	p.release(0)
	o.at = place{up: &operationsPlace, i: i}
	before := len(p.changes)
	if err := p.read(o, v); err != nil {
		return err
	}
	if len(p.changes) == before {
		o.whole = v.Raw()
	}
	if o.text != "" {
		return p.target(o)
	}
	return p.withoutPath(o)
}

// withoutPath brings an operation without a path into normal form.
func (p *patcher) withoutPath(o *operation) error {
	if o.op == scim.Remove {
		return p.removePathless(o)
	}
	return p.pathless(o)
}

// schemaPath corrects a path that is the URI of a schema, where it is known to
// be misspelt. It reports true for the core schema, whose attributes are those
// of an operation without a path.
func (p *patcher) schemaPath(o *operation, at *place) bool {
	if p.rt == nil || !isURI(o.text) {
		return false
	}
	if r, to := p.plan.Rules.schemaAlias(o.text, p.rt); r != nil {
		p.applied(r, at)
		o.text, o.whole = to, ""
	}
	if !strings.EqualFold(o.text, p.rt.Schema.ID) || !p.didAt(NameCorePrefix, at) {
		return false
	}
	o.text, o.whole = "", ""
	return true
}

// read takes an operation apart (P1, P2).
func (p *patcher) read(o *operation, v *scim.Value) error {
	if v.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidSyntax, "%s: an operation is an object, not %s", o.at.String(), v.Kind())
	}
	for name, part := range v.Parts() {
		key := operationKey(name)
		if key == "" && p.didAt(PatchExtra, p.below(&o.at, name)) {
			continue
		}
		if key == "" {
			o.extra = append(o.extra, scim.Member{Name: name, Value: part})
			continue
		}
		if key != name {
			p.didAt(PatchKeyCase, p.below(&o.at, name))
		}
		var err error
		switch key {
		case "op":
			err = p.verb(o, &part)
		case "path":
			err = p.pathText(o, &part)
		case "value":
			o.value = part
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
	switch name {
	case "op", "path", "value":
		return name
	}
	for _, key := range [...]string{"op", "path", "value"} {
		if strings.EqualFold(name, key) {
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
	if p.schemaPath(o, at) {
		return p.withoutPath(o)
	}
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
		o.text, o.whole = path.String(), ""
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
	o.whole = ""
	return p.emit(o)
}

// setPath makes path the target of o.
func (o *operation) setPath(path scim.PatchPath) {
	o.path, o.text, o.whole = path, path.String(), ""
}
