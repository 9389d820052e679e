package rewrite_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// FuzzPlanDo sends anything at all, from any provider. Whatever it is, the plan does not panic, an
// error is an answer to the client and nothing was written, and what is written
// has passed the door and is in normal form: sent again, it stays as it is.
func FuzzPlanDo(f *testing.F) {
	fixtureSeeds(f)
	for seed := range uint64(200) {
		plain, dressed := pair(seed + 1)
		for _, r := range []*request{plain, dressed} {
			m := r.message()
			f.Add(byte(seed), m.Method, m.Path, m.Query, m.Body, text(r.state))
		}
	}
	for seed := range uint64(20) {
		_, dressed, states := bulkPair(seed + 1)
		for _, state := range states {
			f.Add(byte(seed), http.MethodPost, "/scim/v2/Bulk", "", dressed, state)
		}
	}
	f.Fuzz(func(t *testing.T, sender byte, method, path, query, body, state string) {
		req := &scim.Request{
			Method: method, Path: path, Query: query, Body: body,
			Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}}, Origin: "https://scim.example.com",
		}
		if sender >= 128 { // a client that may speak SCIM 1.1
			req.Header = http.Header{"Content-Type": {"application/json"}, "X-Http-Method-Override": {"PATCH"}}
		}
		plan := anyPlan(sender)
		writes, changes, err := exchange(plan, req, state)
		if err != nil {
			checkRefusal(t, err, writes)
			return
		}
		if _, ours := registry.Route(plan.Base, path); !ours || len(writes) == 0 {
			return
		}
		left := writes[0]
		if left.Body != "" {
			if _, err := scim.Check(left.Body, scim.Limits{Bytes: 64 << 20}); err != nil {
				t.Fatalf("%v\nsent:      %s\nforwarded: %s", err, show(req), show(left))
			}
		}
		if sender < 128 && len(changes) == 0 != sameMessage(req, left) {
			t.Fatalf("%d changes are recorded: %q\nsent:      %s\nforwarded: %s", len(changes), changes, show(req), show(left))
		}
		again, changes, err := exchange(plan, left, state)
		if err != nil || len(changes) > 0 || len(again) != 1 || !sameMessage(left, again[0]) {
			t.Fatalf("it is not in normal form: %v, %q\nsent:      %s\nforwarded: %s\nagain:     %s\nstate:     %s", err, changes, show(req), show(left), showAll(again), state)
		}
	})
}

// everyPlan are the plans of all providers, in the order in which they are known.
var everyPlan = func() []*rewrite.Plan {
	var all []*rewrite.Plan
	for _, p := range rules.All() {
		all = append(all, compiled(p.Name))
	}
	for _, p := range rules.All() {
		all = append(all, compiledAt("", p.Name))
	}
	return all
}()

func anyPlan(n byte) *rewrite.Plan { return everyPlan[int(n)%len(everyPlan)] }

// exchange sends a request through a plan. It returns what was sent on, without
// the reads for a write, and the changes to the request.
func exchange(plan *rewrite.Plan, req *scim.Request, state string) (writes []*scim.Request, changes []string, err error) {
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method != http.MethodGet || req.Method == http.MethodGet {
			writes = append(writes, out)
		}
		return answer(http.StatusOK, state), nil
	}
	_, all, err := plan.Do(context.Background(), req, send)
	return writes, ids(all), err
}

// checkRefusal holds an error against what a client is owed.
func checkRefusal(t *testing.T, err error, writes []*scim.Request) {
	t.Helper()
	refusal, ok := errors.AsType[*scim.Error](err)
	switch {
	case !ok:
		t.Fatalf("%T is no answer: %v", err, err)
	case refusal.Status < 400 || refusal.Status > 599 || refusal.Detail == "":
		t.Fatalf("%d with the detail %q is no refusal", refusal.Status, refusal.Detail)
	case len(writes) > 0:
		t.Fatalf("refused after it was sent on: %v\n%s", err, show(writes[0]))
	}
}

func showAll(requests []*scim.Request) string {
	all := make([]string, len(requests))
	for i, r := range requests {
		all[i] = show(r)
	}
	return strings.Join(all, "\n")
}

// fixtureSeeds adds the requests of the fixtures of package rules.
func fixtureSeeds(f *testing.F) {
	paths, err := filepath.Glob("../rules/testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for i, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		sections := map[string]string{}
		for _, file := range archive.Files {
			sections[file.Name] = strings.TrimSuffix(string(file.Data), "\n")
		}
		head, body, _ := strings.Cut(sections["sent"], "\n\n")
		line, _, _ := strings.Cut(head, "\n")
		method, target, _ := strings.Cut(line, " ")
		target = strings.TrimSuffix(target, " HTTP/1.1")
		path, query, _ := strings.Cut(target, "?")
		f.Add(byte(i), method, path, query, body, sections["resource"])
	}
}
