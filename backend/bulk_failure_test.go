package backend_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/internal/imitation"
	"github.com/caddy-scim/caddy-scim/scim"
)

func TestBulkFailOnErrors(t *testing.T) {
	ops := `"Operations":[` + strings.Join([]string{
		newUser("a", "x@example.com", ""),
		newUser("b", "x@example.com", ""),
		newUser("c", "c@example.com", ""),
		newUser("d", "X@example.com", ""),
		newUser("e", "e@example.com", ""),
	}, ",") + `]`
	for bound, want := range map[string]string{
		``:                   "a 201, b 409, c 201, d 409, e 201",
		`"failOnErrors":1,`:  "a 201, b 409",
		`"failOnErrors":2,`:  "a 201, b 409, c 201, d 409",
		`"failOnErrors":20,`: "a 201, b 409, c 201, d 409, e 201",
	} {
		resp := call(t, adapted(t, withoutBulk(), provider(t, noBulk).Send), "POST", "/Bulk", bulk(bound+ops))
		if got := statuses(resp.Body); got != want {
			t.Errorf("%s: %s, want %s", bound, got, want)
		}
	}
}

func TestBulkLimits(t *testing.T) {
	p := provider(t, noBulk)
	send := adapted(t, withoutBulk(), p.Send)
	many := make([]string, 1001)
	for i := range many {
		many[i] = `{"method":"DELETE","path":"/Users/n1"}`
	}
	tests := []struct {
		name, body string
		status     int
		detail     string
	}{
		{"operations", operations(many...), 413, "maxOperations"},
		{"payload", bulk(`"Operations":["` + strings.Repeat("x", 8<<20) + `"]`), 413, "maxPayloadSize"},
		{"no operations", operations(), 400, "Operations"},
		{"no message", `{"Operations":[` + many[0] + `]}`, 400, "schemas"},
		{"no JSON", `{`, 400, ""},
	}
	for _, tt := range tests {
		resp := call(t, send, "POST", "/Bulk", tt.body)
		if resp.Status != tt.status || !strings.Contains(at(resp.Body, "detail"), tt.detail) {
			t.Errorf("%s: %d %s", tt.name, resp.Status, at(resp.Body, "detail"))
		}
	}
	if log := p.Log(); len(log) > 0 {
		t.Errorf("sent: %s", log)
	}
	if resp := call(t, send, "POST", "/Bulk", operations(many[:1000]...)); resp.Status != 200 {
		t.Errorf("1000 operations: %d", resp.Status)
	}
}

// failing answers the calls whose method and path begin with a text in another
// way: with a response, or an error if that is nil.
func failing(send scim.Send, prefix string, resp *scim.Response) scim.Send {
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		if !strings.HasPrefix(req.Method+" "+req.Path, prefix) {
			return send(ctx, req)
		}
		if resp == nil {
			return nil, errors.New("connection reset")
		}
		return &scim.Response{Status: resp.Status, Header: resp.Header.Clone(), Body: resp.Body}, nil
	}
}

// forbidden is an answer that is no pause.
var forbidden = &scim.Response{
	Status: http.StatusForbidden, Header: http.Header{"Content-Type": {scim.MediaType}},
	Body: scim.Errorf(http.StatusForbidden, "", "not with this token").Body(),
}

// A circle whose last reference cannot be set is undone.
func TestBulkUndoesACircle(t *testing.T) {
	circle := operations(newGroup("a", "A", `{"value":"bulkId:b"}`), newGroup("b", "B", `{"value":"bulkId:a"}`))
	p := provider(t, noBulk)
	resp := call(t, adapted(t, withoutBulk(), failing(p.Send, "PATCH", forbidden)), "POST", "/Bulk", circle)
	if got := statuses(resp.Body); got != "a 403, b 409" {
		t.Errorf("%s\n%s", got, resp.Body)
	}
	if got := at(resp.Body, "Operations/0/response/detail"); got != "not with this token" {
		t.Errorf("detail %s", got)
	}
	if groups := call(t, p.Send, "GET", "/Groups", ""); at(groups.Body, "totalResults") != "0" {
		t.Errorf("groups are left: %s", groups.Body)
	}

	// What cannot be removed is named.
	p = provider(t, noBulk)
	send := failing(failing(p.Send, "PATCH", forbidden), "DELETE", forbidden)
	resp = call(t, adapted(t, withoutBulk(), send), "POST", "/Bulk", circle)
	for i, id := range []string{"n1", "n2"} {
		if got := at(resp.Body, fmt.Sprintf("Operations/%d/response/detail", i)); !strings.Contains(got, `created with id "`+id+`" and could not be removed`) {
			t.Errorf("%s", got)
		}
	}
}

