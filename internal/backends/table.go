package backends

import (
	"fmt"
	"strings"
)

// Row is what became of the life cycles in front of one service provider.
type Row struct {
	Server string
	Note   string // what the gateway is told, or what stays different
	Cells  []Cell // one for each cycle
}

// Cell is what became of one cycle.
type Cell struct {
	Steps   int
	Direct  int // steps that went well without the gateway
	Through int // steps that went well with it
}

// String is the cell as the table shows it.
func (c Cell) String() string {
	if c.Through == c.Steps {
		return fmt.Sprintf("%d → **all %d**", c.Direct, c.Steps)
	}
	return fmt.Sprintf("%d → %d of %d", c.Direct, c.Through, c.Steps)
}

// Table writes rows as a table in Markdown.
func Table(cycles []string, rows []Row) string {
	var b strings.Builder
	b.WriteString("| Service provider | " + strings.Join(cycles, " | ") + " | |\n")
	b.WriteString("|---" + strings.Repeat("|---", len(cycles)+1) + "|\n")
	for _, row := range rows {
		b.WriteString("| " + row.Server)
		for _, c := range row.Cells {
			b.WriteString(" | " + c.String())
		}
		b.WriteString(" | " + row.Note + " |\n")
	}
	return b.String()
}

// Section returns what stands in a section of a document, between two comments
// that name it.
func Section(doc, name string) string {
	_, rest, _ := strings.Cut(doc, opening(name))
	section, _, _ := strings.Cut(rest, closing(name))
	return section
}

// WithSection gives a section of a document another content. A document that has
// no such section gets it at its end.
func WithSection(doc, name, content string) string {
	before, rest, ok := strings.Cut(doc, opening(name))
	_, after, closed := strings.Cut(rest, closing(name))
	if !ok || !closed {
		return doc + "\n" + opening(name) + content + closing(name)
	}
	return before + opening(name) + content + closing(name) + after
}

func opening(name string) string { return "<!-- " + name + " -->\n" }
func closing(name string) string { return "<!-- end of " + name + " -->\n" }
