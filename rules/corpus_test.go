package rules_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// corpusCounts says what became of the corpus; docs/quirks.md shows it.
const corpusCounts = "testdata/corpus.txt"

// TestCorpus takes the requests and filters that other projects test with, or
// were sent, through the gateway. Each is forwarded in strict form, in which it
// stays, or is refused with a reason and not forwarded. The corpus is no part of
// this repository: SCIM_CORPUS names its folder. The reasons are printed with -v.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("SCIM_CORPUS")
	if folder == "" {
		return
	}
	plans := map[string]*rewrite.Plan{}
	for _, p := range rules.All() {
		plan, err := rules.Compile(rules.Config{Provider: p})
		if err != nil {
			t.Fatal(err)
		}
		plans[p.Name] = plan
	}
	got := ""
	for _, kind := range []struct {
		name string
		read func(*testing.T, []byte) *scim.Request
	}{{"requests", corpusRequest}, {"filters", corpusFilter}} {
		counts := map[string]int{}
		data, err := os.ReadFile(filepath.Join(folder, kind.name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			req := kind.read(t, line)
			counts[corpusOutcome(t, plans[rules.Detect(req).Name], req)]++
		}
		got += fmt.Sprintf("%s %d unchanged %d rewritten %d refused\n", kind.name, counts["unchanged"], counts["rewritten"], counts["refused"])
	}
	if *update {
		if err := os.WriteFile(corpusCounts, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, corpusCounts); got != want {
		t.Errorf("go test ./rules -run Corpus -update writes it anew:\n%s was\n%s", got, want)
	}
}

// corpusRequest reads a line of requests.jsonl.
func corpusRequest(t *testing.T, line []byte) *scim.Request {
	t.Helper()
	var given struct {
		Method, Path, Query string
		Headers             map[string]string
		Body                json.RawMessage
	}
	if err := json.Unmarshal(line, &given); err != nil {
		t.Fatal(err)
	}
	req := &scim.Request{
		Method: given.Method, Path: "/scim/v2/" + strings.TrimLeft(given.Path, "/"), Query: given.Query,
		Header: http.Header{"Accept": {scim.MediaType}}, Origin: origin,
	}
	for name, value := range given.Headers {
		req.Header.Set(name, value)
	}
	if string(given.Body) == "null" || given.Body == nil {
		return req
	}
	if req.Body = string(given.Body); json.Unmarshal(given.Body, &req.Body) == nil {
		return req // the raw body, as text
	}
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", scim.MediaType)
	}
	return req
}

// corpusFilter makes a look-up of a line of filters.jsonl.
func corpusFilter(t *testing.T, line []byte) *scim.Request {
	t.Helper()
	var given struct{ Filter string }
	if err := json.Unmarshal(line, &given); err != nil {
		t.Fatal(err)
	}
	return &scim.Request{
		Method: http.MethodGet, Path: "/scim/v2/Users", Query: "filter=" + strings.ReplaceAll(url.QueryEscape(given.Filter), "+", "%20"),
		Header: http.Header{"Accept": {scim.MediaType}}, Origin: origin,
	}
}

// corpusOutcome sends a request and says what became of it.
func corpusOutcome(t *testing.T, plan *rewrite.Plan, req *scim.Request) string {
	t.Helper()
	sent, changes, err := forward(plan, req)
	if err != nil {
		refusal, ok := errors.AsType[*scim.Error](err)
		switch {
		case !ok || refusal.Status < 400 || refusal.Status == 500 || refusal.Detail == "":
			t.Errorf("%s %s?%s %s\nis refused without a reason: %v", req.Method, req.Path, req.Query, req.Body, err)
		case len(sent) > 0:
			t.Errorf("%s %s?%s %s\nis refused, and forwarded: %v", req.Method, req.Path, req.Query, req.Body, err)
		}
		t.Logf("refused: %s %s?%s %s: %v", req.Method, req.Path, req.Query, req.Body, err)
		return "refused"
	}
	if len(sent) == 0 {
		return "rewritten" // to nothing
	}
	last := sent[len(sent)-1]
	if again, changes, err := forward(plan, last); err != nil || len(changes) > 0 || len(again) != 1 {
		t.Errorf("%s %s?%s %s\nis not in normal form: %v %v", last.Method, last.Path, last.Query, last.Body, err, ids(changes))
	}
	if err := strict(last); err != nil {
		t.Errorf("%s %s?%s %s\nis not strict: %v", last.Method, last.Path, last.Query, last.Body, err)
	}
	if len(changes) == 0 {
		return "unchanged"
	}
	return "rewritten"
}

// forward sends a request to a service provider that says nothing of the state
// it has, and returns what it got and the changes on the way there.
func forward(plan *rewrite.Plan, req *scim.Request) (sent []*scim.Request, changes []rewrite.Change, err error) {
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == http.MethodGet && req.Method != http.MethodGet {
			return nil, rewrite.ErrNoState
		}
		seen := *out
		sent = append(sent, &seen)
		return strictAnswer(out), nil
	}
	_, all, err := plan.Do(context.Background(), req, send)
	for _, c := range all {
		if !strings.HasPrefix(c.At, "answer") && c.At != "status" {
			changes = append(changes, c)
		}
	}
	return sent, changes, err
}

// strict holds a request against the grammar of RFC 7644.
func strict(req *scim.Request) error {
	query, err := url.ParseQuery(req.Query)
	if err != nil {
		return err
	}
	if filter := query.Get("filter"); filter != "" {
		if _, err := scim.ParseStrictFilter(filter); err != nil {
			return err
		}
	}
	if req.Method != http.MethodPatch || req.Body == "" {
		return nil
	}
	body := scim.Parse(req.Body)
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return err
	}
	for i := range ops {
		if text := body.Get("Operations").At(i).Get("path").Text(); text != "" {
			if _, err := scim.ParseStrictPath(text); err != nil {
				return err
			}
		}
	}
	return nil
}

func ids(changes []rewrite.Change) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.ID+" "+c.At)
	}
	return all
}

// corpusReport is the chapter of docs/quirks.md about the corpus.
func corpusReport(t *testing.T) string {
	t.Helper()
	report := `
## Measured against what others send

The requests and filters in the test suites, fixtures and issue logs of other
projects, taken through the gateway. Unchanged ones are strict already. Refused ones
have no one meaning: filters that end in the middle, operations that do not exist,
placeholders that nobody filled in, values of read-only attributes.

| | forwarded unchanged | rewritten | refused |
| --- | ---: | ---: | ---: |
`
	for line := range strings.Lines(read(t, corpusCounts)) {
		var kind string
		var unchanged, rewritten, refused int
		if _, err := fmt.Sscanf(line, "%s %d unchanged %d rewritten %d refused\n", &kind, &unchanged, &rewritten, &refused); err != nil {
			t.Fatalf("%s: %q: %v", corpusCounts, line, err)
		}
		report += fmt.Sprintf("| %d %s | %d | %d | %d |\n", unchanged+rewritten+refused, kind, unchanged, rewritten, refused)
	}
	return report
}
