package custom

import (
	"errors"
	"net/http"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// state is the resource that a request is about, as the service provider shows
// it.
type state struct {
	resp     *scim.Response
	resource scim.Value
	unknown  bool // nobody can know it; see rewrite.ErrNoState
}

// answered ends a request early: the answer to a read is the answer to it.
type answered struct{ resp *scim.Response }

func (*answered) Error() string { return "the read that a rule needs was not answered with a resource" }

// readState reads the resource, once for a request.
func (m *message) readState() (*state, error) {
	if m.state != nil {
		return m.state, nil
	}
	if m.stateless != "" {
		return nil, scim.BadRequest(scim.InvalidValue, "%s", m.stateless)
	}
	resp, err := m.next(m.ctx, m.readRequest())
	if errors.Is(err, rewrite.ErrNoState) {
		m.state = &state{resource: scim.ObjectValue(), unknown: true}
		return m.state, nil
	}
	if err != nil {
		return nil, err
	}
	if resp.Status >= http.StatusMultipleChoices {
		return nil, &answered{resp}
	}
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: len(resp.Body), Depth: answerDepth})
	v := scim.Parse(doc)
	if err != nil || v.Kind() != scim.Object || resp.Status != http.StatusOK {
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider did not show the resource that the request is about")
	}
	rewrite.ReadNames(m.rules.registry, m.rt, &v)
	m.state = &state{resp: resp, resource: v}
	return m.state, nil
}

// readRequest is a GET of the resource on behalf of the client.
func (m *message) readRequest() *scim.Request {
	read := m.req
	read.Method, read.Query, read.Body = http.MethodGet, m.parameters.apply(""), ""
	read.Header = m.req.Header.Clone()
	if read.Header == nil {
		read.Header = http.Header{}
	}
	for _, name := range [...]string{"Content-Type", "Content-Length", "Content-Encoding", "If-Match", "If-None-Match", "Prefer"} {
		read.Header.Del(name)
	}
	read.Header.Set("Accept", scim.MediaType)
	return &read
}

// present is the resource as the client sees it in front of the verb at level: as
// the service provider shows it, with that verb and those behind it undone.
func (m *message) present(level int) (scim.Value, error) {
	st, err := m.readState()
	if err != nil {
		return scim.Value{}, err
	}
	v := st.resource.Clone()
	err = m.quietly(func() error { return m.undoResource(&v, level) })
	return v, err
}

// quietly runs fn without reports: what it does is done to no message.
func (m *message) quietly(fn func() error) error {
	m.quiet++
	defer func() { m.quiet-- }()
	return fn()
}

// byState carries out what a PATCH does to some attributes on the resource itself
// and lets it say what has become of it, for a verb that cannot follow one
// operation after the other. Each of the roots that differs afterwards is replaced
// or removed; that stands where the first operation was that touched one. The
// others stay as they are, and so do all if none touches one.
func (t *turn) byState(ops []scim.Operation, roots ...spot) ([]scim.Operation, error) {
	s := newSplit(t.m.rt, ops, roots)
	if len(s.parts) == 0 {
		return ops, nil
	}
	before, after, err := t.around(s)
	if err != nil {
		return nil, err
	}
	for _, v := range [...]*scim.Value{&before, &after} {
		if err := t.m.quietly(func() error { return t.worker.resource(t, v) }); err != nil {
			return nil, err
		}
	}
	var made []scim.Operation
	for _, root := range s.roots {
		made = append(made, difference(root, root.get(&before), root.get(&after))...)
	}
	t.did(place(s.first) + ".path")
	t.m.demand()
	return s.with(made), nil
}

// around is the resource as the client sees it in front of the verb, without the
// operations of a split and with them.
func (t *turn) around(s *split) (before, after scim.Value, err error) {
	if before, err = t.m.present(t.index); err == nil {
		after, err = s.apply(&before, t.m)
	}
	return before, after, err
}

// demand lets the request hold only for the version that was read.
func (m *message) demand() {
	if m.state.unknown || m.at == "" && m.req.Header.Get("If-Match") != "" {
		return
	}
	version := m.state.resp.Header.Get("ETag")
	if version == "" {
		version = m.state.resource.Get("meta").Get("version").Text()
	}
	switch {
	case m.at != "":
		m.version = version
	case version != "":
		m.header().Set("If-Match", version)
	}
}

// header is the header of the request, ours to change.
func (m *message) header() http.Header {
	if !m.ownHeader {
		m.ownHeader = true
		if m.req.Header = m.req.Header.Clone(); m.req.Header == nil {
			m.req.Header = http.Header{}
		}
	}
	return m.req.Header
}

// difference is the operations that make one value of an attribute of another. A
// complex attribute that has one value is merged by a replace (RFC 7644 section
// 3.5.2.3), so what has gone from it is removed.
func difference(at spot, before, after *scim.Value) []scim.Operation {
	switch {
	case scim.SameValue(before, after):
		return nil
	case after.Empty() || after.Kind() == scim.Object && after.Len() == 0:
		return []scim.Operation{operation(scim.Remove, at, scim.Value{})}
	}
	to := after.Clone()
	dropReadOnly(&to, at.attr)
	if to.Kind() != scim.Object || before.Kind() != scim.Object {
		return []scim.Operation{operation(scim.Replace, at, to)}
	}
	to.Keep(func(m *scim.Member) bool { return !scim.SameValue(before.Get(m.Name), &m.Value) })
	var ops []scim.Operation
	if to.Len() > 0 {
		ops = append(ops, operation(scim.Replace, at, to))
	}
	for name := range before.Parts() {
		if sub := at.attr.SubAttribute(name); after.Get(name).Empty() && (sub == nil || sub.Mutability != scim.ReadOnly) {
			gone := at
			if at.name == "" {
				gone.name = name
			} else {
				gone.sub = name
			}
			ops = append(ops, operation(scim.Remove, gone, scim.Value{}))
		}
	}
	return ops
}

// dropReadOnly takes what no client may write out of a value.
func dropReadOnly(v *scim.Value, attr *scim.Attribute) {
	_ = elements(v, func(v *scim.Value) error {
		v.Keep(func(m *scim.Member) bool {
			sub := attr.SubAttribute(m.Name)
			return sub == nil || sub.Mutability != scim.ReadOnly
		})
		return nil
	})
}
