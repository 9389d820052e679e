package scim

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDoor holds Check against encoding/json, which accepts the same texts but
// for invalid UTF-8, depth, duplicate names and half surrogates in names, and
// holds the parser that works on what has passed against encoding/json too.
func FuzzDoor(f *testing.F) {
	for _, body := range doorBodies() {
		f.Add(body[:min(len(body), 2000)])
	}
	f.Add(`{"a":1,"\u0041":[true,null,-0.5e+10,"\ud83d\ude00"]}`)
	f.Add(`{"k":1,"\u212a":2}`)
	f.Add(`{"\ud800":1}`)
	f.Add("\uFEFF{\"a\xff\":\"\\ud800\"}")
	f.Add(strings.Repeat(`{"a":[`, 17) + strings.Repeat(`]}`, 17))
	f.Fuzz(func(t *testing.T, body string) {
		got, err := Check(body, Limits{})
		body = strings.TrimPrefix(body, "\uFEFF")
		want := json.Valid([]byte(body)) && utf8.ValidString(body) && soundNames(t, body)
		if (err == nil) != want {
			t.Fatalf("Check(%q) = %v, want acceptance %t", body, err, want)
		}
		if err != nil {
			if e := AsError(err); e.Status != 400 || e.Type != InvalidSyntax || e.Detail == "" {
				t.Fatalf("Check(%q) = %v", body, err)
			}
			return
		}
		if got != body {
			t.Fatalf("Check(%q) = %q", body, got)
		}
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		doc := Parse(body)
		sameJSON(t, &doc, v)
	})
}

// replacement is what encoding/json reads half a surrogate pair as.
const replacement = "\uFFFD"

// soundNames tells, slowly, whether text keeps to the default depth and has
// neither duplicates nor half surrogates among the names of an object.
func soundNames(t *testing.T, text string) bool {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	type container struct {
		object, value bool // value: a value comes next, not a name
		names         []string
	}
	var open []container
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return true
		}
		if err != nil {
			return false
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].object {
			top := &open[n-1]
			if !top.value {
				name := token.(string)
				given := lastString(text[:dec.InputOffset()])
				if strings.Count(name, replacement) != strings.Count(given, replacement) {
					return false
				}
				for _, before := range top.names {
					if strings.EqualFold(before, name) {
						return false
					}
				}
				top.names = append(top.names, name)
			}
			top.value = !top.value
		}
		if token == json.Delim('{') || token == json.Delim('[') {
			open = append(open, container{object: token == json.Delim('{')})
		}
		if len(open) > DefaultDepth {
			return false
		}
	}
}

// lastString is the raw string at the end of text, with \ufffd, which is not
// half a surrogate, written out.
func lastString(text string) string {
	start := len(text) - 1
	for start--; ; start-- {
		if text[start] != '"' {
			continue
		}
		slashes := 0
		for start-slashes > 0 && text[start-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			break
		}
	}
	return unescapeReplacement(text[start:])
}

func unescapeReplacement(raw string) string {
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		if raw[i+1] == 'u' && strings.EqualFold(raw[i+2:i+6], "fffd") {
			out = append(out, replacement...)
			i += 5
			continue
		}
		i++
	}
	return string(out)
}

// sameJSON compares a Value with what encoding/json made of the same text.
func sameJSON(t *testing.T, got *Value, want any) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		if got.Kind() != Null {
			t.Fatalf("%s is %v, want null", got.Raw(), got.Kind())
		}
	case bool:
		if got.Kind() != Bool || got.True() != want {
			t.Fatalf("%s, want %t", got.Raw(), want)
		}
	case json.Number:
		if got.Kind() != Number || got.Raw() != want.String() {
			t.Fatalf("%s, want %s", got.Raw(), want)
		}
	case string:
		if got.Kind() != String || got.Text() != want {
			t.Fatalf("%q, want %q", got.Text(), want)
		}
	case []any:
		if got.Kind() != Array || got.Len() != len(want) {
			t.Fatalf("%s has %d elements, want %d", got.Raw(), got.Len(), len(want))
		}
		for i := range want {
			sameJSON(t, got.At(i), want[i])
		}
	case map[string]any:
		if got.Kind() != Object || got.Len() != len(want) {
			t.Fatalf("%s has %d members, want %d", got.Raw(), got.Len(), len(want))
		}
		for _, m := range got.Members() {
			member, ok := want[m.Name]
			if !ok {
				t.Fatalf("%s: no member %q", got.Raw(), m.Name)
			}
			sameJSON(t, &m.Value, member)
		}
	}
}
