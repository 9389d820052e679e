package probe_test

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/probe"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

const base = "http://scim.example.com/scim/v2"

// handled is a client whose requests go to a handler without a network.
func handled(h http.Handler) *http.Client { return &http.Client{Transport: transport{h}} }

type transport struct{ http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	t.ServeHTTP(w, r)
	return w.Result(), nil
}

// gateway is a plan in front of a handler.
func gateway(t *testing.T, provider string, told backend.Capabilities, behind http.Handler) http.Handler {
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
			t.Error(err)
		}
		resp, _, err := plan.Do(r.Context(), &scim.Request{
			Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body), Origin: "http://" + r.Host,
		}, sendTo(behind, r.Host))
		if err != nil {
			e := scim.AsError(err)
			resp = &scim.Response{Status: e.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: e.Body()}
		}
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.Status)
		_, _ = io.WriteString(w, resp.Body)
	})
}

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

func newDirectory(t *testing.T, limits directory.Limits) *directory.Directory {
	t.Helper()
	d, err := directory.New(directory.Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var no = new(false)

// modes are ways to be less than a full service provider, and what the probe has
// to find out about them.
var modes = []struct {
	name   string
	limits directory.Limits
	block  string // lines of it
	warns  string // part of a warning
	cannot bool   // not every step of a life cycle can go well
}{
	{name: "full"},
	{name: "no PATCH", limits: directory.Limits{Patch: "off"}, block: "patch put"},
	{name: "no PATCH, no ETag", limits: directory.Limits{Patch: "off", ETag: no}, block: "patch put|etag off"},
	{name: "one operation per PATCH", limits: directory.Limits{PatchOperations: 1}, block: "patch_operations 1"},
	{name: "seven operations per PATCH", limits: directory.Limits{PatchOperations: 7}, block: "patch_operations 7"},
	{name: "2 members per request", limits: directory.Limits{PatchMembers: 2}, block: "patch_members 2"},
	{name: "1 member per request, one operation", limits: directory.Limits{PatchMembers: 1, PatchOperations: 1}, block: "patch_operations 1|patch_members 1"},
	{name: "operations with a path only", limits: directory.Limits{PatchPathless: no}, block: "patch_pathless off"},
	{name: "operations without a path only", limits: directory.Limits{PatchPaths: no}, block: "patch_paths off"},
	{name: "no value paths", limits: directory.Limits{ValuePaths: "off"}, block: "value_paths read"},
	{name: "members removed by value", limits: directory.Limits{MembersRemove: "value"}, block: "members_remove value"},
	{name: "verbs in title case", limits: directory.Limits{OpCase: "title"}, block: "op_case title"},
	{name: "no PUT", limits: directory.Limits{Put: no}, block: "put off"},
	{
		name: "filters: userName eq only", limits: directory.Limits{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}},
		block: "filter eq|filter_attributes userName|search off",
	},
	{
		name: "other filters find nothing", limits: directory.Limits{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}, FilterOther: "empty"},
		block: "filter eq|filter_attributes userName|search off", warns: "find nothing where there is something, with a status that says success: id eq, externalId eq",
	},
	{name: "filters ignored", limits: directory.Limits{Filter: []string{"off"}, FilterOther: "ignored"}, block: "filter off|search off", warns: "are ignored"},
	{name: "paging by offset", limits: directory.Limits{Page: &directory.Paging{Style: "offset", Size: "limit"}, PageSize: 2}, block: "page offset offset limit|search off"},
	{name: "paging by page number", limits: directory.Limits{Page: &directory.Paging{Style: "page", Size: "per_page"}, PageSize: 2}, block: "page page page per_page|search off"},
	{name: "paging by page number from zero", limits: directory.Limits{Page: &directory.Paging{Style: "page", ZeroBased: true}}, block: "page page zero_based|search off"},
	{name: "paging by index from zero", limits: directory.Limits{Page: &directory.Paging{Style: "index", ZeroBased: true}}, block: "page index zero_based|search off"},
	{name: "paging by cursor", limits: directory.Limits{Page: &directory.Paging{Style: "cursor"}, PageSize: 2}, block: "page cursor|search off"},
	{name: "no paging", limits: directory.Limits{Page: &directory.Paging{Style: "off"}}, block: "page off|search off"},
	{name: "count over the maximum refused", limits: directory.Limits{PageSize: 2, PageOver: "refused"}, block: "page_size 2"},
	{name: "count over another maximum refused", limits: directory.Limits{PageSize: 137, PageOver: "refused"}, block: "page_size 137"},
	{
		name: "no sorting, projection, .search, Bulk", limits: directory.Limits{Sort: no, Projection: no, Search: no, Bulk: no},
		block: "sort off|projection off|search off|bulk off",
	},
	{name: "no discovery", limits: directory.Limits{Discovery: no}, block: "discovery off"},
	{name: "numeric ids", limits: directory.Limits{IDs: "number"}, block: "ids number"},
	{name: "errors in HTML, 500 for a duplicate", limits: directory.Limits{Errors: "html", Conflict: 500}, block: "patch full", warns: "a user who is there already is answered with status 500"},
	{name: "errors without a body", limits: directory.Limits{Errors: "empty"}},
	{name: "404 for an empty list, 200 for created", limits: directory.Limits{Nothing: 404, Created: 200}},
	{name: "bare lists", limits: directory.Limits{List: &directory.ListShape{}}, block: "page index"},
	{name: "lists in a shape of their own", limits: directory.Limits{List: &directory.ListShape{Resources: "data.items", Total: "data.total"}}, block: "list data.items data.total"},
	{name: "no schemas", limits: directory.Limits{Missing: []string{"schemas"}}},
	{name: "no schemas, no meta", limits: directory.Limits{Missing: []string{"schemas", "meta"}}, block: "meta off"},
	{name: "answers as text/plain", limits: directory.Limits{MediaType: "text/plain"}},
	{name: "application/json only", limits: directory.Limits{MediaType: "application/json", Accepts: "application/json"}, block: "media_type application/json"},
	{name: "no ETag", limits: directory.Limits{ETag: no}, block: "etag off"},
	{name: "every third request 503", limits: directory.Limits{Unavailable: &directory.Unavailable{Every: 3}}},
	{
		name: "every third request 500 with a text", limits: directory.Limits{Unavailable: &directory.Unavailable{Every: 3, Status: 500, Text: "Rate exceeded"}, Errors: "text"},
		block: `throttle_text "rate exceeded"`,
	},
	{name: "SCIM 1.1", limits: directory.Limits{SCIM: "1.1"}, block: "scim 1.1"},
	{name: "members not shown", limits: directory.Limits{Members: "absent"}, block: "members absent", warns: "does not show its members", cannot: true},
	{name: "members truncated", limits: directory.Limits{Members: "truncated"}, block: "members truncated", warns: "shows 1 of its 3 members", cannot: true},
	{name: "no DELETE of users", limits: directory.Limits{Delete: "off"}, block: "delete deactivate", cannot: true},
	{name: "DELETE deactivates", limits: directory.Limits{Delete: "deactivate"}, warns: "who was deleted can still be read", cannot: true},
	{
		name: "much of it at once",
		limits: directory.Limits{
			PatchOperations: 1, PatchMembers: 1, PatchPathless: no, ValuePaths: "off", OpCase: "title", Put: no,
			Filter: []string{"eq"}, FilterAttributes: []string{"userName"}, FilterOther: "empty",
			Page: &directory.Paging{Style: "offset", Size: "limit"}, PageSize: 2, PageOver: "refused",
			Sort: no, Projection: no, Search: no, Bulk: no, ETag: no, Discovery: no, IDs: "number", Errors: "html", Conflict: 500, List: &directory.ListShape{},
			MediaType: "application/json", Accepts: "application/json", Missing: []string{"schemas"}, Unavailable: &directory.Unavailable{Every: 7},
		},
		block: "patch_operations 1|patch_members 1|patch_pathless off|value_paths read|op_case title|put off|filter eq|filter_attributes userName|" +
			"page offset offset limit|page_size 2|sort off|projection off|search off|bulk off|etag off|discovery off|ids number|media_type application/json",
		warns: "find nothing where there is something",
	},
	{
		name: "much of it at once, no PATCH",
		limits: directory.Limits{
			Patch: "off", Filter: []string{"off"}, FilterOther: "ignored", Page: &directory.Paging{Style: "off"},
			Sort: no, Projection: no, Search: no, Bulk: no, ETag: no, Discovery: no, IDs: "number", Errors: "json", Conflict: 400,
			List: &directory.ListShape{Resources: "users", Total: "total"}, MediaType: "text/plain",
		},
		block: "patch put|filter off|page off|sort off|projection off|search off|bulk off|etag off|discovery off|ids number|list users total",
		warns: "takes one user for another",
	},
}

