package caddymodule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compact prints JSON so that what fits into a line stands in one.
func compact(v any, indent string) string {
	line := flat(v)
	if len(indent)*4+len(line) <= 96 {
		return line
	}
	inner := indent + "\t"
	var b strings.Builder
	switch node := v.(type) {
	case map[string]any:
		b.WriteString("{\n")
		for i, name := range memberNames(node) {
			if i > 0 {
				b.WriteString(",\n")
			}
			fmt.Fprintf(&b, "%s%q: %s", inner, name, compact(node[name], inner))
		}
		b.WriteString("\n" + indent + "}")
	case []any:
		b.WriteString("[\n")
		for i, element := range node {
			if i > 0 {
				b.WriteString(",\n")
			}
			b.WriteString(inner + compact(element, inner))
		}
		b.WriteString("\n" + indent + "]")
	default:
		return line
	}
	return b.String()
}

// memberNames puts those first that say what an object is.
func memberNames(object map[string]any) []string {
	names := slices.Sorted(maps.Keys(object))
	slices.SortStableFunc(names, func(a, b string) int { return first(a) - first(b) })
	return names
}

func first(name string) int {
	if i := slices.Index([]string{"handler", "id", "name", "verb", "from", "attribute", "on", "resource", "match", "when"}, name); i >= 0 {
		return i
	}
	return 99
}

// flat is compact in one line.
func flat(v any) string {
	switch node := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(node))
		for _, name := range memberNames(node) {
			parts = append(parts, fmt.Sprintf("%q: %s", name, flat(node[name])))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(node))
		for i, element := range node {
			parts[i] = flat(element)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(node)
		return strings.TrimSpace(b.String())
	}
}
