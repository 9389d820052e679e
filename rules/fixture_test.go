package rules_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

var update = flag.Bool("update", false, "write what was seen into the fixtures and docs/quirks.md")

// origin is the address under which fixtures call the gateway.
const origin = "https://scim.example.com"

// TestFixtures runs each file of testdata/<provider>. CONTRIBUTING.md says what
// the sections are.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			got := f.run(t, f.sent(t))
			if *update {
				f.rewrite(t, got)
				return
			}
			f.compare(t, "forwarded", got.forwarded(f.headers("forwarded")))
			f.compare(t, "rules", got.rules(f.section("rules")))
			f.compare(t, "returned", got.returned(f.headers("returned")))
			f.checkRefusal(t, got.err)
		})
	}
}

// TestForwardedIsNormal sends again what a fixture forwards. It has to leave as
// it came, without a change: the normal form is strict and stays what it is.
func TestForwardedIsNormal(t *testing.T) {
	headers := []string{"Content-Type", "Accept"}
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			sends := f.run(t, f.sent(t)).sends
			f.set("response", "")
			for i, req := range sends {
				again := f.run(t, req)
				if again.err != nil {
					t.Fatalf("request %d is refused: %v", i, again.err)
				}
				for _, c := range again.changes {
					if !strings.HasPrefix(c.At, "answer") {
						t.Errorf("request %d is changed again: %s at %s", i, c.ID, c.At)
					}
				}
				last := again.sends[len(again.sends)-1]
				if diff := cmp.Diff(requestText(req, headers), requestText(last, headers)); diff != "" {
					t.Errorf("request %d leaves otherwise (-came +left):\n%s", i, diff)
				}
			}
		})
	}
}

// TestEveryRule holds the catalogue complete: each rule has an id of its own,
// says why, names a source and the section of the normal form, and has a fixture
// of its name in which it is applied; disabled, it is not applied there.
func TestEveryRule(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules.Catalogue() {
		if seen[r.ID] {
			t.Errorf("two rules are called %s", r.ID)
		}
		seen[r.ID] = true
		if r.Do == nil || r.Form == "" || r.Why == "" {
			t.Errorf("%s lacks its action, its section of the normal form or its reason", r.ID)
		}
		if !strings.HasPrefix(r.Source, "https://") && !strings.HasPrefix(r.Source, "RFC ") {
			t.Errorf("%s: source %q is neither a URL nor an RFC", r.ID, r.Source)
		}
		f := fixtureOf(t, r)
		if !slices.Contains(f.ruleIDs(), r.ID) {
			t.Errorf("%s is not applied in its fixture %s", r.ID, f.name)
		}
		f.disable = []string{r.ID}
		for _, c := range f.run(t, f.sent(t)).changes {
			if c.ID == r.ID {
				t.Errorf("%s is disabled and applied at %s", r.ID, c.At)
			}
		}
	}
}

func fixtureOf(t *testing.T, r *rewrite.Rule) *fixture {
	t.Helper()
	dir, name, _ := strings.Cut(r.ID, ".")
	if rules.ByName(dir) == nil {
		dir, name = "generic", r.ID
	}
	return readFixture(t, filepath.Join("testdata", dir, name+".txtar"))
}

// fixture is one file of testdata.
type fixture struct {
	name    string // generic/patch.op-case
	path    string
	dir     string // name of the provider
	disable []string
	archive *txtar.Archive
}

func fixtures(t *testing.T) []*fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	all := make([]*fixture, len(paths))
	for i, p := range paths {
		all[i] = readFixture(t, p)
	}
	return all
}

func readFixture(t *testing.T, path string) *fixture {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir, file := filepath.Split(path)
	f := &fixture{path: path, dir: filepath.Base(dir), archive: archive}
	f.name = f.dir + "/" + strings.TrimSuffix(file, ".txtar")
	if !strings.Contains(string(archive.Comment), "Source: ") {
		t.Errorf("%s has no source", f.name)
	}
	return f
}

// section is the text of a section without the last line break; empty if the
// file has none of that name.
func (f *fixture) section(name string) string {
	for _, file := range f.archive.Files {
		if file.Name == name {
			return strings.TrimSuffix(string(file.Data), "\n")
		}
	}
	return ""
}

// ruleIDs lists the rules that are applied in the fixture.
func (f *fixture) ruleIDs() []string {
	var ids []string
	for line := range strings.Lines(f.section("rules")) {
		ids = append(ids, strings.Fields(line)[0])
	}
	return ids
}

