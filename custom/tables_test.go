package custom

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// sentRow is what becomes of one request on its way to the service provider.
type sentRow struct {
	verb    Verb
	request string // method, path and query; a filter in it needs no escapes
	body    string
	want    string // of a request without body its filter; empty: as it came
	err     string // instead
	changes string // places, if they matter
}

// patchOf is the body of a PATCH request.
func patchOf(operations ...string) string {
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + strings.Join(operations, ",") + `]}`
}

func runSent(t *testing.T, rows []sentRow) {
	t.Helper()
	for _, row := range rows {
		sent, _, changes, err := through(t, []Verb{row.verb}, row.request, row.body, "{}")
		name := row.verb.String() + ": " + row.request + " " + row.body
		if row.err != "" {
			if err == nil || err.Error() != row.err {
				t.Errorf("%s\n got error %v\nwant error %s", name, err, row.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, want := sent.Body, row.want
		if row.body == "" {
			got = filterIn(t, sent.Query)
		}
		if want == "" {
			want = row.body
			if row.body == "" {
				_, query, _ := strings.Cut(row.request, "?")
				want = filterIn(t, encoded(query))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if changed := row.want != ""; changed != (len(changes) > 0) {
			t.Errorf("%s: reported %q", name, changes)
		}
		if row.changes != "" && strings.Join(changes, " ") != row.changes {
			t.Errorf("%s: changes at %q, want %q", name, changes, row.changes)
		}
		isStrict(t, name, sent)
	}
}

// answerRow is what becomes of an answer on its way to the client.
type answerRow struct {
	verb    Verb
	request string
	answer  string
	want    string // empty: as it came
}

func runAnswers(t *testing.T, rows []answerRow) {
	t.Helper()
	for _, row := range rows {
		body := ""
		if method, _, _ := strings.Cut(row.request, " "); method == http.MethodPut || method == http.MethodPost {
			body = `{"schemas":["` + scim.UserURI + `"]}`
		}
		_, resp, changes, err := through(t, []Verb{row.verb}, row.request, body, row.answer)
		name := row.verb.String() + ": " + row.request + " " + row.answer
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := row.want
		if want == "" {
			want = row.answer
		}
		if diff := cmp.Diff(want, resp.Body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		undone := slices.ContainsFunc(changes, func(at string) bool { return strings.HasPrefix(at, "answer.") })
		if undone != (row.want != "") {
			t.Errorf("%s: reported %q", name, changes)
		}
	}
}

// through sends one request through a rule of verbs to a service provider that
// answers with answer.
func through(t testing.TB, verbs []Verb, request, body, answer string) (sent *scim.Request, resp *scim.Response, changes []string, err error) {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	path, query, _ := strings.Cut(target, "?")
	req := &scim.Request{Method: method, Path: path, Query: encoded(query), Body: body, Header: http.Header{}}
	route, ok := scim.Core().Route(scim.Base{}, path)
	if !ok {
		t.Fatalf("%s is no path of SCIM", path)
	}
	rules := newRules(t, Rule{ID: "test.rule", Resource: []string{"User"}, Verbs: verbs})
	send, err := rules.Wrap(t.Context(), route, req, func(_ context.Context, req *scim.Request) (*scim.Response, error) {
		one := *req
		sent = &one
		return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: answer}, nil
	}, func(c rewrite.Change) { changes = append(changes, c.At) })
	if err != nil {
		return nil, nil, changes, err
	}
	resp, err = send(t.Context(), req)
	return sent, resp, changes, err
}

// encoded escapes the values of a query.
func encoded(query string) string {
	if query == "" {
		return ""
	}
	pieces := strings.Split(query, "&")
	for i, piece := range pieces {
		name, value, _ := strings.Cut(piece, "=")
		pieces[i] = name + "=" + url.PathEscape(value)
	}
	return strings.Join(pieces, "&")
}

// filterIn is the filter of a query.
func filterIn(t testing.TB, query string) string {
	t.Helper()
	for piece := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(piece, "filter="); ok {
			text, err := url.PathUnescape(value)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
	return ""
}

// isStrict holds what is sent against the standard: the verbs must not bring
// dialect into it.
func isStrict(t testing.TB, name string, req *scim.Request) {
	t.Helper()
	if filter := filterIn(t, req.Query); filter != "" {
		if _, err := scim.ParseStrictFilter(filter); err != nil {
			t.Errorf("%s: sent filter %s: %v", name, filter, err)
		}
	}
	if req.Body == "" {
		return
	}
	doc, err := scim.Check(req.Body, scim.Limits{})
	if err != nil {
		t.Errorf("%s: sent %s: %v", name, req.Body, err)
		return
	}
	if body := scim.Parse(doc); req.Method == http.MethodPatch {
		if _, err := scim.ParsePatch(&body); err != nil {
			t.Errorf("%s: sent %s: %v", name, req.Body, err)
		}
	}
}

// refused holds verbs that cannot be compiled against the reasons.
func refused(t *testing.T, reasons map[string]Verb) {
	t.Helper()
	for want, verb := range reasons {
		_, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "test.rule", Resource: []string{"User"}, Verbs: []Verb{verb}}}})
		if want = "rule test.rule: " + verb.String() + ": " + want; err == nil || err.Error() != want {
			t.Errorf(" got %v\nwant %s", err, want)
		}
	}
}
