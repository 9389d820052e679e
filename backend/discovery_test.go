package backend_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/internal/imitation"
	"github.com/caddy-scim/caddy-scim/scim"
)

// answers is a service provider that answers each path with a document, and
// everything else with 404.
func answers(documents map[string]string) scim.Send {
	return func(_ context.Context, req *scim.Request) (*scim.Response, error) {
		doc, ok := documents[strings.TrimPrefix(req.Path, root)]
		if !ok {
			doc = scim.Errorf(http.StatusNotFound, "", "no such endpoint").Body()
			return &scim.Response{Status: 404, Header: http.Header{}, Body: doc}, nil
		}
		return &scim.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}, "Etag": {`"1"`}, "X-Trace": {"7"}}, Body: doc}, nil
	}
}

func noDiscovery() backend.Capabilities { return backend.Capabilities{Discovery: new(bool)} }

// Documents that are made here keep to their schemas and say where the client
// finds them.
func TestDiscoveryIsMade(t *testing.T) {
	for name, send := range map[string]scim.Send{
		"told":      adapted(t, noDiscovery(), answers(map[string]string{"/ServiceProviderConfig": `{"patch":{"supported":false}}`})),
		"found out": adapted(t, backend.Capabilities{}, answers(nil)),
		"a page": adapted(t, backend.Capabilities{}, answers(map[string]string{
			"/ServiceProviderConfig": "<html>", "/Schemas": `{"hello":"world"}`, "/ResourceTypes": "", "/ResourceTypes/User": "[]",
		})),
	} {
		t.Run(name, func(t *testing.T) {
			config := call(t, send, "GET", "/ServiceProviderConfig", "")
			fits(t, config.Body, scim.ServiceProviderConfigURI)
			if got := at(config.Body, "meta/location"); got != origin+root+"/ServiceProviderConfig" {
				t.Errorf("location %s", got)
			}
			if got := config.Header.Get("Content-Type"); config.Status != 200 || got != scim.MediaType {
				t.Errorf("%d %s", config.Status, got)
			}
			types := call(t, send, "GET", "/ResourceTypes", "")
			if at(types.Body, "totalResults") != "2" || at(types.Body, "schemas/0") != scim.ListResponseURI {
				t.Errorf("%s", types.Body)
			}
			one := call(t, send, "GET", "/ResourceTypes/User", "")
			if one.Body != at(types.Body, "Resources/0") {
				t.Errorf("%s", one.Body)
			}
			fits(t, one.Body, scim.ResourceTypeURI)
			schemas := call(t, send, "GET", "/Schemas", "")
			if got := at(schemas.Body, "totalResults"); got != "6" {
				t.Errorf("%s schemas", got)
			}
			if got := call(t, send, "GET", "/Schemas/"+scim.EnterpriseUserURI, ""); at(got.Body, "id") != scim.EnterpriseUserURI || !strings.Contains(schemas.Body, got.Body) {
				t.Errorf("%s", got.Body)
			}
			for _, path := range []string{"/Schemas/urn:example:none", "/ResourceTypes/Device"} {
				if got := call(t, send, "GET", path, ""); got.Status != 404 || at(got.Body, "status") != "404" {
					t.Errorf("%s: %d %s", path, got.Status, got.Body)
				}
			}
			if got := call(t, send, "GET", "/Schemas?filter=id%20pr", ""); got.Status != 403 {
				t.Errorf("filter: %d", got.Status)
			}
			if got := call(t, send, "HEAD", "/Schemas", ""); got.Status != 200 || got.Body != "" {
				t.Errorf("HEAD: %d %s", got.Status, got.Body)
			}
		})
	}
}

// fits holds a document against its schema.
func fits(t *testing.T, body, uri string) {
	t.Helper()
	doc := scim.Parse(body)
	if got := doc.Get("schemas").Raw(); got != `["`+uri+`"]` {
		t.Errorf("schemas %s", got)
	}
	for _, a := range scim.Core().Schema(uri).Attributes {
		v := doc.Get(a.Name)
		if v == nil {
			if a.Required {
				t.Errorf("%s is missing", a.Name)
			}
			continue
		}
		if err := a.Check(v); err != nil {
			t.Error(err)
		}
		for _, sub := range a.SubAttributes {
			if sub.Required && v.Kind() == scim.Object && v.Get(sub.Name) == nil {
				t.Errorf("%s.%s is missing", a.Name, sub.Name)
			}
		}
	}
}

