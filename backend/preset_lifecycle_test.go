package backend_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/internal/imitation"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

var update = flag.Bool("update", false, "write what each preset leaves undone to testdata/undone.txt")

// Whole life cycles, through the gateway as it is told by the preset. What a
// service provider cannot do by any means stands in testdata/undone.txt; steps
// that would need what one of those makes are left out.
func TestPresetsThroughLifeCycles(t *testing.T) {
	var undone strings.Builder
	for _, preset := range backend.Presets() {
		for _, cycle := range lifecycle.All() {
			p := provider(t, *imitation.ByName(preset.Name))
			server := lifecycle.Server{Base: "http://scim.example.com" + root, Client: &http.Client{Transport: through(t, cycle.Provider, preset, p)}}
			for _, step := range server.Run(t.Context(), cycle).Failed() {
				if step.Outcome != lifecycle.Blocked {
					fmt.Fprintf(&undone, "%s, %s: %s: %s\n", preset.Name, cycle.Name, step.Outcome, strings.TrimSpace(step.Step))
				}
			}
		}
	}
	const golden = "testdata/undone.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(undone.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(undone.String(), "\n")); diff != "" {
		t.Errorf("-want +got, see the flag -update:\n%s", diff)
	}
}

// through is a gateway as the transport of a client.
func through(t *testing.T, provider string, preset *backend.Preset, p *imitation.Provider) http.RoundTripper {
	t.Helper()
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName(provider)})
	if err != nil {
		t.Fatal(err)
	}
	b, err := backend.New(backend.Options{Capabilities: preset.Capabilities, Registry: plan.Registry})
	if err != nil {
		t.Fatal(err)
	}
	plan.Adapt = b.Adapt
	return transport(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		resp, _, err := plan.Do(r.Context(), &scim.Request{
			Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body),
			Origin: "http://" + r.URL.Host,
		}, p.Send)
		if err != nil {
			e := scim.AsError(err)
			resp = &scim.Response{Status: e.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: e.Body()}
		}
		w := httptest.NewRecorder()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.Status)
		_, _ = io.WriteString(w, resp.Body)
		return w.Result(), nil
	})
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
