package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/caddy-scim/caddy-scim/backend"
)

// Report is what a probe has found out.
type Report struct {
	URL   string
	Write bool // users and groups were created and changed

	// Capabilities are those that were measured. What was not is taken for granted.
	Capabilities backend.Capabilities
	NotMeasured  []string

	Tried    []Trial
	Warnings []string

	Left     []string // what was created and could not be deleted
	Requests int
}

// Trial is one thing that was tried, on the service provider to the letter of
// the RFCs and through the gateway with the capabilities that were measured.
type Trial struct {
	Name          string
	Before, After Outcome
}

// Outcome is what became of a trial.
type Outcome struct {
	OK  bool
	Why string // it is not
}

// Score is how many trials went well.
func (r *Report) Score() (before, after, of int) {
	for _, t := range r.Tried {
		if t.Before.OK {
			before++
		}
		if t.After.OK {
			after++
		}
	}
	return before, after, len(r.Tried)
}

// WriteText writes a report for people. It is a piece of a Caddyfile: all but
// the block is comments.
func (r *Report) WriteText(out io.Writer) error {
	var b strings.Builder
	before, after, of := r.Score()
	fmt.Fprintf(&b, "# %s\n", r.URL)
	fmt.Fprintf(&b, "# %d of %d tried went well directly, %d through the gateway with this block (%d requests).\n\n", before, of, after, r.Requests)
	b.WriteString(Block(&r.Capabilities))
	section(&b, "Warnings", r.Warnings)
	section(&b, "Not measured, and so taken for granted", r.NotMeasured)
	section(&b, "Created and not deleted", r.Left)
	b.WriteString("\n# Tried: directly, and through the gateway\n")
	for _, t := range r.Tried {
		fmt.Fprintf(&b, "#   %-4s %-4s %s\n", t.Before, t.After, t.Name)
		for i, o := range [2]Outcome{t.Before, t.After} {
			if !o.OK {
				fmt.Fprintf(&b, "#               %s: %s\n", [2]string{"directly", "through the gateway"}[i], o.Why)
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// String is the outcome as the table shows it.
func (o Outcome) String() string {
	if o.OK {
		return "ok"
	}
	return "no"
}

func section(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n# %s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "# - %s\n", strings.Join(strings.Fields(line), " "))
	}
}

// jsonReport is a report as JSON.
type jsonReport struct {
	URL         string               `json:"url"`
	Write       bool                 `json:"write"`
	Backend     backend.Capabilities `json:"backend"`
	Block       string               `json:"block"`
	Score       jsonScore            `json:"score"`
	Tried       []jsonTrial          `json:"tried"`
	Warnings    []string             `json:"warnings"`
	NotMeasured []string             `json:"not_measured"`
	Left        []string             `json:"left"`
	Requests    int                  `json:"requests"`
}

type jsonScore struct {
	Before int `json:"before"`
	After  int `json:"after"`
	Of     int `json:"of"`
}

type jsonTrial struct {
	Name      string `json:"name"`
	Before    bool   `json:"before"`
	BeforeWhy string `json:"before_why,omitempty"`
	After     bool   `json:"after"`
	AfterWhy  string `json:"after_why,omitempty"`
}

// WriteJSON writes a report as one JSON object.
func (r *Report) WriteJSON(out io.Writer) error {
	before, after, of := r.Score()
	doc := jsonReport{
		URL: r.URL, Write: r.Write, Backend: r.Capabilities, Block: Block(&r.Capabilities),
		Score: jsonScore{before, after, of}, Tried: []jsonTrial{},
		Warnings: orEmpty(r.Warnings), NotMeasured: orEmpty(r.NotMeasured), Left: orEmpty(r.Left), Requests: r.Requests,
	}
	for _, t := range r.Tried {
		doc.Tried = append(doc.Tried, jsonTrial{t.Name, t.Before.OK, t.Before.Why, t.After.OK, t.After.Why})
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	return encoder.Encode(doc)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
