package caddymodule

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// unlimited is a limit that is never reached.
func unlimited(key string) *RateLimit {
	return &RateLimit{Requests: 1_000_000_000, Burst: 1_000_000_000, Key: key}
}

// paced is a handler with these limits, outside of a configuration.
func paced(b *testing.B, withPacer bool, limits []*RateLimit) *Handler {
	h := new(Handler)
	if provisioned(b, h); withPacer {
		h.pacing.pacer = pace.New(pace.NewState(), pace.Settings{Store: limit.NewMemory(0), Report: h.paceReport()})
		for _, plan := range h.plans {
			plan.Adapt = h.pacing.layer(plan.Adapt)
		}
	}
	for _, l := range limits {
		if err := l.provision(caddy.Context{}); err != nil {
			b.Fatal(err)
		}
	}
	h.RateLimits, h.logger = limits, zap.NewNop()
	if err := h.policies("bench"); err != nil {
		b.Fatal(err)
	}
	return h
}

// BenchmarkReserve is only what limits add to that: a slot in each of them.
func BenchmarkReserve(b *testing.B) {
	for _, c := range []struct {
		name   string
		limits []*RateLimit
	}{
		{"no limit", nil},
		{"one limit", []*RateLimit{unlimited("")}},
		{"one limit by address", []*RateLimit{unlimited("{http.request.remote.host}")}},
		{"two limits", []*RateLimit{unlimited(""), unlimited("")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := paced(b, true, c.limits)
			r := httptest.NewRequest("GET", "/scim/v2/Users/17", nil)
			r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), httptest.NewRecorder(), nil)
			route, _ := h.registry.Route11(h.base, r.URL.Path)
			request := call{h: h, r: r, method: r.Method, route: route}
			if err := request.detect(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				c := request
				if err := c.reserve(); err != nil {
					b.Fatal(err)
				}
				c.release()
			}
		})
	}
}

// BenchmarkPace is a GET through the gateway without a network: with nothing that
// could hold it back, with a pacer, as every handler of a configuration has one,
// and with limits that are never reached.
func BenchmarkPace(b *testing.B) {
	next := caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", scim.MediaType)
		_, err := io.WriteString(w, ada)
		return err
	})
	for _, c := range []struct {
		name   string
		paced  bool
		limits []*RateLimit
	}{
		{"never", false, nil},
		{"unlimited", true, nil},
		{"one limit", true, []*RateLimit{unlimited("")}},
		{"one limit by address", true, []*RateLimit{unlimited("{http.request.remote.host}")}},
		{"two limits", true, []*RateLimit{unlimited(""), unlimited("")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := paced(b, c.paced, c.limits)
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest("GET", "/scim/v2/Users/17", nil)
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
