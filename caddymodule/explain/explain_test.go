package explain

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

func newGateway(t *testing.T) *Gateway {
	t.Helper()
	g := &Gateway{
		Registry: scim.Core(),
		Plans:    map[string]*rewrite.Plan{},
		Provider: func(req *scim.Request) (string, string) { return rules.Detect(req).Name, "a trait" },
	}
	for _, p := range rules.All() {
		plan, err := rules.Compile(rules.Config{Provider: p, Registry: g.Registry})
		if err != nil {
			t.Fatal(err)
		}
		g.Plans[p.Name] = plan
	}
	return g
}

const patchHead = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`

// strict are headers that need no change.
func strict() http.Header {
	return http.Header{"Accept": {scim.MediaType}, "Content-Type": {scim.MediaType}}
}

func TestExplain(t *testing.T) {
	g := newGateway(t)
	workMail := patchHead + `{"op":"replace","path":"emails[type eq \"work\"].value","value":"ada@example.com"}]}`
	for _, c := range []struct {
		name      string
		in        Request
		forwarded []string // method, target and body
		rules     string
		operation string
		status    int
	}{
		{
			name:      "strict",
			in:        Request{Method: "PATCH", Target: "/scim/v2/Users/17", Header: strict(), Body: patchHead + `{"op":"replace","path":"active","value":false}]}`},
			forwarded: []string{"PATCH /scim/v2/Users/17 " + patchHead + `{"op":"replace","path":"active","value":false}]}`},
			operation: "patch",
		},
		{
			name:      "dialect",
			in:        Request{Method: "GET", Target: `https://scim.example.com/scim/v2/users?filter=userName Eq "ada"`, Header: strict()},
			forwarded: []string{`GET /scim/v2/Users?filter=userName%20eq%20%22ada%22 `},
			rules:     "path.endpoint-case filter.operator-case",
			operation: "list",
		},
		{
			name:      "read first, state not known",
			in:        Request{Method: "PATCH", Target: "/Users/17", Header: strict(), Body: workMail},
			forwarded: []string{"GET /Users/17 ", "PATCH /Users/17 " + workMail},
			operation: "patch",
		},
		{
			name: "read first, state known",
			in:   Request{Method: "PATCH", Target: "/Users/17", Header: strict(), Body: workMail, Resource: `{"id":"17","emails":[]}`},
			forwarded: []string{"GET /Users/17 ", "PATCH /Users/17 " + patchHead +
				`{"op":"add","path":"emails","value":[{"type":"work","value":"ada@example.com"}]}]}`},
			rules:     "patch.value-filter-absent",
			operation: "patch",
		},
		{
			name:      "refused",
			in:        Request{Method: "POST", Target: "/Users", Header: strict(), Body: `{"a":1,}`},
			operation: "create",
			status:    400,
		},
		{
			name:      "the service provider's own description",
			in:        Request{Method: "GET", Target: "/ServiceProviderConfig", Header: strict()},
			forwarded: []string{"GET /ServiceProviderConfig "},
			operation: "discover",
		},
		{
			name:      "one schema",
			in:        Request{Method: "GET", Target: "/Schemas/" + scim.UserURI, Header: strict()},
			forwarded: []string{"GET /Schemas/" + scim.UserURI + " "},
			operation: "discover",
		},
		{
			name:      "one resource type",
			in:        Request{Method: "GET", Target: "/ResourceTypes/User", Header: strict()},
			forwarded: []string{"GET /ResourceTypes/User "},
			operation: "discover",
		},
		{
			name:      "no endpoint",
			in:        Request{Method: "POST", Target: "/login?a=+", Body: "x"},
			forwarded: []string{"POST /login?a=+ x"},
		},
		{
			name:      "preflight",
			in:        Request{Method: "OPTIONS", Target: "/users"},
			forwarded: []string{"OPTIONS /users "},
		},
		{name: "no method", in: Request{Target: "/Users"}, status: 400},
		{name: "no target", in: Request{Method: "GET"}, status: 400},
		{name: "no path", in: Request{Method: "GET", Target: "Users"}, status: 400},
		{name: "bad escape", in: Request{Method: "GET", Target: "/Users/%zz"}, status: 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := g.Explain(context.Background(), c.in)
			var forwarded, ids []string
			for _, m := range got.Forwarded {
				forwarded = append(forwarded, m.Method+" "+m.Target+" "+m.Body)
			}
			for _, change := range got.Changes {
				ids = append(ids, change.Rule)
				if change.At == "" || change.Why == "" || change.Source == "" {
					t.Errorf("change %+v", change)
				}
			}
			if diff := cmp.Diff(c.forwarded, forwarded); diff != "" {
				t.Errorf("forwarded (-want +got):\n%s", diff)
			}
			if got.Operation != c.operation || strings.Join(ids, " ") != c.rules {
				t.Errorf("operation %q, rules %q; want %q, %q", got.Operation, strings.Join(ids, " "), c.operation, c.rules)
			}
			if status := statusOf(got); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
		})
	}
}

