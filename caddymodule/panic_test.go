package caddymodule

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rewrite"
)

// provisioned sets up a handler without a server.
func provisioned(t testing.TB, h *Handler) *observer.ObservedLogs {
	t.Helper()
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	t.Cleanup(cancel)
	if err := h.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.DebugLevel)
	h.logger = zap.New(core)
	return logs
}

func serve(h *Handler, r *http.Request, next caddyhttp.HandlerFunc) (*httptest.ResponseRecorder, error) {
	w := httptest.NewRecorder()
	r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil)
	return w, h.ServeHTTP(w, r, next)
}

// TestPanicInPlan is answered and logged, without the values that it was about.
func TestPanicInPlan(t *testing.T) {
	h := new(Handler)
	logs := provisioned(t, h)
	h.plans["generic"] = &rewrite.Plan{} // has no registry
	r := httptest.NewRequest("PATCH", "/scim/v2/Users/17", strings.NewReader(patchActive))
	w, err := serve(h, r, func(http.ResponseWriter, *http.Request) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	answer{w.Code, w.Header(), w.Body.String()}.wantError(t, 500, "", "internal error")
	if logs.FilterMessage("panic in the plan of a provider").Len() != 1 {
		t.Errorf("log: %v", logs.All())
	}
}

// TestPanicOfNext is none of ours: reverse_proxy aborts connections that way.
func TestPanicOfNext(t *testing.T) {
	h := new(Handler)
	logs := provisioned(t, h)
	for _, cause := range []any{http.ErrAbortHandler, "other"} {
		var got any
		func() {
			defer func() { got = recover() }()
			_, _ = serve(h, httptest.NewRequest("GET", "/scim/v2/Users/17", nil), func(http.ResponseWriter, *http.Request) error { panic(cause) })
		}()
		if got != cause {
			t.Errorf("panic with %v, want %v", got, cause)
		}
	}
	if all := logs.Filter(func(e observer.LoggedEntry) bool { return e.Level > zap.DebugLevel }); all.Len() != 0 {
		t.Errorf("log: %v", all.All())
	}
}

// TestRequestIsRestored shows handlers in front of us the request as it was.
func TestRequestIsRestored(t *testing.T) {
	h := new(Handler)
	provisioned(t, h)
	r := httptest.NewRequest("PATCH", "/scim/v2/users/17?aadOptscim062020", strings.NewReader(patchWorkMail))
	w := httptest.NewRecorder()
	r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil)
	next := caddyhttp.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		r.URL.Path += "/more" // as uri and rewrite do
		r.Header.Set("X-More", "1")
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	if err := h.ServeHTTP(w, r, next); err != nil {
		t.Fatal(err)
	}
	if r.Method != "PATCH" || r.URL.String() != "/scim/v2/users/17?aadOptscim062020" || r.RequestURI != r.URL.String() || r.Header.Get("X-More") != "" {
		t.Errorf("%s %s (%s), header %v", r.Method, r.URL, r.RequestURI, r.Header)
	}
}

// TestGetBody lets a transport send a body again.
func TestGetBody(t *testing.T) {
	h := new(Handler)
	provisioned(t, h)
	_, err := serve(h, httptest.NewRequest("PATCH", "/scim/v2/Users/17", strings.NewReader(patchActive)), func(_ http.ResponseWriter, r *http.Request) error {
		for range 2 {
			body, err := r.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(patchActive)+1)
			if n, _ := body.Read(got); string(got[:n]) != patchActive {
				t.Errorf("body %q", got[:n])
			}
		}
		return caddyhttp.Error(http.StatusTeapot, errAway)
	})
	if err != nil {
		t.Fatal(err)
	}
}
