package backend

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// imitation answers like a service provider. It keeps what it was asked.
type imitation struct {
	answer func(req *scim.Request) *scim.Response
	stream bool // gives lists as a stream
	asked  []*scim.Request
}

func (i *imitation) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	i.asked = append(i.asked, req)
	resp := i.answer(req)
	if resp.Header == nil {
		resp.Header = http.Header{"Content-Type": {scim.MediaType}}
	}
	if !i.stream || req.Stream == nil || resp.Status != http.StatusOK {
		return resp, nil
	}
	body := resp.Body
	resp.Body = ""
	return resp, req.Stream(strings.NewReader(body))
}

// lines are the requests that came, by method and target.
func (i *imitation) lines() []string {
	var lines []string
	for _, req := range i.asked {
		line := req.Method + " " + req.Path
		if req.Query != "" {
			line += "?" + req.Query
		}
		lines = append(lines, line)
	}
	return lines
}

// always answers the same to all.
func always(status int, body string) *imitation {
	return &imitation{answer: func(*scim.Request) *scim.Response { return &scim.Response{Status: status, Body: body} }}
}

// routes answers by method and target, and 404 with a page to all else.
func routes(answers map[string]*scim.Response) *imitation {
	return &imitation{answer: func(req *scim.Request) *scim.Response {
		for _, target := range [...]string{req.Path + "?" + req.Query, req.Path} {
			if resp := answers[req.Method+" "+target]; resp != nil {
				again := *resp
				return &again
			}
		}
		return page404()
	}}
}

