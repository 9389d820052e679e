package caddymodule

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/scim"
)

// reference is the user's reference.
const reference = "../docs/caddyfile.md"

// docExample is a Caddyfile of the reference with the JSON that stands beside
// it.
type docExample struct {
	chapter   string
	heading   string
	line      int
	caddyfile string
	twin      string
	start     int // of the twin in the document
}

// readExamples takes the examples out of the reference: each fence of a
// Caddyfile is followed by one with its twin.
func readExamples(t *testing.T) (doc string, all []docExample) {
	t.Helper()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	doc = string(text)
	chapter, heading, at, line := "", "", 0, 0
	var open *docExample
	for at < len(doc) {
		end := at + strings.IndexByte(doc[at:], '\n') + 1
		this := doc[at : end-1]
		line, at = line+1, end
		switch {
		case strings.HasPrefix(this, "#"):
			if heading = strings.TrimLeft(this, "# "); strings.HasPrefix(this, "## ") {
				chapter = heading
			}
		case this == "```caddyfile" || this == "```json":
			length := strings.Index(doc[at:], "```\n")
			content := doc[at : at+length]
			if this == "```caddyfile" {
				if open != nil {
					t.Errorf("line %d: the example has no twin", open.line)
				}
				open = &docExample{chapter: chapter, heading: heading, line: line, caddyfile: content}
			} else if open == nil {
				t.Fatalf("line %d: JSON without a Caddyfile before it", line)
			} else {
				open.twin, open.start = content, at
				all = append(all, *open)
				open = nil
			}
			line += strings.Count(content, "\n") + 1
			at += length + len("```\n")
		}
	}
	if open != nil {
		t.Errorf("line %d: the example has no twin", open.line)
	}
	return doc, all
}

// whole is the Caddyfile that an example is, or is taken out of: one that begins
// with one of our directives stands in a site.
func (e docExample) whole() string {
	word, _, _ := strings.Cut(strings.TrimSpace(e.caddyfile), " ")
	if word = strings.TrimSpace(word); word != "scim" && word != "scim_directory" {
		return e.caddyfile
	}
	lines := strings.Split(strings.TrimSuffix(e.caddyfile, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "\t" + line
		}
	}
	return ":8080 {\n" + strings.Join(lines, "\n") + "\n}\n"
}