// TestModes probes directories with limits, holds what is printed against them,
// and plays the life cycles through a gateway that is told what was printed.
func TestModes(t *testing.T) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // some of it waits
				d := newDirectory(t, m.limits)
				report, err := probe.Run(context.Background(), probe.Options{URL: base, Write: true, Client: handled(d)})
				if err != nil {
					t.Fatal(err)
				}
				checkBlock(t, m.block, report)
				if warnings := strings.Join(report.Warnings, "\n"); m.warns == "" && strings.Contains(warnings, "DANGER") || !strings.Contains(warnings, m.warns) {
					t.Errorf("warnings:\n%s\nwant one with %q", warnings, m.warns)
				}
				if len(report.NotMeasured) > 0 {
					t.Errorf("not measured: %q", report.NotMeasured)
				}
				checkTidy(t, d, m.limits, report)
				for _, trial := range report.Tried {
					if !trial.After.OK && !m.cannot && !impossible(m.limits, trial.Name) {
						t.Errorf("%s: through the gateway: %s", trial.Name, trial.After.Why)
					}
				}
				playCycles(t, m.limits, report.Capabilities, m.cannot)
			})
		})
	}
}

// impossible tells what no gateway can make up for: conditions where nothing has
// a version, and a create that is turned away and may have been done.
func impossible(l directory.Limits, trial string) bool {
	return l.ETag != nil && strings.HasPrefix(trial, "ETag") || l.Unavailable != nil && strings.HasPrefix(trial, "create a user")
}

