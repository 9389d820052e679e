package rules_test

import (
	"os"
	"strings"
	"testing"
)

// TestContributing holds the example of CONTRIBUTING.md to what it says it is: a
// rule and a fixture that stand in the repository.
func TestContributing(t *testing.T) {
	guide := read(t, "../CONTRIBUTING.md")
	for _, example := range []struct{ fence, file string }{
		{"```go\n", "entra.go"},
		{"```txtar\n", "testdata/entra/role-display.txtar"},
	} {
		_, rest, _ := strings.Cut(guide, example.fence)
		block, _, ok := strings.Cut(rest, "```")
		if !ok || !strings.Contains(read(t, example.file), block) {
			t.Errorf("the example of CONTRIBUTING.md is not in %s:\n%s", example.file, block)
		}
	}
}

// TestDependenciesExplained holds CONTRIBUTING.md to say why there is each module
// that go.mod requires directly.
func TestDependenciesExplained(t *testing.T) {
	guide := read(t, "../CONTRIBUTING.md")
	for line := range strings.Lines(read(t, "../go.mod")) {
		module, _, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "require ")), " v")
		if ok && !strings.Contains(line, "// indirect") && !strings.Contains(guide, "`"+module+"`") {
			t.Errorf("CONTRIBUTING.md does not say why %s is needed", module)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
