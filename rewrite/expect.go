package rewrite

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// expectation is a verb about an answer: something that one client needs and that
// RFC 7644 leaves to the service provider (normal form R6). Such a rule stands
// among a provider's own.
type expectation interface {
	Action
	// meet sees to it that the answer to req is as the client needs it, if need be
	// with further exchanges. It returns resp where there is nothing to do.
	meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error)
}

// ReadBack answers a write that the service provider answered without the
// resource with one read of it. Operations are of create, replace and patch; an
// empty Type means resources of every type.
type ReadBack struct {
	Operations []string
	Type       string
}

// FillPages reads on until a page is as long as it was asked to be, or the whole
// list is there if no count was given: for clients that take a short page for
// the last one, or the first for all.
type FillPages struct{}

// EndList makes totalResults of an empty page the number of resources before it:
// for clients that ask on until they have as many as they were told of.
type EndList struct{}

// AlreadyDone takes a refused PATCH for a success when the resource is as the
// PATCH would have it: for clients that say things twice.
type AlreadyDone struct{}

// DoubtGone asks again before the client learns by a 404 which does not speak of
// a resource that what it writes to is gone: for clients that then forget it.
type DoubtGone struct{}

// RepeatHeader sends a header of the answer under a second name: for clients that
// know it by that one.
type RepeatHeader struct{ From, To string }

// Supply puts an attribute into resources that lack it: for clients that cannot
// do without. It is what the request said, else the value of the attribute From,
// else Otherwise, a JSON value; nothing if that is empty.
type Supply struct{ Type, Attribute, From, Otherwise string }

func (ReadBack) action()     {}
func (FillPages) action()    {}
func (EndList) action()      {}
func (AlreadyDone) action()  {}
func (DoubtGone) action()    {}
func (RepeatHeader) action() {}
func (Supply) action()       {}

var answerPlace = place{name: "answer"}

// expected has every expectation of the provider met.
func (s *session) expected(req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	for _, r := range s.plan.Rules.expects {
		var err error
		if resp, err = r.Do.(expectation).meet(s, r, req, resp); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// reads makes an exchange on behalf of the client after its own: a GET of path.
func (s *session) reads(path, query string) (*scim.Response, error) {
	read := s.readRequest()
	read.Path, read.Query = path, query
	return s.send(s.ctx, read)
}

func (do ReadBack) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	operation := s.route.Operation(req.Method)
	if s.rt == nil || do.Type != "" && do.Type != s.rt.Name || !slices.Contains(do.Operations, operation) {
		return resp, nil
	}
	path := req.Path
	switch resp.Status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
	default:
		return resp, nil
	}
	if operation == "create" {
		if path = createdAt(req, resp); path == "" {
			return resp, nil
		}
	}
	if body := parsed(resp); !body.Get("id").Empty() {
		return resp, nil
	}
	read, err := s.reads(path, "")
	if err != nil || read.Status != http.StatusOK {
		return resp, nil //nolint:nilerr // the write is done, and its answer is one
	}
	s.applied(r, &answerPlace)
	read.Header = read.Header.Clone()
	if location := resp.Header.Get("Location"); location != "" {
		read.Header.Set("Location", location)
	}
	if operation == "create" {
		read.Status = http.StatusCreated
	}
	return read, nil
}

// createdAt is the path of what a create has made, by the last segment of the
// Location.
func createdAt(req *scim.Request, resp *scim.Response) string {
	address := resp.Header.Get("Location")
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	id := address[strings.LastIndexByte(address, '/')+1:]
	if strings.Trim(id, ".") == "" {
		return ""
	}
	return req.Path + "/" + id
}

// parsed reads the JSON of an answer; it is Absent if there is none.
func parsed(resp *scim.Response) scim.Value {
	if strings.TrimSpace(resp.Body) == "" {
		return scim.Value{}
	}
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: len(resp.Body), Depth: answerDepth})
	if err != nil {
		return scim.Value{}
	}
	return scim.Parse(doc)
}

// withBody is an answer with another body.
func withBody(resp *scim.Response, body string) *scim.Response {
	other := scim.Response{Status: resp.Status, Header: resp.Header.Clone(), Body: body}
	for _, name := range bodyHeaders {
		other.Header.Del(name)
	}
	return &other
}

// Repeat gives an answer that the gateway makes itself, such as a refusal for too
// many requests, the headers under the names that the client knows. Do has seen to
// its own answers.
func (p *Plan) Repeat(header http.Header) {
	if p.Rules == nil {
		return
	}
	for _, r := range p.Rules.repeats {
		do := r.Do.(RepeatHeader)
		if given := header.Get(do.From); given != "" && header.Get(do.To) == "" {
			header.Set(do.To, given)
		}
	}
}

// repeated sends headers a second time under the names that the client knows, once
// the answer has all that it is to have.
func (s *session) repeated(resp *scim.Response) {
	for _, r := range s.plan.Rules.repeats {
		do := r.Do.(RepeatHeader)
		if given := resp.Header.Get(do.From); given != "" && resp.Header.Get(do.To) == "" {
			s.applied(r, &place{up: &place{up: &answerPlace, name: "header"}, name: do.To})
			resp.Header = resp.Header.Clone()
			resp.Header.Set(do.To, given)
		}
	}
}
