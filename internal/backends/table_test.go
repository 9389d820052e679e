package backends_test

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/internal/backends"
)

func TestTable(t *testing.T) {
	got := backends.Table([]string{"strict", "entra"}, []backends.Row{
		{Server: "full", Cells: []backends.Cell{{Steps: 41, Direct: 41, Through: 41}, {Steps: 59, Direct: 7, Through: 59}}},
		{Server: "half", Note: "no PUT", Cells: []backends.Cell{{Steps: 41, Direct: 3, Through: 40}, {Steps: 59, Direct: 0, Through: 2}}},
	})
	want := `| Service provider | strict | entra | |
|---|---|---|---|
| full | 41 → **all 41** | 7 → **all 59** |  |
| half | 3 → 40 of 41 | 0 → 2 of 59 | no PUT |
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestSection replaces one section and leaves the rest of a document alone.
func TestSection(t *testing.T) {
	doc := "before\n<!-- a -->\n1\n<!-- end of a -->\nbetween\n<!-- b -->\n2\n<!-- end of b -->\nafter\n"
	if got := backends.Section(doc, "b"); got != "2\n" {
		t.Errorf("b is %q", got)
	}
	if got := backends.Section(doc, "c"); got != "" {
		t.Errorf("c is %q", got)
	}
	want := "before\n<!-- a -->\n3\n<!-- end of a -->\nbetween\n<!-- b -->\n2\n<!-- end of b -->\nafter\n"
	if got := backends.WithSection(doc, "a", "3\n"); got != want {
		t.Errorf("got %q", got)
	}
	if got := backends.WithSection("x\n", "c", "4\n"); got != "x\n\n<!-- c -->\n4\n<!-- end of c -->\n" {
		t.Errorf("got %q", got)
	}
}
