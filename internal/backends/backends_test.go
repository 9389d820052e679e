package backends_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/internal/backends"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

var update = flag.Bool("update", false, "write docs/backends.md")

const base = "http://scim.example.com/scim/v2"

// play runs a cycle against a handler.
func play(ctx context.Context, h http.Handler, cycle lifecycle.Cycle) *lifecycle.Report {
	server := lifecycle.Server{Base: base, Client: &http.Client{Transport: transport{h}}}
	return server.Run(ctx, cycle)
}

// transport answers requests by a handler, without a network.
type transport struct{ http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	t.ServeHTTP(w, r)
	return w.Result(), nil
}

// newGateway compiles a plan with its adaptation as a handler.
func newGateway(t *testing.T, provider string, told backend.Capabilities, behind http.Handler) http.Handler {
	t.Helper()
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName(provider)})
	if err != nil {
		t.Fatal(err)
	}
	adapted, err := backend.New(backend.Options{Capabilities: told, Registry: plan.Registry})
	if err != nil {
		t.Fatal(err)
	}
	plan.Adapt = adapted.Adapt
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		resp, _, err := plan.Do(r.Context(), &scim.Request{
			Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body),
			Origin: "http://" + r.Host,
		}, sendTo(behind, r.Host))
		if err != nil {
			e := scim.AsError(err)
			resp = &scim.Response{Status: e.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: e.Body()}
		}
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.Status)
		_, _ = io.WriteString(w, resp.Body)
	})
}

// sendTo is a Send over a handler.
func sendTo(behind http.Handler, host string) scim.Send {
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
		behind.ServeHTTP(w, r)
		return &scim.Response{Status: w.Code, Header: w.Header().Clone(), Body: w.Body.String()}, nil
	}
}

func newDirectory(t *testing.T, limits directory.Limits) http.Handler {
	t.Helper()
	d, err := directory.New(directory.Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// outcome is what became of a cycle in front of a mode.
type outcome struct{ direct, through *lifecycle.Report }

// start plays every cycle in front of a mode, without the gateway and with it. All
// go on at once, for the gateway may have to wait. The function that is returned
// waits for them.
func start(t *testing.T, m mode) func() []outcome {
	cycles := lifecycle.All()
	outcomes := make([]outcome, len(cycles))
	var playing sync.WaitGroup
	for i, cycle := range cycles {
		alone := newDirectory(t, m.limits)
		fronted := newGateway(t, cycle.Provider, m.told, newDirectory(t, m.limits))
		playing.Go(func() {
			outcomes[i].direct = play(t.Context(), alone, cycle)
			outcomes[i].through = play(t.Context(), fronted, cycle)
		})
	}
	return func() []outcome { playing.Wait(); return outcomes }
}

// judge makes a row of outcomes.
func judge(t *testing.T, m mode, outcomes []outcome) backends.Row {
	row := backends.Row{Server: m.name, Note: m.cannot}
	for _, o := range outcomes {
		t.Run(o.through.Cycle, func(t *testing.T) {
			for _, failed := range o.through.Failed() {
				if m.cannot == "" {
					t.Error(failed)
				} else {
					t.Log(failed)
				}
			}
		})
		row.Cells = append(row.Cells, backends.Cell{
			Steps: len(o.through.Results), Direct: o.direct.Count(lifecycle.Passed), Through: o.through.Count(lifecycle.Passed),
		})
	}
	return row
}

// TestModes plays every life cycle in front of every mode and holds the table of
// docs/backends.md against what came of it.
func TestModes(t *testing.T) {
	var rows []backends.Row
	var started []func() []outcome
	all := slices.Concat(modes, short)
	for _, m := range all {
		started = append(started, start(t, m))
	}
	for i, m := range all {
		outcomes := started[i]()
		t.Run(m.name, func(t *testing.T) { rows = append(rows, judge(t, m, outcomes)) })
	}
	if t.Failed() || len(rows) < len(all) {
		return // of no use, or not all of it was run
	}
	var cycles []string
	for _, cycle := range lifecycle.All() {
		cycles = append(cycles, cycle.Name)
	}
	holdDocument(t, backends.Table(cycles, rows))
}

// holdDocument holds the table of docs/backends.md current, and leaves alone what
// others write there.
func holdDocument(t *testing.T, table string) {
	const path = "../../docs/backends.md"
	old, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := backends.WithSection(head+servers, "imitations", table)
	want = backends.WithSection(want, "servers", backends.Section(string(old), "servers"))
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(old)); diff != "" {
		t.Errorf("%s is not what the life cycles came to; run go test ./internal/backends -update (-want +got):\n%s", path, diff)
	}
}

const head = `# Backends

<!-- Generated by go test ./internal/backends -update. Do not edit. -->

Whole life cycles of users and groups, as clients play them, in front of service
providers that can do less than RFC 7644 asks, or do it in their own way. Each cell
is the number of steps that went well directly, an arrow, and the number that went
well through the gateway with the ` + "`backend`" + ` block that says what the service
provider can do. A step is a request of the client with the answer that it needs,
or a look at what the service provider holds afterwards.

The cycles: **strict** is RFC 7644 to the letter, **entra** Microsoft Entra ID,
**entra-flag** the same with its feature flag, **okta-put** Okta with changes by
PUT, **okta-patch** Okta with changes by PATCH.

## Imitations

The embedded directory with its limits (` + "`scim_directory { limit … }`" + `), one after
the other, then many at once.

<!-- imitations -->
<!-- end of imitations -->
`

const servers = `
## Servers that others wrote

Through a real Caddy. The gateway is told what ` + "`caddy scim probe`" + ` would find out.

<!-- servers -->
<!-- end of servers -->
`
