package explain

import (
	"fmt"
	"io"
	"strings"
)

// Own is a rule that the user has written.
type Own struct {
	ID       string
	Provider string   // the one whose rule it is, or "all"
	Lines    []string // what it is for and what it does, as the Caddyfile has it
	Does     []string // of these lines those that say what it does
	Source   string   // where it stands; empty if that is not known
}

// WriteOwn writes all that is known about a rule of the user.
func WriteOwn(out io.Writer, r Own) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.ID)
	fmt.Fprintf(&b, "  providers  %s\n", r.Provider)
	if r.Source != "" {
		fmt.Fprintf(&b, "  source     %s\n", r.Source)
	}
	b.WriteByte('\n')
	for _, line := range r.Lines {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
