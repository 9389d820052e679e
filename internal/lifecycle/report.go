package lifecycle

import (
	"fmt"
	"io"
	"strings"
)

// Outcome tells how a step ended.
type Outcome string

// Outcomes.
const (
	Passed  Outcome = "ok"
	Refused Outcome = "refused" // the server said no to a request of the provider
	Wrong   Outcome = "wrong"   // the server said yes, but its answer or its state is not what it must be
	Blocked Outcome = "blocked" // an earlier step left nothing to work on
)

// Result is what became of one step.
type Result struct {
	Step    string
	Request string // method and target as sent
	State   bool   // a check, not a request of the provider
	Status  int    // 0: there was no answer
	Outcome Outcome
	Reason  string // why it did not pass
}

// Report is what became of a cycle, step by step.
type Report struct {
	Cycle   string
	Results []Result
}

// Count returns the number of steps with an outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Outcome == o {
			n++
		}
	}
	return n
}

// Failed returns the steps that did not pass.
func (r *Report) Failed() []Result {
	var failed []Result
	for _, result := range r.Results {
		if result.Outcome != Passed {
			failed = append(failed, result)
		}
	}
	return failed
}

// Summary is the report in one line.
func (r *Report) Summary() string {
	return fmt.Sprintf("%s: %d steps, %d ok, %d refused, %d wrong, %d blocked", r.Cycle,
		len(r.Results), r.Count(Passed), r.Count(Refused), r.Count(Wrong), r.Count(Blocked))
}

// WriteTo writes the report as text, one line for each step.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	for i := range r.Results {
		b.WriteString(r.Results[i].String() + "\n")
	}
	b.WriteString(r.Summary() + "\n")
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// String writes a result as one line.
func (r Result) String() string {
	name := r.Step
	if r.State {
		name = "  state: " + name
	}
	line := fmt.Sprintf("%-8s %3d  %s  (%s)", r.Outcome, r.Status, name, r.Request)
	if r.Reason != "" {
		line += ": " + r.Reason
	}
	return line
}
