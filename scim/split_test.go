package scim

import (
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	doc := Parse(" { \"a\" : [ 1 , -2.5e3 ,true,null , \"x,]\\\"\" ] ,\"b\\u0041\\n\":{\"c\":{}},\"\":\"\",\"d\":\"\\\\\"} ")
	want := []struct{ name, raw string }{
		{"a", `[ 1 , -2.5e3 ,true,null , "x,]\"" ]`},
		{"bA\n", `{"c":{}}`},
		{"", `""`},
		{"d", `"\\"`},
	}
	if doc.Len() != len(want) {
		t.Fatalf("%d members, want %d", doc.Len(), len(want))
	}
	for i, m := range doc.Members() {
		if m.Name != want[i].name || m.Value.Raw() != want[i].raw {
			t.Errorf("member %d: %q %s, want %q %s", i, m.Name, m.Value.Raw(), want[i].name, want[i].raw)
		}
	}
	for i, raw := range []string{"1", "-2.5e3", "true", "null", `"x,]\""`} {
		if got := doc.At(0).At(i).Raw(); got != raw {
			t.Errorf("element %d: %s, want %s", i, got, raw)
		}
	}
	if got := doc.At(0).At(4).Text(); got != `x,]"` {
		t.Errorf("text %q", got)
	}
}

// Values that lie in one block of memory do not grow into each other.
func TestSplitRoom(t *testing.T) {
	doc := Parse(`{"a":{"x":1},"b":{"y":2},"c":{}}`)
	for _, m := range []string{"a", "b", "c"} {
		doc.Get(m).Members()
	}
	for _, m := range []string{"a", "b", "c"} {
		doc.Get(m).Set("p", BoolValue(true))
		doc.Get(m).Set("q", NullValue())
	}
	doc.Set("d", IntValue(4))
	const want = `{"a":{"x":1,"p":true,"q":null},"b":{"y":2,"p":true,"q":null},"c":{"p":true,"q":null},"d":4}`
	if doc.Raw() != want {
		t.Errorf("got  %s\nwant %s", doc.Raw(), want)
	}
}

// FuzzSplit walks through texts that have not passed the door. What comes out is
// not specified, but it comes to an end.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		typicalUser, `"`, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":[`, `[1,,2]`, `{a:1}`, `["\`, `["\\`, `["\u12"]`, `["\ud800\u12"]`, `{"\":1}`, `[}`, `]`, `:`,
		strings.Repeat("[", 100),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc := Parse(text)
		var walk func(v *Value, depth int)
		walk = func(v *Value, depth int) {
			_ = v.Text()
			if depth > 200 {
				return
			}
			for i := range v.Members() {
				walk(v.At(i), depth+1)
			}
		}
		walk(&doc, 0)
	})
}
