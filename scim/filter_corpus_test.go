package scim

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// corpusFilter is a filter of some public project's test suite, and what that
// project thinks of it.
type corpusFilter struct {
	Filter string `json:"filter"`
	Valid  *bool  `json:"valid"`
	Source string `json:"source"`
}

// TestFilterCorpus reads the filters in the folder that SCIM_CORPUS names, if it
// is set. They are data to measure against, not a truth: where a project
// disagrees, the test says so; what fails it is only a filter that does not
// survive printing.
func TestFilterCorpus(t *testing.T) {
	dir := os.Getenv("SCIM_CORPUS")
	if dir == "" {
		return
	}
	file, err := os.Open(filepath.Join(dir, "filters.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	count, read, strict := 0, 0, 0
	for lines.Scan() {
		var c corpusFilter
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		count++
		_, strictErr := ParseStrictFilter(c.Filter)
		if strictErr == nil {
			strict++
		}
		f, err := ParseFilter(c.Filter)
		switch {
		case err == nil:
			read++
			checkMirror(t, f.Expression)
			if c.Valid != nil && !*c.Valid {
				t.Logf("read as %s (%v), %s expects an error: %s", f, f.Leniency, c.Source, c.Filter)
			}
		case c.Valid == nil || *c.Valid:
			t.Logf("%v: %s (%s)", err, c.Filter, c.Source)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d filters, %d read, %d of them strict", count, read, strict)
}
