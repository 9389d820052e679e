package caddymodule

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// BenchmarkServeHTTP is the whole way through the gateway without a network. What
// "other" takes, which is none of the gateway's, is the cost of the benchmark.
func BenchmarkServeHTTP(b *testing.B) {
	h := new(Handler)
	provisioned(b, h)
	h.logger = zap.NewNop()
	next := caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", scim.MediaType)
		_, err := io.WriteString(w, ada)
		return err
	})
	for _, c := range []struct{ name, method, target, body string }{
		{"get", "GET", "/scim/v2/Users/17", ""},
		{"patch", "PATCH", "/scim/v2/Users/17", patchActive},
		{"dialect", "PATCH", "/scim/v2/users/17", sloppy},
		{"other", "GET", "/login", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
				r.Header.Set("Content-Type", scim.MediaType)
				r.Header.Set("Accept", scim.MediaType)
				w := httptest.NewRecorder()
				r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil)
				if err := h.ServeHTTP(w, r, next); err != nil || w.Code != http.StatusOK {
					b.Fatal(w.Code, err)
				}
			}
		})
	}
}
