package lifecycle_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

const base = "http://scim.example.com/scim/v2"

// handled is a client whose requests go to a handler without a network.
func handled(h http.Handler) *http.Client {
	return &http.Client{Transport: transport{h}}
}

type transport struct{ http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	t.ServeHTTP(w, r)
	return w.Result(), nil
}

// gateway is a plan as a handler, in front of another.
func gateway(plan *rewrite.Plan, backend http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		req := &scim.Request{
			Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body),
			Origin: "http://" + r.Host,
		}
		resp, _, err := plan.Do(r.Context(), req, sendTo(backend, r.Host))
		if err != nil {
			e := scim.AsError(err)
			resp = &scim.Response{Status: e.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: e.Body()}
		}
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.Status)
		io.WriteString(w, resp.Body)
	})
}

// sendTo is a Send over a handler.
func sendTo(backend http.Handler, host string) scim.Send {
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		target := "http://" + host + req.Path
		if req.Query != "" {
			target += "?" + req.Query
		}
		r, err := http.NewRequestWithContext(ctx, req.Method, target, strings.NewReader(req.Body))
		if err != nil {
			return nil, err
		}
		r.Header = req.Header.Clone()
		w := httptest.NewRecorder()
		backend.ServeHTTP(w, r)
		return &scim.Response{Status: w.Code, Header: w.Header().Clone(), Body: w.Body.String()}, nil
	}
}

func newDirectory(t *testing.T) *directory.Directory {
	t.Helper()
	d, err := directory.New(directory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestThroughPlan plays every cycle through the gateway's plan: the strict
// directory takes all of it and ends in the right state.
func TestThroughPlan(t *testing.T) {
	for _, cycle := range lifecycle.All() {
		t.Run(cycle.Name, func(t *testing.T) {
			plan, err := rules.Compile(rules.Config{Provider: rules.ByName(cycle.Provider)})
			if err != nil {
				t.Fatal(err)
			}
			server := lifecycle.Server{Base: base, Client: handled(gateway(plan, newDirectory(t)))}
			report := server.Run(t.Context(), cycle)
			for _, failed := range report.Failed() {
				t.Error(failed)
			}
			t.Log(report.Summary())
		})
	}
}

// TestDirectly plays every cycle against the directory itself, which proves that
// the cycles hold dialect and that the directory is strict.
func TestDirectly(t *testing.T) {
	refused := map[string]bool{"entra": true, "entra-flag": true, "okta-patch": true}
	for _, cycle := range lifecycle.All() {
		t.Run(cycle.Name, func(t *testing.T) {
			server := lifecycle.Server{Base: base, Client: handled(newDirectory(t))}
			report := server.Run(t.Context(), cycle)
			switch {
			case cycle.Name == "strict":
				for _, failed := range report.Failed() {
					t.Error(failed)
				}
			case refused[cycle.Name] && report.Count(lifecycle.Refused) == 0:
				t.Error("the directory refused nothing")
			}
			for _, failed := range report.Failed() {
				t.Log(failed)
			}
			t.Log(report.Summary())
		})
	}
}
