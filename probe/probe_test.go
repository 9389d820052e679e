package probe_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/probe"
	"github.com/caddy-scim/caddy-scim/scim"
)

// seed is what a service provider may have that must not be touched.
const seed = `{"Users":[
	{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"101","userName":"mara.lind@example.com","displayName":"Mara Lind","active":true,
		"emails":[{"value":"mara@example.com","type":"work"}]},
	{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"102","userName":"tomas.berg@example.com","displayName":"Tomas Berg","active":true},
	{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"103","userName":"ines.okoro@example.com","displayName":"Ines Okoro","active":false}],
	"Groups":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"201","displayName":"Tools","members":[{"value":"101"}]}]}`

func seeded(t *testing.T, limits directory.Limits) *directory.Directory {
	t.Helper()
	d, err := directory.New(directory.Options{Limits: limits, Seed: []byte(seed)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestReadsOnly sends nothing that could change anything.
func TestReadsOnly(t *testing.T) {
	d := seeded(t, directory.Limits{Filter: []string{"eq", "and"}, Sort: no, ETag: no, Discovery: no, Patch: "off", IDs: "number", PageSize: 2, PageOver: "refused"})
	watched := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/.search") {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		d.ServeHTTP(w, r)
	})
	report, err := probe.Run(t.Context(), probe.Options{URL: base, Client: handled(watched)})
	if err != nil {
		t.Fatal(err)
	}
	checkBlock(t, "filter eq and|page_size 2|sort off|search off|etag off|discovery off|ids number", report)
	if before, after, of := report.Score(); before >= after || after != of || of < 30 {
		t.Errorf("%d and %d of %d: %+v", before, after, of, report.Tried)
	}
	if len(report.NotMeasured) != 1 || !strings.Contains(report.NotMeasured[0], "--write") {
		t.Errorf("not measured: %q", report.NotMeasured)
	}
}

// TestFewUsers leaves open what two users cannot tell.
func TestFewUsers(t *testing.T) {
	d, err := directory.New(directory.Options{Seed: []byte(`[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"mara"}]`)})
	if err != nil {
		t.Fatal(err)
	}
	report, err := probe.Run(t.Context(), probe.Options{URL: base, Client: handled(d)})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range [...]string{"paging", "sorting"} {
		if !slices.Contains(report.NotMeasured, name) {
			t.Errorf("not measured: %q", report.NotMeasured)
		}
	}
}

// TestCannotStart says why.
func TestCannotStart(t *testing.T) {
	answering := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://login.example.com/")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
	for _, c := range []struct {
		url     string
		handler http.Handler
		want    string
	}{
		{base, answering(401, ""), "give the credentials"},
		{base, answering(404, ""), "is this where the endpoints stand?"},
		{base, answering(302, ""), "to https://login.example.com/"},
		{base, answering(200, "<html>"), "the answer shows no list"},
		{base, answering(200, `{"error":"no"}`), "the answer shows no list"},
		{base, answering(200, `[]`), "nothing can be measured without --write"},
		{"ftp://example.com", nil, "is no http URL"},
		{"https://example.com/scim?x=1", nil, "has more than a path"},
		{"://", nil, "missing protocol scheme"},
	} {
		_, err := probe.Run(t.Context(), probe.Options{URL: c.url, Client: handled(c.handler)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.url, err, c.want)
		}
	}
}

// TestNoUserCanBeCreated goes on with what can be read.
func TestNoUserCanBeCreated(t *testing.T) {
	d := seeded(t, directory.Limits{})
	closed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		d.ServeHTTP(w, r)
	})
	report, err := probe.Run(t.Context(), probe.Options{URL: base, Write: true, Client: handled(closed)})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Warnings) == 0 || !strings.Contains(report.Warnings[0], "no user could be created (status 403)") {
		t.Errorf("warnings %q", report.Warnings)
	}
	checkBlock(t, "search off", report)
}

// TestInterrupted deletes what was created, wherever it was interrupted: also
// that of a request whose answer never came.
func TestInterrupted(t *testing.T) {
	for _, limits := range []directory.Limits{{}, {Filter: []string{"off"}, FilterOther: "ignored"}} {
		for after := 1; after < 500; after += 7 {
			d := seeded(t, limits)
			ctx, interrupt := context.WithCancel(t.Context())
			n := 0
			counting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				d.ServeHTTP(w, r)
				if n++; n == after {
					interrupt()
				}
			})
			losing := &http.Client{Transport: loses{transport{counting}, func() bool { return n == after }}}
			report, err := probe.Run(ctx, probe.Options{URL: base, Write: true, Client: losing})
			if err != nil && !errors.Is(err, context.Canceled) || err == nil && after < 200 || len(report.Left) > 0 {
				t.Errorf("after %d: error %v, left %q", after, err, report.Left)
			}
			checkTidy(t, d, limits, report)
			w := httptest.NewRecorder()
			d.ServeHTTP(w, httptest.NewRequest("GET", base+"/Users", http.NoBody))
			if !strings.Contains(w.Body.String(), `"totalResults":3`) {
				t.Errorf("after %d: %s", after, w.Body)
			}
			interrupt()
		}
	}
}

// loses is a transport that loses an answer.
type loses struct {
	transport

	lost func() bool
}

func (l loses) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.transport.RoundTrip(r)
	if err == nil && r.Context().Err() != nil && l.lost() {
		resp.Body.Close()
		return nil, r.Context().Err()
	}
	return resp, err
}

