package rewrite_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// told is one exchange: the answer to a request, or an error of the way there.
type told struct {
	status   int
	body     string
	location string
	err      error
}

// expectation is one request of a client with a need, and what comes of it.
type expectation struct {
	name    string
	do      rewrite.Action
	request string // method, target and body, each behind a space
	answers []told // further ones are 404 with a page
	asked   string // the requests but the first, one a line
	status  int
	want    string // the body
	applied bool
}

const (
	mara, tomas = `{"id":"1","userName":"mara"}`, `{"id":"2","userName":"tomas"}`
	patchName   = `PATCH /scim/v2/Users/1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"userName","value":"mara"}]}`
)

func pageOf(total string, resources ...string) string {
	return `{"totalResults":` + total + `,"Resources":[` + strings.Join(resources, ",") + `]}`
}

var errBroken = errors.New("broken off")

func TestReadBack(t *testing.T) {
	back := rewrite.ReadBack{Operations: []string{"create", "replace", "patch"}, Type: "User"}
	for _, tt := range []expectation{
		{name: "no body", do: back, request: patchName, answers: []told{{status: 204}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/1", status: 200, want: mara, applied: true},
		{name: "an object without an id", do: back, request: patchName, answers: []told{{status: 200, body: "{}"}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/1", status: 200, want: mara, applied: true},
		{name: "the resource", do: back, request: patchName, answers: []told{{status: 200, body: tomas}}, status: 200, want: tomas},
		{name: "a refusal", do: back, request: patchName, answers: []told{{status: 400, body: "{}"}}, status: 400, want: "{}"},
		{name: "not done yet", do: back, request: patchName, answers: []told{{status: 202}}, status: 202},
		{name: "the read fails", do: back, request: patchName, answers: []told{{status: 204}, {err: errBroken}}, asked: "GET /scim/v2/Users/1", status: 204},
		{name: "the read is refused", do: back, request: patchName, answers: []told{{status: 204}, {status: 403}}, asked: "GET /scim/v2/Users/1", status: 204},
		{name: "created", do: back, request: "POST /scim/v2/Users " + mara, answers: []told{{status: 201, location: "http://inner/v2/Users/7?x=1"}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/7", status: 201, want: mara, applied: true},
		{name: "created, nobody says where", do: back, request: "POST /scim/v2/Users " + mara, answers: []told{{status: 201}}, status: 201},
		{name: "created at no place", do: back, request: "POST /scim/v2/Users " + mara, answers: []told{{status: 201, location: "http://inner/v2/Users/.."}}, status: 201},
		{name: "another type", do: back, request: "PUT /scim/v2/Groups/1 " + mara, answers: []told{{status: 204}}, status: 204},
		{name: "a deletion", do: back, request: "DELETE /scim/v2/Users/1", answers: []told{{status: 204}}, status: 204},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestFillPages(t *testing.T) {
	fill := rewrite.FillPages{}
	for _, tt := range []expectation{
		{name: "all of it", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("2", mara)}, {status: 200, body: pageOf("2", tomas)}}, asked: "GET /scim/v2/Users?startIndex=2", status: 200, want: `{"totalResults":2,"Resources":[` + mara + `,` + tomas + `],"itemsPerPage":2}`, applied: true},
		{name: "a total in quotes", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf(`"2"`, mara)}, {status: 200, body: pageOf(`"2"`, tomas)}}, asked: "GET /scim/v2/Users?startIndex=2", status: 200, want: `{"totalResults":"2","Resources":[` + mara + `,` + tomas + `],"itemsPerPage":2}`, applied: true},
		{name: "more than is missing", do: fill, request: "GET /scim/v2/Users?count=2&startIndex=3", answers: []told{{status: 200, body: pageOf("9", mara)}, {status: 200, body: pageOf("9", tomas, mara)}}, asked: "GET /scim/v2/Users?count=1&startIndex=4", status: 200, want: `{"totalResults":9,"Resources":[` + mara + `,` + tomas + `],"itemsPerPage":2}`, applied: true},
		{name: "a full page", do: fill, request: "GET /scim/v2/Users?count=1", answers: []told{{status: 200, body: pageOf("2", mara)}}, status: 200, want: pageOf("2", mara)},
		{name: "the last page", do: fill, request: "GET /scim/v2/Users?startIndex=2&count=5", answers: []told{{status: 200, body: pageOf("2", mara)}}, status: 200, want: pageOf("2", mara)},
		{name: "only the total", do: fill, request: "GET /scim/v2/Users?count=0", answers: []told{{status: 200, body: pageOf("2")}}, status: 200, want: pageOf("2")},
		{name: "by cursor", do: fill, request: "GET /scim/v2/Users?cursor=x", answers: []told{{status: 200, body: pageOf("2", mara)}}, status: 200, want: pageOf("2", mara)},
		{name: "no total", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: `{"Resources":[` + mara + `]}`}}, status: 200, want: `{"Resources":[` + mara + `]}`},
		{name: "no list", do: fill, request: "GET /scim/v2/Users/1", answers: []told{{status: 200, body: mara}}, status: 200, want: mara},
		{name: "an estimate", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("9", mara)}, {status: 200, body: pageOf("9")}}, asked: "GET /scim/v2/Users?startIndex=2", status: 200, want: pageOf("9", mara), applied: true},
		{name: "one that moved to the next page", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("3", mara)}, {status: 200, body: pageOf("3", mara, tomas)}}, asked: "GET /scim/v2/Users?startIndex=2", status: 200, want: `{"totalResults":3,"Resources":[` + mara + `,` + tomas + `],"itemsPerPage":2}`, applied: true},
		{name: "the same page again", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("3", mara)}, {status: 200, body: pageOf("3", `{"userName":"mara","id":"1"}`)}}, asked: "GET /scim/v2/Users?startIndex=2", status: 502, applied: true},
		{name: "a page that is none", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("2", mara)}, {status: 200, body: `<html>`}}, asked: "GET /scim/v2/Users?startIndex=2", status: 502, applied: true},
		{name: "a page that breaks off", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("2", mara)}, {err: errBroken}}, asked: "GET /scim/v2/Users?startIndex=2", status: 500, applied: true},
		{name: "larger by the last page", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("2", mara)}, {status: 200, body: pageOf("2", `{"id":"`+strings.Repeat("x", 600)+`"}`)}}, asked: "GET /scim/v2/Users?startIndex=2", status: 400, applied: true},
		{name: "larger than an answer may be", do: fill, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("3", mara)}, {status: 200, body: pageOf("3", `{"id":"`+strings.Repeat("x", 600)+`"}`)}}, asked: "GET /scim/v2/Users?startIndex=2", status: 400, applied: true},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestEndList(t *testing.T) {
	end := rewrite.EndList{}
	for _, tt := range []expectation{
		{name: "an empty page", do: end, request: "GET /scim/v2/Users?startIndex=101", answers: []told{{status: 200, body: pageOf("150")}}, status: 200, want: pageOf("100"), applied: true},
		{name: "an empty list", do: end, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("3")}}, status: 200, want: pageOf("0"), applied: true},
		{name: "the page behind the last", do: end, request: "GET /scim/v2/Users?startIndex=101", answers: []told{{status: 200, body: pageOf("100")}}, status: 200, want: pageOf("100")},
		{name: "a list of another kind", do: end, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: `{"totalResults":1,"users":[` + mara + `]}`}}, status: 200, want: `{"totalResults":1,"users":[` + mara + `]}`},
		{name: "a page", do: end, request: "GET /scim/v2/Users?startIndex=101", answers: []told{{status: 200, body: pageOf("150", mara)}}, status: 200, want: pageOf("150", mara)},
		{name: "only the total", do: end, request: "GET /scim/v2/Users?count=0", answers: []told{{status: 200, body: pageOf("150")}}, status: 200, want: pageOf("150")},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestAlreadyDone(t *testing.T) {
	done := rewrite.AlreadyDone{}
	const leave = `PATCH /scim/v2/Groups/1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"ID\"]"}]}`
	const refusal = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"no such user name"}`
	const absent = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"noTarget","detail":"no such member"}`
	const crew = `{"id":"1","members":[{"value":"3"}]}`
	for _, tt := range []expectation{
		{name: "as it asks", do: done, request: patchName, answers: []told{{status: 400, body: refusal}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/1", status: 200, want: mara, applied: true},
		{name: "otherwise", do: done, request: patchName, answers: []told{{status: 400, body: refusal}, {status: 200, body: tomas}}, asked: "GET /scim/v2/Users/1", status: 400, want: refusal},
		{name: "a member has left", do: done, request: strings.Replace(leave, "ID", "2", 1), answers: []told{{status: 400, body: absent}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 200, want: crew, applied: true},
		{name: "a member has left, 404", do: done, request: strings.Replace(leave, "ID", "2", 1), answers: []told{{status: 404, body: refusal}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 200, want: crew, applied: true},
		{name: "a member is not shown, and it is not said why", do: done, request: strings.Replace(leave, "ID", "2", 1), answers: []told{{status: 409, body: refusal}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 409, want: refusal},
		{name: "two members are not shown", do: done, request: strings.Replace(strings.Replace(leave, "ID", "2", 1), `[{`, `[{"op":"remove","path":"members[value eq \"4\"]"},{`, 1), answers: []told{{status: 400, body: absent}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 400, want: absent},
		{name: "the whole list, of which there may be more", do: done, request: strings.Replace(leave, `"remove","path":"members[value eq \"ID\"]"`, `"replace","path":"members","value":[{"value":"3"}]`, 1), answers: []told{{status: 409, body: refusal}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 409, want: refusal},
		{name: "the whole list without a path", do: done, request: strings.Replace(leave, `"remove","path":"members[value eq \"ID\"]"`, `"replace","value":{"members":[{"value":"3"}]}`, 1), answers: []told{{status: 409, body: refusal}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 409, want: refusal},
		{name: "a member is there already", do: done, request: strings.Replace(leave, `"remove","path":"members[value eq \"ID\"]"`, `"add","path":"members","value":[{"value":"3"}]`, 1), answers: []told{{status: 409, body: refusal}, {status: 200, body: crew}}, asked: "GET /scim/v2/Groups/1", status: 200, want: crew, applied: true},
		{name: "a member is there as a number", do: done, request: strings.Replace(leave, "ID", "3", 1), answers: []told{{status: 400, body: absent}, {status: 200, body: `{"id":1,"members":[{"value":3}]}`}}, asked: "GET /scim/v2/Groups/1", status: 400, want: absent},
		{name: "a member is there", do: done, request: strings.Replace(leave, "ID", "3", 1), answers: []told{{status: 400, body: refusal}, {status: 200, body: `{"id":"1","members":[{"value":"3"}]}`}}, asked: "GET /scim/v2/Groups/1", status: 400, want: refusal},
		{name: "members are not shown", do: done, request: strings.Replace(leave, "ID", "2", 1), answers: []told{{status: 400, body: refusal}, {status: 200, body: `{"id":"1","members":[]}`}}, asked: "GET /scim/v2/Groups/1", status: 400, want: refusal},
		{name: "without a path", do: done, request: strings.Replace(patchName, `"path":"userName","value":"mara"`, `"value":{"userName":"mara"}`, 1), answers: []told{{status: 400, body: refusal}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/1", status: 200, want: mara, applied: true},
		{name: "without a path, not shown", do: done, request: strings.Replace(patchName, `"path":"userName","value":"mara"`, `"value":{"nickName":null}`, 1), answers: []told{{status: 400, body: refusal}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/1", status: 400, want: refusal},
		{name: "a part is not shown", do: done, request: strings.Replace(leave, `members[value eq \"ID\"]`, "members.display", 1), answers: []told{{status: 400, body: refusal}, {status: 200, body: `{"id":"1","members":[{"value":"3"}]}`}}, asked: "GET /scim/v2/Groups/1", status: 400, want: refusal},
		{name: "gone", do: done, request: patchName, answers: []told{{status: 404, body: refusal}, {status: 404, body: refusal}}, asked: "GET /scim/v2/Users/1", status: 404, want: refusal},
		{name: "no route", do: done, request: patchName, status: 404, want: "<html>"},
		{name: "not allowed", do: done, request: patchName, answers: []told{{status: 403, body: refusal}}, status: 403, want: refusal},
		{name: "the read breaks off", do: done, request: patchName, answers: []told{{status: 409, body: refusal}, {err: errBroken}}, asked: "GET /scim/v2/Users/1", status: 409, want: refusal},
		{name: "a PUT", do: done, request: "PUT /scim/v2/Users/1 " + mara, answers: []told{{status: 400, body: refusal}}, status: 400, want: refusal},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestDoubtGone(t *testing.T) {
	gone := rewrite.DoubtGone{}
	const refusal = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"no user 1"}`
	both := "GET /scim/v2/Users/1\nGET /scim/v2/Users?count=1"
	for _, tt := range []expectation{
		{name: "gone", do: gone, request: patchName, answers: []told{{status: 404, body: refusal}}, status: 404, want: refusal},
		{name: "no method", do: gone, request: patchName, answers: []told{{status: 404}, {status: 200, body: mara}}, asked: "GET /scim/v2/Users/1", status: 501, applied: true},
		{name: "gone after all", do: gone, request: patchName, answers: []told{{status: 404}, {status: 404, body: refusal}}, asked: "GET /scim/v2/Users/1", status: 404},
		{name: "a page for what is gone", do: gone, request: patchName, answers: []told{{status: 404}, {status: 404}, {status: 200, body: pageOf("0")}}, asked: both, status: 404},
		{name: "nothing at all", do: gone, request: patchName, asked: both, status: 502, applied: true},
		{name: "too much to do", do: gone, request: patchName, answers: []told{{status: 404}, {status: 404}, {status: 429}}, asked: both, status: 429},
		{name: "broken off", do: gone, request: patchName, answers: []told{{status: 404}, {err: errBroken}}, asked: "GET /scim/v2/Users/1", status: 500},
		{name: "broken off later", do: gone, request: "GET /scim/v2/Users/1", answers: []told{{status: 404}, {err: errBroken}}, asked: "GET /scim/v2/Users?count=1", status: 500},
		{name: "nothing is known", do: gone, request: patchName, answers: []told{{status: 404}, {err: rewrite.ErrNoState}}, asked: "GET /scim/v2/Users/1", status: 404},
		{name: "a list", do: gone, request: "GET /scim/v2/Users", status: 404, want: "<html>"},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestSupply(t *testing.T) {
	name := rewrite.Supply{Type: "User", Attribute: "displayName", From: "userName"}
	active := rewrite.Supply{Type: "User", Attribute: "active", Otherwise: "true"}
	const bare = `{"id":"1"}`
	for _, tt := range []expectation{
		{name: "what the client said", do: name, request: `POST /scim/v2/Users {"userName":"mara","displayName":"Mara"}`, answers: []told{{status: 201, body: mara}}, status: 201, want: `{"id":"1","userName":"mara","displayName":"Mara"}`, applied: true},
		{name: "what there is", do: name, request: "GET /scim/v2/Users/1", answers: []told{{status: 200, body: mara}}, status: 200, want: `{"id":"1","userName":"mara","displayName":"mara"}`, applied: true},
		{name: "nothing", do: name, request: "GET /scim/v2/Users/1", answers: []told{{status: 200, body: bare}}, status: 200, want: bare},
		{name: "in a list", do: active, request: "GET /scim/v2/Users", answers: []told{{status: 200, body: pageOf("2", mara, `{"id":"2","active":false}`)}}, status: 200, want: pageOf("2", `{"id":"1","userName":"mara","active":true}`, `{"id":"2","active":false}`), applied: true},
		{name: "an empty list", do: rewrite.Supply{Type: "Group", Attribute: "members", Otherwise: "[]"}, request: "GET /scim/v2/Groups/1", answers: []told{{status: 200, body: `{"id":"1","members":[]}`}}, status: 200, want: `{"id":"1","members":[]}`},
		{name: "null", do: rewrite.Supply{Type: "Group", Attribute: "members", Otherwise: "[]"}, request: "GET /scim/v2/Groups/1", answers: []told{{status: 200, body: `{"id":"1","members":null}`}}, status: 200, want: `{"id":"1","members":[]}`, applied: true},
		{name: "was not asked for", do: active, request: "GET /scim/v2/Users/1?attributes=userName", answers: []told{{status: 200, body: mara}}, status: 200, want: mara},
		{name: "was not searched for", do: active, request: `POST /scim/v2/Users/.search {"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName"]}`, answers: []told{{status: 200, body: pageOf("1", mara)}}, status: 200, want: pageOf("1", mara)},
		{name: "searched for", do: active, request: `POST /scim/v2/Users/.search {"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}`, answers: []told{{status: 200, body: pageOf("1", mara)}}, status: 200, want: pageOf("1", `{"id":"1","userName":"mara","active":true}`), applied: true},
		{name: "another type", do: active, request: "GET /scim/v2/Groups/1", answers: []told{{status: 200, body: bare}}, status: 200, want: bare},
		{name: "an error", do: active, request: "GET /scim/v2/Users/1", answers: []told{{status: 400, body: bare}}, status: 400, want: bare},
		{name: "no resource", do: active, request: "GET /scim/v2/Users/1", answers: []told{{status: 200, body: `{"x":1}`}}, status: 200, want: `{"x":1}`},
	} {
		t.Run(tt.name, tt.run)
	}
}

// run has the one need met, and repairs nothing else.
func (tt expectation) run(t *testing.T) {
	need := &rewrite.Rule{ID: "need", Do: tt.do}
	ruleset, err := rewrite.NewRuleset([]*rewrite.Rule{need})
	if err != nil {
		t.Fatal(err)
	}
	method, rest, _ := strings.Cut(tt.request, " ")
	target, body, _ := strings.Cut(rest, " ")
	path, query, _ := strings.Cut(target, "?")
	req := &scim.Request{Method: method, Path: path, Query: query, Body: body, Header: http.Header{"Accept": {scim.MediaType}, "Content-Type": {scim.MediaType}}}
	var asked []string
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		asked = append(asked, strings.TrimSuffix(out.Method+" "+out.Path+"?"+out.Query, "?"))
		next := told{status: 404, body: "<html>"}
		if n := len(asked) - 1; n < len(tt.answers) {
			next = tt.answers[n]
		}
		resp := &scim.Response{Status: next.status, Header: http.Header{}, Body: next.body}
		if next.location != "" {
			resp.Header.Set("Location", next.location)
		}
		return resp, next.err
	}
	plan := &rewrite.Plan{Rules: ruleset, Registry: scim.Core(), MaxAnswer: 512}
	resp, changes, err := plan.Do(t.Context(), req, send)
	if err != nil {
		resp = &scim.Response{Status: scim.AsError(err).Status}
	}
	if resp.Status != tt.status || tt.want != "" && resp.Body != tt.want {
		t.Errorf("got %d %s, want %d %s", resp.Status, resp.Body, tt.status, tt.want)
	}
	if diff := cmp.Diff(tt.asked, strings.Join(asked[1:], "\n")); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if applied := len(changes) > 0; applied != tt.applied {
		t.Errorf("changes: %v, want any: %t", changes, tt.applied)
	}
}

// TestFillPagesEnds holds that a list is not read for ever.
func TestFillPagesEnds(t *testing.T) {
	ruleset, err := rewrite.NewRuleset([]*rewrite.Rule{{ID: "need", Do: rewrite.FillPages{}}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	send := func(context.Context, *scim.Request) (*scim.Response, error) {
		n++
		return &scim.Response{Status: 200, Header: http.Header{}, Body: pageOf("1000000", fmt.Sprintf(`{"id":"%d"}`, n))}, nil
	}
	req := &scim.Request{Method: "GET", Path: "/scim/v2/Users", Header: http.Header{}}
	_, _, err = (&rewrite.Plan{Rules: ruleset, Registry: scim.Core()}).Do(t.Context(), req, send)
	if e := scim.AsError(err); e == nil || e.Type != scim.TooMany || n != 500 {
		t.Errorf("%d pages: %v", n, err)
	}
}

func TestRepeatHeader(t *testing.T) {
	ruleset, err := rewrite.NewRuleset([]*rewrite.Rule{{ID: "need", Do: rewrite.RepeatHeader{From: "Retry-After", To: "X-Wait"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		header http.Header
		want   string
	}{
		{http.Header{"Retry-After": {"7"}}, "7"},
		{http.Header{"Retry-After": {"7"}, "X-Wait": {"9"}}, "9"},
		{http.Header{}, ""},
	} {
		given := tt.header.Clone()
		send := func(context.Context, *scim.Request) (*scim.Response, error) {
			return &scim.Response{Status: 429, Header: tt.header}, nil
		}
		req := &scim.Request{Method: "GET", Path: "/scim/v2/Users", Header: http.Header{}}
		resp, _, err := (&rewrite.Plan{Rules: ruleset, Registry: scim.Core()}).Do(t.Context(), req, send)
		if err != nil || resp.Header.Get("X-Wait") != tt.want {
			t.Errorf("%v: got %v, %v", given, resp, err)
		}
		if diff := cmp.Diff(given, tt.header); diff != "" {
			t.Errorf("the header of the service provider was changed:\n%s", diff)
		}
	}
}

// TestVerifyWithNeeds holds the verification of a search against what single clients
// need of the answer.
func TestVerifyWithNeeds(t *testing.T) {
	page := pageOf("9", mara, tomas)
	for _, tt := range []struct {
		name, provider, query, answer string
		status                        int
		want                          string
	}{
		{"what is supplied is not judged", "keycloak-scim", "filter=displayName%20eq%20%22Mara%20Lind%22", pageOf("1", mara), 200, `"id":"1"`},
		{"a page that would become short", "connid", "filter=userName%20eq%20%22mara%22&count=2", page, 501, "filter off"},
		{"a page that becomes short", "generic", "filter=userName%20eq%20%22mara%22&count=2", page, 200, `"totalResults":8`},
		{"all there is", "connid", "filter=userName%20eq%20%22mara%22&count=2", pageOf("2", mara, tomas), 200, `"totalResults":1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			send := func(context.Context, *scim.Request) (*scim.Response, error) {
				return answer(http.StatusOK, tt.answer), nil
			}
			req := &scim.Request{Method: "GET", Path: "/scim/v2/Users", Query: tt.query, Header: http.Header{}}
			resp, _, err := compile(t, tt.provider).Do(t.Context(), req, send)
			if err != nil || resp.Status != tt.status || !strings.Contains(resp.Body, tt.want) {
				t.Errorf("%v, %v", resp, err)
			}
		})
	}
}
