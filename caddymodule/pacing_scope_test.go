package caddymodule

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestProviderByBody holds requests of which only the body shows the provider to
// what holds for that one, and to nothing else.
func TestProviderByBody(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		want        []int
	}{
		{"they use one slot of the total", "provider entra {\n rate_limit 1000/s burst 9\n }\n rate_limit 3/h burst 3 max_delay 0s", []int{200, 200, 200, 429}},
		{"not those of unknown providers", "provider entra {\n rate_limit 2/h burst 2 max_delay 0s\n }\n provider generic {\n rate_limit 1/h max_delay 0s\n }", []int{200, 200, 429}},
		{"who is only watched is not held", "provider entra {\n mode observe\n }\n provider generic {\n rate_limit 1/h max_delay 0s\n }", []int{200, 200, 200}},
		{"others are switched off", "provider entra {\n rate_limit 1/h max_delay 0s\n }\n provider generic {\n mode off\n }", []int{200, 429}},
		{"all but it are watched", "mode observe\n provider entra {\n mode enforce\n }\n rate_limit 1/h max_delay 0s", []int{200, 429}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := startBackend(t, answerAda)
			s := startSite(t, b, "scim {\n "+c.lines+"\n }\n reverse_proxy BACKEND")
			for i, want := range c.want {
				if got := s.do("PATCH", "/scim/v2/Users/17", sloppy); got.status != want {
					t.Errorf("request %d: status %d, want %d: %s", i, got.status, want, got.body)
				}
			}
		})
	}
}

// TestRateLimitMethodOverride holds a POST that is meant as another method (SCIM
// 1.1) to the limits of that one.
func TestRateLimitMethodOverride(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n rate_limit 1/h max_delay 0s {\n on delete\n }\n }\n reverse_proxy BACKEND")
	for i, want := range []int{200, 429} {
		r := s.request("POST", "/scim/v1/Users/17", "", "X-HTTP-Method-Override", "DELETE", "Accept", "application/json")
		got := s.send(r)
		if got.status != want {
			t.Errorf("request %d: status %d, want %d: %s", i, got.status, want, got.body)
		}
		if want == 429 && (!strings.Contains(got.body, `"Errors":[{`) || got.header.Get("Retry-After") == "") {
			t.Errorf("not an error of SCIM 1.1: %v %s", got.header, got.body)
		}
	}
}

// TestNamesOfServers loads a configuration with several servers, which are set up
// in no particular order: each handler goes on with what was its own.
func TestNamesOfServers(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n name first\n }\n reverse_proxy BACKEND")
	s.edit = func(config map[string]any) {
		servers := config["apps"].(map[string]any)["http"].(map[string]any)["servers"].(map[string]any)
		for i, addr := range freeAddresses(t, 8) {
			handle := []any{}
			for _, place := range []string{"a", "b"} {
				handle = append(handle, map[string]any{"handler": "scim", "base_path": fmt.Sprintf("/%s%d", place, i)})
			}
			servers[fmt.Sprintf("other%d", i)] = map[string]any{"listen": []any{addr}, "routes": []any{map[string]any{"handle": handle}}}
		}
	}
	names := func() string {
		var all []string
		for _, h := range inForce() {
			all = append(all, h.pacing.name+" "+h.BasePath)
		}
		slices.Sort(all)
		return strings.Join(all, "\n")
	}
	s.load(b, s.directives)
	first := names()
	for range 5 {
		s.load(b, s.directives)
		if again := names(); again != first {
			t.Fatalf("the handlers were\n%s\nand are\n%s", first, again)
		}
	}
}

// TestSlowReader has a client that does not read its answer. It must not keep
// others from the service provider.
func TestSlowReader(t *testing.T) {
	huge := `{"schemas":["` + scim.UserURI + `"],"id":"17","userName":"ada.lind@example.com","title":"` + strings.Repeat("x", 6<<20) + `"}`
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/17") {
			w.Header().Set("Content-Type", scim.MediaType)
			_, _ = io.WriteString(w, huge)
			return
		}
		answerAda(w, r)
	})
	s := startSite(t, b, "scim {\n concurrency 1\n }\n reverse_proxy BACKEND")
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /scim/v2/Users/17 HTTP/1.1\r\nHost: "+s.addr+"\r\nAccept: "+scim.MediaType+"\r\n\r\n")
	if _, err := io.ReadFull(conn, make([]byte, 1024)); err != nil { // it is being answered
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	resp, err := client.Do(s.request("GET", "/scim/v2/Users/18", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// TestRateWithoutDelay offers four times as much as may pass, of which nothing is
// held: no slot is lost because requests do not come when it falls due.
func TestRateWithoutDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rate, err := (&RateLimit{Requests: 20, MaxDelay: new(caddy.Duration(0))}).compile()
		if err != nil {
			t.Fatal(err)
		}
		store, limits := limit.NewMemory(0), []limit.Limit{{Key: "all", Rate: rate}}
		const gap, offered = 12 * time.Millisecond, 1000 // four times as much
		passed := 0
		for range offered {
			decision, err := store.Reserve(t.Context(), limits)
			if err != nil || decision.Wait > leastDelay {
				t.Fatalf("held for %v: %v", decision.Wait, err)
			}
			if decision.OK {
				passed++
			}
			time.Sleep(gap)
		}
		if perSecond := float64(passed) / (offered * gap).Seconds(); perSecond < 19 || perSecond > 21 {
			t.Errorf("%.1f a second passed", perSecond)
		}
	})
}
