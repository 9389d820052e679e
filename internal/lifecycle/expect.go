package lifecycle

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Expect says what must stand at a place of an answer.
//
// A place is a path of member names and array positions, divided by slashes,
// with two additions: emails[type=work] is the first element whose type is work,
// and a # at the end is the number of elements of an array, 0 if there is none.
// Is is a string, bool or int, or one of Absent, Present and Object.
type Expect struct {
	At string
	Is any
}

// Shape is an expectation that names no value.
type Shape string

// Shapes.
const (
	Absent  Shape = "absent" // not there, or null (RFC 7643 section 2.5)
	Present Shape = "present"
	Object  Shape = "an object" // a complex value, where servers are known to hold a string
)

// check compares an answer with an expectation; it returns what is wrong, or "".
func (e Expect) check(doc any, names *strings.Replacer) string {
	at := names.Replace(e.At)
	got := lookup(doc, at)
	switch want := e.Is.(type) {
	case Shape:
		if want.fits(got) {
			return ""
		}
		return fmt.Sprintf("%s is %s, not %s", at, show(got), want)
	case string:
		if got == names.Replace(want) {
			return ""
		}
		return fmt.Sprintf("%s is %s, not %s", at, show(got), show(names.Replace(want)))
	case int:
		if n, ok := got.(json.Number); ok && n.String() == strconv.Itoa(want) {
			return ""
		}
	case bool:
		if got == want {
			return ""
		}
	}
	return fmt.Sprintf("%s is %s, not %s", at, show(got), show(e.Is))
}

func (s Shape) fits(got any) bool {
	switch s {
	case Absent:
		return got == nil
	case Object:
		_, ok := got.(map[string]any)
		return ok
	}
	return got != nil
}

// lookup returns what stands at a path, or nil.
func lookup(v any, path string) any {
	for path != "" {
		var name string
		name, path = nextName(path)
		if name == "#" {
			list, _ := v.([]any)
			return json.Number(strconv.Itoa(len(list)))
		}
		name, selector, _ := strings.Cut(name, "[")
		switch node := v.(type) {
		case map[string]any:
			v = node[name]
		case []any:
			v = element(node, name)
		default:
			return nil
		}
		if selector != "" {
			v = selected(v, strings.TrimSuffix(selector, "]"))
		}
	}
	return v
}

// nextName cuts the first name off a path.
func nextName(path string) (name, rest string) {
	name, rest, _ = strings.Cut(path, "/")
	return name, rest
}

func element(list []any, position string) any {
	i, err := strconv.Atoi(position)
	if err != nil || i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

// selected returns the first element of an array whose sub-attribute has a value:
// type=work.
func selected(v any, selector string) any {
	list, _ := v.([]any)
	name, want, _ := strings.Cut(selector, "=")
	for _, e := range list {
		if m, ok := e.(map[string]any); ok && fmt.Sprint(m[name]) == want {
			return e
		}
	}
	return nil
}

// show writes a value for a report.
func show(v any) string {
	if v == nil {
		return string(Absent)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(text) > 80 {
		return string(text[:80]) + "…"
	}
	return string(text)
}

// edit puts a value at a path of a decoded object, and makes the objects on the
// way.
func edit(doc map[string]any, at string, to any) {
	for {
		name, rest := nextName(at)
		if rest == "" {
			doc[name] = to
			return
		}
		next, ok := doc[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			doc[name] = next
		}
		doc, at = next, rest
	}
}
