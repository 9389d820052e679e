package caddymodule

import (
	"context"
	"io"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestBackendOfJSON loads what the Caddyfile would not have let through.
func TestBackendOfJSON(t *testing.T) {
	for _, c := range []struct{ config, want string }{
		{`{"backend":{}}`, ""},
		{`{"backend":{"preset":"google","patch":"put","put":true}}`, ""},
		{`{"backend":{"preset":"gogle"}}`, `unknown preset "gogle": did you mean "google"?`},
		{`{"backend":{"op_case":"titel"}}`, `unknown value of op_case "titel": did you mean "title"?`},
		{`{"backend":{"patch_operations":-1}}`, `patch_operations: "-1" is no limit`},
		{`{"backend":{"preset":"aws","patch_paths":false}}`, "leaves no operation"},
		{`{"backend":{"cursor_key":"{env.SCIM_NO_SUCH_KEY}"}}`, "cursor_key: "},
		{`{"backend":{"patches":"full"}}`, `unknown field "patches"`},
	} {
		h := new(Handler)
		err := caddy.StrictUnmarshalJSON([]byte(c.config), h)
		if err == nil {
			err = loaded(t, h)
		}
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.config, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want one with %q", c.config, err, c.want)
		}
	}
}

func loaded(t *testing.T, h *Handler) error {
	t.Helper()
	ctx, release := caddy.NewContext(caddy.Context{Context: context.Background()})
	defer release()
	return h.Provision(ctx)
}

// TestCursorKey replaces placeholders in the key when it is loaded.
func TestCursorKey(t *testing.T) {
	t.Setenv("SCIM_CURSOR_KEY", "seven green bottles")
	b := &Backend{CursorKey: "{env.SCIM_CURSOR_KEY}"}
	if key, err := b.key(); key != "seven green bottles" || err != nil {
		t.Errorf("key %q, error %v", key, err)
	}
	if b.CursorKey != "{env.SCIM_CURSOR_KEY}" {
		t.Errorf("the configuration now has %q", b.CursorKey)
	}
}

// TestBackendWithoutPatch turns a PATCH into a read and a write for every
// provider.
func TestBackendWithoutPatch(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		if r.Method == http.MethodPut {
			io.Copy(w, r.Body)
			return
		}
		io.WriteString(w, ada)
	})
	s := startSite(t, b, "scim {\n backend {\n patch put\n etag off\n }\n }\n reverse_proxy BACKEND")
	for _, agent := range []string{"", "Okta SCIM Client 1.0.0"} {
		got := s.do("PATCH", "/scim/v2/Users/17", patchActive, "User-Agent", agent)
		if got.status != http.StatusOK || !strings.Contains(got.body, `"active":false`) {
			t.Errorf("status %d: %s", got.status, got.body)
		}
		all := b.requests()
		if len(all) < 2 || all[0].method != http.MethodGet {
			t.Fatalf("the backend got %+v", all)
		}
		for _, r := range all {
			if r.method == http.MethodPatch || r.target != "/scim/v2/Users/17" {
				t.Errorf("the backend got %s %s", r.method, r.target)
			}
		}
	}
}

// TestEveryFieldHasALine holds the lines of the Caddyfile against the JSON that
// they stand for.
func TestEveryFieldHasALine(t *testing.T) {
	for line := range jsonNames(reflect.TypeFor[backend.Capabilities]()) {
		if line == "headers" {
			line = "header" // there may be several lines
		}
		if backendSubdirectives[line] == nil {
			t.Errorf("backend has no line for %s", line)
		}
	}
	for line := range jsonNames(reflect.TypeFor[directory.Limits]()) {
		if limitSubdirectives[line] == nil {
			t.Errorf("limit has no line for %s", line)
		}
	}
}

func jsonNames(of reflect.Type) iter.Seq[string] {
	return func(yield func(string) bool) {
		for field := range of.Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); !yield(name) {
				return
			}
		}
	}
}
