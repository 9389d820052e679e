package caddyscim

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/caddy-scim/caddy-scim"

// mayImport says which packages of the module each one may build on, directly or
// through others. Imports point one way: from what knows the wire, over what
// knows the world, to the standard.
var mayImport = map[string][]string{
	"scim":                      nil,
	"rewrite":                   {"scim"},
	"rules":                     {"rewrite", "scim"},
	"backend":                   {"limit", "rewrite", "scim"},
	"custom":                    {"rewrite", "scim"},
	"directory":                 {"scim"},
	"limit":                     nil,
	"limit/redis":               {"limit"},
	"pace":                      {"limit", "scim"},
	"probe":                     {"backend", "limit", "rules", "rewrite", "scim"},
	"caddymodule/explain":       {"rules", "rewrite", "scim"},
	"caddymodule":               {"caddymodule/explain", "probe", "pace", "limit", "limit/redis", "backend", "custom", "rules", "rewrite", "directory", "scim"},
	"internal/imitation":        {"directory", "scim"}, // for tests
	"internal/lifecycle/script": {"internal/lifecycle"},
	"internal/limittest":        {"limit"},
	"cmd/caddy":                 {"caddymodule", "caddymodule/explain", "probe", "pace", "limit", "limit/redis", "backend", "custom", "rules", "rewrite", "directory", "scim"},
	".":                         {"caddymodule", "caddymodule/explain", "probe", "pace", "limit", "limit/redis", "backend", "custom", "rules", "rewrite", "directory", "scim"},
}

// knowCaddy are the packages that may build on Caddy.
var knowCaddy = []string{"caddymodule", "cmd/caddy", "."}

// knowPaths are the files that may import gjson and sjson.
var knowPaths = []string{"scim/json.go"}

type goPackage struct {
	ImportPath string
	Deps       []string
}

func TestDirectionOfImports(t *testing.T) {
	for _, p := range listPackages(t) {
		name := local(p.ImportPath)
		allowed, known := mayImport[name]
		if !known && !strings.HasPrefix(name, "internal/") { // which is for tests and builds on nothing
			t.Errorf("package %s: say in this test what it may import", name)
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, module) && !slices.Contains(allowed, local(dep)) {
				t.Errorf("package %s builds on %s", name, local(dep))
			}
			if isCaddy(dep) && !slices.Contains(knowCaddy, name) {
				t.Errorf("package %s builds on %s: only %s know Caddy", name, dep, strings.Join(knowCaddy, ", "))
			}
		}
	}
}

func isCaddy(importPath string) bool { return strings.HasPrefix(importPath, "github.com/caddyserver/") }

// local is an import path within the module.
func local(importPath string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	if rest == "" {
		return "."
	}
	return rest
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Deps", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var all []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestPathsStayInOneFile keeps the path languages of gjson and sjson, in which a
// schema URN or a name chosen by a client would be syntax, out of all other
// code.
func TestPathsStayInOneFile(t *testing.T) {
	for _, name := range goFiles(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			imported := strings.Trim(i.Path.Value, `"`)
			if strings.HasPrefix(imported, "github.com/tidwall/") && !slices.Contains(knowPaths, filepath.ToSlash(name)) {
				t.Errorf("%s imports %s: only %s may", name, imported, strings.Join(knowPaths, ", "))
			}
		}
	}
}

// TestNamesOfPackages keeps out those that say nothing of what is inside.
func TestNamesOfPackages(t *testing.T) {
	for _, p := range listPackages(t) {
		if name := path.Base(p.ImportPath); slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types"}, name) {
			t.Errorf("package %s: name it for the thing that it handles", p.ImportPath)
		}
	}
}

// goFiles lists the Go files of the module, without those of modules within it.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || isModule(name)):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go"):
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func isModule(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	return len(found) > 0
}