// What is advertised is what gateway and service provider can do together.
func TestDiscoverySaysWhatCanBeDone(t *testing.T) {
	yes, no := true, false
	const all = "patch bulk filter sort etag"
	says := func(yes bool) string {
		doc := `{"changePassword":{"supported":true}`
		for name := range strings.FieldsSeq(all) {
			doc += `,"` + name + `":{"supported":` + map[bool]string{true: "true", false: "false"}[yes] + `}`
		}
		return doc + `}`
	}
	tests := []struct {
		name   string
		caps   backend.Capabilities
		config string // the service provider's own; empty if it has none
		want   string // the features that are promised
	}{
		{"nothing is known", backend.Capabilities{}, "", "patch filter"},
		{"believed", backend.Capabilities{}, says(true), "patch bulk filter changePassword sort etag"},
		{"believed as well", backend.Capabilities{}, says(false), "changePassword"},
		{"half a document", backend.Capabilities{}, `{"patch":{}}`, "patch filter"},
		{"numbers and texts", backend.Capabilities{}, `{"patch":{"supported":1},"filter":{"supported":0},"sort":{"supported":"True"},"etag":{"supported":"false"}}`, "patch sort"},
		{"PUT instead of PATCH", backend.Capabilities{Patch: "put"}, says(false), "patch bulk changePassword"},
		{"no PATCH at all", backend.Capabilities{Patch: "off"}, says(true), "bulk filter changePassword sort etag"},
		{"no Bulk", backend.Capabilities{Bulk: &no}, says(false), "bulk changePassword"},
		{"no Bulk, nothing is known", backend.Capabilities{Bulk: &no, Discovery: &no}, "", "patch bulk filter"},
		{"Bulk", backend.Capabilities{Bulk: &yes}, says(false), "bulk changePassword"},
		{"few filters", backend.Capabilities{Filter: []string{"eq"}}, says(false), "filter changePassword"},
		{"no filters", backend.Capabilities{Filter: []string{}}, says(false), "filter changePassword"},
		{"few attributes", backend.Capabilities{FilterAttributes: []string{"userName"}}, says(false), "filter changePassword"},
		{"no sorting", backend.Capabilities{Sort: &no}, says(false), "changePassword sort"},
		{"no entity-tags", backend.Capabilities{ETag: &no, Bulk: &yes}, says(true), "patch bulk filter changePassword sort"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			documents := map[string]string{}
			if tt.config != "" {
				documents["/ServiceProviderConfig"] = tt.config
			}
			resp := call(t, adapted(t, tt.caps, answers(documents)), "GET", "/ServiceProviderConfig", "")
			fits(t, resp.Body, scim.ServiceProviderConfigURI)
			var got []string
			for _, name := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
				if at(resp.Body, name+"/supported") == "true" {
					got = append(got, name)
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("%s, want %s\n%s", s, tt.want, resp.Body)
			}
		})
	}
}

