package caddymodule

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
	"github.com/caddy-scim/caddy-scim/scim"
)

// recipeChapter is where the recipes stand in the reference.
const recipeChapter = "Ten recipes"

// recipeSteps are those that each recipe is tried with.
var recipeSteps = []string{"create", "replace", "patch", "filter", "get"}

// TestRecipes tries each recipe of the reference with the requests of
// testdata/recipes: in front of a backend that notes what it is sent and answers
// what is written down, and in front of the embedded directory.
//
// A file is a sequence of steps. Of a step, "sent" is the request of the client;
// "forwarded" what the backend gets, "response" what it answers, and "returned"
// what the client gets; "directory" is what the client gets if the directory is
// the backend. The directory starts with "seed" and has "schema".
func TestRecipes(t *testing.T) {
	_, examples := readExamples(t)
	examples = slices.DeleteFunc(examples, func(e docExample) bool { return e.chapter != recipeChapter })
	if len(examples) != 10 {
		t.Errorf("there are %d recipes", len(examples))
	}
	for _, e := range examples {
		name := strings.ReplaceAll(strings.ToLower(e.heading), " ", "-")
		t.Run(name, func(t *testing.T) {
			r := readRecipe(t, filepath.Join("testdata", "recipes", name+".txtar"), e.caddyfile)
			r.inFrontOfBackend(t)
			r.inFrontOfDirectory(t)
			r.save(t)
		})
	}
}

// recipe is a recipe and the requests that it is tried with.
type recipe struct {
	file      string
	caddyfile string
	archive   *txtar.Archive
	steps     []string
}

func readRecipe(t *testing.T, file, caddyfile string) *recipe {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := &recipe{file: file, caddyfile: caddyfile, archive: archive}
	for _, f := range archive.Files {
		if step, found := strings.CutSuffix(f.Name, " sent"); found {
			r.steps = append(r.steps, step)
		}
	}
	for _, step := range recipeSteps {
		if !slices.ContainsFunc(r.steps, func(s string) bool { return s == step || strings.HasPrefix(s, step+" ") }) {
			t.Errorf("there is no step %s", step)
		}
	}
	return r
}

func (r *recipe) section(name string) string {
	for _, f := range r.archive.Files {
		if f.Name == name {
			return strings.TrimRight(string(f.Data), "\n")
		}
	}
	return ""
}

// compare holds what happened against a section, or writes it down.
func (r *recipe) compare(t *testing.T, section, got string) {
	t.Helper()
	got = strings.TrimRight(got, "\n")
	if !*update {
		if diff := cmp.Diff(r.section(section), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", section, diff)
		}
		return
	}
	data := []byte(got + "\n")
	if got == "" {
		data = nil
	}
	for i := range r.archive.Files {
		if r.archive.Files[i].Name == section {
			r.archive.Files[i].Data = data
			return
		}
	}
	t.Errorf("there is no section %s", section)
}

func (r *recipe) save(t *testing.T) {
	t.Helper()
	if !*update {
		return
	}
	if err := os.WriteFile(r.file, txtar.Format(r.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// inFrontOfBackend plays the steps in front of a backend that answers what is
// written down.
func (r *recipe) inFrontOfBackend(t *testing.T) {
	t.Helper()
	var responses []string
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if len(responses) == 0 {
			t.Errorf("%s %s has no response", r.Method, r.URL)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		status, body := parseAnswer(t, responses[0])
		responses = responses[1:]
		w.Header().Set("Content-Type", scim.MediaType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
	s := startSite(t, b, r.caddyfile+"\nreverse_proxy BACKEND")
	for _, step := range r.steps {
		responses = nil
		if text := r.section(step + " response"); text != "" {
			responses = strings.Split(text, "\n###\n")
		}
		returned := s.play(t, r.section(step+" sent"))
		var forwarded []string
		for _, sent := range b.requests() {
			forwarded = append(forwarded, strings.TrimRight(sent.method+" "+sent.target+"\n"+sent.body, "\n"))
		}
		r.compare(t, step+" forwarded", strings.Join(forwarded, "\n###\n"))
		r.compare(t, step+" returned", answerText(returned.status, returned.body))
		if len(responses) > 0 {
			t.Errorf("%s: %d responses were not asked for", step, len(responses))
		}
	}
}

// inFrontOfDirectory plays the steps in front of the embedded directory.
func (r *recipe) inFrontOfDirectory(t *testing.T) {
	t.Helper()
	seed := tempFile(t, "seed.json", r.section("seed"))
	s := startSite(t, nil, fmt.Sprintf("%s\nscim_directory {\nseed %s\n%s\n}", r.caddyfile, seed, r.section("schema")))
	for _, step := range r.steps {
		got := s.play(t, r.section(step+" sent"))
		r.compare(t, step+" directory", answerText(got.status, withoutChance(got.body)))
	}
}

// play sends a request.
func (s *site) play(t *testing.T, text string) answer {
	t.Helper()
	requests, err := explain.ParseHTTP(text)
	if err != nil || len(requests) != 1 {
		t.Fatalf("%d requests, %v in %s", len(requests), err, text)
	}
	r := requests[0]
	var header []string
	for name, values := range r.Header {
		for _, value := range values {
			header = append(header, name, value)
		}
	}
	return s.do(r.Method, r.Target, r.Body, header...)
}

// parseAnswer reads a status, and a body from the next line on.
func parseAnswer(t *testing.T, text string) (int, string) {
	t.Helper()
	line, body, _ := strings.Cut(text, "\n")
	status, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("%q does not begin with a status", text)
	}
	return status, strings.TrimRight(body, "\n")
}

func answerText(status int, body string) string { return strconv.Itoa(status) + "\n" + body }

// withoutChance takes out of a body what is another with each run: what the
// directory has chosen, such as times and ids.
func withoutChance(body string) string {
	v := scim.Parse(body)
	forget(&v)
	list := v.Get("Resources")
	for i := range list.Len() {
		forget(list.At(i))
	}
	return v.Raw()
}

func forget(resource *scim.Value) {
	if i := resource.Index("meta"); i >= 0 {
		resource.Delete(i)
	}
	if id := resource.Get("id"); id.Exists() && len(id.Text()) > 8 {
		id.Put(scim.StringValue("(chosen)"))
	}
}
