package caddymodule

import (
	"net/http"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// TestMatcher matches in front of the handler, behind it and without one.
func TestMatcher(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `
	@hr scim provider hr
	@leavers scim provider entra okta operation patch delete resource User
	@guarded {
		scim {
			id "a b"
			operation delete
		}
	}
	@any scim
	@behind scim provider entra operation patch
	header @hr >X-Hr yes
	header @leavers >X-Leavers yes
	header @guarded >X-Guarded yes
	header @any >X-Any yes
	scim {
		base_path /scim/v2
		provider hr extends generic {
			match header X-Sender hr
		}
	}
	reverse_proxy @behind BACKEND {
		header_down X-Behind yes
	}
	reverse_proxy BACKEND`)
	const okta = "Okta SCIM Client 1.0.0"
	for _, c := range []struct {
		method, target, body, agent, sender string
		want                                string
	}{
		{"PATCH", "/scim/v2/users/17?aadOptscim062020", sloppy, "", "", "Leavers Any Behind"},
		{"PATCH", "/scim/v2/Users/17", sloppy, "", "", "Any Behind"}, // shows only in the body
		{"PATCH", "/scim/v2/Users/17", patchActive, okta, "", "Leavers Any"},
		{"DELETE", "/scim/v2/Users/a%20b", "", okta, "", "Leavers Any Guarded"},
		{"DELETE", "/scim/v2/Groups/a%20b", "", okta, "", "Any Guarded"},
		{"GET", "/scim/v2/Users/17", "", okta, "", "Any"},
		{"PATCH", "/scim/v2/Users/17", patchActive, okta, "hr", "Hr Any"},
		{"PATCH", "/other/Users/17", patchActive, okta, "hr", ""},
		{"GET", "/scim/v2/Bulk", "", "", "", "Any"},
	} {
		got := s.do(c.method, c.target, c.body, "User-Agent", c.agent, "X-Sender", c.sender)
		var names []string
		for _, name := range strings.Fields("Hr Leavers Any Guarded Behind") {
			if got.header.Get("X-"+name) != "" {
				names = append(names, name)
			}
		}
		if list := strings.Join(names, " "); list != c.want {
			t.Errorf("%s %s: matched %q, want %q", c.method, c.target, list, c.want)
		}
	}
}

// TestMatcherWithoutHandler knows what is SCIM all the same.
func TestMatcherWithoutHandler(t *testing.T) {
	s := startSite(t, nil, `@reads scim operation get list provider okta
	respond @reads 418`)
	for target, want := range map[string]int{"/a/b/Users": 418, "/a/b/Users/17": 418, "/a/b": 200} {
		if got := s.do("GET", target, "", "User-Agent", "Okta SCIM Client 1.0.0"); got.status != want {
			t.Errorf("%s: status %d", target, got.status)
		}
	}
	if got := s.do("GET", "/a/b/Users", ""); got.status != 200 {
		t.Errorf("another provider: status %d", got.status)
	}
}

// TestMatcherOfUnknownProvider is a load error, whichever handler comes last.
func TestMatcherOfUnknownProvider(t *testing.T) {
	s := startSite(t, nil, "respond 200")
	const handler = "scim {\n provider hrbot extends generic {\n match header X-Sender hr\n }\n }\n"
	err := s.tryLoad(nil, "@m scim provider hrbto\n respond @m 200\n"+handler)
	if err == nil || !strings.Contains(err.Error(), `unknown provider "hrbto": did you mean "hrbot"?`) {
		t.Errorf("error %v", err)
	}
	if err := s.tryLoad(nil, "@m scim provider hrbot\n respond @m 200\n"+handler); err != nil {
		t.Error(err)
	}
}

// TestMatcherIsForMatchersOfProviders, too: a provider can be told from another
// that looks the same.
func TestMatcherIsForMatchersOfProviders(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `header >X-Told {scim.provider}
	scim {
		provider readers extends generic {
			match scim operation get list search
		}
	}
	reverse_proxy BACKEND`)
	for method, want := range map[string]string{"GET": "readers", "DELETE": "generic"} {
		if got := s.do(method, "/Users/17", "").header.Get("X-Told"); got != want {
			t.Errorf("%s: %s, want %s", method, got, want)
		}
	}
}