func statusOf(a Answer) int {
	if a.Error == nil {
		return 0
	}
	return a.Error.Status
}

// TestImagined plays every kind of request against the service provider that is
// not there: none may fail for what it answers.
func TestImagined(t *testing.T) {
	g := newGateway(t)
	user := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}`
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/Users", ""},
		{"GET", "/Users/17", ""},
		{"HEAD", "/Users/17", ""},
		{"GET", "/Me", ""},
		{"GET", "/ServiceProviderConfig", ""},
		{"GET", "/Schemas", ""},
		{"GET", "/ResourceTypes/User", ""},
		{"POST", "/Users", user},
		{"PUT", "/Users/17", user},
		{"DELETE", "/Users/17", ""},
		{"PATCH", "/Users/17", patchHead + `]}`},
		{"POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName pr"}`},
		{"POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"/Users/17"}]}`},
	} {
		for _, resource := range []string{"", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"17","userName":"ada"}`} {
			got := g.Explain(context.Background(), Request{Method: c.method, Target: c.target, Header: strict(), Body: c.body, Resource: resource})
			if got.Error != nil || len(got.Forwarded) == 0 {
				t.Errorf("%s %s: %+v", c.method, c.target, got)
			}
		}
	}
}

// TestPanic is an answer like any other.
func TestPanic(t *testing.T) {
	g := newGateway(t)
	g.Plans["generic"] = new(rewrite.Plan)
	if got := g.Explain(context.Background(), Request{Method: "GET", Target: "/Users"}); statusOf(got) != 500 {
		t.Errorf("%+v", got)
	}
	g.Provider = func(*scim.Request) (string, string) { return "nobody", "" }
	if got := g.Explain(context.Background(), Request{Method: "GET", Target: "/Users"}); statusOf(got) != 500 {
		t.Errorf("%+v", got)
	}
}

// TestHeaders lists those that say something about the request.
func TestHeaders(t *testing.T) {
	g := newGateway(t)
	header := strict()
	for _, name := range []string{"Host", "Content-Length", "Connection", "Transfer-Encoding"} {
		header.Set(name, "x")
	}
	header["X-A"] = []string{"1", "2"}
	got := g.Explain(context.Background(), Request{Method: "DELETE", Target: "/Users/17", Header: header})
	if got.Error != nil {
		t.Fatalf("%+v", got.Error)
	}
	headers := got.Forwarded[0].Headers
	if headers["X-A"] != "1, 2" {
		t.Errorf("X-A is %q", headers["X-A"])
	}
	for _, name := range []string{"Host", "Content-Length", "Connection", "Transfer-Encoding"} {
		if _, listed := headers[name]; listed {
			t.Errorf("%s is listed", name)
		}
	}
}

func TestSplit(t *testing.T) {
	for target, want := range map[string]string{
		"/Users?a=b":                            "http://scim.example.com /Users?a=b",
		"https://a.example.com:8443/v2/Users":   "https://a.example.com:8443 /v2/Users",
		"https://a.example.com":                 "https://a.example.com /",
		"https://a.example.com?filter=x":        "https://a.example.com /?filter=x",
		"https://a.example.com/Users?b=http://": "https://a.example.com /Users?b=http://",
	} {
		r := Request{Target: target, Header: http.Header{"Host": {"scim.example.com"}}}
		origin, rest, err := r.split()
		if err != nil || origin+" "+rest != want {
			t.Errorf("%s: %s %s, error %v; want %s", target, origin, rest, err, want)
		}
	}
}
