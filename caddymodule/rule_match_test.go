package caddymodule

import (
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestRuleMatch tries the matchers of Caddy on a rule: whether the request has
// the header that the rule sets tells whether it was taken.
func TestRuleMatch(t *testing.T) {
	b := startBackend(t, answerAda)
	for _, c := range []struct {
		match  string // the lines
		target string
		header []string
		want   bool
	}{
		{"match path /scim/v2/*", "/scim/v2/Users/17", nil, true},
		{"match path /scim/v2/*", "/other/Users/17", nil, false},
		{"match path_regexp tenant ^/t/([a-z]+)/", "/t/acme/Users/17", nil, true},
		{"match header X-Tenant acme", "/scim/v2/Users/17", []string{"X-Tenant", "acme"}, true},
		{"match header X-Tenant acme", "/scim/v2/Users/17", nil, false},
		{"match {\n header X-Tenant acme\n method GET\n }", "/scim/v2/Users/17", []string{"X-Tenant", "acme"}, true},
		{"match {\n header X-Tenant acme\n method POST\n }", "/scim/v2/Users/17", []string{"X-Tenant", "acme"}, false},
		{"match method POST\n match method GET", "/scim/v2/Users/17", nil, true},
		{"match not path /scim/v2/Users/*", "/scim/v2/Users/17", nil, false},
		{"match not path /scim/v2/Users/*", "/scim/v2/Groups/17", nil, true},
		{"match remote_ip 127.0.0.0/8", "/scim/v2/Users/17", nil, true},
		{"match remote_ip 10.0.0.0/8", "/scim/v2/Users/17", nil, false},
		{"match client_ip 10.0.0.0/8", "/scim/v2/Users/17", []string{"X-Forwarded-For", "10.1.2.3"}, true},
		{"match query tenant=acme", "/scim/v2/Users/17?tenant=acme", nil, true},
		{"match vars tenant acme", "/scim/v2/Users/17", nil, true},
		{"match vars tenant other", "/scim/v2/Users/17", nil, false},
		{"match scim operation get resource User", "/scim/v2/Users/17", nil, true},
		{"match scim operation list", "/scim/v2/Users/17", nil, false},
		{"match `{scim.operation} == \"get\" && {scim.id} == \"17\" && {scim.resource} == \"User\"`", "/scim/v2/Users/17", nil, true},
		{"match `{scim.provider} == \"okta\"`", "/scim/v2/Users/17", []string{"User-Agent", "Okta SCIM Client 1.0.0"}, true},
		{"match `{scim.provider} == \"okta\"`", "/scim/v2/Users/17", nil, false},
		{"match `path('/scim/*') && header({'X-Tenant': 'acme'})`", "/scim/v2/Users/17", []string{"X-Tenant", "acme"}, true},
	} {
		s := startSite(t, b, "vars tenant acme\n scim {\n rule acme.seen {\n "+c.match+"\n header X-Seen yes\n }\n }\n reverse_proxy BACKEND")
		s.do("GET", c.target, "", c.header...)
		if got := b.one(t).header.Get("X-Seen") == "yes"; got != c.want {
			t.Errorf("%s, %s %v: taken: %t", c.match, c.target, c.header, got)
		}
	}
}

// TestRuleMatchOnce asks the matchers about the request of the client, also when
// the gateway reads before it writes, and when something behind it is rewritten.
func TestRuleMatchOnce(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		rule acme.seen {
			match method PATCH
			match path /nowhere
			header X-Seen yes
		}
	}
	rewrite * /v2{uri}
	reverse_proxy BACKEND`)
	s.do("PATCH", "/scim/v2/Users/17", patchWorkMail)
	all := b.requests()
	if len(all) != 2 {
		t.Fatalf("%d requests", len(all))
	}
	for _, r := range all {
		if r.header.Get("X-Seen") != "yes" || !strings.HasPrefix(r.target, "/v2/scim/v2/Users/17") {
			t.Errorf("%s %s: X-Seen %q", r.method, r.target, r.header.Get("X-Seen"))
		}
	}
}

// TestRuleValues fills placeholders in with each request, and takes nothing for
// one that the request brings.
func TestRuleValues(t *testing.T) {
	t.Setenv("ACME_TENANT", "acme")
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		rule acme.values {
			match path_regexp tenant ^/t/([a-z]+)/
			header X-Tenant {env.ACME_TENANT}/{re.tenant.1}
			header X-Who {scim.provider}-{scim.operation}-{scim.resource}
			header -X-Debug
			query tenant {re.tenant.1}
			query source "{header.X-Source}"
			set title "{header.X-Source}"
			default nickName "{http.request.header.X-Nick}"
		}
	}
	reverse_proxy BACKEND`)
	const evil = `{env.ACME_TENANT} {"a":1} &x=y`
	s.do("POST", "/t/north/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{env.ACME_TENANT}","title":"x"}`,
		"X-Source", evil, "X-Debug", "1", "X-Nick", "Ada")
	got := b.one(t)
	if got.header.Get("X-Tenant") != "acme/north" || got.header.Get("X-Who") != "generic-create-User" || got.header["X-Debug"] != nil {
		t.Errorf("header %v", got.header)
	}
	if want := "/t/north/Users?tenant=north&source=%7Benv.ACME_TENANT%7D%20%7B%22a%22%3A1%7D%20%26x%3Dy"; got.target != want {
		t.Errorf("target %s, want %s", got.target, want)
	}
	body := scim.Parse(got.body)
	if body.Get("title").Text() != evil || body.Get("nickName").Text() != "Ada" || body.Get("userName").Text() != "{env.ACME_TENANT}" {
		t.Errorf("body %s", got.body)
	}
}
