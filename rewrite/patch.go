package rewrite

import "github.com/caddy-scim/caddy-scim/scim"

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
	holds    *operation // the last of those held against the state
	held     int        // how many there were
	compared int        // values compared to find those to remove
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
	if !list.Exists() {
		return s.patchResource(*body)
	}
	p := patcher{session: s}
	if err := p.items(&list); err != nil {
		return "", err
	}
	if len(p.out) == 0 && len(p.readOnly) > 0 && p.state == nil { // the answer is a read, which tells (P12)
		if p.state, err = s.readState(); err != nil {
			return "", err
		}
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
