package custom

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// newPlan is the way of a request from one provider through rules.
func newPlan(t testing.TB, provider string, custom ...Rule) *rewrite.Plan {
	t.Helper()
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName(provider), Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	if plan.Custom, err = New(Options{Rules: custom, Registry: scim.Core()}); err != nil {
		t.Fatal(err)
	}
	return plan
}

// TestEntraThroughRules is a PATCH as Entra writes it, on the whole way: into normal
// form, through the rules, to a strict service provider and back. The read by which
// the normal form finds out whether there is an address of work shows what the
// client would see.
func TestEntraThroughRules(t *testing.T) {
	plan := newPlan(t, "entra",
		Rule{ID: "acme.department", Verbs: []Verb{Map{department, []Pair{{"R&D", "Research"}}}, Rename{"title", department + "Name"}}},
		Rule{ID: "acme.nick", On: []string{"patch"}, Verbs: []Verb{Remove{"nickName"}, Header{Name: "X-Tenant", Value: "acme"}}},
	)
	provider := serviceProvider(t, mara)
	var sent []string
	send := func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		sent = append(sent, req.Method+" "+req.Header.Get("X-Tenant")+" "+req.Body)
		return provider(ctx, req)
	}
	resp, changes, err := plan.Do(t.Context(), &scim.Request{
		Method: http.MethodPatch, Path: "/Users/1", Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}}, Origin: "https://scim.example.com",
		Body: `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` +
			`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"lind@example.com"},` +
			`{"op":"Add","path":"` + department + `","value":"R&D"},` +
			`{"op":"Add","path":"nickName","value":"Mara"}]}`,
	}, send)
	if err != nil || resp.Status != http.StatusOK {
		t.Fatalf("%v %v", resp, err)
	}
	if diff := cmp.Diff([]string{"GET acme ", `PATCH acme ` + patchOf(
		`{"op":"replace","path":"emails[type eq \"work\"].value","value":"lind@example.com"}`,
		`{"op":"add","path":"`+department+`","value":"Research"}`,
	)}, sent); diff != "" {
		t.Error(diff)
	}
	var own []string
	for _, c := range changes {
		if c.ID == "acme.nick" || c.ID == "acme.department" {
			own = append(own, c.ID+" "+c.At)
		}
	}
	if diff := cmp.Diff([]string{
		"acme.nick header.X-Tenant",
		"acme.department Operations[1].value", "acme.nick Operations[2].path", "acme.department answer." + department,
	}, own); diff != "" {
		t.Error(diff)
	}
	v := scim.Parse(resp.Body)
	if got := v.Get(enterprise).Get("department").Text(); got != "R&D" {
		t.Errorf("the client sees the department %q", got)
	}
}

// TestStrictThroughIdleRules is about a strict request in which no rule finds
// anything: it leaves byte for byte as it came, though a rule was selected and the
// read before it was changed.
func TestStrictThroughIdleRules(t *testing.T) {
	plan := newPlan(t, "generic", Rule{ID: "x", Verbs: []Verb{Remove{"nickName"}}})
	body := `{ "schemas":["` + scim.PatchOpURI + `"], "Operations":[ {"op":"remove","path":"emails[type eq \"home\"]"} ] }`
	var got string
	_, changes, err := plan.Do(t.Context(), &scim.Request{
		Method: http.MethodPatch, Path: "/Users/1", Body: body, Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}},
	}, func(_ context.Context, req *scim.Request) (*scim.Response, error) {
		got = req.Body
		return &scim.Response{Status: 200, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: mara[:len(mara)-1] + `,"nickName":"x"}`}, nil
	})
	if err != nil || got != body {
		t.Errorf("%v: got %s", err, got)
	}
	if len(changes) == 0 || changes[len(changes)-1].At != "answer.nickName" {
		t.Errorf("changes %v", changes)
	}
}

// BenchmarkRename is what one renaming costs beside the normal form, for a PATCH
// of five operations as Entra writes it.
func BenchmarkRename(b *testing.B) {
	body := patchOf(
		`{"op":"Replace","path":"active","value":"False"}`,
		`{"op":"Replace","path":"title","value":"Engineer"}`,
		`{"op":"Add","path":"`+department+`","value":"Research"}`,
		`{"op":"Replace","path":"name.givenName","value":"Mara"}`,
		`{"op":"Replace","path":"displayName","value":"Mara Lind"}`,
	)
	answer := userOf(`"id":"1","userName":"mara@example.com","active":false,"displayName":"Mara Lind","name":{"givenName":"Mara"},"jobTitle":"Engineer"`)
	for name, custom := range map[string][]Rule{
		"none":    nil,
		"another": {{ID: "x", On: []string{"delete"}, Verbs: []Verb{Reject{403, "", "no"}}}},
		"one":     {{ID: "x", Verbs: []Verb{Rename{"title", "jobTitle"}}}},
	} {
		b.Run(name, func(b *testing.B) {
			plan := newPlan(b, "entra", custom...)
			if custom == nil {
				plan.Custom = nil
			}
			req := &scim.Request{Method: http.MethodPatch, Path: "/Users/1", Body: body, Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}}}
			send := func(context.Context, *scim.Request) (*scim.Response, error) {
				return &scim.Response{Status: 200, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: answer}, nil
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, _, err := plan.Do(b.Context(), req, send); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkList is what one renaming costs in a list of a hundred users.
func BenchmarkList(b *testing.B) {
	users := make([]string, 100)
	for i := range users {
		users[i] = whole
	}
	answer := `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":100,"startIndex":1,"itemsPerPage":100,"Resources":[` + strings.Join(users, ",") + `]}`
	for name, custom := range map[string][]Rule{"none": nil, "one": {{ID: "x", Verbs: []Verb{Rename{"callName", "nickName"}}}}} {
		b.Run(name, func(b *testing.B) {
			plan := newPlan(b, "generic", custom...)
			req := &scim.Request{Method: http.MethodGet, Path: "/Users", Header: http.Header{"Accept": {scim.MediaType}}}
			send := func(context.Context, *scim.Request) (*scim.Response, error) {
				return &scim.Response{Status: 200, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: answer}, nil
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(answer)))
			for b.Loop() {
				if _, _, err := plan.Do(b.Context(), req, send); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