// A service provider that asks for a pause gets one: what was not tried is said
// to be so, and if nothing was done, the whole request is answered as if it had
// been sent on.
func TestBulkStops(t *testing.T) {
	pause := &scim.Response{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}, Body: scim.Errorf(429, "", "slowly").Body()}
	ops := operations(newUser("a", "a@example.com", ""), newGroup("g", "G", ""), newUser("b", "b@example.com", ""))
	tests := []struct {
		name, prefix string
		resp         *scim.Response
		status       int
		want         string
		tried        int
	}{
		{"at first", "POST " + root + "/Users", pause, 429, "", 0},
		{"later", "POST " + root + "/Groups", pause, 200, "a 201, g 429, b 429", 1},
		{"no answer", "POST " + root + "/Groups", nil, 200, "a 201, g 502, b 503", 1},
		{"a failure is no reason", "POST " + root + "/Groups", forbidden, 200, "a 201, g 403, b 201", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := provider(t, noBulk)
			resp := call(t, adapted(t, withoutBulk(), failing(p.Send, tt.prefix, tt.resp)), "POST", "/Bulk", ops)
			if got := statuses(resp.Body); resp.Status != tt.status || got != tt.want {
				t.Errorf("%d %s, want %d %s\n%s", resp.Status, got, tt.status, tt.want, resp.Body)
			}
			if len(p.Log()) != tt.tried {
				t.Errorf("%s", p.Log())
			}
			if tt.resp == pause && resp.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
	send := adapted(t, withoutBulk(), failing(provider(t, noBulk).Send, "POST "+root+"/Users", nil))
	if resp, err := exchange(t.Context(), send, "POST", "/Bulk", ops); err == nil {
		t.Errorf("a transport error at first is answered with %d", resp.Status)
	}
}

// A full service provider gets the very request.
func TestBulkPasses(t *testing.T) {
	for name, c := range map[string]backend.Capabilities{
		"full":            {},
		"other limits":    {PageSize: 10, Sort: new(bool), MediaType: "application/json"},
		"told to be full": {Patch: "full", ValuePaths: "send", OpCase: "lower", MembersRemove: "filter"},
	} {
		var got *scim.Request
		send := adapted(t, c, func(_ context.Context, req *scim.Request) (*scim.Response, error) {
			got = req
			return &scim.Response{Status: 200, Header: http.Header{}, Body: `{}`}, nil
		})
		body := operations(newUser("u", "u@example.com", ""))
		call(t, send, "POST", "/Bulk", body)
		if got == nil || got.Body != body || got.Path != root+"/Bulk" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Where a request by itself would be changed, one inside of Bulk is as well.
func TestBulkIsAdaptedInside(t *testing.T) {
	off := new(bool)
	for name, c := range map[string]backend.Capabilities{
		"patch":            {Patch: "put"},
		"patch off":        {Patch: "off"},
		"patch_operations": {PatchOperations: 1},
		"patch_members":    {PatchMembers: 1},
		"patch_pathless":   {PatchPathless: off},
		"patch_paths":      {PatchPaths: off},
		"value_paths":      {ValuePaths: "read"},
		"members_remove":   {MembersRemove: "value"},
		"op_case":          {OpCase: "title"},
		"name_formatted":   {NameFormatted: true},
		"put":              {Put: off},
		"etag":             {ETag: off},
		"delete":           {Delete: "deactivate"},
		"ids":              {IDs: "number"},
		"scim":             {SCIM: "1.1"},
		"single_valued":    {SingleValued: []string{"emails"}},
	} {
		bulks := 0
		send := adapted(t, c, func(_ context.Context, req *scim.Request) (*scim.Response, error) {
			if strings.HasSuffix(req.Path, "/Bulk") {
				bulks++
			}
			return &scim.Response{Status: 404, Header: http.Header{}, Body: scim.Errorf(404, "", "no such user").Body()}, nil
		})
		call(t, send, "POST", "/Bulk", operations(`{"method":"DELETE","path":"/Users/1"}`))
		if bulks > 0 {
			t.Errorf("%s: sent as it is", name)
		}
	}
}

// The path of an operation becomes that of a request, and nothing else of it.
func TestBulkPaths(t *testing.T) {
	for path, want := range map[string]string{
		"/Users/n1":                  "204",
		"/Users/n1/":                 "204",
		"/Users/n%31":                "204",
		"/Users/n1 HTTP/1.1\r\nX: y": "400",
		"/Users/n1?x=y":              "400",
		"/Users/n1#x":                "400",
		"/Users/%zz":                 "400",
		"//example.com/Users/n1":     "404",
		"/Users/ü":                   "400",
		"/Users/../Groups/n1":        "404",
		"/scim/v2/Users/n1":          "404",
		"/":                          "404",
	} {
		p := provider(t, noBulk)
		send := adapted(t, withoutBulk(), p.Send)
		call(t, send, "POST", "/Users", user(``))
		resp := call(t, send, "POST", "/Bulk", operations(`{"method":"DELETE","path":`+scim.Quote(path)+`}`))
		if got := at(resp.Body, "Operations/0/status"); got != want {
			t.Errorf("%q: %s, want %s\n%s", path, got, want, resp.Body)
		}
	}
}

// A PATCH of which nothing was left in normal form succeeds whatever there is to
// carry it out with.
func TestBulkWithNothingToDo(t *testing.T) {
	off := new(bool)
	for name, c := range map[string]backend.Capabilities{
		"bulk":             {Bulk: off},
		"patch":            {Patch: "put"},
		"patch_operations": {PatchOperations: 1},
		"patch_pathless":   {PatchPathless: off},
		"patch_paths":      {PatchPaths: off},
		"value_paths":      {ValuePaths: "off"},
		"name_formatted":   {NameFormatted: true},
	} {
		p := provider(t, noBulk)
		resp := call(t, adapted(t, c, p.Send), "POST", "/Bulk", operations(
			newUser("u", "u@example.com", ""),
			`{"method":"PATCH","path":"/Users/bulkId:u","data":`+patchOp(`{"op":"add","value":{}}`)+`}`,
		))
		if got := statuses(resp.Body); got != "u 201, PATCH 200" && got != "u 201, PATCH 204" {
			t.Errorf("%s: %s\n%s\n%s", name, got, resp.Body, strings.Join(p.Log(), "\n"))
		}
	}
}

// The words of an error are passed on if they are few.
func TestBulkErrorBodies(t *testing.T) {
	long := &scim.Response{Status: 403, Header: http.Header{}, Body: scim.Errorf(403, "", "%s", strings.Repeat("x", 9<<10)).Body()}
	page := &scim.Response{Status: 403, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"}
	for _, resp := range []*scim.Response{long, page} {
		got := call(t, adapted(t, withoutBulk(), failing(nil, "POST", resp)), "POST", "/Bulk", operations(newUser("u", "u@example.com", ""))).Body
		if len(got) > 1<<10 || at(got, "Operations/0/response/status") != "403" {
			t.Errorf("%.300s", got)
		}
	}
}

func FuzzBulk(f *testing.F) {
	f.Add(operations(newGroup("a", "A", `{"value":"bulkId:b"}`), newGroup("b", "B", `{"value":"bulkId:a"}`)))
	f.Add(operations(newUser("a", "a@example.com", manager("bulkId:a")), `{"method":"DELETE","path":"/Users/bulkId:a"}`))
	f.Add(bulk(`"failOnErrors":1,"Operations":[{"method":"PATCH","path":"/Groups/bulkId:a","data":{"Operations":[{"op":"remove","path":"members[value eq \"bulkId:a\"]"}]}}]`))
	v := noBulk
	f.Fuzz(func(t *testing.T, body string) {
		p, err := imitation.New(&v)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := exchange(t.Context(), adapted(t, withoutBulk(), p.Send), "POST", "/Bulk", body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scim.Check(resp.Body, scim.Limits{}); err != nil {
			t.Errorf("%v: %s", err, resp.Body)
		}
		if strings.Contains(strings.Join(p.Log(), " "), "bulkId:") && resp.Status == 200 && !strings.Contains(body, "%") {
			t.Errorf("sent without an id: %s", p.Log())
		}
	})
}