func checkBlock(t *testing.T, lines string, report *probe.Report) {
	t.Helper()
	want := "# A full RFC 7644 service provider: no backend block is needed.\n"
	if lines != "" {
		want = "backend {\n\t" + strings.ReplaceAll(lines, "|", "\n\t") + "\n}\n"
	}
	if got := probe.Block(&report.Capabilities); got != want {
		t.Errorf("block\n%swant\n%s", got, want)
	}
}

// checkTidy looks for what was left.
func checkTidy(t *testing.T, d *directory.Directory, limits directory.Limits, report *probe.Report) {
	t.Helper()
	if limits.Delete != "" {
		return
	}
	if len(report.Left) > 0 {
		t.Errorf("left: %q", report.Left)
	}
	for _, path := range [...]string{"/Users", "/Groups"} {
		for range 2 { // the first may be turned away
			w := httptest.NewRecorder()
			d.ServeHTTP(w, httptest.NewRequest("GET", base+path, http.NoBody))
			if strings.Contains(w.Body.String(), "scim-probe-") {
				t.Errorf("%s: %s", path, w.Body)
			}
		}
	}
}

func playCycles(t *testing.T, limits directory.Limits, told backend.Capabilities, cannot bool) {
	t.Helper()
	for _, cycle := range lifecycle.All() {
		server := lifecycle.Server{Base: base, Client: handled(gateway(t, cmp.Or(cycle.Provider, "generic"), told, newDirectory(t, limits)))}
		for _, failed := range server.Run(context.Background(), cycle).Failed() {
			if !cannot {
				t.Errorf("%s: %s", cycle.Name, failed)
			}
		}
	}
}