// TestCaddyfileDoc adapts each example of the reference, compares it with the
// JSON that stands beside it, and loads it.
func TestCaddyfileDoc(t *testing.T) {
	t.Setenv("CURSOR_KEY", "a secret of the example")
	t.Setenv("TENANT", "acme")
	doc, examples := readExamples(t)
	if len(examples) < 40 {
		t.Errorf("only %d examples", len(examples))
	}
	for _, e := range slices.Backward(examples) { // so that those before stay where they are
		t.Run(fmt.Sprintf("line %d, %s", e.line, e.heading), func(t *testing.T) {
			if formatted := string(caddyfile.Format([]byte(e.whole()))); formatted != e.whole() {
				t.Errorf("caddy fmt would change it (-formatted +document):\n%s", cmp.Diff(formatted, e.whole()))
			}
			text, failed := adaptText(t, e.whole())
			if failed {
				t.Fatal(text)
			}
			handler := oursIn(t, text)
			got := compact(handler, "") + "\n"
			if *update {
				doc = doc[:e.start] + got + doc[e.start+len(e.twin):]
			} else if diff := cmp.Diff(decoded(t, e.twin), handler); diff != "" {
				t.Errorf("the twin differs from what the Caddyfile means (-twin +Caddyfile):\n%s", diff)
			}
			if handler["handler"] == "scim" {
				delete(handler, "handler")
				config, _ := json.Marshal(handler)
				if _, err := fromJSON(t, string(config)); err != nil {
					t.Errorf("loading it: %v", err)
				}
			}
		})
	}
	if *update {
		if err := os.WriteFile(reference, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// oursIn is the handler of ours in a configuration, without what only says where
// it was written.
func oursIn(t *testing.T, config string) map[string]any {
	t.Helper()
	found := findOurs(decoded(t, config))
	if found == nil {
		t.Fatal("there is no handler of ours in it")
	}
	for _, rule := range rulesIn(found) {
		delete(rule, "source")
	}
	return found
}

func findOurs(tree any) map[string]any {
	switch node := tree.(type) {
	case map[string]any:
		if node["handler"] == "scim" || node["handler"] == "scim_directory" {
			return node
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			if found := findOurs(node[name]); found != nil {
				return found
			}
		}
	case []any:
		for _, element := range node {
			if found := findOurs(element); found != nil {
				return found
			}
		}
	}
	return nil
}

// rulesIn are the rules of a handler and its providers.
func rulesIn(handler map[string]any) []map[string]any {
	var all []map[string]any
	add := func(holder any) {
		m, _ := holder.(map[string]any)
		list, _ := m["rules"].([]any)
		for _, r := range list {
			all = append(all, r.(map[string]any))
		}
	}
	add(handler)
	providers, _ := handler["providers"].([]any)
	for _, p := range providers {
		add(p)
	}
	return all
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return tree
}

// TestCaddyfileDocIsComplete looks for each word of the Caddyfile in the
// reference: in what it says, and in an example.
func TestCaddyfileDocIsComplete(t *testing.T) {
	doc, examples := readExamples(t)
	var all strings.Builder
	for _, e := range examples {
		all.WriteString(e.whole())
	}
	inExamples := make(map[string]bool)
	for line := range strings.SplitSeq(all.String(), "\n") {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		inExamples[word] = true
	}
	for block, words := range map[string][]string{
		"scim":           slices.Collect(maps.Keys(handlerSubdirectives)),
		"provider":       slices.Collect(maps.Keys(providerSubdirectives)),
		"rule":           append(slices.Collect(maps.Keys(ruleSubdirectives)), verbNames()...),
		"rate_limit":     slices.Collect(maps.Keys(rateSubdirectives)),
		"limiter memory": slices.Collect(maps.Keys(memorySubdirectives)),
		"backend":        slices.Collect(maps.Keys(backendSubdirectives)),
		"scim_directory": slices.Collect(maps.Keys(directorySubdirectives)),
		"limit":          slices.Collect(maps.Keys(limitSubdirectives)),
		"unavailable":    slices.Collect(maps.Keys(unavailableSubdirectives)),
		"schema":         slices.Collect(maps.Keys(characteristics)),
	} {
		for _, word := range slices.Sorted(slices.Values(words)) {
			if !strings.Contains(doc, "`"+word+"`") && !strings.Contains(doc, "`"+word+" ") {
				t.Errorf("%s: %s is not documented", block, word)
			}
			if !inExamples[word] && block != "schema" {
				t.Errorf("%s: %s has no example", block, word)
			}
		}
	}
}

// TestWholeExample sends a request through the example of the reference that has
// everything in it, and through the same with a base path. Nobody is at the
// address of their limiter.
func TestWholeExample(t *testing.T) {
	_, examples := readExamples(t)
	i := slices.IndexFunc(examples, func(e docExample) bool { return e.heading == "A whole one" })
	based, err := os.ReadFile("testdata/adapt/scim_whole.caddyfiletest")
	if err != nil {
		t.Fatal(err)
	}
	input, _, _ := strings.Cut(string(based), adaptSeparator)
	tryWhole(t, examples[i].caddyfile, "/scim/v2/entra/Users", "entra")
	tryWhole(t, input, "/scim/v2/Users", "generic")
}

func tryWhole(t *testing.T, caddyfile, target, provider string) {
	t.Helper()
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		w.WriteHeader(http.StatusCreated)
		io.Copy(w, r.Body)
	})
	inner := strings.TrimSuffix(strings.TrimPrefix(caddyfile, "scim.example.com {\n"), "}\n")
	inner = strings.NewReplacer("legacy:8080", "BACKEND", "redis:6379", freeAddresses(t, 1)[0]).Replace(inner)
	s := startSite(t, b, "header >X-Provider {scim.provider}\n"+inner)
	got := s.do("POST", target, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"17","userName":"ada@example.com",`+
		`"displayName":"Ada","name":{"givenName":"Ada","familyName":"Lind"},"emails":[{"value":"ada@example.com","type":"work","primary":true}],"costCenter":"C-1"}`)
	const renamed = `"urn:example:params:scim:schemas:extension:acme:2.0:User":{"costCenter":"C-1"}`
	if sent := b.one(t); !strings.Contains(sent.body, renamed) {
		t.Errorf("the backend got %s", sent.body)
	}
	if got.status != http.StatusCreated || member(got.body, "costCenter") != "C-1" || strings.Contains(got.body, "urn:example") ||
		!strings.Contains(got.header.Get("X-SCIM-Changes"), "acme.cost-center") || got.header.Get("X-Provider") != provider {
		t.Errorf("status %d, header %v: %s", got.status, got.header, got.body)
	}
}

// TestReadmeCaddyfiles adapts and formats what the README shows.
func TestReadmeCaddyfiles(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```caddyfile\n")[1:]
	if len(parts) < 4 {
		t.Errorf("only %d Caddyfiles", len(parts))
	}
	for _, part := range parts {
		example, _, _ := strings.Cut(part, "```\n")
		checkFormat(t, example)
		if text, failed := adaptText(t, example); failed {
			t.Errorf("%s\n%s", text, example)
		}
	}
}
