package custom

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestSelection is about which requests a rule works for.
func TestSelection(t *testing.T) {
	base, err := scim.ParseBase("/v2")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := New(Options{Registry: scim.Core(), Base: base, Rules: []Rule{
		{ID: "all", Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		{ID: "users", Resource: []string{"User"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		{ID: "groups", Verbs: []Verb{Remove{"members"}}},
		{ID: "patch", On: []string{"patch"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		{ID: "bulk", On: []string{"bulk"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		{ID: "me", On: []string{"me"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		{ID: "reads", On: []string{"get", "list", "search"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		{ID: "discover", On: []string{"discover"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string][]string{
		"GET /v2/Users/1":        {"all", "users", "reads"},
		"HEAD /v2/Users/1":       {"all", "users", "reads"},
		"GET /v2/Groups":         {"all", "groups", "reads"},
		"GET /v2":                {"all", "users", "groups", "reads"},
		"POST /v2/.search":       {"all", "users", "groups", "reads"},
		"POST /v2/Users/.search": {"all", "users", "reads"},
		"POST /v2/Users":         {"all", "users"},
		"PATCH /v2/Users/1":      {"all", "users", "patch"},
		"PATCH /v2/Me":           {"all", "users", "patch", "me"},
		"GET /v2/Me":             {"all", "users", "me", "reads"},
		"POST /v2/Bulk":          {"all", "bulk"},
		"GET /v2/Schemas":        {"all", "discover"},
		"PATCH /v2/Schemas":      nil,
		"DELETE /v2/Groups/1":    {"all", "groups"},
	} {
		method, path, _ := cut(request)
		route, ok := scim.Core().Route(base, path)
		if !ok {
			t.Fatalf("%s is no path", path)
		}
		var got []string
		for _, r := range rules.rules {
			if r.works(rules, route, method) {
				got = append(got, r.id)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", request, diff)
		}
	}
}

func cut(request string) (method, path string, ok bool) {
	for i := range request {
		if request[i] == ' ' {
			return request[:i], request[i+1:], true
		}
	}
	return request, "", false
}

// TestSendItself is about a request for which no rule is selected: nothing stands
// between it and the service provider.
func TestSendItself(t *testing.T) {
	no := func(context.Context) (bool, error) { return false, nil }
	rules := newRules(t,
		Rule{ID: "a", On: []string{"patch"}, Verbs: []Verb{Remove{"nickName"}}},
		Rule{ID: "b", Resource: []string{"Group"}, Verbs: []Verb{Remove{"displayName"}}},
		Rule{ID: "c", Match: no, Verbs: []Verb{Remove{"title"}}},
	)
	send := answering(scim.Response{Status: 200})
	route, _ := scim.Core().Route(scim.Base{}, "/Users/1")
	req := &scim.Request{Method: http.MethodGet, Path: "/Users/1"}
	var got scim.Send
	allocations := testing.AllocsPerRun(100, func() {
		got, _ = rules.Wrap(t.Context(), route, req, send, nil)
	})
	if reflect.ValueOf(got).Pointer() != reflect.ValueOf(send).Pointer() {
		t.Error("not send itself")
	}
	if allocations > 0 {
		t.Errorf("%v allocations", allocations)
	}
	if rules.Holds(route, http.MethodGet) != true {
		t.Error("rule c may hide a title, if its matcher says so")
	}
}

func TestHolds(t *testing.T) {
	rules := newRules(t,
		Rule{ID: "a", On: []string{"get"}, Verbs: []Verb{Header{Name: "X", Value: "1"}}},
		Rule{ID: "b", On: []string{"patch"}, Verbs: []Verb{Remove{"nickName"}}},
		Rule{ID: "c", On: []string{"list"}, Verbs: []Verb{Lowercase{"userName"}}},
	)
	for request, want := range map[string]bool{"GET /Users/1": false, "GET /Users": false, "PATCH /Users/1": true, "POST /Bulk": true, "PATCH /Groups/1": false} {
		method, path, _ := cut(request)
		route, _ := scim.Core().Route(scim.Base{}, path)
		if got := rules.Holds(route, method); got != want {
			t.Errorf("%s: %v", request, got)
		}
	}
}

// TestMatchIsAskedOnce is about a matcher, which may cost something: a request and
// the reads that it needs are one.
func TestMatchIsAskedOnce(t *testing.T) {
	asked := 0
	x := exchange{
		rules: []Rule{{
			ID:    "a",
			Match: func(context.Context) (bool, error) { asked++; return true, nil },
			Verbs: []Verb{Copy{`emails[type eq "work"].value`, "userName"}},
		}},
		method: http.MethodPatch, path: "/Users/1", body: patchOf(`{"op":"remove","path":"emails[type eq \"home\"]"}`),
	}
	x.through(t, serviceProvider(t, mara))
	if asked != 1 || x.err != nil || len(x.sent) != 2 {
		t.Errorf("asked %d times, %v, %v", asked, x.err, x.lines())
	}
	broken := errors.New("broken")
	x.rules[0].Match = func(context.Context) (bool, error) { return false, broken }
	x.through(t, serviceProvider(t, mara))
	if !errors.Is(x.err, broken) || len(x.sent) > 0 {
		t.Errorf("%v, sent %v", x.err, x.lines())
	}
}

// TestReadOfPatch is about a read that the normal form needs for a PATCH: it is the
// PATCH's, and shows what the client would see.
func TestReadOfPatch(t *testing.T) {
	rules := newRules(t,
		Rule{ID: "a", On: []string{"patch"}, Verbs: []Verb{Rename{"emails", "mails"}}},
		Rule{ID: "b", On: []string{"get"}, Verbs: []Verb{Remove{"mails"}}},
		Rule{ID: "c", On: []string{"patch"}, Verbs: []Verb{Status{200, 202}}},
	)
	route, _ := scim.Core().Route(scim.Base{}, "/Users/1")
	patch := &scim.Request{Method: http.MethodPatch, Path: "/Users/1"}
	send, err := rules.Wrap(t.Context(), route, patch, answering(scim.Response{Status: 200, Header: http.Header{}, Body: `{"mails":[]}`}), func(rewrite.Change) {})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := send(t.Context(), &scim.Request{Method: http.MethodGet, Path: "/Users/1"})
	if err != nil || resp.Body != `{"emails":[]}` || resp.Status != 200 {
		t.Errorf("%v %v", resp, err)
	}
}

// TestRoot is about a search over all types: a resource tells its type.
func TestRoot(t *testing.T) {
	x := exchange{
		rules:  []Rule{{ID: "a", Resource: []string{"User"}, Verbs: []Verb{Rename{"nickName", "displayName"}}}},
		method: http.MethodPost, path: "/.search", body: `{"schemas":["` + scim.SearchRequestURI + `"],"filter":"nickName pr"}`,
		answer: `{"Resources":[{"meta":{"resourceType":"User"},"displayName":"a"},{"meta":{"resourceType":"Group"},"displayName":"b"},{"schemas":["` + scim.GroupURI + `"],"displayName":"c"},{"displayName":"d"}]}`,
	}
	x.run(t)
	x.want(t, `{"schemas":["`+scim.SearchRequestURI+`"],"filter":"displayName pr"}`, `{"Resources":[{"meta":{"resourceType":"User"},"nickName":"a"},{"meta":{"resourceType":"Group"},"displayName":"b"},{"schemas":["`+scim.GroupURI+`"],"displayName":"c"},{"nickName":"d"}]}`)
}

func TestTypesOfARule(t *testing.T) {
	for _, row := range []struct {
		verbs []Verb
		want  []string
	}{
		{[]Verb{Rename{"nickName", "displayName"}}, []string{"User"}},
		{[]Verb{Rename{"costCenter", department}}, []string{"User"}},
		{[]Verb{Remove{"x"}}, []string{"User", "Group"}},
		{[]Verb{Remove{"displayName"}}, []string{"User", "Group"}},
		{[]Verb{Remove{"members"}, Header{Name: "X"}}, []string{"Group"}},
		{[]Verb{Header{Name: "X"}}, nil},
	} {
		var got []string
		for _, rt := range newRules(t, Rule{ID: "x", Verbs: row.verbs}).rules[0].types {
			got = append(got, rt.Name)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%v: %v, want %v", row.verbs, got, row.want)
		}
	}
}

func TestRefusedRules(t *testing.T) {
	one := []Verb{Remove{"title"}}
	for want, rules := range map[string][]Rule{
		"rule : an id is missing": {{Verbs: one}},
		"rule a b: an id is made of letters, digits, dots, hyphens and underscores, such as acme.cost-center": {{ID: "a b", Verbs: one}},
		"rule a: there are two rules of that id": {{ID: "a", Verbs: one}, {ID: "a", Verbs: one}},
		"rule a: a verb is missing":              {{ID: "a"}},
		`rule a: on: unknown operation "update": known are get, list, search, create, replace, patch, delete, bulk, discover, me`:             {{ID: "a", On: []string{"get", "update"}, Verbs: one}},
		`rule a: resource: unknown type "Users": known are User, Group`:                                                                       {{ID: "a", Resource: []string{"Users"}, Verbs: one}},
		"rule a: remove title: it can never do anything on bulk: it works on get, list, search, create, replace, patch, me, also inside Bulk": {{ID: "a", On: []string{"bulk"}, Verbs: one}},
		"rule a: set title x: it can never do anything on list get: it works on create, replace, patch, me, also inside Bulk":                 {{ID: "a", On: []string{"list", "get"}, Verbs: []Verb{Set{"title", "x"}}}},
	} {
		if _, err := New(Options{Registry: scim.Core(), Rules: rules}); err == nil || err.Error() != want {
			t.Errorf(" got %v\nwant %s", err, want)
		}
	}
}

// TestRulesAreShared is about requests that go through the same rules at the same
// time; the race detector looks on.
func TestRulesAreShared(t *testing.T) {
	rules := newRules(t, fuzzed...)
	send := answering(scim.Response{Status: 200, Header: http.Header{}, Body: whole})
	route, _ := scim.Core().Route(scim.Base{}, "/Users/1")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, piece := range pieces {
				req := &scim.Request{Method: http.MethodPatch, Path: "/Users/1", Header: http.Header{}, Body: patchOf(piece)}
				wrapped, err := rules.Wrap(t.Context(), route, req, send, func(rewrite.Change) {})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := wrapped(t.Context(), req); err != nil && scim.AsError(err).Status >= http.StatusInternalServerError {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
