package rewrite

import (
	"errors"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// ErrNoState is what a Send answers to a read when it cannot know the state of
// the resource, as when a request is only explained. The plan then goes by the
// sender's verb: what is replaced is taken to be there, what is added not.
var ErrNoState = errors.New("the state of the resource is not known")

// answered ends a plan early: the answer to a read is the answer to the request.
type answered struct{ resp *scim.Response }

func isAnswered(err error) bool {
	_, ok := errors.AsType[*answered](err)
	return ok
}

func (*answered) Error() string {
	return "the read that the request needs was not answered with a resource"
}

// state is the resource as the operations so far leave it.
type state struct {
	resource scim.Value
	rt       *scim.ResourceType
	blind    bool // not known
}

// typed gives a value of the resource the types of its attribute: a service
// provider that shows "True" or a number for an id means true and the id, and
// would be given a second value if it were not taken for the one that is meant.
func (p *patcher) typed(attr *scim.Attribute, v *scim.Value) {
	if attr == nil || !misfits(attr, v) {
		return
	}
	a := reading(p.plan.Registry, p.route, AnswerTypes)
	a.req = new(scim.Request)
	a.typed(attr, v)
}

// misfits reports whether anything in a value has another type than the schema
// says.
func misfits(attr *scim.Attribute, v *scim.Value) bool {
	isList := v.Kind() == scim.Array
	switch {
	case v.Empty():
		return false
	case !isList && (attr.Type != scim.TypeComplex || v.Kind() != scim.Object):
		return !fits(attr, v)
	}
	for i := range v.Members() {
		m, part := &v.Members()[i], attr
		if !isList {
			part = attr.SubAttribute(m.Name)
		}
		if part != nil && misfits(part, &m.Value) {
			return true
		}
	}
	return false
}

// maxHeld bounds the operations of a request that are held against the state of
// the resource: each of them goes through those before it.
const maxHeld = 500

// readState reads the resource for o, once for a request.
func (p *patcher) readState(o *operation) error {
	if p.holds != o {
		p.holds = o
		p.held++
	}
	if p.held > maxHeld {
		return scim.Errorf(http.StatusRequestEntityTooLarge, scim.TooMany,
			"%s: a request may have at most %d operations that depend on what is there", o.at.String(), maxHeld)
	}
	if p.state != nil {
		return nil
	}
	st, err := p.session.readState()
	if err != nil {
		return err
	}
	p.state = st
	return nil
}

// present brings the state of an attribute up to date and returns its value, nil
// if there is none. Only the operations that touch it are carried out, and each
// of them once.
func (p *patcher) present(path scim.AttrPath) *scim.Value {
	for _, o := range p.out {
		if !o.applied && o.touches(path) {
			p.state.apply(o)
		}
	}
	return lookUp(&p.state.resource, path)
}

// readState gets the resource that the request addresses.
func (s *session) readState() (*state, error) {
	resp, err := s.send(s.ctx, s.readRequest())
	if errors.Is(err, ErrNoState) {
		return &state{resource: scim.ObjectValue(), rt: s.rt, blind: true}, nil
	}
	if err != nil {
		return nil, err
	}
	if resp.Status >= http.StatusMultipleChoices {
		return nil, &answered{resp}
	}
	s.found = resp
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: s.plan.maxAnswer(), Depth: answerDepth})
	resource := scim.Parse(doc)
	if err != nil || resource.Kind() != scim.Object || resp.Status != http.StatusOK { // 204 would tell the client that it is done
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider did not show the resource that the request changes")
	}
	return &state{resource: resource, rt: s.rt}, nil
}

// readRequest is a GET of the addressed resource on behalf of the client.
func (s *session) readRequest() *scim.Request {
	read := *s.req
	read.Method, read.Query, read.Body = http.MethodGet, "", ""
	read.Header = s.req.Header.Clone()
	for _, name := range [...]string{"Content-Type", "Content-Length", "Content-Encoding", "If-Match", "If-None-Match", "Prefer"} {
		read.Header.Del(name)
	}
	if read.Header == nil {
		read.Header = http.Header{}
	}
	read.Header.Set("Accept", scim.MediaType)
	return &read
}

// apply carries out one operation. One that cannot be carried out leaves the
// state as it is: the service provider will refuse the whole request.
func (st *state) apply(o *operation) {
	o.applied = true
	op := scim.Operation{Op: o.op, Path: o.text, Target: o.path, Value: o.value.Clone()}
	if o.value.Kind() == scim.Absent {
		op.Value = scim.Value{}
	}
	if op.Path != "" && o.op == scim.Add && o.path.Filter != nil && op.Path == o.path.Attr.String() {
		op.Target = scim.PatchPath{Attr: o.path.Attr}
	}
	if after, _, err := scim.Apply(&st.resource, []scim.Operation{op}, st.rt); err == nil {
		st.resource = after
	}
}

// lookUp finds an attribute or sub-attribute in a resource; nil if there is none.
func lookUp(resource *scim.Value, path scim.AttrPath) *scim.Value {
	v := resource
	if path.URI != "" {
		v = v.Get(path.URI)
	}
	if v = v.Get(path.Name); path.Sub != "" {
		v = v.Get(path.Sub)
	}
	return v
}

// attributes names the attributes that an extension has in the resource.
func (p *patcher) attributes(uri string) []string {
	for _, o := range p.out {
		if !o.applied {
			p.state.apply(o)
		}
	}
	var names []string
	for _, m := range p.state.resource.Get(uri).Members() {
		names = append(names, m.Name)
	}
	return names
}

// matches reports whether a value of the target fits its filter.
func (p *patcher) matches(o *operation) (bool, error) {
	present := p.present(o.path.Attr)
	p.typed(o.target.Attr, present)
	for i := range present.Members() {
		if present.Kind() != scim.Array {
			break
		}
		ok, err := scim.MatchesValue(o.path.Filter, present.At(i), o.target.Attr)
		if ok || err != nil {
			return ok, p.located(err, o)
		}
	}
	return false, nil
}

// matchesSingle does the same for an attribute with one value.
func (p *patcher) matchesSingle(o *operation) (bool, error) {
	present := p.present(o.path.Attr)
	if !present.Exists() {
		return false, nil
	}
	p.typed(o.target.Attr, present)
	ok, err := scim.MatchesValue(o.path.Filter, present, o.target.Attr)
	return ok, p.located(err, o)
}

// located says in an error about the path of o where it stands.
func (p *patcher) located(err error, o *operation) error {
	if err == nil {
		return nil
	}
	e := *scim.AsError(err)
	e.Detail = o.pathAt(p.session).String() + ": " + e.Detail
	return &e
}
