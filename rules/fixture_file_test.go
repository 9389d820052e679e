package rules_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

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
	base, err := scim.ParseBase("/scim/*")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := rules.Compile(rules.Config{
		Provider: rules.ByName(f.dir), Disable: f.disable, Registry: registry, Base: base,
	})
	if err != nil {
		t.Fatal(err)
	}
	if f.has("backend") {
		plan.Adapt = f.backend(t, registry, base).Adapt
	}
	return plan
}

// backend is the service provider that the section backend describes by its
// capabilities.
func (f *fixture) backend(t *testing.T, registry *scim.Registry, base scim.Base) *backend.Backend {
	t.Helper()
	var caps backend.Capabilities
	if err := json.Unmarshal([]byte(f.section("backend")), &caps); err != nil {
		t.Fatal(err)
	}
	b, err := backend.New(backend.Options{Capabilities: caps, Registry: registry, Base: base})
	if err != nil {
		t.Fatal(err)
	}
	return b
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