func TestDiscoveryLimits(t *testing.T) {
	tests := []struct {
		name, config string
		caps         backend.Capabilities
		place, want  string
	}{
		{
			"bulk is taken apart here", `{"bulk":{"supported":true,"maxOperations":5,"maxPayloadSize":9}}`,
			backend.Capabilities{Bulk: new(bool)},
			"bulk", `{"supported":true,"maxOperations":1000,"maxPayloadSize":8388608}`,
		},
		{
			"bulk is theirs", `{"bulk":{"supported":true,"maxOperations":5,"maxPayloadSize":9}}`,
			backend.Capabilities{},
			"bulk", `{"supported":true,"maxOperations":5,"maxPayloadSize":9}`,
		},
		{"no limits", `{"bulk":{"supported":false}, "patch":{}}`, backend.Capabilities{}, "bulk", `{"supported":false,"maxOperations":0,"maxPayloadSize":0}`},
		{"page size", `{"filter":{"supported":true,"maxResults":1000}}`, backend.Capabilities{PageSize: 100}, "filter/maxResults", "100"},
		{"smaller than the page size", `{"filter":{"supported":true,"maxResults":50}}`, backend.Capabilities{PageSize: 100}, "filter/maxResults", "50"},
		{"no page size", `{"filter":{"supported":true,"maxResults":1000}}`, backend.Capabilities{}, "filter/maxResults", "1000"},
		{"no maxResults", `{"filter":{"supported":true}}`, backend.Capabilities{}, "filter/maxResults", "200"},
		{
			"pages by cursor", `{"patch":{}}`,
			backend.Capabilities{Page: &backend.Paging{Style: "index"}},
			"pagination",
			`{"cursor":true,"index":true,"defaultPaginationMethod":"index","cursorTimeout":600}`,
		},
		{
			"pages by a cursor of theirs", `{"patch":{}}`,
			backend.Capabilities{Page: &backend.Paging{Style: "cursor"}},
			"pagination",
			`{"cursor":true,"index":true,"defaultPaginationMethod":"index"}`,
		},
		{
			"pages by cursor as well", `{"patch":{},"pagination":{"cursor":true,"index":false,"cursorTimeout":60}}`,
			backend.Capabilities{Page: &backend.Paging{Style: "cursor"}},
			"pagination", `{"cursor":true,"index":true,"cursorTimeout":60}`,
		},
		{
			"schemes", `{"authenticationSchemes":[{"type":"httpbasic"}]}`,
			backend.Capabilities{},
			"authenticationSchemes",
			`[{"type":"httpbasic","name":"httpbasic","description":"httpbasic"}]`,
		},
		{
			"one scheme", `{"authenticationSchemes":{"type":"oauth2","name":"O","description":"D"}}`,
			backend.Capabilities{},
			"authenticationSchemes",
			`[{"type":"oauth2","name":"O","description":"D"}]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			send := adapted(t, tt.caps, answers(map[string]string{"/ServiceProviderConfig": tt.config}))
			resp := call(t, send, "GET", "/ServiceProviderConfig", "")
			if got := at(resp.Body, tt.place); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if resp.Header.Get("Etag") != "" || resp.Header.Get("X-Trace") != "7" {
				t.Errorf("header %v", resp.Header)
			}
		})
	}
}

// A service provider that says all about itself is not corrected.
func TestDiscoveryPasses(t *testing.T) {
	p := provider(t, imitation.Vendor{})
	send := adapted(t, backend.Capabilities{}, p.Send)
	for _, path := range []string{"/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/Schemas/" + scim.UserURI, "/ResourceTypes/Group"} {
		want := call(t, p.Send, "GET", path, "")
		got := call(t, send, "GET", path, "")
		if got.Body != want.Body || got.Status != want.Status {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
	for _, c := range []backend.Capabilities{{}, {MediaType: "application/json"}} {
		if got := call(t, adapted(t, c, p.Send), "GET", "/Schemas/urn:example:none", ""); got.Status != 404 || at(got.Body, "status") != "404" {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	}
	if n := len(p.Log()); n != 5+5+2+2 { // the last one looked through the list
		t.Errorf("%d exchanges", n)
	}
}

func TestDiscoveryIsCompleted(t *testing.T) {
	send := adapted(t, backend.Capabilities{}, answers(map[string]string{
		"/ServiceProviderConfigs": `{"schemas":["urn:scim:schemas:core:1.0"],"patch":{"supported":true},"filter":{"supported":true,"maxResults":10}}`,
		"/Schemas":                `[{"id":"` + scim.UserURI + `","attributes":[]},{"id":"urn:example:x","name":"X","attributes":[]}]`,
		"/ResourceTypes":          `{"totalResults":2,"Resources":[{"name":"User","schemaExtensions":["urn:example:x"]},{"id":"Device","name":"Device","endpoint":"/Devices","schema":"urn:example:y","meta":{"location":"http://10.0.0.4/ResourceTypes/Device"}}]}`,
	}))
	config := call(t, send, "GET", "/ServiceProviderConfig", "")
	fits(t, config.Body, scim.ServiceProviderConfigURI)
	if got := at(config.Body, "filter/maxResults"); got != "10" {
		t.Errorf("the plural was not asked: %s", config.Body)
	}
	tests := []struct{ path, place, want string }{
		{"/Schemas", "schemas/0", scim.ListResponseURI},
		{"/Schemas", "totalResults", "2"},
		{"/Schemas", "Resources/0/schemas/0", scim.SchemaURI},
		{"/Schemas", "Resources/0/name", "User"},
		{"/Schemas", "Resources/0/meta/location", origin + root + "/Schemas/" + scim.UserURI},
		{"/Schemas", "Resources/1/meta/resourceType", "Schema"},
		{"/Schemas/urn:example:x", "name", "X"},
		{"/Schemas/" + strings.ToUpper(scim.UserURI), "name", "User"},
		{"/ResourceTypes", "schemas/0", scim.ListResponseURI},
		{"/ResourceTypes/user", "schema", scim.UserURI},
		{"/ResourceTypes/user", "endpoint", "/Users"},
		{"/ResourceTypes/user", "schemaExtensions/0", `{"schema":"urn:example:x","required":false}`},
		{"/ResourceTypes/Device", "meta/location", "http://10.0.0.4/ResourceTypes/Device"},
		{"/ResourceTypes/Device", "meta/resourceType", "ResourceType"},
		{"/ResourceTypes/Group", "status", "404"},
	}
	for _, tt := range tests {
		if got := at(call(t, send, "GET", tt.path, "").Body, tt.place); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.path, tt.place, got, tt.want)
		}
	}
}

// SCIM 1.1 has other schemas, which tell clients of SCIM 2.0 nothing.
func TestDiscoveryOfSCIM11(t *testing.T) {
	send := adapted(t, backend.Capabilities{SCIM: "1.1"}, answers(map[string]string{
		"/ServiceProviderConfigs": `{"schemas":["urn:scim:schemas:core:1.0"],"patch":{"supported":false},"filter":{"supported":true,"maxResults":10}}`,
		"/ServiceProviderConfig":  `{"schemas":["urn:scim:schemas:core:1.0"],"patch":{"supported":false},"filter":{"supported":true,"maxResults":10}}`,
		"/Schemas":                `{"Resources":[{"id":"urn:scim:schemas:core:1.0:User","attributes":[]}]}`,
	}))
	if got := call(t, send, "GET", "/ServiceProviderConfig", ""); at(got.Body, "filter/maxResults") != "10" || at(got.Body, "schemas/0") != scim.ServiceProviderConfigURI {
		t.Errorf("%s", got.Body)
	}
	if got := call(t, send, "GET", "/Schemas/"+scim.UserURI, ""); at(got.Body, "name") != "User" {
		t.Errorf("%s", got.Body)
	}
}

// What is no answer about discovery stays as it is.
func TestDiscoveryErrors(t *testing.T) {
	for _, status := range []int{401, 403, 429, 500, 502} {
		send := adapted(t, backend.Capabilities{}, func(context.Context, *scim.Request) (*scim.Response, error) {
			header := http.Header{"Content-Type": {scim.MediaType}, "Retry-After": {"3600"}}
			return &scim.Response{Status: status, Header: header, Body: scim.Errorf(status, "", "no").Body()}, nil
		})
		if got := call(t, send, "GET", "/Schemas", ""); got.Status != status {
			t.Errorf("%d became %d", status, got.Status)
		}
	}
	send := adapted(t, backend.Capabilities{}, func(context.Context, *scim.Request) (*scim.Response, error) {
		return nil, errors.New("connection refused")
	})
	if got, err := exchange(t.Context(), send, "GET", "/Schemas", ""); err == nil {
		t.Errorf("%+v", got)
	}
}

// The made documents show the URL under which each client called.
func TestDiscoveryUnderSeveralNames(t *testing.T) {
	send := adapted(t, noDiscovery(), answers(nil))
	for _, base := range []string{"https://a.example.com", `https://b.example.com"`, "https://a.example.com"} {
		resp, err := send(t.Context(), &scim.Request{Method: "GET", Path: "/orgs/4/ServiceProviderConfig", Origin: base, Header: http.Header{}})
		if err != nil {
			t.Fatal(err)
		}
		if got := at(resp.Body, "meta/location"); got != base+"/orgs/4/ServiceProviderConfig" {
			t.Errorf("%s", got)
		}
	}
}

func BenchmarkDiscoveryMade(b *testing.B) {
	gateway, err := backend.New(backend.Options{Capabilities: noDiscovery(), Registry: scim.Core()})
	if err != nil {
		b.Fatal(err)
	}
	send := gateway.Adapt(answers(nil))
	req := &scim.Request{Method: "GET", Path: root + "/Schemas", Origin: origin, Header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := send(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever a service provider says of itself, it is completed once and for all.
func FuzzDiscovery(f *testing.F) {
	f.Add(`{"patch":{"supported":1},"authenticationSchemes":{"type":"oauth2"},"filter":7}`)
	f.Add(`[{"id":"urn:x","attributes":[]},7]`)
	f.Add(`{"Resources":[{"name":"User","schemaExtensions":["urn:x"],"meta":[]}],"schemas":"x"}`)
	paths := []string{"/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/Schemas/urn:x", "/ResourceTypes/User"}
	f.Fuzz(func(t *testing.T, doc string) {
		for _, path := range paths {
			for _, c := range []backend.Capabilities{{}, {Patch: "put", PageSize: 10, Page: &backend.Paging{Style: "offset"}}} {
				once, err := exchange(t.Context(), adapted(t, c, answers(map[string]string{path: doc})), "GET", path, "")
				if err != nil {
					t.Fatal(err)
				}
				if once.Status != 200 {
					continue
				}
				if _, err := scim.Check(once.Body, scim.Limits{Bytes: 8 << 20, Depth: 64}); err != nil {
					t.Fatalf("%s: %v: %s", path, err, once.Body)
				}
				twice, err := exchange(t.Context(), adapted(t, c, answers(map[string]string{path: once.Body})), "GET", path, "")
				if err != nil || twice.Body != once.Body {
					t.Fatalf("%s: %v\n%s\n%s", path, err, once.Body, twice.Body)
				}
			}
		}
	})
}
