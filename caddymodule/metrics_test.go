package caddymodule

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// scrape reads /metrics of the site: each sample by its name and labels.
func (s *site) scrape() map[string]float64 {
	s.t.Helper()
	resp, err := client.Get("http://" + s.addr + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	samples := make(map[string]float64)
	for line := range strings.Lines(string(text)) {
		at := strings.LastIndexByte(line, ' ')
		if !strings.HasPrefix(line, "caddy_scim_") || at < 0 {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		if err != nil {
			s.t.Fatal(err)
		}
		samples[line[:at]] = value
	}
	return samples
}

// rose checks by how much samples rose.
func rose(t *testing.T, before, after map[string]float64, want map[string]float64) {
	t.Helper()
	for name, by := range want {
		if got := after[name] - before[name]; got != by {
			t.Errorf("%s rose by %g, want %g", name, got, by)
		}
	}
}

const twoHandlers = `metrics /metrics
	handle /one/* {
		scim {
			provider hr extends generic {
				match header X-Sender hr
			}
		}
		reverse_proxy BACKEND
	}
	handle /two/* {
		scim {
			rule acme.lower {
				lowercase userName
			}
		}
		reverse_proxy BACKEND
	}`

// TestMetrics counts in two handlers, through a reload and through one that
// fails.
func TestMetrics(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/Users/0") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answerAda(w, r)
	})
	s := startSite(t, b, twoHandlers)
	s.do("GET", "/one/Users/17", "")
	start := s.scrape()
	use := func() {
		s.do("PATCH", "/one/Users/17", patchActive)
		s.do("PATCH", "/two/users/17", sloppy)
		s.do("GET", "/one/Users/17", "", "X-Sender", "hr")
		s.do("GET", "/two/Users/0", "")
		s.do("GET", "/one/Users?filter=nonsense", "")
		s.do("TRACE", "/one/Users", "")
		s.do("POST", "/two/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Bo@example.com"}`)
	}
	check := func(times float64) {
		t.Helper()
		rose(t, start, s.scrape(), map[string]float64{
			`caddy_scim_requests_total{operation="patch",outcome="rewritten",provider="entra"}`:       times,
			`caddy_scim_requests_total{operation="get",outcome="backend_refused",provider="generic"}`: times,
			`caddy_scim_requests_total{operation="list",outcome="rejected",provider="generic"}`:       times,
			`caddy_scim_requests_total{operation="create",outcome="rewritten",provider="generic"}`:    times,
			`caddy_scim_rules_applied_total{rule="patch.op-case"}`:                                    times,
			`caddy_scim_rules_applied_total{rule="acme.lower"}`:                                       times,
			`caddy_scim_phase_seconds_count{phase="read"}`:                                            3 * times,
			`caddy_scim_phase_seconds_count{phase="plan"}`:                                            7 * times,
			`caddy_scim_phase_seconds_count{phase="exchange"}`:                                        7 * times,
			`caddy_scim_phase_seconds_count{phase="answer"}`:                                          7 * times,
			`caddy_scim_request_exchanges_count{operation="patch"}`:                                   2 * times,
			`caddy_scim_request_exchanges_bucket{operation="list",le="0"}`:                            times,
		})
	}
	use()
	check(1)
	s.load(b, twoHandlers+"\n# changed")
	use()
	check(2)
	if err := s.tryLoad(b, twoHandlers+"\nhandle /three/* {\n basic_auth {\n bo x!\n }\n }"); err == nil {
		t.Fatal("a configuration with an error was loaded")
	}
	use()
	check(3)
	for name := range s.scrape() {
		if strings.Contains(name, `provider="hr"`) {
			return
		}
	}
	t.Error("the provider of the user was not counted")
}

// TestUnheldAnswers counts those that pass as they are.
func TestUnheldAnswers(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		switch r.URL.Path[len("/scim/v2/Users/"):] {
		case "large":
			io.WriteString(w, strings.Repeat(" ", 2048)+ada)
		case "endless":
			w.Header().Set("Content-Type", "text/event-stream")
		case "encoded":
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "?")
		case "page":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>")
		default:
			io.WriteString(w, ada)
		}
	})
	s := startSite(t, b, "metrics /metrics\n scim {\n max_answer 1KiB\n }\n reverse_proxy BACKEND")
	start := s.scrape()
	for _, id := range []string{"17", "large", "endless", "encoded", "page"} {
		s.do("GET", "/scim/v2/Users/"+id, "")
	}
	rose(t, start, s.scrape(), map[string]float64{
		`caddy_scim_unheld_answers_total{reason="large"}`:    1,
		`caddy_scim_unheld_answers_total{reason="endless"}`:  1,
		`caddy_scim_unheld_answers_total{reason="encoded"}`:  1,
		`caddy_scim_unheld_answers_total{reason="not_json"}`: 1,
	})
}

// TestPhases tells the time of the service provider from the gateway's own.
func TestPhases(t *testing.T) {
	c := &call{began: clock(), exchanging: 0}
	c.h = new(Handler)
	before := sumOf(t, "exchange")
	c.exchanging = 1 << 40 // nanoseconds, a quarter of an hour
	c.settle()
	if got := sumOf(t, "exchange") - before; got < 1000 {
		t.Errorf("exchange took %g seconds", got)
	}
}

// sumOf is the sum of all times of a phase.
func sumOf(t *testing.T, phase string) float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	if err := registerMetrics(registry); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "caddy_scim_phase_seconds" && m.GetLabel()[0].GetValue() == phase {
				return m.GetHistogram().GetSampleSum()
			}
		}
	}
	t.Fatalf("there is no phase %s", phase)
	return 0
}

// TestRegisterTwice is what two handlers of one configuration do.
func TestRegisterTwice(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	for range 2 {
		if err := registerMetrics(registry); err != nil {
			t.Error(err)
		}
	}
	registry = prometheus.NewPedanticRegistry()
	registry.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "caddy_scim_panics_total", Help: "Of another."}))
	if err := registerMetrics(registry); err == nil {
		t.Error("a metric of that name with other labels was not noticed")
	}
}

// TestCountingDoesNotAllocate holds what is done for every request.
func TestCountingDoesNotAllocate(t *testing.T) {
	h := new(Handler)
	provisioned(t, h)
	c := &call{h: h, operation: "patch", exchanges: 1, reading: 1, changed: []string{"patch.op-case", "value.boolean"}}
	c.take("entra")
	if got := testing.AllocsPerRun(100, func() { c.began = clock(); c.settle(); c.count() }); got != 0 {
		t.Errorf("%g allocations", got)
	}
}

// TestOutcomes judges errors of the handlers that follow.
func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name      string
		err       error
		exchanges int
		want      outcome
	}{
		{"refused here", scim.BadRequest(scim.InvalidFilter, "x"), 0, outcomeRejected},
		{"refused after a read", scim.BadRequest(scim.NoTarget, "x"), 1, outcomeRejected},
		{"cannot be done", scim.Errorf(501, "", "x"), 0, outcomeRejected},
		{"over a limit", &pace.Refusal{Reason: pace.Rate}, 0, outcomeLimited},
		{"not let in", &pace.Refusal{Reason: pace.StoreDown}, 0, outcomeLimited},
		{"throttled behind", scim.Errorf(429, "", "x"), 2, outcomeBackendRefused},
		{"away", caddyhttp.Error(502, io.EOF), 1, outcomeBackendFailed},
		{"forbidden", caddyhttp.Error(403, io.EOF), 1, outcomeBackendRefused},
		{"broken off", errBrokenOff, 1, outcomeBackendFailed},
	} {
		call := &call{exchanges: c.exchanges}
		if got := call.judge(nil, c.err); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// BenchmarkReport is what counting and telling costs beside the rest.
func BenchmarkReport(b *testing.B) {
	h := new(Handler)
	provisioned(b, h)
	r := caddyhttp.PrepareRequest(httptest.NewRequest("PATCH", "/scim/v2/Users/17", nil), caddy.NewReplacer(), httptest.NewRecorder(), nil)
	c := &call{h: h, r: r, operation: "patch", exchanges: 1, reading: 1, changed: []string{"patch.op-case", "value.boolean"}}
	c.take("entra")
	b.ReportAllocs()
	for b.Loop() {
		c.began = clock()
		c.settle()
		c.report(nil, nil)
		phaseAnswer.Observe((clock() - c.began).Seconds())
	}
}