func (f *fixture) has(name string) bool {
	for _, file := range f.archive.Files {
		if file.Name == name {
			return true
		}
	}
	return false
}

// messages splits a section of several messages.
func (f *fixture) messages(name string) []string {
	if f.section(name) == "" {
		return nil
	}
	return strings.Split(f.section(name), "\n###\n")
}

func (f *fixture) sent(t *testing.T) *scim.Request { return parseRequest(t, f.section("sent")) }

// headers names the headers that a section lists, which are the ones compared.
func (f *fixture) headers(name string) [][]string {
	var all [][]string
	for _, m := range f.messages(name) {
		_, header, _ := parseMessage(m)
		all = append(all, header)
	}
	return all
}

func (f *fixture) plan(t *testing.T) *rewrite.Plan {
	t.Helper()
	registry := scim.Core()
	for _, file := range f.archive.Files {
		typeName, ok := strings.CutPrefix(file.Name, "schema ")
		if !ok {
			continue
		}
		extension, err := scim.ParseSchema(string(file.Data))
		if err != nil {
			t.Fatal(err)
		}
		if registry, err = registry.With(typeName, extension, false); err != nil {
			t.Fatal(err)
		}
	}
	base, err := scim.ParseBase("/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := rules.Compile(rules.Config{
		Provider: rules.ByName(f.dir), Disable: f.disable, Registry: registry, Base: base,
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// outcome is what came of a request.
type outcome struct {
	sends   []*scim.Request
	resp    *scim.Response
	changes []rewrite.Change
	err     error
}

// run carries out req against a service provider that answers as the fixture
// says: reads that come before a write with the section resource, everything
// else with the section response, and what is not given there as a strict
// service provider would.
func (f *fixture) run(t *testing.T, req *scim.Request) outcome {
	t.Helper()
	var got outcome
	answers := f.messages("response")
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		seen := *out
		seen.Header = out.Header.Clone()
		got.sends = append(got.sends, &seen)
		if resource := f.section("resource"); out.Method == http.MethodGet && resource != "" &&
			(req.Method != http.MethodGet || len(answers) == 0) {
			return answer(200, resource), nil
		}
		if len(answers) > 0 {
			next := answers[0]
			answers = answers[1:]
			return parseResponse(t, next), nil
		}
		return strictAnswer(out), nil
	}
	in := *req
	in.Header = req.Header.Clone()
	got.resp, got.changes, got.err = f.plan(t).Do(context.Background(), &in, send)
	return got
}

// strictAnswer is the answer of a service provider that leaves nothing to
// repair.
func strictAnswer(req *scim.Request) *scim.Response {
	path, search := strings.CutSuffix(req.Path, "/.search")
	switch {
	case req.Method == http.MethodGet || search:
		return answer(200, `{"schemas":["`+scim.ListResponseURI+`"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`)
	case req.Method == http.MethodPut:
		return answer(200, resourceAt(path))
	case req.Method == http.MethodPost:
		created := answer(201, resourceAt(path+"/new-1"))
		created.Header.Set("Location", origin+path+"/new-1")
		return created
	default:
		return &scim.Response{Status: 204, Header: http.Header{}}
	}
}

// resourceAt is the least that a resource at a path can be.
func resourceAt(path string) string {
	segments := strings.Split(path, "/")
	id, typeName := segments[len(segments)-1], strings.TrimSuffix(segments[len(segments)-2], "s")
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:%s"],"id":%q,"meta":{"resourceType":%q,"location":%q}}`,
		typeName, id, typeName, origin+path)
}

func answer(status int, body string) *scim.Response {
	return &scim.Response{Status: status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: body}
}

func (f *fixture) compare(t *testing.T, section, got string) {
	t.Helper()
	if section != "forwarded" && !f.has(section) {
		return
	}
	if diff := cmp.Diff(f.section(section), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", section, diff)
	}
}

// checkRefusal compares an error with the section refused: status and scimType,
// then on each line a part of the detail.
func (f *fixture) checkRefusal(t *testing.T, err error) {
	t.Helper()
	want := strings.Split(f.section("refused"), "\n")
	var refusal *scim.Error
	switch {
	case want[0] == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want[0] != "" && !errors.As(err, &refusal):
		t.Errorf("not refused, but %v", err)
	case want[0] != "":
		if got := strings.TrimSpace(fmt.Sprintf("%d %s", refusal.Status, refusal.Type)); got != want[0] {
			t.Errorf("refused with %s, want %s (%s)", got, want[0], refusal.Detail)
		}
		for _, part := range want[1:] {
			if !strings.Contains(refusal.Detail, part) {
				t.Errorf("detail %q does not say %q", refusal.Detail, part)
			}
		}
	}
}

