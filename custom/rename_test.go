package custom

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

const acme = "urn:example:params:scim:schemas:extension:acme:2.0:User"

func TestRenameInBodies(t *testing.T) {
	x := exchange{
		rules:  []Rule{{ID: "acme.cost-center", Verbs: []Verb{Rename{"costCenter", acme + ":costCenter"}}}},
		method: http.MethodPost, path: "/Users",
		body:   `{"schemas":["` + scim.UserURI + `"],"userName":"mara","costCenter":"7"}`,
		answer: `{"schemas":["` + scim.UserURI + `","` + acme + `"],"id":"1","` + acme + `":{"costCenter":"7"}}`,
	}
	x.run(t)
	x.want(t, `{"schemas":["`+scim.UserURI+`","`+acme+`"],"userName":"mara","`+acme+`":{"costCenter":"7"}}`,
		`{"schemas":["`+scim.UserURI+`"],"id":"1","costCenter":"7"}`)
}

// exchange is one request through rules, and what becomes of it.
type exchange struct {
	rules               []Rule
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

func (x *exchange) run(t *testing.T) {
	t.Helper()
	x.through(t, func(_ context.Context, req *scim.Request) (*scim.Response, error) {
		status := x.status
		if status == 0 {
			status = http.StatusOK
		}
		return &scim.Response{Status: status, Header: http.Header{}, Body: x.answer}, nil
	})
}

func (x *exchange) through(t *testing.T, send scim.Send) {
	t.Helper()
	r := newRules(t, x.rules...)
	req := &scim.Request{Method: x.method, Path: x.path, Query: x.query, Header: x.header, Body: x.body}
	route, _ := scim.Core().Route(scim.Base{}, x.path)
	kept := func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		again := *req
		x.sent = append(x.sent, &again)
		return send(ctx, req)
	}
	wrapped, err := r.Wrap(t.Context(), route, req, kept, func(c rewrite.Change) { x.changes = append(x.changes, c.ID+" "+c.At) })
	if err != nil {
		t.Fatal(err)
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
