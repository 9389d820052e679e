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

const (
	root   = "/scim/v2"
	origin = "https://scim.example.com"
)

// provider is an imitation whose ids are numbers in the order of creation.
func provider(t *testing.T, v imitation.Vendor) *imitation.Provider {
	t.Helper()
	n := 0
	v.Options.NewID = func() string { n++; return fmt.Sprintf("n%d", n) }
	p, err := imitation.New(&v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// adapted is a gateway's Send in front of another.
func adapted(t *testing.T, c backend.Capabilities, send scim.Send) scim.Send {
	t.Helper()
	b, err := backend.New(backend.Options{Capabilities: c, Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	return b.Adapt(send)
}

// call makes a request in normal form. An *Error becomes the answer that it is.
func call(t *testing.T, send scim.Send, method, target, body string) *scim.Response {
	t.Helper()
	resp, err := exchange(t.Context(), send, method, target, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	return resp
}

func exchange(ctx context.Context, send scim.Send, method, target, body string) (*scim.Response, error) {
	path, query, _ := strings.Cut(target, "?")
	req := &scim.Request{
		Method: method, Path: root + path, Query: query, Body: body, Origin: origin,
		Header: http.Header{"Accept": {scim.MediaType}, "Authorization": {"Bearer k4"}},
	}
	if body != "" {
		req.Header.Set("Content-Type", scim.MediaType)
	}
	resp, err := send(ctx, req)
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return &scim.Response{Status: e.Status, Header: http.Header{}, Body: e.Body()}, nil
	}
	return resp, err
}

// at reads a place of a JSON text: names and indices joined by slashes.
func at(body, place string) string {
	v := scim.Path(strings.Split(place, "/")).Get(body)
	if v.Kind() == scim.String {
		return v.Text()
	}
	return v.Raw()
}

func bulk(members string) string {
	return `{"schemas":["` + scim.BulkRequestURI + `"],` + members + `}`
}

func operations(ops ...string) string { return bulk(`"Operations":[` + strings.Join(ops, ",") + `]`) }

func newUser(bulkID, name, more string) string {
	schemas := `"` + scim.UserURI + `"`
	if strings.Contains(more, scim.EnterpriseUserURI) {
		schemas += `,"` + scim.EnterpriseUserURI + `"`
	}
	return `{"method":"POST","path":"/Users","bulkId":"` + bulkID + `","data":{"schemas":[` + schemas + `],"userName":"` + name + `"` + more + `}}`
}

func newGroup(bulkID, name, members string) string {
	return `{"method":"POST","path":"/Groups","bulkId":"` + bulkID + `","data":{"schemas":["` + scim.GroupURI + `"],"displayName":"` + name + `","members":[` + members + `]}}`
}

func manager(id string) string {
	return `,"` + scim.EnterpriseUserURI + `":{"manager":{"value":"` + id + `"}}`
}

func patchOp(ops ...string) string {
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + strings.Join(ops, ",") + `]}`
}

// statuses lists what became of the operations: bulkId or method, and status.
func statuses(body string) string {
	doc := scim.Parse(body)
	var list []string
	for _, op := range doc.Get("Operations").Parts() {
		name := op.Get("bulkId").Text()
		if name == "" {
			name = op.Get("method").Text()
		}
		list = append(list, name+" "+op.Get("status").Text())
	}
	return strings.Join(list, ", ")
}

// noBulk is a service provider without Bulk.
var noBulk = imitation.Vendor{Limits: []imitation.Limit{imitation.MissingPage("POST Bulk")}}

func withoutBulk() backend.Capabilities {
	return backend.Capabilities{Bulk: new(bool)}
}

func TestBulkIsTakenApart(t *testing.T) {
	p := provider(t, noBulk)
	send := adapted(t, withoutBulk(), p.Send)
	if resp := call(t, p.Send, "POST", "/Bulk", operations(newUser("u", "a@example.com", ""))); resp.Status != 404 {
		t.Fatalf("the imitation has Bulk: %d", resp.Status)
	}
	nils := at(call(t, send, "POST", "/Users", `{"schemas":["`+scim.UserURI+`"],"userName":"nils.berg@example.com"}`).Body, "id")
	read := call(t, send, "GET", "/Users/"+nils, "")
	version := at(read.Body, "meta/version")
	resp := call(t, send, "POST", "/Bulk", operations(
		newUser("u1", "pia.holm@example.com", ""),
		`{"method":"PATCH","path":"/Users/`+nils+`","version":`+scim.Quote(version)+`,"bulkId":"p","data":`+patchOp(`{"op":"add","path":"title","value":"Lead"}`)+`}`,
		`{"method":"PATCH","path":"/Users/`+nils+`","version":`+scim.Quote(version)+`,"data":`+patchOp(`{"op":"add","path":"title","value":"Chief"}`)+`}`,
		`{"method":"PUT","path":"/Users/`+nils+`","data":{"schemas":["`+scim.UserURI+`"],"userName":"nils.berg@example.com","title":"Head"}}`,
		newUser("u2", "PIA.HOLM@example.com", ""),
		`{"method":"DELETE","path":"/Users/`+nils+`"}`,
		`{"method":"DELETE","path":"/Users/`+nils+`"}`,
		`{"method":"PUT","path":"/Users","data":{"a":1}}`,
		`{"method":"POST","path":"/Users/x","bulkId":"z","data":{"a":1}}`,
		`{"method":"PATCH","path":"/Schemas/x","data":{"a":1}}`,
	))
	want := "u1 201, p 200, PATCH 412, PUT 200, u2 409, DELETE 204, DELETE 404, PUT 405, z 405, PATCH 404"
	if got := statuses(resp.Body); resp.Status != 200 || got != want {
		t.Fatalf("%d %s\n want %s\n%s", resp.Status, got, want, resp.Body)
	}
	for place, want := range map[string]string{
		"schemas":                       `["` + scim.BulkResponseURI + `"]`,
		"Operations/0/location":         origin + root + "/Users/n2",
		"Operations/1/location":         origin + root + "/Users/n1",
		"Operations/4/location":         "", // RFC 7644 section 3.7: none for a POST that failed
		"Operations/4/response/schemas": `["` + scim.ErrorURI + `"]`,
		"Operations/4/response/status":  "409",
		"Operations/6/location":         origin + root + "/Users/n1",
		"Operations/6/response/status":  "404",
		"Operations/0/response":         "",
	} {
		if got := at(resp.Body, place); got != want {
			t.Errorf("%s: %s, want %s", place, got, want)
		}
	}
	if got := at(resp.Body, "Operations/0/version"); got == "" || got != at(call(t, send, "GET", "/Users/n2", "").Body, "meta/version") {
		t.Errorf("version %s", got)
	}
}

func TestBulkReferences(t *testing.T) {
	const ent = scim.EnterpriseUserURI
	tests := []struct {
		name, operations, want string
		target, place, value   string
	}{
		{
			"backward",
			newUser("u", "pia@example.com", "") + "," + newGroup("g", "A", `{"value":"bulkId:u"}`),
			"u 201, g 201", "/Groups/n2", "members/0/value", "n1",
		},
		{
			"forward",
			newGroup("g", "A", `{"value":"bulkId:u"}`) + "," + newUser("u", "pia@example.com", ""),
			"g 201, u 201", "/Groups/n2", "members/0/value", "n1",
		},
		{
			"in an extension",
			newUser("a", "a@example.com", manager("bulkId:b")) + "," + newUser("b", "b@example.com", ""),
			"a 201, b 201", "/Users/n2", ent + "/manager/value", "n1",
		},
		{
			"circular groups",
			newGroup("a", "A", `{"value":"bulkId:b"}`) + "," + newGroup("b", "B", `{"value":"bulkId:a"},{"value":"bulkId:u"}`) + "," + newUser("u", "u@example.com", ""),
			"a 201, b 201, u 201", "/Groups/n2", "members/0/value", "n3",
		},
		{
			"circular, with what is known",
			newGroup("a", "A", `{"value":"bulkId:b"}`) + "," + newGroup("b", "B", `{"value":"bulkId:a"},{"value":"bulkId:u"}`) + "," + newUser("u", "u@example.com", ""),
			"a 201, b 201, u 201", "/Groups/n3", "members/1/value", "n1",
		},
		{
			"circular in an extension",
			newUser("a", "a@example.com", manager("bulkId:b")) + "," + newUser("b", "b@example.com", manager("bulkId:a")),
			"a 201, b 201", "/Users/n1", ent + "/manager/value", "n2",
		},
		{
			"circle of three",
			newUser("a", "a@example.com", manager("bulkId:b")) + "," + newUser("b", "b@example.com", manager("bulkId:c")) + "," + newUser("c", "c@example.com", manager("bulkId:a")),
			"a 201, b 201, c 201", "/Users/n1", ent + "/manager/value", "n3",
		},
		{
			"itself",
			newUser("a", "a@example.com", manager("bulkId:a")),
			"a 201", "/Users/n1", ent + "/manager/value", "n1",
		},
		{
			"what waits for a circle",
			newGroup("g", "G", `{"value":"bulkId:a"}`) + "," + newGroup("a", "A", `{"value":"bulkId:b"}`) + "," + newGroup("b", "B", `{"value":"bulkId:a"}`),
			"g 201, a 201, b 201", "/Groups/n3", "members/0/value", "n1",
		},
		{
			"in a path",
			`{"method":"PATCH","path":"/Users/bulkId:u","data":` + patchOp(`{"op":"add","path":"title","value":"x"}`) + `},` + newUser("u", "pia@example.com", ""),
			"PATCH 200, u 201", "/Users/n1", "title", "x",
		},
		{
			"in the path of a PATCH operation",
			newUser("u", "u@example.com", "") + "," + newUser("v", "v@example.com", "") + "," + newGroup("g", "G", `{"value":"bulkId:u"},{"value":"bulkId:v"}`) +
				`,{"method":"PATCH","path":"/Groups/bulkId:g","data":` + patchOp(`{"op":"remove","path":"members[value eq \"bulkId:u\"]"}`) + `}`,
			"u 201, v 201, g 201, PATCH 200", "/Groups/n3", "members/0/value", "n2",
		},
		{
			"to nothing",
			newGroup("g", "A", `{"value":"bulkId:none"}`),
			"g 409", "/Groups", "totalResults", "0",
		},
		{
			"to no bulkId",
			`{"method":"DELETE","path":"/Users/bulkId:"}`,
			"DELETE 409", "/Groups", "totalResults", "0",
		},
		{
			"to an update",
			`{"method":"DELETE","path":"/Users/n9","bulkId":"d"},` + newGroup("g", "A", `{"value":"bulkId:d"}`),
			"d 404, g 409", "/Groups", "totalResults", "0",
		},
		{
			"to a failure",
			newUser("w", "mara@example.com", "") + "," + newUser("u", "mara@example.com", "") + "," + newGroup("g", "A", `{"value":"bulkId:u"}`) + "," + newGroup("h", "B", `{"value":"bulkId:g"}`),
			"w 201, u 409, g 409, h 409", "/Groups", "totalResults", "0",
		},
		{
			"a circle that fails leaves nothing",
			newUser("w", "mara@example.com", "") + "," + newUser("a", "a@example.com", manager("bulkId:b")) + "," + newUser("b", "MARA@example.com", manager("bulkId:a")) + "," + newUser("c", "c@example.com", ""),
			"w 201, a 409, b 409, c 201", "/Users", "totalResults", "2",
		},
		{
			"one resource keeps its order",
			`{"method":"PATCH","path":"/Groups/n1","data":` + patchOp(`{"op":"add","path":"members","value":[{"value":"bulkId:u"}]}`) + `},` +
				`{"method":"PATCH","path":"/Groups/n1","data":` + patchOp(`{"op":"remove","path":"members"}`) + `},` + newUser("u", "u@example.com", ""),
			"PATCH 404, PATCH 404, u 201", "/Users", "totalResults", "1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := provider(t, noBulk)
			resp := call(t, adapted(t, withoutBulk(), p.Send), "POST", "/Bulk", operations(tt.operations))
			if got := statuses(resp.Body); got != tt.want {
				t.Errorf("%s, want %s\n%s\n%s", got, tt.want, resp.Body, strings.Join(p.Log(), "\n"))
			}
			doc := call(t, p.Send, "GET", tt.target, "").Body
			if got := at(doc, tt.place); got != tt.value {
				t.Errorf("%s: %s, want %s\n%s", tt.target, got, tt.value, doc)
			}
		})
	}
}