// TestPeculiar meets service providers with a will of their own.
func TestPeculiar(t *testing.T) {
	for _, c := range []struct {
		name  string
		front func(next http.Handler) http.Handler
		block string
		warns []string
	}{
		{"PATCH says yes and does nothing", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPatch {
					r.Method, r.Body = http.MethodGet, http.NoBody
				}
				next.ServeHTTP(w, r)
			})
		}, "patch put", []string{"PATCH is answered with success, but changes nothing", "patch is supported"}},
		{
			"removes all members for one", removesAll, "patch put",
			[]string{"removing one member by value leaves", "removing one member by filter leaves", "PATCH does not do for groups"},
		},
		{"deletes whom it deactivates", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				if r.Method == http.MethodPatch && strings.Contains(string(body), `"path":"active","value":false`) {
					r.Method = http.MethodDelete
				}
				next.ServeHTTP(w, r)
			})
		}, "", []string{"a user who is not active cannot be read any more"}},
		{"takes the same user twice", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				text := string(body)
				if r.Method == http.MethodPost && strings.Contains(text, `-a@example.com"`) && !strings.Contains(text, "Operations") {
					text = strings.Replace(text, `"userName":"`, `"userName":"`+strings.Repeat("x", len(names)), 1)
					names = append(names, text)
				}
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
				next.ServeHTTP(w, r)
			})
		}, "*", []string{"two users may have the same userName"}},
		{"answers a create with a Location alone", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				if r.Method == http.MethodPost && rec.Code == http.StatusCreated {
					w.Header().Set("Location", rec.Header().Get("Location"))
					w.WriteHeader(http.StatusCreated)
					return
				}
				maps.Copy(w.Header(), rec.Header())
				w.WriteHeader(rec.Code)
				_, _ = rec.Body.WriteTo(w)
			})
		}, "", nil},
		{"has no groups", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/Groups") {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		}, "*", []string{"there are no groups"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := seeded(t, directory.Limits{})
			report, err := probe.Run(t.Context(), probe.Options{URL: base, Write: true, Client: handled(c.front(d))})
			if err != nil {
				t.Fatal(err)
			}
			if c.block != "*" {
				checkBlock(t, c.block, report)
			}
			warnings := strings.Join(report.Warnings, "\n")
			for _, want := range c.warns {
				if !strings.Contains(warnings, want) {
					t.Errorf("no warning with %q:\n%s", want, warnings)
				}
			}
			checkTidy(t, d, directory.Limits{}, report)
		})
	}
}

var names []string

// removesAll takes the removal of one member for that of all.
func removesAll(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := string(body)
		if r.Method == http.MethodPatch && strings.Contains(text, `"remove"`) && strings.Contains(text, "members") {
			text = `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"remove","path":"members"}]}`
		}
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		next.ServeHTTP(w, r)
	})
}

// TestReport is a piece of a Caddyfile, or JSON, in which nothing is missing.
func TestReport(t *testing.T) {
	report := &probe.Report{
		URL: "https://legacy.example.com/scim", Warnings: []string{"DANGER:\n all of it"}, NotMeasured: []string{"Bulk"}, Left: []string{"/Users/17"}, Requests: 3,
		Tried: []probe.Trial{{Name: "PUT", Before: probe.Outcome{Why: "status 405"}, After: probe.Outcome{OK: true}}},
	}
	report.Capabilities.Put = no
	var text strings.Builder
	if err := report.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	const want = `# https://legacy.example.com/scim
# 0 of 1 tried went well directly, 1 through the gateway with this block (3 requests).

backend {
	put off
}

# Warnings:
# - DANGER: all of it

# Not measured, and so taken for granted:
# - Bulk

# Created and not deleted:
# - /Users/17

# Tried: directly, and through the gateway
#   no   ok   PUT
#               directly: status 405
`
	if text.String() != want {
		t.Errorf("%s", text.String())
	}
	text.Reset()
	if err := report.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(text.String()), &doc); err != nil {
		t.Fatal(err)
	}
	for _, name := range [...]string{"url", "write", "backend", "block", "score", "tried", "warnings", "not_measured", "left", "requests"} {
		if doc[name] == nil {
			t.Errorf("%s is missing: %s", name, text.String())
		}
	}
}

// TestBlockSaysEverything prints each capability.
func TestBlockSaysEverything(t *testing.T) {
	fields := reflect.TypeFor[backend.Capabilities]()
	for i := range fields.NumField() {
		var c backend.Capabilities
		switch v := reflect.ValueOf(&c).Elem().Field(i); v.Interface().(type) {
		case string:
			v.SetString("x")
		case int:
			v.SetInt(7)
		case bool:
			v.SetBool(true)
		case []string:
			v.Set(reflect.ValueOf([]string{"x"}))
		case map[string]string:
			v.Set(reflect.ValueOf(map[string]string{"x": "y"}))
		case *bool:
			v.Set(reflect.ValueOf(no))
		case *backend.Paging:
			v.Set(reflect.ValueOf(&backend.Paging{Style: "off"}))
		case *backend.ListShape:
			v.Set(reflect.ValueOf(&backend.ListShape{Resources: "x"}))
		default:
			t.Errorf("%s: of a type that this test does not know", fields.Field(i).Name)
		}
		if block := probe.Block(&c); !strings.HasPrefix(block, "backend {") {
			t.Errorf("%s is not printed: %s", fields.Field(i).Name, block)
		}
	}
}
