package rewrite

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// repair repairs one answer and returns the session with its changes.
func repair(t *testing.T, method, target string, status int, body string) *session {
	t.Helper()
	path, query, _ := strings.Cut(target, "?")
	s := sessionAt(t, path)
	req := &scim.Request{Method: method, Path: path, Query: query, Origin: "https://scim.example.com"}
	s.answer(req, &scim.Response{Status: status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: body})
	return s
}

func TestAnswerList(t *testing.T) {
	const one = `{"schemas":[` + groupURI + `],"id":"1"}`
	list := func(counts, resources string) string { return listHead + counts + `,"Resources":[` + resources + `]}` }
	complete := list(`"totalResults":1,"startIndex":1,"itemsPerPage":1`, one)
	test := func(name, query, body, want string, shapes ...Shape) exchange {
		return exchange{name: name, target: "/scim/v2/Groups" + query, status: 200, body: body, wantBody: want, shapes: shapes}
	}
	runExchanges(t, []exchange{
		test("complete", "", complete, complete),
		test("bare array", "", `[`+one+`]`, listHead+`"Resources":[`+one+`],"totalResults":1,"startIndex":1,"itemsPerPage":1}`, AnswerList),
		test("empty array", "", `[]`, listHead+`"Resources":[],"totalResults":0,"startIndex":1,"itemsPerPage":0}`, AnswerList),
		test("a later page", "?startIndex=11", `[`+one+`]`, listHead+`"Resources":[`+one+`],"totalResults":11,"startIndex":11,"itemsPerPage":1}`, AnswerList),
		test("no schemas", "", strings.Replace(complete, listHead, "{", 1), complete, AnswerList),
		test("other schemas", "", strings.Replace(complete, listHead, `{"schemas":"x",`, 1), complete, AnswerList),
		test("keys in another case", "", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalresults":1,"startindex":1,"itemsperpage":1,"resources":[`+one+`]}`, complete, AnswerList),
		test("numbers as text", "", list(`"totalResults":"41","startIndex":"1","itemsPerPage":"1"`, one), list(`"totalResults":41,"startIndex":1,"itemsPerPage":1`, one), AnswerList),
		test("numbers with a point", "", list(`"totalResults":41.0,"startIndex":1,"itemsPerPage":1`, one), list(`"totalResults":41,"startIndex":1,"itemsPerPage":1`, one), AnswerList),
		test("page size for items", "", list(`"totalResults":1,"startIndex":1,"itemsPerPage":100`, one), complete, AnswerList),
		test("null resources", "", listHead+`"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":null}`, list(`"totalResults":0,"startIndex":1,"itemsPerPage":0`, ""), AnswerList),
		test("no resources", "?count=0", listHead+`"totalResults":41}`, listHead+`"totalResults":41,"Resources":[],"startIndex":1,"itemsPerPage":0}`, AnswerList),
		test("one for a list", "", listHead+`"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":`+one+`}`, complete, AnswerList),
		test("a resource for a list", "?filter=displayName%20pr", one, listHead+`"Resources":[`+one+`],"totalResults":1,"startIndex":1,"itemsPerPage":1}`, AnswerList),
		test("by cursor", "?cursor", listHead+`"nextCursor":"x","Resources":[`+one+`]}`, listHead+`"nextCursor":"x","Resources":[`+one+`],"itemsPerPage":1}`, AnswerList),
		test("no list", "", `{"message":"come back later"}`, `{"message":"come back later"}`),
		test("empty object", "", `{}`, `{}`),
		test("repaired resources", "", `[{"id":1},{"id":2}]`, listHead+`"Resources":[{"schemas":[`+groupURI+`],"id":"1"},{"schemas":[`+groupURI+`],"id":"2"}],"totalResults":2,"startIndex":1,"itemsPerPage":2}`, AnswerList, AnswerTypes, AnswerSchemas),
		{name: "rule off", target: "/Groups", status: 200, body: `[{"id":1}]`, wantBody: `[{"id":1}]`, off: []Shape{AnswerList}},
		{
			name: "search at the root", method: "POST", target: "/scim/v2/.search", sent: `{"startIndex":3}`, status: 200,
			body: listHead + `"totalResults":9,"Resources":[{"id":1,"meta":{"resourceType":"User"},"password":"x"},{"schemas":[` + groupURI + `],"id":2},{"id":3}]}`,
			wantBody: listHead + `"totalResults":9,"Resources":[{"schemas":[` + userURI + `],"id":"1","meta":{"resourceType":"User"}},{"schemas":[` + groupURI + `],"id":"2"},{"id":3}],` +
				`"startIndex":3,"itemsPerPage":3}`,
			shapes: []Shape{AnswerList, AnswerTypes, AnswerPassword, AnswerSchemas},
		},
	})
}

// A list of thousands is one change of each kind.
func TestAnswerListChanges(t *testing.T) {
	s := repair(t, "GET", "/Users", 200, `[`+strings.TrimSuffix(strings.Repeat(`{"id":1,"title":null,"meta":{"location":"http://10.0.0.4/Users/1"}},`, 5000), ",")+`]`)
	if len(s.changes) != 5 {
		t.Errorf("%d changes", len(s.changes))
	}
}

func TestAnswerEmptyList(t *testing.T) {
	empty := func(start string) string {
		return listHead + `"totalResults":0,"startIndex":` + start + `,"itemsPerPage":0,"Resources":[]}`
	}
	const filter = "?filter=userName%20eq%20%22x%22"
	found := func(name, body, start string) exchange {
		return exchange{
			name: name, target: "/Users" + filter + "&startIndex=" + start, status: 404, body: body, wantStatus: 200, wantBody: empty(start),
			wantHeader: map[string]string{"Content-Type": scim.MediaType}, shapes: []Shape{AnswerEmptyList},
		}
	}
	runExchanges(t, []exchange{
		found("SCIM error", errHead+`"status":"404","detail":"User not found"}`, "1"),
		found("SCIM error without detail", errHead+`"status":"404"}`, "1"),
		found("no body", "", "11"),
		found("JSON with a message", `{"message":"No user matches"}`, "1"),
		{name: "no content", target: "/Users", status: 204, wantStatus: 200, wantBody: empty("1"), shapes: []Shape{AnswerEmptyList}},
		{name: "rule off", target: "/Users" + filter, status: 404, body: errHead + `"status":404}`, wantBody: errHead + `"status":"404"}`, off: []Shape{AnswerEmptyList}, shapes: []Shape{AnswerError}},
		{
			name: "search", method: "POST", target: "/Users/.search", sent: `{"filter":"userName eq \"x\"","startIndex":2}`, status: 404,
			wantStatus: 200, wantBody: empty("2"), shapes: []Shape{AnswerEmptyList},
		},
	})
}

// An endpoint that does not exist has not found nothing.
func TestAnswerMissingRoute(t *testing.T) {
	const filtered = "/Users?filter=userName%20eq%20%22x%22"
	tests := []struct{ name, target, body string }{
		{"a page", filtered, "<html><body>404</body></html>"},
		{"a text", filtered, "404 page not found"},
		{"a route", filtered, `{"message":"no Route matched with those values"}`},
		{"a path", filtered, `{"timestamp":"2024-05-17T15:01:09Z","status":404,"error":"Not Found","path":"/Users"}`},
		{"no more than the status", filtered, `{"detail":"Not Found"}`},
		{"a method", filtered, `{"statusCode":404,"message":"Cannot GET /Users","error":"Not Found"}`},
		{"an endpoint", filtered, errHead + `"status":"404","detail":"Endpoint /Users is not supported"}`},
		{"an array", filtered, `["nothing"]`},
		{"a list without a filter", "/Users", errHead + `"status":"404"}`},
		{"a resource", "/Users/17", errHead + `"status":"404"}`},
	}
	for _, tt := range tests {
		if slices.Contains(shapesOf(repair(t, "GET", tt.target, 404, tt.body)), AnswerEmptyList) {
			t.Errorf("%s was taken for an empty list", tt.name)
		}
	}
}

func TestAnswerVerified(t *testing.T) {
	const mara, ola = `{"schemas":[` + userURI + `],"id":"1","userName":"mara"}`, `{"schemas":[` + userURI + `],"id":"2","userName":"ola"}`
	list := func(counts, resources string) string { return listHead + counts + `,"Resources":[` + resources + `]}` }
	page := func(n string) string { return `"totalResults":` + n + `,"startIndex":1,"itemsPerPage":` + n }
	const query = "?filter=userName%20eq%20%22mara%22"
	refused := errHead + `"status":"501","detail":"the service provider returned resources that do not match the filter, ` +
		`and there are more of them: tell the gateway with 'filter off' in its backend block"}`
	test := func(name, query, body, want string, shapes ...Shape) exchange {
		return exchange{name: name, target: "/Users" + query, status: 200, body: body, wantBody: want, shapes: shapes}
	}
	failed := func(name, query, body string) exchange {
		x := test(name, query, body, refused, AnswerUnmatched)
		x.wantStatus = 501
		return x
	}
	runExchanges(t, []exchange{
		test("right", query, list(page("1"), mara), list(page("1"), mara)),
		test("no filter", "", list(page("1"), ola), list(page("1"), ola)),
		test("another", query, list(page("1"), ola), list(page("0"), ""), AnswerUnmatched),
		test("another in front", query, list(page("2"), ola+","+mara), list(page("1"), mara), AnswerUnmatched),
		test("not shown", query, list(page("1"), `{"schemas":[`+userURI+`],"id":"2"}`), list(page("1"), `{"schemas":[`+userURI+`],"id":"2"}`)),
		test("not asked for", query+"&attributes=id", list(page("2"), ola+","+mara), list(page("1"), `{"schemas":[`+userURI+`],"id":"1"}`), AnswerUnmatched, AnswerProjection),
		test("first of many pages", query, list(`"totalResults":40,"startIndex":1,"itemsPerPage":2`, ola+","+mara),
			list(`"totalResults":39,"startIndex":1,"itemsPerPage":1`, mara), AnswerUnmatched),
		failed("none on the first of many pages", query, list(`"totalResults":40,"startIndex":1,"itemsPerPage":1`, ola)),
		failed("none on the last page", query+"&startIndex=40", list(`"totalResults":40,"startIndex":40,"itemsPerPage":1`, ola)),
		failed("more behind a cursor", query, list(`"nextCursor":"x","itemsPerPage":1`, ola)),
		test("cut short", "?filter=groups.value%20eq%20%22g-9%22", list(page("1"), `{"schemas":[`+userURI+`],"id":"1","groups":[{"value":"g-1"}]}`),
			list(page("1"), `{"schemas":[`+userURI+`],"id":"1","groups":[{"value":"g-1"}]}`)),
		{
			name: "search", method: "POST", target: "/Users/.search", sent: `{"filter":"userName eq \"mara\""}`, status: 200,
			body: list(page("2"), ola+","+mara), wantBody: list(page("1"), mara), shapes: []Shape{AnswerUnmatched},
		},
		{name: "rule off", target: "/Users" + query, status: 200, body: list(page("1"), ola), wantBody: list(page("1"), ola), off: []Shape{AnswerUnmatched}},
	})
}
