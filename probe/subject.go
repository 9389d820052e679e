package probe

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// subject is what something is tried on: the service provider as it is, or the
// gateway in front of it.
type subject struct {
	base     string // path
	registry *scim.Registry
	send     scim.Send
	header   http.Header

	// strict is held to the letter of RFC 7644. What is not may speak the dialect.
	strict bool
	dialect
	numbers bool // the values of a filter are numbers
}

// dialect is how the service provider has to be spoken to before anything can be
// asked.
type dialect struct {
	mediaType string // of bodies; empty means that of SCIM
	numeric   bool   // ids are numbers
	title     bool   // verbs of a PATCH are capitalised
	pathless  bool   // operations have no path
	resources []string
	total     []string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	doc    scim.Value // Absent if the body is no JSON
}

// refusedError is an answer that is an error.
type refusedError struct {
	status int
	typ    string
	detail string
}

func (e *refusedError) Error() string {
	text := fmt.Sprintf("status %d", e.status)
	if e.typ != "" {
		text += " " + e.typ
	}
	if e.detail != "" {
		text += ": " + e.detail
	}
	return text
}

// statusOf is the status that an error tells of, or 0.
func statusOf(err error) int {
	if refused, ok := errors.AsType[*refusedError](err); ok {
		return refused.status
	}
	return 0
}

// routeMissing reports whether an error may say that there is no such method or
// endpoint.
func routeMissing(err error) bool {
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// exchange makes a request to a path below the base. An answer of 400 and above
// is an error.
func (s *subject) exchange(ctx context.Context, method, path, query, body string, header ...string) (*answer, error) {
	req := &scim.Request{Method: method, Path: s.base + path, Query: query, Body: body, Header: s.header.Clone(), Origin: "http://gateway.example.com"}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set("Accept", scim.MediaType+", application/json")
	if body != "" {
		req.Header.Set("Content-Type", scim.MediaType)
		if s.mediaType != "" {
			req.Header.Set("Content-Type", s.mediaType)
		}
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.send(ctx, req)
	if err != nil {
		refused, ok := errors.AsType[*scim.Error](err)
		if !ok {
			return nil, err
		}
		resp = &scim.Response{Status: refused.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: refused.Body()}
	}
	a := &answer{status: resp.Status, header: resp.Header, body: resp.Body}
	if doc, err := scim.Check(resp.Body, scim.Limits{Bytes: maxAnswer}); err == nil {
		a.doc = scim.Parse(doc)
	}
	if a.status >= http.StatusBadRequest {
		return a, a.refusal()
	}
	return a, nil
}

func (a *answer) refusal() error {
	refused := &refusedError{status: a.status, detail: a.doc.Get("detail").Text(), typ: a.doc.Get("scimType").Text()}
	for _, name := range [...]string{"message", "error", "error_description"} {
		if refused.detail == "" {
			refused.detail = a.doc.Get(name).Text()
		}
	}
	if refused.detail = strings.Join(strings.Fields(refused.detail), " "); len(refused.detail) > 160 {
		refused.detail = refused.detail[:160] + "…"
	}
	return refused
}

// isJSON reports whether an answer is called what it is.
func (a *answer) isJSON() bool {
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && (media == scim.MediaType || media == "application/json")
}

// resource reads one resource.
func (s *subject) resource(ctx context.Context, path, query string) (scim.Value, *answer, error) {
	a, err := s.exchange(ctx, http.MethodGet, path, query, "")
	if err != nil {
		return scim.Value{}, a, err
	}
	v, err := s.single(a)
	return v, a, err
}

// single is the resource of an answer. Ids of a dialect are made text.
func (s *subject) single(a *answer) (scim.Value, error) {
	v := a.doc
	if v.Kind() != scim.Object {
		return v, errors.New("the answer is no JSON object")
	}
	if s.strict {
		return v, strictResource(a, &v)
	}
	idsAsText(&v)
	return v, nil
}

// strictResource holds the answer with one resource against RFC 7643 section 3.
func strictResource(a *answer, v *scim.Value) error {
	switch {
	case !a.isJSON():
		return fmt.Errorf("the answer is called %q", a.header.Get("Content-Type"))
	case v.Get("id").Kind() != scim.String:
		return fmt.Errorf("id is %s", v.Get("id").Kind())
	case v.Get("schemas").Len() == 0:
		return errors.New("schemas is missing")
	}
	return nil
}

func idsAsText(v *scim.Value) {
	if id := v.Get("id"); id.Kind() == scim.Number {
		id.Put(scim.StringValue(id.Raw()))
	}
	members := v.Get("members")
	for i := range members.Members() {
		if value := members.At(i).Get("value"); value.Kind() == scim.Number {
			value.Put(scim.StringValue(value.Raw()))
		}
	}
}

// id is an id as it stands in a body or filter.
func (s *subject) id(id string) string {
	if s.numeric {
		return id
	}
	return scim.Quote(id)
}
