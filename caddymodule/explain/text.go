package explain

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// textWidth is the column at which prose is broken.
const textWidth = 78

// WriteText writes an answer for people.
func WriteText(out io.Writer, r Request, a Answer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.Target)
	if a.Provider != "" {
		fmt.Fprintf(&b, "  provider   %s\n", a.Provider)
	}
	if a.Signal != "" {
		fmt.Fprintf(&b, "  told by    %s\n", a.Signal)
	}
	if a.Operation != "" {
		fmt.Fprintf(&b, "  operation  %s\n", a.Operation)
	}
	for i, m := range a.Forwarded {
		m.write(&b, i, len(a.Forwarded))
	}
	if len(a.Forwarded) == 0 && a.Error == nil {
		b.WriteString("\n  answered by the gateway\n")
	}
	writeChanges(&b, a.Changes)
	if e := a.Error; e != nil {
		b.WriteString("\n  refused\n")
		fmt.Fprintf(&b, "    %d %s\n", e.Status, e.ScimType)
		writeProse(&b, "    ", e.Detail)
	}
	_, err := io.WriteString(out, strings.ReplaceAll(b.String(), " \n", "\n"))
	return err
}

func (m *Message) write(b *strings.Builder, i, n int) {
	b.WriteString("\n  forwarded")
	if n > 1 {
		fmt.Fprintf(b, " (%d of %d)", i+1, n)
	}
	fmt.Fprintf(b, "\n    %s %s\n", m.Method, m.Target)
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		fmt.Fprintf(b, "    %s: %s\n", name, m.Headers[name])
	}
	if m.Body != "" {
		fmt.Fprintf(b, "\n    %s\n", strings.ReplaceAll(m.Body, "\n", "\n    "))
	}
}

// writeChanges lists the rules in the order in which they were first applied,
// each with all of its places. What a rule of the user does with each of its
// verbs stands by itself.
func writeChanges(b *strings.Builder, changes []Change) {
	if len(changes) == 0 {
		b.WriteString("\n  changed nothing\n")
		return
	}
	b.WriteString("\n  changed\n")
	for i, c := range changes {
		same := func(other Change) bool { return other.Rule == c.Rule && other.Why == c.Why }
		if slices.ContainsFunc(changes[:i], same) {
			continue
		}
		label := c.Rule
		for _, other := range changes[i:] {
			if same(other) {
				fmt.Fprintf(b, "    %-30s %s\n", label, other.At)
				label = ""
			}
		}
		writeProse(b, "      ", c.Why)
		if c.Source != "" {
			fmt.Fprintf(b, "      %s\n", c.Source)
		}
	}
}

// writeProse writes text in lines that are not too long.
func writeProse(b *strings.Builder, indent, text string) {
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+len(word) > textWidth:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	if column > 0 {
		b.WriteByte('\n')
	}
}
