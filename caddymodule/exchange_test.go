package caddymodule

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patchWorkMail has a value filter, for which the gateway has to read the
// resource first (normal form P9).
const patchWorkMail = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],` +
	`"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"ada@example.com"}]}`

const addWorkMail = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],` +
	`"Operations":[{"op":"add","path":"emails","value":[{"type":"work","value":"ada@example.com"}]}]}`

// TestSeveralExchanges makes two calls of next for one request. With handle
// blocks behind us the second is skipped if it sees which of them was taken in
// the first: this pins the name of Caddy's context key too.
func TestSeveralExchanges(t *testing.T) {
	b := startBackend(t, answerAda)
	for name, directives := range map[string]string{
		"reverse_proxy": "scim\n reverse_proxy BACKEND",
		"handle":        "scim\n handle /scim/* {\n reverse_proxy BACKEND\n }\n handle {\n respond other 404\n }",
		"handle around": "handle /scim/* {\n scim\n handle /scim/v2/Users/* {\n reverse_proxy BACKEND\n }\n handle {\n respond other 404\n }\n }\n handle {\n respond outside 404\n }",
		"route":         "route {\n scim\n handle {\n reverse_proxy BACKEND\n }\n }",
		"method":        "scim\n @read method GET\n handle @read {\n reverse_proxy BACKEND\n }\n handle {\n reverse_proxy BACKEND\n }",
	} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, b, directives)
			got := s.do("PATCH", "/scim/v2/Users/17", patchWorkMail)
			if got.status != 200 {
				t.Errorf("status %d: %s", got.status, got.body)
			}
			all := b.requests()
			if len(all) != 2 {
				t.Fatalf("the backend got %d requests, want a read and a write", len(all))
			}
			if all[0].method != "GET" || all[0].body != "" || all[0].header.Get("Content-Length") != "" {
				t.Errorf("first: %+v", all[0])
			}
			if all[1].method != "PATCH" || all[1].body != addWorkMail {
				t.Errorf("second: %+v", all[1])
			}
		})
	}
}

// TestPlaceholdersOfExchange checks that handlers behind us which build on
// placeholders of the request see the one that is forwarded.
func TestPlaceholdersOfExchange(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `header >X-Outside "{method} {uri}"
	scim
	handle {
		rewrite * /api{uri}
		reverse_proxy BACKEND {
			header_up X-Method {method}
			header_up X-Provider {scim.provider}
			header_up X-Target "{scim.resource} {scim.id} {scim.operation}"
		}
	}`)
	got := s.do("PATCH", "/scim/v2/users/17/?aadOptscim062020", patchWorkMail)
	if got.status != 200 {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	var seen []string
	for _, r := range b.requests() {
		seen = append(seen, strings.Join([]string{r.method, r.target, r.header.Get("X-Method"), r.header.Get("X-Provider"), r.header.Get("X-Target")}, "|"))
	}
	want := []string{
		"GET|/api/scim/v2/Users/17|GET|entra|User 17 patch",
		"PATCH|/api/scim/v2/Users/17|PATCH|entra|User 17 patch",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if outside := got.header.Get("X-Outside"); outside != "PATCH /scim/v2/users/17/?aadOptscim062020" {
		t.Errorf("in front of the gateway the request is %q", outside)
	}
}

// TestUntouched sends what is none of the gateway's business.
func TestUntouched(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n base_path /scim/v2\n explain\n }\n reverse_proxy BACKEND")
	for _, c := range []struct{ name, method, target, body string }{
		{"other path", "POST", "/login?x=+%22", "not json"},
		{"outside the base", "GET", "/users", ""},
		{"unknown endpoint", "POST", "/scim/v2/devices?startindex=0", "not json"},
		{"preflight", "OPTIONS", "/scim/v2/Users", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.do(c.method, c.target, c.body, "Accept-Encoding", "br", "Content-Type", "text/plain")
			got := b.one(t)
			if got.method != c.method || got.target != c.target || got.body != c.body || got.header.Get("Accept-Encoding") != "br" {
				t.Errorf("the backend got %+v", got)
			}
		})
	}
}

// TestUntouchedBodyIsStreamed makes sure that a body is not read when the path
// leads to no endpoint.
func TestUntouchedBodyIsStreamed(t *testing.T) {
	got := make(chan string, 1)
	b := startBackend(t, answerAda)
	b.server.Config.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		first := make([]byte, 5)
		io.ReadFull(r.Body, first)
		got <- string(first)
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	in, out := io.Pipe()
	r, err := http.NewRequest("POST", "http://"+s.addr+"/upload", in)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		io.WriteString(out, "first")
		if first := <-got; first != "first" { // before the body ends
			t.Errorf("the backend got %q", first)
		}
		out.Close()
	}()
	s.send(r)
}

// TestStrictRequestIsForwardedAsItIs holds what reaches the backend against what
// was sent, to the byte.
func TestStrictRequestIsForwardedAsItIs(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/scim/v2/Users?filter=userName%20eq%20%22ada%22&count=5", ""},
		{"GET", "/scim/v2/Users/a%2Fb%20c", ""},
		{"PATCH", "/scim/v2/Users/17?attributes=userName", "{ \"schemas\" : [\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\n\t\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}"},
		{"DELETE", "/scim/v2/Users/17", ""},
	} {
		if got := s.do(c.method, c.target, c.body, "X-Custom", "1", "X-Custom", "2"); got.status >= 300 {
			t.Errorf("%s %s: status %d: %s", c.method, c.target, got.status, got.body)
		}
		got := b.one(t)
		if got.method != c.method || got.target != c.target || got.body != c.body {
			t.Errorf("%s %s: the backend got %+v", c.method, c.target, got)
		}
		if diff := cmp.Diff([]string{"1", "2"}, got.header["X-Custom"]); diff != "" {
			t.Errorf("%s %s: X-Custom: %s", c.method, c.target, diff)
		}
		if got := got.header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("%s %s: Accept-Encoding %q", c.method, c.target, got)
		}
	}
}

// TestConnectionHeaders are not passed on: an upgrade could not be held.
func TestConnectionHeaders(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	got := s.do("GET", "/scim/v2/Users/17", "", "Connection", "Upgrade, X-Hop", "Upgrade", "h2c", "X-Hop", "1", "Range", "bytes=0-9", "Te", "trailers")
	if got.status != 200 || got.body != ada {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	header := b.one(t).header
	for _, name := range []string{"Connection", "Upgrade", "X-Hop", "Range", "Te"} {
		if header.Get(name) != "" {
			t.Errorf("%s was forwarded", name)
		}
	}
}
