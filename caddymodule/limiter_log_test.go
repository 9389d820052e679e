package caddymodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// TestLimiterLog has the server of a limiter fail after a reload that has changed
// where logs go: one line says so, there, and what the client of Redis has to say
// stands beside it for who wants to know. None of it shows the password.
func TestLimiterLog(t *testing.T) {
	const secret = "correct-horse"
	t.Setenv("SCIM_TEST_REDIS", secret)
	b := startBackend(t, answerAda)
	dir := t.TempDir()
	s := &site{t: t, addr: freeAddresses(t, 1)[0], directory: freeAddresses(t, 1)[0], log: filepath.Join(dir, "access.log")}
	directives := `metrics /metrics
	scim {
		rate_limit 1000/s burst 1000
		limiter redis {
			address ` + freeAddresses(t, 1)[0] + `
			password {env.SCIM_TEST_REDIS}
			timeout 50ms
		}
	}
	reverse_proxy BACKEND`
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	first := startLogged(t, s, b, directives, filepath.Join(dir, "first.log"))
	second := startLogged(t, s, b, directives, filepath.Join(dir, "second.log"))
	for range 5 {
		if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != 200 {
			t.Fatalf("status %d: %s", got.status, got.body)
		}
	}
	time.Sleep(1500 * time.Millisecond) // it is tried again, in vain
	if strings.Contains(first(), "cannot be used") {
		t.Errorf("the log of the configuration before has %s", first())
	}
	if n := strings.Count(second(), `"logger":"http.handlers.scim.limiter","msg":"the server cannot be used"`); n != 1 {
		t.Errorf("%d lines say that the server cannot be used: %s", n, second())
	}
	if !strings.Contains(second(), `"logger":"redis"`) {
		t.Error("what the client of Redis says is lost")
	}
	if up, is := s.scrape()[`caddy_scim_limiter_up{limiter="redis"}`]; !is || up != 0 {
		t.Errorf("limiter_up is %v (%t)", up, is)
	}
	s.load(b, "metrics /metrics\n scim\n reverse_proxy BACKEND")
	if _, is := s.scrape()[`caddy_scim_limiter_up{limiter="redis"}`]; is {
		t.Error("a limiter that is no longer configured is still told of")
	}
	if strings.Contains(first()+second()+s.accessLog(), secret) {
		t.Error("the password is in a log")
	}
}

// startLogged loads directives, with a log of all levels, and returns what reads
// that.
func startLogged(t *testing.T, s *site, b *upstream, directives, file string) func() string {
	t.Helper()
	s.edit = func(config map[string]any) {
		config["logging"].(map[string]any)["logs"].(map[string]any)["default"] = map[string]any{
			"level":  "DEBUG",
			"writer": map[string]any{"output": "file", "filename": file, "roll": false},
		}
	}
	s.load(b, directives)
	return func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

// TestLimiterAddress refuses an address with a password in it, without showing it.
func TestLimiterAddress(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	for _, address := range []string{"redis://scim:correct-horse@redis:6379", "scim:correct-horse@redis:6379", "redis"} {
		err := s.tryLoad(b, "scim {\n limiter redis {\n address "+address+"\n }\n }\n reverse_proxy BACKEND")
		if err == nil || strings.Contains(err.Error(), "correct-horse") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
