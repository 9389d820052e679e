package custom

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestHeader(t *testing.T) {
	x := exchange{
		rules:  []Rule{{ID: "x", Verbs: []Verb{Header{Name: "x-tenant", Value: "acme"}, Header{Name: "x-old", Delete: true}, Header{Name: "X-None", Delete: true}}}},
		method: "GET", path: "/Users", header: http.Header{"X-Old": {"1"}, "X-Tenant": {"a", "b"}}, answer: "{}",
	}
	given := x.header.Clone()
	x.run(t)
	if diff := cmp.Diff(http.Header{"X-Tenant": {"acme"}}, x.sent[0].Header); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(given, x.header); diff != "" {
		t.Errorf("the client's own header was changed: %s", diff)
	}
	if diff := cmp.Diff([]string{"x header.X-Tenant", "x header.X-Old"}, x.changes); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"connection", "Transfer-Encoding", "host", "Content-Length", "content-type", "Accept-Encoding", "a b", "", "x:y"} {
		if _, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "x", Verbs: []Verb{Header{Name: name, Value: "x"}}}}}); err == nil {
			t.Errorf("%q can be set", name)
		}
	}
	if _, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "x", Verbs: []Verb{Header{Name: "X", Value: "a\nb"}}}}}); err == nil {
		t.Error("a line feed can be set")
	}
}

func TestQuery(t *testing.T) {
	for query, want := range map[string]string{
		"":                            "view=a%20b%26",
		"count=2":                     "count=2&view=a%20b%26",
		"view=x&count=2&view=y":       "view=a%20b%26&count=2",
		"old=1&count=2&OLD=3":         "count=2&OLD=3&view=a%20b%26",
		"filter=title%20eq%20%22a%22": "filter=title%20eq%20%22a%22&view=a%20b%26",
	} {
		x := exchange{
			rules:  []Rule{{ID: "x", Verbs: []Verb{Query{Name: "view", Value: "a b&"}, Query{Name: "old", Delete: true}}}},
			method: "GET", path: "/Users", query: query, answer: "{}",
		}
		x.run(t)
		if x.err != nil || x.sent[0].Query != want {
			t.Errorf("%s: got %s (%v), want %s", query, x.sent[0].Query, x.err, want)
		}
	}
	for _, name := range []string{"filter", "Filter", ""} {
		if _, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "x", Verbs: []Verb{Query{Name: name}}}}}); err == nil {
			t.Errorf("%q can be set", name)
		}
	}
}

// TestReadsAreTheirs is about a read that a PATCH needs: it goes out under the same
// header and the same parameters.
func TestReadsAreTheirs(t *testing.T) {
	x := exchange{
		rules: []Rule{
			{ID: "a", Verbs: []Verb{Copy{`emails[type eq "work"].value`, "userName"}}},
			{ID: "b", On: []string{"patch"}, Verbs: []Verb{Header{Name: "X-Tenant", Value: "acme"}, Query{Name: "tenant", Value: "acme"}}},
		},
		method: http.MethodPatch, path: "/Users/1", query: "attributes=title",
		body: patchOf(`{"op":"remove","path":"emails[type eq \"home\"]"}`),
	}
	x.through(t, serviceProvider(t, mara))
	if diff := cmp.Diff([]string{"GET /Users/1?tenant=acme", "PATCH /Users/1?attributes=title&tenant=acme"}, x.lines()); diff != "" || x.err != nil {
		t.Errorf("%v %s", x.err, diff)
	}
	for _, req := range x.sent {
		if req.Header.Get("X-Tenant") != "acme" {
			t.Errorf("%s without the header", req.Method)
		}
	}
}

