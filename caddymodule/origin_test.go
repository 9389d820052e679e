package caddymodule

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func TestOrigin(t *testing.T) {
	for _, c := range []struct {
		name    string
		tls     bool
		trusted bool
		header  http.Header
		strip   bool
		want    string
	}{
		{"plain", false, false, nil, false, "http://example.com"},
		{"over TLS", true, false, nil, false, "https://example.com"},
		{"prefix taken off", true, false, nil, true, "https://example.com/idp%20a"},
		{"not trusted", false, false, http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"scim.example.net"}}, false, "http://example.com"},
		{"trusted", false, true, http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"scim.example.net:8443"}}, false, "https://scim.example.net:8443"},
		{"several proxies", false, true, http.Header{"X-Forwarded-Proto": {"https, http"}, "X-Forwarded-Host": {"a.example.net , b.example.net"}}, false, "https://a.example.net"},
		{"rubbish", false, true, http.Header{"X-Forwarded-Proto": {"gopher"}, "X-Forwarded-Host": {`evil"/x`}}, false, "http://example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/idp%20a/Users", nil)
			if c.header != nil {
				r.Header = c.header
			}
			if c.tls {
				r.TLS = new(tls.ConnectionState)
			}
			r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), nil, nil)
			caddyhttp.SetVar(r.Context(), caddyhttp.TrustedProxyVarKey, c.trusted)
			if c.strip {
				r.URL.Path, r.URL.RawPath = "/Users", ""
			}
			if got := origin(r); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestLocation shows where a resource is under the URL that the client called.
func TestLocation(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "http://"+r.Host+"/Users/17")
		w.WriteHeader(http.StatusCreated)
		w.Write([]byte(ada))
	})
	s := startSite(t, b, "handle_path /idp/* {\n scim\n reverse_proxy BACKEND {\n header_up Host {upstream_hostport}\n }\n }")
	got := s.do("POST", "/idp/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada.lind@example.com"}`,
		"X-Forwarded-Proto", "https", "X-Forwarded-Host", "scim.example.net")
	if want := "https://scim.example.net/idp/Users/17"; got.header.Get("Location") != want {
		t.Errorf("status %d, Location %q, want %q", got.status, got.header.Get("Location"), want)
	}
}
