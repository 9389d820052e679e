package custom

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// exchange is one request through rules, and what becomes of it.
type exchange struct {
	rules               []Rule
	expand              func(context.Context, string) string
	method, path, query string
	header              http.Header
	body                string
	status              int
	answer              string

	sent    []*scim.Request
	got     *scim.Response
	changes []string
	err     error
}

func newRules(t testing.TB, rules ...Rule) *Rules {
	t.Helper()
	r, err := New(Options{Rules: rules, Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run answers each exchange with the status and the body of x.
func (x *exchange) run(t *testing.T) {
	t.Helper()
	x.through(t, func(context.Context, *scim.Request) (*scim.Response, error) {
		status := x.status
		if status == 0 {
			status = http.StatusOK
		}
		return &scim.Response{Status: status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: x.answer}, nil
	})
}

// through sends the request through the rules to send, and keeps what was sent.
func (x *exchange) through(t testing.TB, send scim.Send) {
	t.Helper()
	r, err := New(Options{Rules: x.rules, Registry: scim.Core(), Expand: x.expand})
	if err != nil {
		t.Fatal(err)
	}
	req := &scim.Request{Method: x.method, Path: x.path, Query: x.query, Header: x.header, Body: x.body, Origin: "https://scim.example.com"}
	route, ok := scim.Core().Route(scim.Base{}, x.path)
	if !ok {
		t.Fatalf("%s is no path of SCIM", x.path)
	}
	kept := func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		again := *req
		x.sent = append(x.sent, &again)
		return send(ctx, req)
	}
	x.sent, x.changes, x.got = nil, nil, nil
	wrapped, err := r.Wrap(t.Context(), route, req, kept, func(c rewrite.Change) { x.changes = append(x.changes, c.ID+" "+c.At) })
	if err != nil {
		x.err = err
		return
	}
	x.got, x.err = wrapped(t.Context(), req)
}

// want holds the last request that was sent and the answer against what they
// should be.
func (x *exchange) want(t *testing.T, sent, got string) {
	t.Helper()
	if x.err != nil {
		t.Fatal(x.err)
	}
	if diff := cmp.Diff(sent, x.sent[len(x.sent)-1].Body); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(got, x.got.Body); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// fails holds the error against what it should be; nothing was written then.
func (x *exchange) fails(t *testing.T, want string) {
	t.Helper()
	if x.err == nil || x.err.Error() != want {
		t.Errorf(" got error %v\nwant error %s", x.err, want)
	}
	for _, req := range x.sent {
		if req.Method != http.MethodGet {
			t.Errorf("%s was sent", req.Method)
		}
	}
}

// lines are the requests that were sent, by method and target.
func (x *exchange) lines() []string {
	var lines []string
	for _, req := range x.sent {
		line := req.Method + " " + req.Path
		if req.Query != "" {
			line += "?" + req.Query
		}
		lines = append(lines, line)
	}
	return lines
}

// serviceProvider is a strict one that holds the users given, with the ids 1, 2 …
// that they say.
func serviceProvider(t testing.TB, users ...string) scim.Send {
	t.Helper()
	d, err := directory.New(directory.Options{Seed: []byte(`{"Users":[` + strings.Join(users, ",") + `]}`)})
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		in := httptest.NewRequestWithContext(ctx, req.Method, req.Path+"?"+req.Query, strings.NewReader(req.Body))
		in.Header = req.Header.Clone()
		if req.Body != "" {
			if in.Header == nil {
				in.Header = http.Header{}
			}
			in.Header.Set("Content-Type", scim.MediaType)
		}
		rec := httptest.NewRecorder()
		d.ServeHTTP(rec, in)
		return &scim.Response{Status: rec.Code, Header: rec.Header(), Body: rec.Body.String()}, nil
	}
}

// answering is a service provider that says the same to all.
func answering(resp scim.Response) scim.Send {
	return func(context.Context, *scim.Request) (*scim.Response, error) {
		again := resp
		return &again, nil
	}
}
