package rules_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestAgainstDirectory holds the fixtures against a service provider that goes
// by RFC 7644 to the letter: it takes what is forwarded, takes what is sent if
// all its shapes are Legal, and refuses it otherwise. A variant that differs from
// its rule in that, or lies beyond what the directory can tell, says so and why
// in a section direct.
func TestAgainstDirectory(t *testing.T) {
	legal := map[string]bool{}
	for _, r := range rules.Catalogue() {
		legal[r.ID] = r.Legal || isAnswer(r)
	}
	for _, f := range fixtures(t) {
		if f.has("response") || strings.HasPrefix(f.section("direct"), "beyond: ") {
			continue // about answers, or beyond what the directory can tell
		}
		t.Run(f.name, func(t *testing.T) {
			refused := f.has("refused") || slices.ContainsFunc(f.ruleIDs(), func(id string) bool { return !legal[id] })
			if says := f.section("direct"); says != "" {
				refused = strings.HasPrefix(says, "refused: ")
			}
			status, body := f.direct(t, f.sent(t))
			switch {
			case refused && status < 400:
				t.Errorf("the directory takes what is sent: %d %s", status, body)
			case !refused && status >= 400:
				t.Errorf("the directory refuses what is sent, though the RFC allows it: %d %s", status, body)
			}
			if f.has("refused") {
				return
			}
			sends := f.run(t, f.sent(t)).asked(f.sent(t).Method).sends
			if status, body := f.direct(t, sends[len(sends)-1]); status >= 400 {
				t.Errorf("the directory refuses what is forwarded: %d %s", status, body)
			}
		})
	}
}

// staff is what the directory holds where a fixture has no resource of its own.
const staff = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"u-7041","userName":"mara@example.net","nickName":"Mo","title":"Deckhand","active":true,` +
	`"emails":[{"type":"home","value":"mo@example.org","primary":false}],"roles":[{"value":"pilot","primary":true}],` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"u-1180"}}},` +
	`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"U-7041","userName":"other@example.com"}`

const crew = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g-204","displayName":"Crew","members":[{"value":"u-7041"},{"value":"u-1180"}]}`

// direct sends a request straight to the directory.
func (f *fixture) direct(t *testing.T, req *scim.Request) (int, string) {
	t.Helper()
	users, groups := staff, crew
	if resource := f.section("resource"); strings.Contains(req.Path, "/Groups") && resource != "" {
		groups = resource
	} else if resource != "" {
		users = resource
	}
	seed := `{"Users":[` + users + `,{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u-1180","userName":"boss@example.com"}],"Groups":[` + groups + `]}`
	plan := f.plan(t)
	base, err := scim.ParseBase("/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	d, err := directory.New(directory.Options{Registry: plan.Registry, Base: base, Seed: []byte(seed)})
	if err != nil {
		t.Fatal(err)
	}
	target := req.Path
	if req.Query != "" {
		target += "?" + req.Query
	}
	in := httptest.NewRequest(req.Method, target, strings.NewReader(req.Body))
	in.Header = req.Header.Clone()
	out := httptest.NewRecorder()
	d.ServeHTTP(out, in)
	return out.Code, out.Body.String()
}
