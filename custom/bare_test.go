package custom

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestBareNames is about names of an extension without its URI. The normal form
// knows whose they are, and so do rules.
func TestBareNames(t *testing.T) {
	const acme = "urn:example:params:scim:schemas:extension:acme:2.0:User"
	for _, c := range []struct {
		verb          Verb
		when          string
		method, query string
		body          string // of the request
		answer        string // of the service provider
		sent, got     string // parts of what is sent and answered
	}{
		{verb: Rename{"costCenter", acme + ":costCenter"}, method: "POST", body: `"costCenter":"7"`,
			sent: `"` + acme + `":{"costCenter":"7"}`, got: `"` + enterprise + `":{"costCenter":"7"}`},
		{verb: Rename{"costCenter", acme + ":costCenter"}, method: "POST", body: `"` + enterprise + `":{"costCenter":"7"}`,
			sent: `"` + acme + `":{"costCenter":"7"}`},
		{verb: Rename{"costCenter", acme + ":costCenter"}, method: "GET", query: "filter=costCenter%20eq%20%227%22", sent: "%3Aacme%3A2.0%3AUser%3AcostCenter%20eq"},
		{verb: Rename{enterprise + ":department", "department"}, method: "POST", body: `"department":"7"`, sent: `"department":"7"}`, got: `"` + enterprise + `":{"department":"7"}`},
		{verb: Rename{"department", enterprise + ":department"}, method: "GET", answer: `"` + enterprise + `":{"department":"7"}`, got: `,"department":"7"`},
		{verb: Remove{"employeeNumber"}, method: "POST", body: `"employeeNumber":"7","title":"x"`, sent: `"title":"x"}`, answer: `"` + enterprise + `":{"employeeNumber":"7"},"title":"x"`, got: `"title":"x"}`},
		{verb: Map{"department", []Pair{{"Sales", "SAL"}}}, method: "POST", body: `"` + enterprise + `":{"department":"Sales"}`, sent: `{"department":"SAL"}`, got: `{"department":"Sales"}`},
		{verb: Map{"manager.value", []Pair{{"a", "b"}}}, method: "POST", body: `"manager":{"value":"a"}`, sent: `{"manager":{"value":"b"}}`},
		{verb: Copy{"userName", "department"}, method: "POST", body: `"title":"x"`, sent: `{"department":"mara"}`},
		{verb: Set{"division", "x"}, when: `organization eq "acme"`, method: "POST", body: `"organization":"acme"`, sent: `"division":"x"`},
	} {
		r := Rule{ID: "acme.bare", Verbs: []Verb{c.verb}, When: c.when}
		plan := newPlan(t, "generic", r)
		var sent strings.Builder
		resp, _, err := plan.Do(t.Context(), request(c.method, c.query, c.body), func(_ context.Context, req *scim.Request) (*scim.Response, error) {
			sent.WriteString(req.Query + req.Body)
			body := req.Body
			if c.answer != "" || body == "" {
				body = maraWith(c.answer)
			}
			return &scim.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: body}, nil
		})
		if err != nil {
			t.Errorf("%s: %v", c.verb, err)
			continue
		}
		if !strings.Contains(sent.String(), c.sent) {
			t.Errorf("%s: sent %s, want %s in it", c.verb, sent.String(), c.sent)
		}
		if !strings.Contains(resp.Body, c.got) {
			t.Errorf("%s: answered %s, want %s in it", c.verb, resp.Body, c.got)
		}
	}
}

// request is one of a client for users, in plain words.
func request(method, query, body string) *scim.Request {
	req := &scim.Request{Method: method, Path: "/Users", Query: query, Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}}, Origin: "https://scim.example.com"}
	if method == http.MethodPost {
		req.Body = maraWith(body)
	}
	if method == http.MethodGet && query == "" {
		req.Path = "/Users/1"
	}
	return req
}

func maraWith(members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"schemas":["` + scim.UserURI + `"],"id":"1","userName":"mara"` + members + `}`
}

// TestBareNamesAtRoot is about searches for resources of all types, whose names the
// normal form does not know.
func TestBareNamesAtRoot(t *testing.T) {
	for _, name := range []string{"employeeNumber", "EMPLOYEENUMBER", enterprise + ":employeeNumber"} {
		plan := newPlan(t, "generic", Rule{ID: "acme.hidden", Verbs: []Verb{Remove{"employeeNumber"}, Remove{"nickName"}}})
		for _, filter := range []string{name + ` eq "7"`, `not (` + name + ` pr)`, scim.UserURI + `:nickName eq "x"`} {
			_, _, err := plan.Do(t.Context(), &scim.Request{
				Method: http.MethodPost, Path: "/.search", Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}},
				Body: `{"schemas":["` + scim.SearchRequestURI + `"],"filter":` + string(scim.AppendString(nil, filter)) + `}`,
			}, func(context.Context, *scim.Request) (*scim.Response, error) {
				t.Errorf("%s was sent", filter)
				return &scim.Response{Status: http.StatusOK, Header: http.Header{}}, nil
			})
			if scim.AsError(err).Type != scim.InvalidFilter {
				t.Errorf("%s: %v", filter, err)
			}
		}
	}
}

// TestLiteralNames is about names that the normal form leaves alone, because its
// rule for them is disabled.
func TestLiteralNames(t *testing.T) {
	r, err := New(Options{Registry: scim.Core(), Literal: true, Rules: []Rule{{ID: "acme.flat", Verbs: []Verb{Uppercase{"department"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	var sent string
	send, err := r.Wrap(t.Context(), scim.Route{Type: scim.Core().ByName("User"), Endpoint: "Users"}, request("POST", "", ""), func(_ context.Context, req *scim.Request) (*scim.Response, error) {
		sent = req.Body
		return &scim.Response{Status: http.StatusCreated, Header: http.Header{}, Body: req.Body}, nil
	}, func(rewrite.Change) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := send(t.Context(), request("POST", "", `"department":"x","`+enterprise+`":{"department":"y"}`)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(sent, `"department":"X"`) || !strings.Contains(sent, `"department":"y"`) {
		t.Error(sent)
	}
}

func TestBareNamesErrors(t *testing.T) {
	for _, v := range []Verb{Rename{"department", "Department"}, Copy{"department", "department"}} {
		_, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "acme.x", Verbs: []Verb{v}}}})
		if err == nil || !strings.Contains(err.Error(), "an attribute cannot take its own place") {
			t.Errorf("%s: %v", v, err)
		}
	}
}