func TestMatcherSyntax(t *testing.T) {
	for _, text := range []string{"scim entra", "scim {\n provdr entra\n}", "scim operation", "scim resource user"} {
		m := new(MatchSCIM)
		if err := m.UnmarshalCaddyfile(caddyfile.NewTestDispenser(text)); err == nil {
			t.Errorf("%q was taken as %+v", text, m)
		}
	}
}

// BenchmarkMatcher is the cost of a matcher in front of the handler.
func BenchmarkMatcher(b *testing.B) {
	m := &MatchSCIM{Provider: []string{"entra"}, Operation: []string{"get"}}
	r, err := http.NewRequest("GET", "/scim/v2/Users/17", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if match, err := m.MatchWithError(r); match || err != nil {
			b.Fatal(match, err)
		}
	}
}

// TestMatcherOfTunnelledMethods knows what a client of SCIM 1.1 means by POST.
func TestMatcherOfTunnelledMethods(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `@leavers scim operation delete
	respond @leavers 418
	scim {
		base_path /v1
	}
	reverse_proxy BACKEND`)
	for method, matches := range map[string]bool{"DELETE": true, "PATCH": false} {
		r, err := http.NewRequest("POST", "http://"+s.addr+"/v1/Users/17", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-HTTP-Method-Override", method)
		if got := s.send(r); (got.status == http.StatusTeapot) != matches {
			t.Errorf("%s: status %d", method, got.status)
		}
	}
}

// TestMatcherInExpressions is a function of CEL.
func TestMatcherInExpressions(t *testing.T) {
	const handler = "scim {\n provider hr extends generic {\n match header X-Sender hr\n }\n }\n respond 200"
	s := startSite(t, nil, "@m `scim({'provider': ['hr', 'okta'], 'operation': 'get'}) && !path('/Groups/*')`\n respond @m 418\n"+handler)
	for _, c := range []struct {
		method, target, sender string
		matches                bool
	}{
		{"GET", "/Users/17", "hr", true},
		{"GET", "/Users/17", "", false},
		{"DELETE", "/Users/17", "hr", false},
		{"GET", "/Groups/17", "hr", false},
	} {
		if got := s.do(c.method, c.target, "", "X-Sender", c.sender); (got.status == http.StatusTeapot) != c.matches {
			t.Errorf("%s %s from %q: status %d", c.method, c.target, c.sender, got.status)
		}
	}
	for expression, want := range map[string]string{
		"scim({'provider': 'hrr'})":   `unknown provider "hrr": did you mean "hr"?`,
		"scim({'operation': 'gett'})": `unknown operation "gett": did you mean "get"?`,
		"scim({'providr': 'okta'})":   `unknown field "providr": did you mean "provider"?`,
	} {
		err := s.tryLoad(nil, "@m `"+expression+"`\n respond @m 418\n"+handler)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", expression, err)
		}
	}
}

// TestMatcherOfDisguise is about paths that lead to an endpoint for who resolves
// them: a site without the handler is guarded, too.
func TestMatcherOfDisguise(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `
	@leaver scim operation delete resource User
	respond @leaver 403
	reverse_proxy BACKEND`)
	for _, target := range []string{"/scim/v2/Users/17", "/scim/v2/%55sers/17", "/scim/v2/Users%2F17", "/scim/v2/Groups/../Users/17", "/scim/v2/Groups/..%2FUsers%2F17"} {
		if got := s.do("DELETE", target, ""); got.status != 403 {
			t.Errorf("%s: %d", target, got.status)
		}
	}
	if got := s.do("DELETE", "/scim/v2/%47roups/17", ""); got.status != 200 {
		t.Errorf("a group: %d", got.status)
	}
}
