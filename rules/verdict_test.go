package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
)

// verdict is what became of one quirk that a client has been seen with: a line
// of testdata/verdicts.txt.
type verdict struct {
	heading  string // the client
	quirk    string
	kind     string   // rule, form, answer or nothing
	names    []string // ids of rules, or sections of the normal form
	fixtures []string // google/create-user, or a file of the repository
	reason   string
}

const verdictsFile = "testdata/verdicts.txt"

// verdicts reads the list.
func verdicts(t *testing.T) []verdict {
	t.Helper()
	text, err := os.ReadFile(verdictsFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []verdict
	heading := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if title, ok := strings.CutPrefix(line, "## "); ok {
			heading = title
		}
		if line == "" || line[0] == '#' {
			continue
		}
		columns := strings.SplitN(line, " | ", 4)
		columns = append(columns, "", "", "")
		v := verdict{heading: heading, quirk: columns[0], reason: columns[3]}
		if words := strings.Fields(columns[1]); len(words) > 0 {
			v.kind, v.names = words[0], words[1:]
		}
		if columns[2] != "-" {
			v.fixtures = strings.Fields(columns[2])
		}
		all = append(all, v)
	}
	return all
}

// TestVerdicts holds that nothing which is known about a client was left out:
// each quirk has one verdict, and what that names does exist and does what it is
// named for.
func TestVerdicts(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range verdicts(t) {
		t.Run(v.quirk, func(t *testing.T) {
			if seen[v.quirk] {
				t.Error("has two verdicts")
			}
			seen[v.quirk] = true
			if v.heading == "" {
				t.Error("stands under no heading")
			}
			v.check(t)
		})
	}
}

func (v verdict) check(t *testing.T) {
	t.Helper()
	if len(strings.Fields(v.reason)) < 4 {
		t.Errorf("gives no reason: %q", v.reason)
	}
	var applied []string
	for _, name := range v.fixtures {
		applied = append(applied, v.fixture(t, name)...)
	}
	switch v.kind {
	case "rule":
		v.checkRules(t, applied)
	case "form":
		v.checkSections(t, "GPBFL")
	case "answer":
		v.checkSections(t, "R")
	case "nothing":
		if len(v.names) > 0 {
			t.Errorf("nothing to do has no %v", v.names)
		}
		return
	default:
		t.Errorf("%q is no verdict", v.kind)
	}
	if len(v.names) == 0 || len(v.fixtures) == 0 {
		t.Errorf("%s names %v and the fixtures %v", v.kind, v.names, v.fixtures)
	}
}

// fixture looks a fixture up and returns the rules that are applied in it.
func (v verdict) fixture(t *testing.T, name string) []string {
	t.Helper()
	if filepath.Ext(name) == ".go" || strings.HasSuffix(name, ".txtar") {
		if _, err := os.Stat(filepath.Join("..", name)); err != nil {
			t.Error(err)
		}
		return nil
	}
	path := filepath.Join("testdata", name+".txtar")
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
		return nil
	}
	f := readFixture(t, path)
	if v.kind == "answer" && !f.has("returned") && !f.has("refused") {
		t.Errorf("%s does not say what is returned", name)
	}
	return f.ruleIDs()
}

func (v verdict) checkRules(t *testing.T, applied []string) {
	t.Helper()
	for _, id := range v.names {
		if !slices.ContainsFunc(rules.Catalogue(), func(r *rewrite.Rule) bool { return r.ID == id }) {
			t.Errorf("there is no rule %s", id)
		}
		if !slices.Contains(applied, id) {
			t.Errorf("%s is not applied in %v", id, v.fixtures)
		}
	}
}

var section = regexp.MustCompile(`^[GPBFLR][0-9]+$`)

func (v verdict) checkSections(t *testing.T, letters string) {
	t.Helper()
	for _, name := range v.names {
		if !section.MatchString(name) || !strings.Contains(letters, name[:1]) {
			t.Errorf("%q is no section of the normal form for %s", name, v.kind)
		}
	}
}

// providerTable lists the providers by the names that a Caddyfile has for them, how
// they are told, and the rules that are in force for them alone.
func providerTable() string {
	var doc strings.Builder
	doc.WriteString("\n| provider | client | told by | rules of its own |\n| --- | --- | --- | --- |\n")
	for _, p := range rules.All() {
		var traits, own []string
		for i := range p.Fingerprints {
			if trait := p.Fingerprints[i].Trait(); !slices.Contains(traits, trait) {
				traits = append(traits, trait)
			}
		}
		for _, r := range p.Own {
			own = append(own, fmt.Sprintf("[%s](#%s)", r.ID, anchor(r.ID)))
		}
		if len(traits) == 0 {
			traits = []string{"`match` only"}
		}
		if p.Name == "generic" {
			traits = []string{"nothing else fits"}
		}
		fmt.Fprintf(&doc, "| `%s` | %s | %s | %s |\n", p.Name, p.Title, strings.Join(traits, "; "), strings.Join(own, ", "))
	}
	return doc.String()
}

// anchor is the fragment that leads to a heading.
func anchor(heading string) string { return strings.ReplaceAll(heading, ".", "") }

// verdictList writes the verdicts for docs/quirks.md, client by client.
func verdictList(t *testing.T) string {
	t.Helper()
	var doc strings.Builder
	heading := ""
	for _, v := range verdicts(t) {
		if v.heading != heading {
			heading = v.heading
			fmt.Fprintf(&doc, "\n### What is known of %s\n\n| quirk | what becomes of it | by | shown by |\n| --- | --- | --- | --- |\n", heading)
		}
		fmt.Fprintf(&doc, "| %s | %s | %s | %s |\n", v.quirk, strings.ReplaceAll(v.reason, "|", "\\|"), v.by(), v.shownBy())
	}
	return doc.String()
}

// by links the rules of a verdict, or names the sections of the normal form.
func (v verdict) by() string {
	names := slices.Clone(v.names)
	for i, name := range names {
		if v.kind == "rule" {
			names[i] = fmt.Sprintf("[%s](#%s)", name, anchor(name))
		}
	}
	if len(names) == 0 {
		return "nothing to do"
	}
	return strings.Join(names, ", ")
}

// shownBy links the fixtures of a verdict.
func (v verdict) shownBy() string {
	var links []string
	for _, name := range v.fixtures {
		path := "../rules/testdata/" + name + ".txtar"
		if filepath.Ext(name) == ".go" || strings.HasSuffix(name, ".txtar") {
			path = "../" + name
		}
		links = append(links, fmt.Sprintf("[%s](%s)", strings.TrimSuffix(name, ".txtar"), path))
	}
	return strings.Join(links, ", ")
}
