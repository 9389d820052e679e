package rewrite

import (
	"context"
	"errors"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Plan is all that is known about how to treat one provider's requests. It is
// compiled once and immutable afterwards; it is safe for concurrent use.
type Plan struct {
	Rules    *Ruleset
	Registry *scim.Registry
	Base     scim.Base

	// Adapt, if set, makes the Send that speaks the service provider's dialect. It
	// is given requests in normal form.
	Adapt func(scim.Send) scim.Send

	// Custom, if set, applies the user's own rules: to what is in normal form,
	// before it is adapted, and in reverse to the answer.
	Custom Custom

	// Version is the version of SCIM that the client speaks; the zero Version leaves
	// it to each request to tell.
	Version Version

	MaxBody     int // bytes of a request body; 0 means 1 MiB
	MaxBulkBody int // bytes of a Bulk request body; 0 means 8 MiB, or MaxBody if that is larger
	MaxAnswer   int // bytes of an answer that is repaired; 0 means 8 MiB
}

// Custom is what a user wants done to requests and answers, beside what the
// normal form asks for.
type Custom interface {
	// Wrap returns the Send of one client's request, through which all of its
	// exchanges go. It may be send itself. applied is told of each thing that was
	// changed. An error that is a *scim.Error is the answer to the client.
	Wrap(ctx context.Context, route scim.Route, req *scim.Request, send scim.Send, applied func(Change)) (scim.Send, error)
}

// Sizes that hold where the configuration does not say otherwise (normal form
// G4, R8).
const (
	DefaultMaxBody     = 1 << 20
	DefaultMaxBulkBody = 8 << 20
	DefaultMaxAnswer   = 8 << 20
)

// Do carries out one request: it normalises it, sends it, and repairs the
// answer. The changes say what was done, also when there is an error. An error
// that is a *scim.Error is the answer to the client, and nothing was written;
// any other error is one of send's. req itself is not changed.
//
// A request whose path names no SCIM endpoint is sent as it is.
func (p *Plan) Do(ctx context.Context, req *scim.Request, send scim.Send) (*scim.Response, []Change, error) {
	route, ok := p.Registry.Route11(p.Base, req.Path)
	if !ok {
		resp, err := send(ctx, req)
		return resp, nil, err
	}
	if p.Adapt != nil {
		send = p.Adapt(send)
	}
	s := newSession(p, route)
	s.ctx, s.req, s.send = ctx, req, send
	resp, err := s.versioned()
	changes := append(s.changes, s.own...)
	s.free()
	return resp, changes, err
}

// versioned is custom for a client of any version.
func (s *session) versioned() (*scim.Response, error) {
	s.new = isNew(s.route, s.req)
	if s.old = s.plan.speaks11(s.route, s.req); s.old {
		req := *s.req
		if err := s.head11(&req); err != nil {
			return nil, err
		}
		s.req = &req
	}
	return s.custom()
}

// custom is do with the user's own rules between the normal form and send.
func (s *session) custom() (resp *scim.Response, err error) {
	if custom := s.plan.Custom; custom != nil {
		s.send, err = custom.Wrap(s.ctx, s.route, s.req, s.verifying(s.send), func(c Change) {
			s.own = append(s.own, c)
			s.noteFilter(c)
		})
		if err != nil {
			return nil, err
		}
	}
	return s.do()
}

// resourceType is the type of the resource that a request carries.
func (p *Plan) resourceType(route scim.Route) *scim.ResourceType {
	if route.Endpoint == "Me" {
		return p.Registry.ByName("User")
	}
	return route.Type
}

// do is Do for a request that is one of ours.
func (s *session) do() (*scim.Response, error) {
	given := s.req
	s.work = *given
	s.req = &s.work
	if err := s.head(s.req); err != nil {
		return nil, err
	}
	done, err := s.body(s.req)
	if err != nil && !isAnswered(err) {
		return nil, err
	}
	out := given // a strict request leaves as it came
	if len(s.changes) > 0 {
		out = new(scim.Request)
		*out = s.work
	}
	resp, err := s.exchange(out, done, err)
	if err == nil {
		resp, err = s.expected(out, resp)
	}
	if err != nil {
		return nil, err
	}
	s.answer(out, resp)
	resp = s.supplied(out, resp)
	s.repeated(resp)
	if s.old {
		s.answer11(out, resp)
	}
	return resp, nil
}

// exchange gets the answer to the normalised request: that of an earlier read,
// that of a read if nothing is left to do, or that of the request itself.
func (s *session) exchange(out *scim.Request, done bool, early error) (*scim.Response, error) {
	if answer, ok := errors.AsType[*answered](early); ok {
		return answer.resp, nil
	}
	if done {
		return s.unchanged(out)
	}
	resp, err := s.send(s.ctx, out)
	if err != nil {
		return nil, err
	}
	if resp, err = s.withoutAbsent(out, resp); err != nil {
		return nil, err
	}
	body, again := s.without(out, resp)
	if !again {
		return resp, nil
	}
	retry := *out
	retry.Body = body
	return s.send(s.ctx, &retry)
}

// head normalises all of a request but its body.
func (s *session) head(req *scim.Request) error {
	s.path(req)
	if err := s.query(req); err != nil {
		return err
	}
	s.condition(req)
	return s.media(req)
}

// body normalises the body. It reports true when nothing is left to do (P12).
func (s *session) body(req *scim.Request) (bool, error) {
	if req.Body == "" && !s.needsBody(req.Method) {
		return false, nil
	}
	doc, body, deep, err := s.door(req)
	if err != nil {
		return false, err
	}
	before := len(s.changes)
	text, err := s.normal(&body, req.Method)
	if err != nil || text == "" {
		return text == "" && err == nil, err
	}
	if req.Body = doc; len(s.changes) == before { // white space around it included
		return false, nil
	}
	if req.Body = text; deep {
		_, err = scim.Check(text, scim.Limits{Bytes: len(text)})
	}
	return false, err
}

// headroom is more than the levels by which the normal form may nest a body
// deeper than it came: an envelope, lists, the objects of flat keys.
const headroom = 8

// door lets a body in (normal form G4). It reports whether the body is so deep
// that what becomes of it has to be looked at again.
func (s *session) door(req *scim.Request) (doc string, body scim.Value, deep bool, err error) {
	limits := scim.Limits{Bytes: s.plan.BodyLimit(s.route), Depth: scim.DefaultDepth - headroom}
	if doc, body, err = s.reader.Read(req.Body, limits); err != nil {
		deep, limits.Depth = true, scim.DefaultDepth
		doc, body, err = s.reader.Read(req.Body, limits)
	}
	if err == nil && len(doc) != len(req.Body) {
		s.did(ByteOrderMark, "body")
	}
	return doc, body, deep, err
}

// normal brings a body into normal form and returns its text, which is empty if
// nothing is left to do.
func (s *session) normal(body *scim.Value, method string) (string, error) {
	var err error
	switch {
	case s.route.Search:
		err = s.search(body)
	case s.route.Endpoint == "Bulk":
		err = s.bulk(body)
	case s.rt == nil:
	case method == http.MethodPatch:
		return s.patch(body)
	case method == http.MethodPost || method == http.MethodPut:
		err = s.resource(body, method)
	}
	return body.Raw(), err
}

// needsBody tells the requests that mean nothing without a body.
func (s *session) needsBody(method string) bool {
	switch method {
	case http.MethodPost:
		return s.rt != nil || s.route.Search || s.route.Endpoint == "Bulk"
	case http.MethodPut, http.MethodPatch:
		return s.rt != nil
	}
	return false
}

// unchanged answers a PATCH that has nothing left to do with the resource as it
// is (P12).
func (s *session) unchanged(req *scim.Request) (*scim.Response, error) {
	if s.found != nil && req.Query == "" {
		return s.found, nil
	}
	read := s.readRequest()
	read.Query = req.Query
	resp, err := s.send(s.ctx, read)
	if errors.Is(err, ErrNoState) {
		return &scim.Response{Status: http.StatusNoContent, Header: http.Header{}}, nil
	}
	return resp, err
}

// noState is a Send that knows nothing.
func noState(context.Context, *scim.Request) (*scim.Response, error) { return nil, ErrNoState }

// BodyLimit is the number of bytes that the body of a request to a route may
// have (normal form G4).
func (p *Plan) BodyLimit(route scim.Route) int {
	limit := p.MaxBody
	if limit == 0 {
		limit = DefaultMaxBody
	}
	if route.Endpoint != "Bulk" {
		return limit
	}
	if p.MaxBulkBody != 0 {
		return p.MaxBulkBody
	}
	return max(limit, DefaultMaxBulkBody)
}

func (p *Plan) maxAnswer() int {
	if p.MaxAnswer == 0 {
		return DefaultMaxAnswer
	}
	return p.MaxAnswer
}
