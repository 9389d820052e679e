// Package script reads life cycles that are written down as text, one file a
// client, in the txtar format. The comment of a file begins with the title and
// names the provider, the version in its paths and the headers of its requests; each file in it is a step:
//
//	-- create Mara --
//	POST /Users as mara
//	{"userName":"mara.lind@example.com"}
//	201
//	id present
//	active = true
//
// First the request; "as" keeps the answered resource under a name, which in
// braces stands for its id. A step that begins with "check" is a look at what the
// server holds and not made by the client. Then the body, which may instead be
// "from" the name of a resource, as it was last answered, with lines of "set". Then
// the statuses that the client takes for success. Then what it needs of the
// answer, or what the check wants to see.
package script

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
)

//go:embed cycles/*.txtar
var cycles embed.FS

// All returns every life cycle that is written down.
func All() ([]lifecycle.Cycle, error) {
	entries, err := cycles.ReadDir("cycles")
	if err != nil {
		return nil, err
	}
	var all []lifecycle.Cycle
	for _, entry := range entries {
		text, err := cycles.ReadFile(path.Join("cycles", entry.Name()))
		if err != nil {
			return nil, err
		}
		cycle, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		cycle.Name = strings.TrimSuffix(entry.Name(), ".txtar")
		all = append(all, cycle)
	}
	return all, nil
}

// Parse reads one life cycle.
func Parse(text []byte) (lifecycle.Cycle, error) {
	archive := txtar.Parse(text)
	cycle := lifecycle.Cycle{Header: http.Header{}}
	for i, line := range lines(archive.Comment) {
		name, value, ok := strings.Cut(line, ": ")
		switch {
		case i == 0:
			cycle.Title = line
		case name == "Provider":
			cycle.Provider = value
		case name == "Version":
			cycle.Version = value
		case ok:
			cycle.Header.Add(name, value)
		}
	}
	for _, file := range archive.Files {
		step, err := parseStep(file)
		if err != nil {
			return cycle, fmt.Errorf("%s: %w", file.Name, err)
		}
		cycle.Steps = append(cycle.Steps, step)
	}
	return cycle, nil
}

func lines(text []byte) []string {
	var all []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func parseStep(file txtar.File) (lifecycle.Step, error) {
	step := lifecycle.Step{Name: file.Name}
	text := lines(file.Data)
	if len(text) == 0 {
		return step, fmt.Errorf("no request")
	}
	if err := parseRequest(&step, text[0]); err != nil {
		return step, err
	}
	for _, line := range text[1:] {
		var err error
		switch {
		case step.Status == nil && isStatus(line):
			err = parseStatus(&step, line)
		case step.Status == nil:
			err = parseBody(&step, line)
		default:
			err = parseExpect(&step, line)
		}
		if err != nil {
			return step, err
		}
	}
	if step.Status == nil {
		return step, fmt.Errorf("no status")
	}
	return step, nil
}

// parseRequest reads the first line of a step.
func parseRequest(step *lifecycle.Step, line string) error {
	line, step.State = strings.CutPrefix(line, "check ")
	line, step.Save, _ = strings.Cut(line, " as ")
	var ok bool
	if step.Method, step.Target, ok = strings.Cut(line, " "); !ok || strings.Contains(step.Target, " ") {
		return fmt.Errorf("%q is no request", line)
	}
	return nil
}

func isStatus(line string) bool {
	return !strings.ContainsFunc(line, func(r rune) bool { return r != ' ' && (r < '0' || r > '9') })
}

func parseStatus(step *lifecycle.Step, line string) error {
	for field := range strings.FieldsSeq(line) {
		status, err := strconv.Atoi(field)
		if err != nil {
			return err
		}
		step.Status = append(step.Status, status)
	}
	return nil
}

// parseBody reads a line of a body, or of what is said in its place.
func parseBody(step *lifecycle.Step, line string) error {
	if name, ok := strings.CutPrefix(line, "from "); ok {
		step.Base = name
		return nil
	}
	change, ok := strings.CutPrefix(line, "set ")
	if !ok {
		step.Body += line
		return nil
	}
	at, value, _ := strings.Cut(change, " = ")
	var to any
	if err := json.Unmarshal([]byte(value), &to); err != nil {
		return fmt.Errorf("%q: %w", line, err)
	}
	step.Edits = append(step.Edits, lifecycle.Edit{At: at, To: to})
	return nil
}

// parseExpect reads what an answer has to hold.
func parseExpect(step *lifecycle.Step, line string) error {
	if at, value, ok := strings.Cut(line, " = "); ok {
		is, err := literal(value)
		if err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		step.Want = append(step.Want, lifecycle.Expect{At: at, Is: is})
		return nil
	}
	at, word, _ := strings.Cut(line, " ")
	shape, ok := map[string]lifecycle.Shape{"absent": lifecycle.Absent, "present": lifecycle.Present, "object": lifecycle.Object}[word]
	if !ok {
		return fmt.Errorf("%q says nothing about an answer", line)
	}
	step.Want = append(step.Want, lifecycle.Expect{At: at, Is: shape})
	return nil
}

// literal reads a string, a boolean or a whole number.
func literal(text string) (any, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, nil
	}
	var v any
	err := json.Unmarshal([]byte(text), &v)
	return v, err
}
