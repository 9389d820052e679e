package scim

import (
	"errors"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	accepted := map[string]string{
		"object":            `{"userName":"mara.lind@example.com","active":true}`,
		"scalar":            ` "x" `,
		"empty containers":  `{"a":{},"b":[],"c":[[],{}]}`,
		"numbers":           `[0,-0,1.5,-12e+3,1E-2,10.0e0,123456789012345678901234567890]`,
		"escapes":           `["\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"]`,
		"space":             "\r\n\t { \"a\" :\n[ 1 , 2 ] , \"b\" : null } \n",
		"non-ASCII":         `{"displayName":"Åsa Þórsdóttir 🦔"}`,
		"depth 32":          deep(32),
		"lone in a value":   `{"a":"\ud800"}`,
		"one name, twice":   `[{"a":1},{"a":1},{"b":{"a":{"a":1}},"a":2}]`,
		"DEL":               "[\"\x7f\"]",
		"dotless i":         `{"I":1,"\u0131":2,"\u0130":3}`,
		"names like others": `{"a@":1,"a` + "`" + `":2,"a[":3,"a{":4,"a_":5}`,
	}
	for name, body := range accepted {
		t.Run(name, func(t *testing.T) {
			got, err := Check(body, Limits{})
			if err != nil || got != body {
				t.Errorf("Check(%q) = %q, %v", body, got, err)
			}
		})
	}

	refused := []struct{ body, detail string }{
		{"", "the body is empty"},
		{" \r\n\t", "the body is empty"},
		{"\uFEFF", "the body is empty"},
		{`{`, "line 1, column 2: the body ends where a member name should be"},
		{"{\n  \"ä\": tru\n}", "line 2, column 8: 't' where a value should be"},
		{`{"a":1,}`, "line 1, column 8: '}' where a member name should be"},
		{`{"a" 1}`, "line 1, column 6: '1' where a colon should be"},
		{`{"a":}`, "line 1, column 6: '}' where a value should be"},
		{`{,}`, "line 1, column 2: ',' where a member name should be"},
		{`{a:1}`, "line 1, column 2: 'a' where a member name should be"},
		{`[,]`, "line 1, column 2: ',' where a value should be"},
		{`[1,]`, "line 1, column 4: ']' where a value should be"},
		{`[1 2]`, "line 1, column 4: '2' where a comma or the end of the array should be"},
		{`[1}`, "line 1, column 3: '}' where a comma or the end of the array should be"},
		{`{"a":1]`, "line 1, column 7: ']' where a comma or the end of the object should be"},
		{`{"a":1`, "line 1, column 7: the body ends where a comma or the end of the object should be"},
		{`{]`, "line 1, column 2: ']' where a member name should be"},
		{`[}`, "line 1, column 2: '}' where a value should be"},
		{`]`, "line 1, column 1: ']' where a value should be"},
		{`{} {}`, "line 1, column 4: '{' where the end of the body should be"},
		{"{}\x00", `line 1, column 3: '\x00' where the end of the body should be`},
		{"\x00", `line 1, column 1: '\x00' where a value should be`},
		{`01`, "line 1, column 2: '1' where the end of the body should be"},
		{`-`, "line 1, column 2: the body ends where a digit should be"},
		{`1.`, "line 1, column 3: the body ends where a digit should be"},
		{`1.e1`, "line 1, column 3: 'e' where a digit should be"},
		{`1e+`, "line 1, column 4: the body ends where a digit should be"},
		{`+1`, "line 1, column 1: '+' where a value should be"},
		{`.5`, "line 1, column 1: '.' where a value should be"},
		{`'a'`, `line 1, column 1: '\'' where a value should be`},
		{`NaN`, "line 1, column 1: 'N' where a value should be"},
		{`nul`, "line 1, column 1: 'n' where a value should be"},
		{`"abc`, "line 1, column 5: the body ends inside a string"},
		{`"abc\`, "line 1, column 6: the body ends inside a string"},
		{`"abcdefgh\x"`, "line 1, column 10: invalid escape in a string"},
		{`"\u12g4"`, `line 1, column 2: \u is not followed by four hexadecimal digits`},
		{`"\u12`, `line 1, column 2: \u is not followed by four hexadecimal digits`},
		{"\"a\nb\"", "line 1, column 3: control character U+000A in a string must be escaped"},
		{"\"abcdefghij\x1f\"", "line 1, column 12: control character U+001F in a string must be escaped"},
		{"\"a\xffb\"", "line 1, column 3: invalid UTF-8"},
		{"\"\xed\xa0\x80\"", "line 1, column 2: invalid UTF-8"}, // a surrogate
		{"\"\xc0\xaf\"", "line 1, column 2: invalid UTF-8"},     // overlong
		{"[\xff]", "line 1, column 2: invalid UTF-8"},
		{"[\u00a01]", `line 1, column 2: '\u00a0' where a value should be`},
		{`{"\ud800":1}`, "line 1, column 3: half a surrogate pair in a member name"},
		{`{"ab\udc00\ud800":1}`, "line 1, column 5: half a surrogate pair in a member name"},
		{deep(33), "line 1, column 33: objects and arrays are nested more than 32 deep"},
		{`{"a":1,"a":2}`, `line 1, column 8: the name "a" is given twice in one object`},
		{`{"userName":1,"active":2,"USERNAME":3}`, `line 1, column 26: the name "USERNAME" is given twice in one object`},
		{`{"a":{"b":1,"B":2}}`, `line 1, column 13: the name "B" is given twice in one object`},
		{`{"a":1,"\u0041":2}`, `line 1, column 8: the name "\u0041" is given twice in one object`},
		{`{"\/":1,"/":2}`, `line 1, column 9: the name "/" is given twice in one object`},
		{`{"kind":1,"\u212Aind":2}`, `line 1, column 11: the name "\u212Aind" is given twice in one object`},
		{`{"straße":1,"STRAßE":2}`, `line 1, column 13: the name "STRAßE" is given twice in one object`},
		{`{"ſ":1,"s":2}`, `line 1, column 8: the name "s" is given twice in one object`},
		{`{"":1,"":2}`, `line 1, column 7: the name "" is given twice in one object`},
	}
	for _, tt := range refused {
		t.Run(tt.body[:min(len(tt.body), 40)], func(t *testing.T) {
			_, err := Check(tt.body, Limits{})
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Status != 400 || e.Type != InvalidSyntax || e.Detail != tt.detail {
				t.Errorf("Check(%q)\n got %v\nwant 400 invalidSyntax: %s", tt.body, err, tt.detail)
			}
		})
	}
}

func TestCheckLimits(t *testing.T) {
	if _, err := Check(`"`+strings.Repeat("a", DefaultBytes)+`"`, Limits{}); AsError(err).Status != 413 {
		t.Errorf("a body above the default size: %v", err)
	}
	if _, err := Check(`{"a":1}`, Limits{Bytes: 6}); AsError(err).Status != 413 {
		t.Errorf("a body above the given size: %v", err)
	}
	if _, err := Check(`{"a":1}`, Limits{Bytes: 7, Depth: 1}); err != nil {
		t.Errorf("a body at its limits: %v", err)
	}
	if _, err := Check(`{"a":[]}`, Limits{Depth: 1}); AsError(err).Status != 400 {
		t.Errorf("a body deeper than the given depth: %v", err)
	}
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	if _, err := Check(deep, Limits{Depth: 5000}); err != nil {
		t.Errorf("a deep body: %v", err)
	}
	if got, err := Check("\uFEFF{}", Limits{}); err != nil || got != "{}" {
		t.Errorf("a byte order mark: %q, %v", got, err)
	}
}

// An object with many members takes another way to its duplicates.
func TestCheckManyMembers(t *testing.T) {
	for _, n := range []int{15, 16, 17, 18, 40, 5000} {
		var b strings.Builder
		for i := range n {
			b.WriteString(`,"member` + itoa(i*7919) + `":{"value":1}`)
		}
		members := b.String()[1:]
		if _, err := Check("{"+members+"}", Limits{}); err != nil {
			t.Errorf("%d members: %v", n, err)
		}
		for _, twice := range []string{"MEMBER0", `m\u0065mber7919`, "Member" + itoa((n-1)*7919)} {
			body := "{" + members + `,"` + twice + `":0}`
			want := "line 1, column " + itoa(len(members)+3) + `: the name "` + twice + `" is given twice in one object`
			if _, err := Check(body, Limits{}); AsError(err).Detail != want {
				t.Errorf("%d members and %s:\n got %v\nwant %s", n, twice, err, want)
			}
		}
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	for name, body := range doorBodies() {
		if n := testing.AllocsPerRun(10, func() { _, _ = Check(body, Limits{}) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
