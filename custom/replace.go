package custom

import (
	"fmt"
	"regexp"
)

// Replace replaces what a regular expression finds in the values of an attribute.
// The expressions are those of Go's package regexp (RE2), whose time grows with
// the text and no faster. $1 or ${name} in With is what a group has matched.
//
// Body and PATCH: each value of the attribute, and each element if it has many.
// Filter: the values of eq and ne; other comparisons but pr are refused with
// invalidFilter. SortBy and attributes: nothing. Undo: in the answer, what
// UndoPattern finds is replaced by UndoWith; without UndoPattern the answer shows
// what the service provider has.
type Replace struct {
	Attribute   string
	Pattern     string
	With        string
	UndoPattern string
	UndoWith    string
}

// String is the verb as the Caddyfile has it.
func (v Replace) String() string { return "replace " + v.Attribute + " " + v.Pattern + " " + v.With }

func (v Replace) attributes() []string { return []string{v.Attribute} }

func (v Replace) compile(c *compiler) (worker, error) {
	at, err := c.textSpot(v.Attribute)
	if err != nil {
		return nil, err
	}
	forward, err := replacing(v.Pattern, v.With)
	if err != nil {
		return nil, err
	}
	var back converted
	switch {
	case v.UndoPattern != "":
		if back, err = replacing(v.UndoPattern, v.UndoWith); err != nil {
			return nil, fmt.Errorf("undo: %w", err)
		}
	case v.UndoWith != "":
		return nil, fmt.Errorf("undo: the pattern is empty")
	}
	return inPlaceAt(at, forward, back, forward.equality("its values are rewritten")), nil
}

// replacing compiles a pattern. An empty one would match everywhere, which nobody
// means.
func replacing(pattern, with string) (converted, error) {
	if pattern == "" {
		return nil, fmt.Errorf("the pattern is empty")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	return text(func(s string) string { return re.ReplaceAllString(s, with) }), nil
}