func page404() *scim.Response {
	return &scim.Response{Status: 404, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><title>404</title></html>"}
}

func message(status int, body string) *scim.Response {
	return &scim.Response{Status: status, Body: body}
}

func newBackend(t testing.TB, caps Capabilities) *Backend {
	t.Helper()
	base, err := scim.ParseBase("/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Options{Capabilities: caps, Registry: scim.Core(), Base: base})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newRequest is a request in normal form.
func newRequest(method, target, body string) *scim.Request {
	path, query, _ := strings.Cut(target, "?")
	req := &scim.Request{Method: method, Path: "/scim/v2" + path, Query: query, Body: body, Header: http.Header{"Accept": {scim.MediaType}}}
	if body != "" {
		req.Header.Set("Content-Type", scim.MediaType)
	}
	return req
}

// entering is a request where it enters the layers.
func entering(t testing.TB, b *Backend, req *scim.Request) *exchange {
	t.Helper()
	route, ok := b.registry.Route(b.base, req.Path)
	if !ok {
		t.Fatalf("%s is no path below the base", req.Path)
	}
	return &exchange{Context: t.Context(), b: b, req: req, route: route, operation: route.Operation(req.Method), waited: new(atomic.Int64)}
}

// bottom runs a request through the bottom layer alone.
func bottom(t testing.TB, b *Backend, i *imitation, req *scim.Request) (*scim.Response, error) {
	t.Helper()
	return b.exchanges(i.send)(entering(t, b, req))
}

func must(t testing.TB, resp *scim.Response, err error) *scim.Response {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// adapted are capabilities of a service provider that lacks something which
// does not matter to the request at hand.
var adapted = Capabilities{PatchOperations: 1000}

func TestFullServiceProviderIsLeftAlone(t *testing.T) {
	b := newBackend(t, Capabilities{})
	for _, body := range []string{`[{"id":1}]`, `{"Resources":[]}`, "<html>", ""} {
		i := always(200, body)
		req := newRequest("GET", "/Users?count=2", "")
		resp, err := b.Adapt(i.send)(t.Context(), req)
		if err != nil || resp.Body != body || len(i.asked) != 1 || i.asked[0] != req {
			t.Errorf("%q: not the same request and answer: %v %v", body, resp, err)
		}
	}
}

func TestResourceShapes(t *testing.T) {
	for _, test := range []struct {
		name, method, target, body string
		status                     int
		answer                     string
		wantStatus                 int
		want                       string
	}{
		{
			name: "as it should be", method: "GET", target: "/Users/17",
			status: 200, answer: ` {"id": "17" , "userName":"mara.lind"}`,
			wantStatus: 200, want: ` {"id": "17" , "userName":"mara.lind"}`,
		},
		{
			name: "numeric ids", method: "GET", target: "/Groups/4",
			status: 200, answer: `{"id":4,"members":[{"value":17},{"value":"18"}],"size":3}`,
			wantStatus: 200, want: `{"id":"4","members":[{"value":"17"},{"value":"18"}],"size":3}`,
		},
		{
			name: "flat names", method: "GET", target: "/Users/17",
			status: 200, answer: `{"id":"17","name.givenName":"Mara","name.familyName":"Lind"}`,
			wantStatus: 200, want: `{"id":"17","name":{"givenName":"Mara","familyName":"Lind"}}`,
		},
		{
			name: "external_id", method: "GET", target: "/Groups/4",
			status: 200, answer: `{"id":"4","external_id":"e-4"}`,
			wantStatus: 200, want: `{"id":"4","externalId":"e-4"}`,
		},
		{
			name: "externalId twice", method: "GET", target: "/Groups/4",
			status: 200, answer: `{"id":"4","external_id":"e-4","externalId":"e-5"}`,
			wantStatus: 200, want: `{"id":"4","external_id":"e-4","externalId":"e-5"}`,
		},
		{
			name: "200 for created", method: "POST", target: "/Users", body: `{"userName":"mara.lind"}`,
			status: 200, answer: `{"id":17,"userName":"mara.lind"}`,
			wantStatus: 201, want: `{"id":"17","userName":"mara.lind"}`,
		},
		{
			name: "200 for something else", method: "POST", target: "/Users", body: `{"userName":"mara.lind"}`,
			status: 200, answer: `{"ok":true}`,
			wantStatus: 200, want: `{"ok":true}`,
		},
		{name: "200 for deleted", method: "DELETE", target: "/Users/17", status: 200, answer: `{}`, wantStatus: 204},
		{name: "accepted", method: "DELETE", target: "/Users/17", status: 202, answer: `{}`, wantStatus: 202, want: `{}`},
		{name: "nothing", method: "PATCH", target: "/Users/17", body: `{}`, status: 204, wantStatus: 204},
		{name: "null stays", method: "GET", target: "/Users/17", status: 200, answer: `{"id":"17","title":null}`, wantStatus: 200, want: `{"id":"17","title":null}`},
		{name: "no JSON", method: "GET", target: "/Users/17", status: 200, answer: `<p>`, wantStatus: 200, want: `<p>`},
		{name: "broken JSON", method: "GET", target: "/Users/17", status: 200, answer: `{"id":17`, wantStatus: 200, want: `{"id":17`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, i := newBackend(t, adapted), always(test.status, test.answer)
			resp, err := bottom(t, b, i, newRequest(test.method, test.target, test.body))
			must(t, resp, err)
			if resp.Status != test.wantStatus || resp.Body != test.want {
				t.Errorf("got %d %s\nwant %d %s", resp.Status, resp.Body, test.wantStatus, test.want)
			}
		})
	}
}

func TestAnswerOfSendIsNotChanged(t *testing.T) {
	given := &scim.Response{Status: 200, Header: http.Header{"Etag": {`"a"`}, "Content-Length": {"9"}}, Body: `{"id":17}`}
	b := newBackend(t, adapted)
	i := &imitation{answer: func(*scim.Request) *scim.Response { return given }}
	resp, err := bottom(t, b, i, newRequest("GET", "/Users/17", ""))
	must(t, resp, err)
	if given.Body != `{"id":17}` || given.Header.Get("ETag") != `"a"` || given.Header.Get("Content-Length") != "9" {
		t.Errorf("send's answer was changed: %+v", given)
	}
	want := http.Header{"Etag": {`"a"`}, "Content-Type": {scim.MediaType}}
	if diff := cmp.Diff(want, resp.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

func TestErrorShapes(t *testing.T) {
	const empty = `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	fail := func(status, typ, detail string) string {
		if typ != "" {
			typ = `,"scimType":"` + typ + `"`
		}
		return `{"schemas":["` + scim.ErrorURI + `"],"status":"` + status + `"` + typ + `,"detail":"` + detail + `"}`
	}
	for _, test := range []struct {
		name, target string
		status       int
		answer       string
		wantStatus   int
		want         string
	}{
		{"a page", "/Users/17", 500, "<html><h1>Oops</h1>", 500, fail("500", "", "Internal Server Error")},
		{"plain text", "/Users/17", 403, "not your tenant", 403, fail("403", "", "not your tenant")},
		{"foreign JSON", "/Users/17", 400, `{"code":400,"message":"bad department"}`, 400, fail("400", "", "bad department")},
		{"SCIM 1.1", "/Users/17", 404, `{"Errors":[{"description":"Resource 17 not found","code":"404"}]}`, 404, fail("404", "", "Resource 17 not found")},
		{"nothing found", "/Users?filter=userName%20eq%20%22mara%22", 404, fail("404", "", "no user matches"), 200, empty},
		{"nothing found, nothing said", "/Users?filter=userName%20eq%20%22mara%22", 404, "", 200, empty},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, err := bottom(t, newBackend(t, adapted), always(test.status, test.answer), newRequest("GET", test.target, ""))
			must(t, resp, err)
			if resp.Status != test.wantStatus || resp.Body != test.want {
				t.Errorf("got %d %s\nwant %d %s", resp.Status, resp.Body, test.wantStatus, test.want)
			}
		})
	}
}

// FuzzOutgoing holds that a request is JSON, whatever it is put into.
func FuzzOutgoing(f *testing.F) {
	for _, seed := range []string{
		`{"schemas":["x"],"id":"17","members":[{"value":"1"},"2",null]}`,
		patchOpen + `{"op":"remove","path":"members[value eq \"1\"]"},{"op":"add","value":{"emails":[{}],"title":null}},{"op":"Remove","path":"members","value":["3"]}]}`,
		patchOpen + `{"path":7,"value":[]},{"op":"add","path":"` + scim.EnterpriseUserURI + `","value":{"manager":{"value":"26"}}},1]}`,
		`{"` + scim.EnterpriseUserURI + `":{"manager":"26"},"Operations":{"a":1}}`, `[]`, `"17"`,
	} {
		f.Add(seed)
	}
	backends := []*Backend{newBackend(f, Capabilities{IDs: "number"}), newBackend(f, Capabilities{SCIM: "1.1", IDs: "number"})}
	f.Fuzz(func(t *testing.T, body string) {
		if _, err := scim.Check(body, scim.Limits{}); err != nil {
			return
		}
		for _, b := range backends {
			for _, target := range [...]string{"POST /Users", "PUT /Groups/4", "PATCH /Users/17", "PATCH /Groups/4"} {
				method, path, _ := strings.Cut(target, " ")
				req, err := b.outgoing(entering(t, b, newRequest(method, path, body)))
				if err != nil {
					continue
				}
				if _, err := scim.Check(req.Body, scim.Limits{Bytes: 2 * scim.DefaultBytes, Depth: 64}); err != nil {
					t.Fatalf("%s: %s became %s: %v", target, body, req.Body, err)
				}
			}
		}
	})
}

func BenchmarkFullServiceProvider(b *testing.B) {
	resp := &scim.Response{Status: 200, Body: `{"id":"17"}`}
	send := newBackend(b, Capabilities{}).Adapt(func(context.Context, *scim.Request) (*scim.Response, error) { return resp, nil })
	req := newRequest("GET", "/Users/17", "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := send(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}
