package caddymodule

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/probe"
)

// protected is a directory that wants a token.
func protected(t *testing.T, limits directory.Limits) *httptest.Server {
	t.Helper()
	d, err := directory.New(directory.Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sesame" || r.Header.Get("X-Tenant") != "42" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		d.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestProbeCommand prints a piece of a Caddyfile, or JSON, and leaves nothing
// behind.
func TestProbeCommand(t *testing.T) {
	t.Setenv("SCIM_TOKEN", "sesame")
	server := protected(t, directory.Limits{Patch: "off", Sort: new(false)})
	got, err := run(t, "", "probe", "--write", "--token", "{env.SCIM_TOKEN}", "-H", "X-Tenant: 42", server.URL+"/scim/v2/")
	if err != nil {
		t.Fatal(err)
	}
	block := blockOf(t, got)
	want := &Backend{Capabilities: backend.Capabilities{Patch: "put", Sort: new(false)}}
	if diff := cmp.Diff(want, block, cmp.AllowUnexported(Backend{})); diff != "" {
		t.Errorf("the block that was printed (-want +got):\n%s\n%s", diff, got)
	}
	got, err = run(t, "", "probe", "-w", "--json", "-t", "sesame", "-H", "x-tenant:42", server.URL+"/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Backend backend.Capabilities
		Score   struct{ Before, After, Of int }
		Left    []string
	}
	if err := json.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Backend.Patch != "put" || doc.Score.After != doc.Score.Of || doc.Score.Before >= doc.Score.After || len(doc.Left) > 0 {
		t.Errorf("%+v\n%s", doc, got)
	}
}

// blockOf reads the output of probe as part of a Caddyfile.
func blockOf(t *testing.T, text string) *Backend {
	t.Helper()
	h := new(Handler)
	if err := h.UnmarshalCaddyfile(caddyfile.NewTestDispenser("scim {\n" + text + "\n}")); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return h.Backend
}

func TestProbeCommandErrors(t *testing.T) {
	server := protected(t, directory.Limits{})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{server.URL}, "status 401: give the credentials with --token or --header"},
		{[]string{"-t", "sesame", "-H", "X-Tenant: 42", server.URL}, "nothing can be measured without --write"},
		{[]string{"-t", "{env.SCIM_NO_SUCH_TOKEN}", server.URL}, "--token: "},
		{[]string{"-H", "X Tenant: 42", server.URL}, "a name, a colon and a value are expected"},
		{[]string{"-H", "X-Tenant", server.URL}, "a name, a colon and a value are expected"},
		{[]string{"-H", "X-Tenant: {env.SCIM_NO_SUCH_TENANT}", server.URL}, "--header X-Tenant: "},
		{[]string{"legacy.example.com"}, "is no http URL"},
		{[]string{server.URL, server.URL}, "accepts 1 arg(s)"},
	} {
		if _, err := run(t, "", append([]string{"probe"}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.args, err, c.want)
		}
	}
}

// TestProbeBlockIsRead prints every capability and reads it as a Caddyfile.
func TestProbeBlockIsRead(t *testing.T) {
	all := []backend.Capabilities{
		{},
		{
			Patch: "full", PatchOperations: 1, PatchMembers: 2, PatchPathless: new(false), PatchPaths: new(true), ValuePaths: "try",
			MembersRemove: "value", OpCase: "title", NameFormatted: true, Put: new(false), Filter: []string{"eq", "[]"},
			FilterAttributes: []string{"userName", "emails.value"}, Page: &backend.Paging{Style: "offset", Start: "from", Size: "limit", ZeroBased: true},
			PageSize: 3, ScanPages: 4, ScanResources: 5, ScanSeconds: 6, Sort: new(false), Projection: new(false), Search: new(false), Bulk: new(false),
			ETag: new(false), Discovery: new(false), Delete: "deactivate", Members: "absent", IDs: "number",
			ThrottleText: []string{"rate exceeded", "a \"quoted\" {word}", "`back` # \"ticks\""}, MediaType: "application/json",
			List: &backend.ListShape{Resources: "data.users", Total: "data.total"}, SingleValued: []string{"emails"},
			Headers: map[string]string{"X-Tenant": "4 2", "X-Other": "1"},
		},
		{Page: &backend.Paging{Style: "cursor"}, List: &backend.ListShape{Resources: "users"}, Filter: []string{"off"}, SCIM: "1.1"},
	}
	for _, c := range all {
		block := probe.Block(&c)
		got := blockOf(t, block)
		if got == nil {
			got = new(Backend)
		}
		if diff := cmp.Diff(c, got.Capabilities); diff != "" {
			t.Errorf("%s(-printed +read):\n%s", block, diff)
		}
		if formatted := string(caddyfile.Format([]byte(block))); formatted != block {
			t.Errorf("caddy fmt would make of\n%s\n%s", block, formatted)
		}
	}
}