func TestStatus(t *testing.T) {
	problem := func(status string) string {
		return `{"schemas":["` + scim.ErrorURI + `"],"status":"` + status + `","detail":"x"}`
	}
	for _, row := range []struct {
		on       []string
		verb     Status
		method   string
		status   int
		body     string
		want     int
		wantBody string
	}{
		{[]string{"delete"}, Status{404, 204}, "DELETE", 404, problem("404"), 204, ""},
		{[]string{"delete"}, Status{404, 204}, "DELETE", 500, problem("500"), 500, problem("500")},
		{[]string{"delete"}, Status{404, 204}, "GET", 404, problem("404"), 404, problem("404")},
		{nil, Status{422, 400}, "PUT", 422, problem("422"), 400, problem("400")},
		{nil, Status{422, 400}, "PUT", 422, "no JSON", 400, "no JSON"},
		{nil, Status{202, 200}, "PUT", 202, `{"id":"1"}`, 200, `{"id":"1"}`},
		{[]string{"patch"}, Status{200, 204}, "PATCH", 200, `{"id":"1"}`, 204, ""},
	} {
		x := exchange{rules: []Rule{{ID: "x", On: row.on, Verbs: []Verb{row.verb}}}, method: row.method, path: "/Users/1", status: row.status, answer: row.body}
		switch row.method {
		case "PUT":
			x.body = userOf(`"a":1`)
		case "PATCH":
			x.body = patchOf(`{"op":"remove","path":"title"}`)
		}
		x.run(t)
		if x.err != nil || x.got.Status != row.want || x.got.Body != row.wantBody {
			t.Errorf("%s %s %d: got %d %s (%v)", row.verb, row.method, row.status, x.got.Status, x.got.Body, x.err)
		}
		if row.want == 204 && x.got.Header.Get("Content-Type") != "" {
			t.Error("an answer without body has a type")
		}
	}
	for want, rule := range map[string]Rule{
		"rule x: status 200 500: a success cannot become an error: the client would do again what was done":                                {Verbs: []Verb{Status{200, 500}}},
		"rule x: status 404 200: an error can only become a success where it is one: 404 or 410 to 204, in a rule that is on delete alone": {On: []string{"delete"}, Verbs: []Verb{Status{404, 200}}},
		"rule x: status 404 204: an error can only become a success where it is one: 404 or 410 to 204, in a rule that is on delete alone": {On: []string{"delete", "get"}, Verbs: []Verb{Status{404, 204}}},
		"rule x: status 200 204: an answer of 204 has no body: name the writes it is for by on, such as on replace patch":                  {Verbs: []Verb{Status{200, 204}}},
		"rule x: status 302 200: 302 is no status of a SCIM answer: want 2xx, 4xx or 5xx":                                                  {Verbs: []Verb{Status{302, 200}}},
		"rule x: status 204 200: an answer of 204 has no body, which each other status needs":                                              {Verbs: []Verb{Status{204, 200}}},
		"rule x: status 400 400: the two statuses are the same":                                                                            {Verbs: []Verb{Status{400, 400}}},
	} {
		rule.ID = "x"
		if _, err := New(Options{Registry: scim.Core(), Rules: []Rule{rule}}); err == nil || err.Error() != want {
			t.Errorf(" got %v\nwant %s", err, want)
		}
	}
}

func TestReject(t *testing.T) {
	x := exchange{
		rules:  []Rule{{ID: "acme.no-delete", On: []string{"delete"}, Verbs: []Verb{Reject{Status: 403, Detail: "ask the help desk"}}}},
		method: "DELETE", path: "/Users/1",
	}
	x.run(t)
	x.fails(t, "403: ask the help desk")
	if len(x.sent) > 0 || len(x.changes) != 1 || x.changes[0] != "acme.no-delete request" {
		t.Errorf("sent %v, reported %v", x.lines(), x.changes)
	}
	x.method = "GET"
	if x.run(t); x.err != nil {
		t.Error(x.err)
	}
	for want, verbs := range map[string][]Verb{
		"rule x: reject 200: 200 is no error: want a status from 400 to 599": {Reject{Status: 200, Detail: "x"}},
		"rule x: reject 400 invalidValues: unknown scimType \"invalidValues\": known are [invalidFilter tooMany uniqueness mutability invalidSyntax invalidPath noTarget invalidValue invalidVers sensitive]": {Reject{Status: 400, Type: "invalidValues", Detail: "x"}},
		"rule x: reject 400: the detail is missing: it tells the administrator at the other end what to do":                                                                                                   {Reject{Status: 400}},
		"rule x: reject 400: a request that is refused is not changed: it must be the only verb of its rule":                                                                                                  {Reject{Status: 400, Detail: "x"}, Remove{"title"}},
	} {
		if _, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "x", Verbs: verbs}}}); err == nil || err.Error() != want {
			t.Errorf(" got %v\nwant %s", err, want)
		}
	}
}
