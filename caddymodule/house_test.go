package caddymodule

import (
	"os"
	"strings"
	"testing"
)

// TestFullSurface loads the Caddyfile that shows the whole surface, and sends
// what it speaks of: a rule, a provider by its path, a limit and the explain
// header work together. The server of its limiter is not there, which costs the
// limits nothing but being shared.
func TestFullSurface(t *testing.T) {
	golden, err := os.ReadFile("testdata/adapt/scim_house.caddyfiletest")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(golden), "----------")
	directives := strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(text, "scim.example.com {\n")), "}")
	directives = strings.Replace(directives, "legacy:8080", "BACKEND", 1)
	directives = strings.Replace(directives, "redis:6379", freeAddresses(t, 1)[0], 1)
	b := startBackend(t, answerAda)
	s := startSite(t, b, directives)
	got := s.do("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada.lind@example.com","costCenter":"K-7"}`)
	if got.status != 200 && got.status != 201 {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	if list := got.header.Get("X-SCIM-Changes"); !strings.Contains(list, "acme.cost-center") {
		t.Errorf("X-SCIM-Changes is %q", list)
	}
	if sent := b.one(t); !strings.Contains(sent.body, `"urn:example:params:scim:schemas:extension:acme:2.0:User":{"costCenter":"K-7"}`) {
		t.Errorf("the backend got %s", sent.body)
	}
	got = s.do("PATCH", "/scim/v2/entra/Users/17", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"title","value":"Pilot"}]}`)
	if list := got.header.Get("X-SCIM-Changes"); got.status != 200 || list != "patch.op-case" {
		t.Errorf("below the path of a provider: %d, X-SCIM-Changes is %q: %s", got.status, list, got.body)
	}
	if sent := b.one(t); sent.target != "/scim/v2/entra/Users/17" || !strings.Contains(sent.body, `"replace"`) {
		t.Errorf("the backend got %s %s", sent.target, sent.body)
	}
}
