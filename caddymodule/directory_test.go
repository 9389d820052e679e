package caddymodule

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestGatewayAndDirectory takes a user through its life, in the dialect of
// Entra, to a service provider that refuses it.
func TestGatewayAndDirectory(t *testing.T) {
	s := startSite(t, nil, `handle_path /direct/* {
		scim_directory
	}
	handle {
		scim
		reverse_proxy DIRECTORY
	}`)
	s.do("POST", "/direct/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bo","active":"True"}`).
		wantError(t, 400, scim.InvalidValue, "")

	got := s.do("GET", "/scim/v2/Users?filter=userName+eq+%22ada.lind%40example.com%22", "")
	if got.status != 200 || !strings.Contains(got.body, `"totalResults":0`) {
		t.Fatalf("look-up: status %d: %s", got.status, got.body)
	}
	got = s.do("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada.lind@example.com",`+
		`"active":"True","meta":{"resourceType":"User"},"emails":[{"Primary":"True","type":"work","value":"ada.lind@example.com"}]}`)
	id := member(got.body, "id")
	if got.status != 201 || got.header.Get("Location") != "http://"+s.addr+"/scim/v2/Users/"+id {
		t.Fatalf("create: status %d, Location %q: %s", got.status, got.header.Get("Location"), got.body)
	}
	got = s.do("PATCH", "/scim/v2/Users/"+id+"?aadOptscim062020", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+
		`{"op":"Replace","path":"active","value":"False"},`+
		`{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+46 70 000 00 00"},`+
		`{"op":"Add","value":{"name.givenName":"Ada","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Optics"}}]}`)
	if got.status != 200 && got.status != 204 {
		t.Fatalf("update: status %d: %s", got.status, got.body)
	}
	got = s.do("GET", "/scim/v2/users/"+id, "")
	for _, want := range []string{`"active":false`, `"value":"+46 70 000 00 00"`, `"givenName":"Ada"`, `"department":"Optics"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%s is missing in %s", want, got.body)
		}
	}
	if got := s.do("DELETE", "/scim/v2/Users/"+id, ""); got.status != 204 {
		t.Errorf("delete: status %d: %s", got.status, got.body)
	}
	s.do("GET", "/scim/v2/Users/"+id, "").wantError(t, 404, "", "")
}

// TestSeed fills a directory, or refuses to start.
func TestSeed(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SCIM_SEED", dir)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("good.json", `{"Users":[`+ada+`]}`)
	write("bad.json", `{"Users":[{"userName":17}]}`)
	s := startSite(t, nil, "scim_directory {\n seed {env.SCIM_SEED}/good.json\n max_results 1\n }")
	if got := s.do("GET", "/Users/17", ""); got.status != 200 || member(got.body, "userName") != "ada.lind@example.com" {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	for seed, want := range map[string]string{
		"{env.SCIM_SEED}/bad.json":  "seed",
		"{env.SCIM_SEED}/none.json": "reading seed",
		"{env.SCIM_NONE}/none.json": "reading seed",
	} {
		ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
		err := (&Directory{Seed: seed}).Provision(ctx)
		cancel()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", seed, err, want)
		}
	}
}

// TestInvalidJSONConfig is what the Caddyfile would have caught.
func TestInvalidJSONConfig(t *testing.T) {
	match := []caddy.ModuleMap{{"path": []byte(`["/x/*"]`)}}
	for _, c := range []struct {
		h    Handler
		want string
	}{
		{Handler{BasePath: "x"}, "does not start with a slash"},
		{Handler{MaxBody: -1}, "max_body must not be negative"},
		{Handler{Explain: "X Y"}, `explain: "X Y" is not the name of a header`},
		{Handler{Providers: []*Provider{{}}}, "a name is missing"},
		{Handler{Providers: []*Provider{{Name: "otka"}}}, `unknown provider "otka": did you mean "okta"?`},
		{Handler{Providers: []*Provider{{Name: "okta"}, {Name: "okta"}}}, "provider okta is configured twice"},
		{Handler{Providers: []*Provider{{Name: "okta", Disable: []string{"patch.opcase"}}}}, "patch.op-case"},
		{Handler{Providers: []*Provider{{Name: "bot", Extends: "generic"}}}, "provider bot has no match"},
		{Handler{Providers: []*Provider{{Name: "connid"}}}, "provider connid has no match"},
		{Handler{Providers: []*Provider{{Name: "bot", Extends: "gneric", MatcherSetsRaw: match}}}, `did you mean "generic"?`},
		{Handler{Schemas: []*Schema{{Resource: "Usr"}}}, `did you mean "User"?`},
		{Handler{Schemas: []*Schema{{Resource: "User", ID: "urn:x:y"}}}, "it defines no attributes"},
	} {
		ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
		err := c.h.Provision(ctx)
		if err == nil {
			err = c.h.Validate()
		}
		cancel()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
