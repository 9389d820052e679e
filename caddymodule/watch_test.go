package caddymodule

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap/zaptest/observer"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func init() { caddy.RegisterModule(new(listener)) }

// listener is an event handler that keeps what it hears. It is one for all
// configurations of a test.
type listener struct{}

var heard struct {
	sync.Mutex
	events []map[string]any
}

func (*listener) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "events.handlers.listener", New: func() caddy.Module { return new(listener) }}
}

func (*listener) Handle(_ context.Context, e caddy.Event) error {
	heard.Lock()
	defer heard.Unlock()
	data := map[string]any{"name": e.Name()}
	for k, v := range e.Data {
		data[k] = v
	}
	heard.events = append(heard.events, data)
	return nil
}

// events returns what was heard since the last time.
func events() []map[string]any {
	heard.Lock()
	defer heard.Unlock()
	all := heard.events
	heard.events = nil
	return all
}

// TestEvents hears of each request what is worth it, and no value.
func TestEvents(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/0") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answerAda(w, r)
	})
	s := startSite(t, b, `scim {
		provider okta {
			mode observe
		}
	}
	reverse_proxy BACKEND`)
	s.listen(b)
	for _, c := range []struct {
		method, target, body, agent string
		want                        string
	}{
		{"PATCH", "/Users/17?aadOptscim062020", sloppy, "", "scim_rewritten entra patch User enforce rewritten"},
		{"PATCH", "/Users/17?aadOptscim062020", patchActive[:20], "", "scim_rejected entra patch User enforce rejected"},
		{"PATCH", "/users/17", patchActive, "Okta SCIM Client 1.0.0", "scim_rewritten okta patch User observe observed_rewritten"},
		{"GET", "/Users?filter=x", "", "Okta SCIM Client 1.0.0", "scim_rejected okta list User observe observed_rejected"},
		{"GET", "/Groups/0?aadOptscim062020", "", "", "scim_backend_failed entra get Group enforce backend_failed"},
		{"GET", "/Users?filter=x", "", "", "scim_rejected generic list User enforce rejected, scim_unknown_provider generic list User enforce rejected"},
	} {
		s.do(c.method, c.target, c.body, "User-Agent", c.agent)
		var got []string
		for _, e := range events() {
			if name := e["name"].(string); strings.HasPrefix(name, "scim_") {
				got = append(got, strings.Join([]string{name, e["provider"].(string), e["operation"].(string), e["resource"].(string), e["mode"].(string), e["outcome"].(string)}, " "))
			}
			if text, _ := json.Marshal(e); strings.Contains(string(text), "secret") {
				t.Errorf("a value was told: %s", text)
			}
		}
		if list := strings.Join(got, ", "); list != c.want {
			t.Errorf("%s %s: heard %q, want %q", c.method, c.target, list, c.want)
		}
	}
}

// listen loads the configuration of the site again, with a subscription to its
// events.
func (s *site) listen(b *upstream) {
	s.t.Helper()
	s.edit = func(config map[string]any) {
		config["apps"].(map[string]any)["events"] = map[string]any{"subscriptions": []any{
			map[string]any{"modules": []any{"http.handlers.scim"}, "handlers": []any{map[string]any{"handler": "listener"}}},
		}}
	}
	s.load(b, s.directives)
	events()
}

// span is one that keeps its attributes.
type span struct {
	noop.Span
	attributes map[string]string
}

func (s *span) IsRecording() bool { return true }

func (s *span) SetAttributes(all ...attribute.KeyValue) {
	for _, a := range all {
		s.attributes[string(a.Key)] = a.Value.String()
	}
}

// TestSpan describes the request on the span of those in front.
func TestSpan(t *testing.T) {
	h := new(Handler)
	provisioned(t, h)
	s := &span{attributes: make(map[string]string)}
	r := httptest.NewRequest("PATCH", "/scim/v2/users/17", strings.NewReader(sloppy))
	r.Header.Set("Content-Type", scim.MediaType)
	r.Header.Set("Accept", scim.MediaType)
	r = r.WithContext(trace.ContextWithSpan(r.Context(), s))
	if _, err := serve(h, r, func(w http.ResponseWriter, _ *http.Request) error { answerAda(w, nil); return nil }); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"scim.provider": "entra", "scim.operation": "patch", "scim.resource": "User", "scim.outcome": "rewritten", "scim.exchanges": "1",
		"scim.rules": `["path.endpoint-case","patch.schemas","patch.op-case","value.boolean"]`,
	}
	if diff := cmp.Diff(want, s.attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

// TestSignal says at debug why a request was taken for a provider's.
func TestSignal(t *testing.T) {
	h := &Handler{Providers: []*Provider{{Name: "hr", Extends: "generic", MatcherSetsRaw: caddyhttp.RawMatcherSets{{"header": json.RawMessage(`{"X-Sender":["hr"]}`)}}}}}
	logs := provisioned(t, h)
	for _, c := range []struct {
		method, target, body, agent, sender, want string
	}{
		{"GET", "/Users/17", "", "", "hr", "hr by match"},
		{"GET", "/Users/17", "", "Okta SCIM Client 1.0.0", "", "okta by header User-Agent"},
		{"GET", "/Users/17?aadOptscim062020", "", "", "", "entra by query aadOptscim062020"},
		{"PATCH", "/Users/17", sloppy, "", "", "entra by body Operations.0.op"},
		{"GET", "/Users/17", "", "", "", "generic by none"},
	} {
		r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
		r.Header.Set("User-Agent", c.agent)
		r.Header.Set("X-Sender", c.sender)
		if _, err := serve(h, r, func(w http.ResponseWriter, _ *http.Request) error { answerAda(w, nil); return nil }); err != nil {
			t.Fatal(err)
		}
		all := logs.FilterMessage("recognised").All()
		logs.TakeAll()
		if len(all) != 1 {
			t.Fatalf("%d entries", len(all))
		}
		if got := field(all[0], "provider") + " by " + field(all[0], "by"); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func field(e observer.LoggedEntry, name string) string {
	text, _ := e.ContextMap()[name].(string)
	return text
}