// rewrite writes what was seen into the sections of a fixture.
func (f *fixture) rewrite(t *testing.T, got outcome) {
	t.Helper()
	f.set("forwarded", got.forwarded(f.headers("forwarded")))
	f.set("rules", got.rules(f.section("rules")))
	if f.has("returned") {
		f.set("returned", got.returned(f.headers("returned")))
	}
	if err := os.WriteFile(f.path, txtar.Format(f.archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) set(section, text string) {
	if text != "" {
		text += "\n"
	}
	for i := range f.archive.Files {
		if f.archive.Files[i].Name == section {
			f.archive.Files[i].Data = []byte(text)
			return
		}
	}
	if text != "" {
		f.archive.Files = append(f.archive.Files, txtar.File{Name: section, Data: []byte(text)})
	}
}

func (o outcome) forwarded(headers [][]string) string {
	texts := make([]string, len(o.sends))
	for i, req := range o.sends {
		var listed []string
		if i < len(headers) {
			listed = headers[i]
		}
		texts[i] = requestText(req, listed)
	}
	return strings.Join(texts, "\n###\n")
}

// rules lists the changes, one a line, with the place where the fixture has it.
func (o outcome) rules(want string) string {
	lines := strings.Split(want, "\n")
	got := make([]string, len(o.changes))
	for i, c := range o.changes {
		got[i] = c.ID + " " + c.At
		if i < len(lines) && !strings.Contains(lines[i], " ") && lines[i] != "" {
			got[i] = c.ID
		}
	}
	return strings.Join(got, "\n")
}

func (o outcome) returned(headers [][]string) string {
	if o.resp == nil || len(headers) == 0 {
		return ""
	}
	line := "HTTP/1.1 " + strconv.Itoa(o.resp.Status) + " " + http.StatusText(o.resp.Status)
	return messageText(line, o.resp.Header, headers[0], o.resp.Body)
}

func requestText(req *scim.Request, headers []string) string {
	target := req.Path
	if req.Query != "" {
		target += "?" + req.Query
	}
	return messageText(req.Method+" "+target+" HTTP/1.1", req.Header, headers, req.Body)
}

func messageText(line string, header http.Header, listed []string, body string) string {
	text := line
	for _, name := range listed {
		text += "\n" + name + ": " + strings.Join(header[http.CanonicalHeaderKey(name)], ", ")
	}
	if body != "" {
		text += "\n\n" + body
	}
	return text
}

// parseMessage takes an HTTP message apart: its first line, the names of its
// headers with their values behind a colon, and its body.
func parseMessage(text string) (line string, header []string, body string) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	for _, l := range lines[1:] {
		name, _, _ := strings.Cut(l, ":")
		header = append(header, name)
	}
	return lines[0], header, body
}

func parseHeader(text string) http.Header {
	header := http.Header{}
	head, _, _ := strings.Cut(text, "\n\n")
	for _, l := range strings.Split(head, "\n")[1:] {
		name, value, _ := strings.Cut(l, ":")
		header.Add(name, strings.TrimSpace(value))
	}
	return header
}

func parseRequest(t *testing.T, text string) *scim.Request {
	t.Helper()
	line, _, body := parseMessage(text)
	line, ok := strings.CutSuffix(line, " HTTP/1.1")
	method, target, ok2 := strings.Cut(line, " ")
	if !ok || !ok2 {
		t.Fatalf("%q is no request line", line)
	}
	path, query, _ := strings.Cut(target, "?")
	return &scim.Request{
		Method: method, Path: path, Query: query, Header: parseHeader(text), Body: body, Origin: origin,
	}
}

func parseResponse(t *testing.T, text string) *scim.Response {
	t.Helper()
	line, _, body := parseMessage(text)
	fields := strings.Fields(line)
	if len(fields) < 2 {
		t.Fatalf("%q is no status line", line)
	}
	status, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatalf("%q is no status line", line)
	}
	return &scim.Response{Status: status, Header: parseHeader(text), Body: body}
}
