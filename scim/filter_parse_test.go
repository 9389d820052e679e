package scim

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// String lists the liberties, for failing tests.
func (l Leniency) String() string {
	names := []string{
		"OperatorCase", "OperatorSymbol", "SingleQuotes", "CurlyQuotes", "Bareword", "LiteralCase", "OddSpacing",
		"TrailingSemicolon", "OuterQuotes", "TrailingSubAttribute", "StrayQuotes", "ParentPrefix",
	}
	var set []string
	for i, name := range names {
		if l&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, "|")
}

// TestParseFilter is the grammar by example: how a filter is printed, whether
// RFC 7644 allows it as it is written, and which liberties it took.
func TestParseFilter(t *testing.T) {
	tests := []struct {
		in       string
		out      string // same as in if empty
		strict   bool
		leniency Leniency
	}{
		// RFC 7644 section 3.4.2.2
		{in: `userName eq "mara.lind@example.com"`, strict: true},
		{in: `name.familyName co "O'Malley"`, strict: true},
		{in: `title pr`, strict: true},
		{in: `meta.lastModified gt "2026-05-13T04:42:34Z"`, strict: true},
		{in: `schemas eq "urn:example:params:scim:schemas:extension:acme:2.0:User"`, strict: true},
		{in: `urn:example:params:scim:schemas:extension:acme:2.0:User:costCenter.code eq "7"`, strict: true},
		{in: `http://example.com/scim/v1_2:costCenter eq "7"`, strict: true},
		{in: `title pr and userType eq "Employee"`, strict: true},
		{in: `title pr or userType eq "Employee" and active eq true`, strict: true},
		{in: `(title pr or userType eq "Employee") and active eq true`, strict: true},
		{in: `active eq true and (title pr or userType eq "Employee")`, strict: true},
		{in: `not (title pr)`, strict: true},
		{in: `not (title pr or userType pr) and active ne false`, strict: true},
		{in: `emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]`, strict: true},
		{
			in:  `emails[type eq "work" or (type eq "home" and value ew "@example.com")]`,
			out: `emails[type eq "work" or type eq "home" and value ew "@example.com"]`, strict: true,
		},
		{in: `emails[not (type eq "work")]`, strict: true},
		{in: `members[$ref sw "https://scim.example.com/Users/"]`, strict: true},

		// Values are JSON.
		{in: `a eq null`, strict: true},
		{in: `a eq -0.5e+10`, strict: true},
		{in: `a eq 26`, strict: true},
		{in: `a eq "\u00e9\n\"\\\/"`, strict: true},
		{in: `a eq "å “quoted” ' ok"`, strict: true},
		{in: `a eq "x and y eq z"`, strict: true},
		{in: `a eq ""`, strict: true},

		// Parentheses go where precedence does not need them.
		{in: `((title pr))`, out: `title pr`, strict: true},
		{in: `(a pr) and ((b pr))`, out: `a pr and b pr`, strict: true},
		{in: `a pr and (b pr and c pr)`, out: `a pr and b pr and c pr`, strict: true},
		{in: `a pr or (b pr or (c pr or d pr))`, out: `a pr or b pr or c pr or d pr`, strict: true},
		{in: `a pr or (b pr and c pr)`, out: `a pr or b pr and c pr`, strict: true},
		{in: `not (not (a pr))`, strict: true},

		// Operators have names that attributes may have, too.
		{in: `pr pr`, strict: true},
		{in: `not eq "and" and and ne "or" or or pr`, strict: true},
		{in: `not[eq eq "x"]`, strict: true},

		// Operators are not case-sensitive.
		{in: `userName Eq "a"`, out: `userName eq "a"`, strict: true, leniency: OperatorCase},
		{in: `a PR AND NOT (b pR)`, out: `a pr and not (b pr)`, strict: true, leniency: OperatorCase},
		{in: `a pr Or b pr`, out: `a pr or b pr`, strict: true, leniency: OperatorCase},

		// Symbols.
		{in: `a == "x"`, out: `a eq "x"`, leniency: OperatorSymbol},
		{in: `a="x"`, out: `a eq "x"`, leniency: OperatorSymbol},
		{in: `a != 1 && b = 2 || !(c == 3)`, out: `a ne 1 and b eq 2 or not (c eq 3)`, leniency: OperatorSymbol},
		{in: `a pr&&b pr||c pr`, out: `a pr and b pr or c pr`, leniency: OperatorSymbol},

		// Quotes.
		{in: `a eq 'x'`, out: `a eq "x"`, leniency: SingleQuotes},
		{in: `a eq 'the "A" team'`, out: `a eq "the \"A\" team"`, leniency: SingleQuotes},
		{in: `a eq 'it\'s \u0041'`, out: `a eq "it's \u0041"`, leniency: SingleQuotes},
		{in: `a eq “x”`, out: `a eq "x"`, leniency: CurlyQuotes},
		{in: `a eq „x“ and b eq ‘y’`, out: `a eq "x" and b eq "y"`, leniency: CurlyQuotes},
		{in: `a eq "the "A" team"`, out: `a eq "the \"A\" team"`, leniency: StrayQuotes},
		{in: `a eq "x \"y\" "z" w"`, out: `a eq "x \"y\" \"z\" w"`, leniency: StrayQuotes},
		{in: `a eq "x "y" z";`, out: `a eq "x \"y\" z"`, leniency: StrayQuotes | TrailingSemicolon},
		{in: `(a eq "5" disk")`, out: `a eq "5\" disk"`, leniency: StrayQuotes},
		{in: `a pr and b eq ""x""`, out: `a pr and b eq "\"x\""`, leniency: StrayQuotes},
		{in: `emails[value eq "the "A" team" ]`, out: `emails[value eq "the \"A\" team"]`, leniency: StrayQuotes | OddSpacing},
		{in: `a eq 'O'Malley'`, out: `a eq "O'Malley"`, leniency: SingleQuotes | StrayQuotes},

		// Barewords and literals.
		{in: `userName eq mara.lind@example.com`, out: `userName eq "mara.lind@example.com"`, leniency: Bareword},
		{in: `(a eq x) and b[c eq y]`, out: `a eq "x" and b[c eq "y"]`, leniency: Bareword},
		{in: `displayName eq PRIMARY/Night watch`, out: `displayName eq "PRIMARY/Night watch"`, leniency: Bareword},
		{in: `a pr and b eq Mara Lind`, out: `a pr and b eq "Mara Lind"`, leniency: Bareword},
		{in: `a eq CORP\mlind`, out: `a eq "CORP\\mlind"`, leniency: Bareword},
		{in: `a eq O'Malley`, out: `a eq "O'Malley"`, leniency: Bareword},
		{in: `a eq 007`, out: `a eq "007"`, leniency: Bareword},
		{in: `a eq 26a`, out: `a eq "26a"`, leniency: Bareword},
		{in: `a eq Le`, out: `a eq "Le"`, leniency: Bareword},
		{in: `a eq 2026-05-13T04:42:34.5-07:00`, out: `a eq "2026-05-13T04:42:34.5-07:00"`, leniency: Bareword},
		{in: `active eq True and a ne NULL`, out: `active eq true and a ne null`, leniency: LiteralCase},
		{in: `active eq "True"`, strict: true},

		// Spaces.
		{in: `not(title pr)`, out: `not (title pr)`, strict: true, leniency: OddSpacing},
		{in: ` a  eq   "x" `, out: `a eq "x"`, leniency: OddSpacing},
		{in: "a\teq\t\"x\"", out: `a eq "x"`, leniency: OddSpacing},
		{in: `a eq"x"`, out: `a eq "x"`, leniency: OddSpacing},
		{in: `a eq "x"and b eq "y"or(c pr)`, out: `a eq "x" and b eq "y" or c pr`, leniency: OddSpacing},
		{in: `( a pr )`, out: `a pr`, leniency: OddSpacing},
		{in: `emails [ type eq "work" ]`, out: `emails[type eq "work"]`, leniency: OddSpacing},
		{in: `not  ( a pr )`, out: `not (a pr)`, leniency: OddSpacing},

		// Around the filter.
		{in: `a eq "x";`, out: `a eq "x"`, leniency: TrailingSemicolon},
		{in: `a eq x ; `, out: `a eq "x"`, leniency: TrailingSemicolon | OddSpacing | Bareword},
		{in: `"a eq \"x\""`, out: `a eq "x"`, leniency: OuterQuotes},
		{in: `"a eq \"\\\"x\\\"\""`, out: `a eq "\"x\""`, leniency: OuterQuotes},
		{in: `"a eq "x""`, out: `a eq "x"`, leniency: OuterQuotes},
		{in: `'a eq "x"';`, out: `a eq "x"`, leniency: OuterQuotes | TrailingSemicolon},
		{in: `“a pr”`, out: `a pr`, leniency: OuterQuotes},

		// Value paths.
		{in: `emails[type eq "work"].value eq "x"`, out: `emails[type eq "work" and value eq "x"]`, leniency: TrailingSubAttribute},
		{in: `emails[type eq "work"] eq "x"`, out: `emails[type eq "work" and value eq "x"]`, leniency: TrailingSubAttribute},
		{
			in: `emails[type eq "work"] == "x"`, out: `emails[type eq "work" and value eq "x"]`,
			leniency: TrailingSubAttribute | OperatorSymbol,
		},
		{in: `emails[type eq "work"] pr`, out: `emails[type eq "work"]`, leniency: TrailingSubAttribute},
		{in: `emails[type eq "work"].value pr`, out: `emails[type eq "work" and value pr]`, leniency: TrailingSubAttribute},
		{
			in:  `emails[type eq "work" or primary eq true].value eq "x" and a pr`,
			out: `emails[(type eq "work" or primary eq true) and value eq "x"] and a pr`, leniency: TrailingSubAttribute,
		},
		{in: `emails[emails.type eq "work"]`, out: `emails[type eq "work"]`, leniency: ParentPrefix},
		{
			in:  `urn:example:acme:User:badges[urn:example:acme:user:Badges.kind eq "x"]`,
			out: `urn:example:acme:User:badges[kind eq "x"]`, leniency: ParentPrefix,
		},
		{in: `urn:example:acme:2.0:User.badges[kind eq "x"]`, strict: true},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			want := tt.out
			if want == "" {
				want = tt.in
			}
			f, err := ParseFilter(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.String(); got != want {
				t.Errorf("printed\n%s, want\n%s", got, want)
			}
			if f.Leniency != tt.leniency {
				t.Errorf("leniency %v, want %v", f.Leniency, tt.leniency)
			}
			strict, err := ParseStrictFilter(tt.in)
			if (err == nil) != tt.strict {
				t.Errorf("strict reading: %v", err)
			}
			if err == nil && !cmp.Equal(strict, f.Expression, cmpFilters) {
				t.Error(cmp.Diff(strict, f.Expression, cmpFilters))
			}
			checkMirror(t, f.Expression)
		})
	}
}

// checkMirror holds parse(print(e)) == e, and that what is printed takes no
// liberty.
func checkMirror(t *testing.T, e Expression) {
	t.Helper()
	printed := e.String()
	again, err := ParseStrictFilter(printed)
	if err != nil {
		t.Fatalf("printed %s: %v", printed, err)
	}
	if !cmp.Equal(again, e, cmpFilters) {
		t.Error(cmp.Diff(again, e, cmpFilters))
	}
	f, err := ParseFilter(printed)
	if err != nil || f.Leniency != 0 {
		t.Errorf("printed %s: leniency %v, %v", printed, f.Leniency, err)
	}
}

// cmpFilters compares expressions; literals are equal if their JSON text is.
var cmpFilters = cmp.Comparer(func(a, b Value) bool { return a.Kind() == b.Kind() && a.Raw() == b.Raw() })

func TestParseFilterErrors(t *testing.T) {
	deep := strings.Repeat("(", 33) + "a pr" + strings.Repeat(")", 33)
	tests := []struct {
		in     string
		detail string // of the error of lenient reading
	}{
		{``, `filter: column 1: expected an attribute, found the end`},
		{`;`, `filter: column 1: expected an attribute, found the end`},
		{`"a`, `filter: column 1: expected an attribute, found a quote`},
		{`userName`, `filter: column 9: expected an operator, found the end`},
		{`userName equals "x"`, `filter: column 10: expected an operator, found "equals"`},
		{`userName eq`, `filter: column 12: expected a value, found the end`},
		{`userName eq `, `filter: column 13: expected a value, found the end`},
		{`a eq "x`, `filter: column 6: the quote is never closed`},
		{`a eq 'x"`, `filter: column 6: the quote is never closed`},
		{`a eq "x\`, `filter: column 8: no JSON escape sequence`},
		{`a eq "å\q"`, `filter: column 8: no JSON escape sequence`},
		{`a eq "\u12g4"`, `filter: column 7: no JSON escape sequence`},
		{"a eq \"x\ny\"", `filter: column 8: a control character in a string has to be escaped`},
		{`a eq ("x")`, `filter: column 6: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`a eq and b pr`, `filter: column 6: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`a eq x&&b`, `filter: column 6: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`(a pr`, `filter: column 1: "(" is never closed`},
		{`a pr)`, `filter: column 5: ")" was never opened`},
		{`(a pr]`, `filter: column 6: expected "and", "or" or ")"`},
		{`emails[type pr`, `filter: column 7: "[" is never closed`},
		{`emails[type pr)`, `filter: column 15: expected "and", "or" or "]"`},
		{`a pr]`, `filter: column 5: "]" was never opened`},
		{`[a pr]`, `filter: column 1: expected an attribute, found "["`},
		{`()`, `filter: column 2: expected an attribute, found ")"`},
		{`a pr "x"`, `filter: column 6: expected "and", "or" or the end`},
		{`a eq "x" b`, `filter: column 10: expected "and", "or" or the end`},
		{`a eq x y)`, `filter: column 8: expected "and", "or" or the end`},
		{`a pr nand b pr`, `filter: column 6: expected "and", "or" or the end`},
		{`a pr and`, `filter: column 9: expected an attribute, found the end`},
		{`and or`, `filter: column 5: expected an operator, found "or"`},
		{`not userName pr`, `filter: column 5: expected an operator, found "userName"`},
		{`!a pr`, `filter: column 1: expected an attribute, found "!"`},
		{`a.b.c pr`, `filter: column 4: an attribute has one sub-attribute at most`},
		{`a/b pr`, `filter: column 2: a name cannot hold "/"`},
		{`a. pr`, `filter: column 3: expected a sub-attribute, found a space`},
		{`-a pr`, `filter: column 1: expected an attribute, found "-a"`},
		{`:a pr`, `filter: column 1: expected an attribute, found ":"`},
		{`urn:x: pr`, `filter: column 7: expected an attribute, found a space`},
		{`é pr`, `filter: column 1: expected an attribute, found "é"`},
		{`a[b[c pr]]`, `filter: column 4: brackets cannot stand inside brackets`},
		{`a.b[c pr]`, `filter: column 4: brackets cannot stand behind a sub-attribute`},
		{`a[b pr].c`, `filter: column 10: expected an operator, found the end`},
		{`a[b pr].c[d pr]`, `filter: column 10: expected an operator, found "["`},
		{`a[b pr].c.d pr`, `filter: column 10: expected an operator, found "."`},
		{`a[b.c pr]`, `filter: column 6: brackets hold sub-attributes of "a" only`},
		{`a[urn:x:b pr]`, `filter: column 10: brackets hold sub-attributes of "a" only`},
		{`a[] pr`, `filter: column 3: expected an attribute, found "]"`},

		// What could be read in two ways is refused.
		{`a eq "x "y" and b eq "z"`, `filter: column 10: expected "and", "or" or the end`},
		{`a eq "x" ne "y"`, `filter: column 10: expected "and", "or" or the end`},
		{`a eq "x" b="y"`, `filter: column 10: expected "and", "or" or the end`},
		{`a eq "R"and"D"`, `filter: column 9: expected "and", "or" or the end`},
		{`a eq "x" y\q z"`, `filter: column 10: expected "and", "or" or the end`},
		{`a eq "x "y"" )`, `filter: column 14: ")" was never opened`},
		{`"a eq \"x\q\""`, `filter: column 7: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`not (a`, `filter: column 7: expected an operator, found the end`},
		{`not (a pr`, `filter: column 5: "(" is never closed`},
		{`emails[type eq "work"].value is "x"`, `filter: column 30: expected an operator, found "is"`},
		{`"a eq \"x\" b"`, `filter: column 10 inside the outer quotes: expected "and", "or" or the end`},

		{deep, `filter: column 33: more than 32 levels deep`},
		{strings.Repeat("a pr and ", 256) + "a pr", `filter: column 2306: more than 256 terms`},
		{`a eq "` + strings.Repeat("x", 8192) + `"`, `filter: longer than 8192 bytes`},
		{"a eq \"\xff\"", `filter: not valid UTF-8`},
	}
	for _, tt := range tests {
		t.Run(tt.in[:min(len(tt.in), 40)], func(t *testing.T) {
			_, err := ParseFilter(tt.in)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Status != 400 || e.Type != InvalidFilter || e.Detail != tt.detail {
				t.Errorf("got  %v\nwant 400 invalidFilter: %s", e, tt.detail)
			}
			if _, err := ParseStrictFilter(tt.in); err == nil {
				t.Error("strict reading takes it")
			}
		})
	}
}

func TestParseStrictFilterErrors(t *testing.T) {
	tests := []struct{ in, detail string }{
		{`userName eq mara`, `filter: column 13: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`userName eq True`, `filter: column 13: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`userName eq 01`, `filter: column 13: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`userName eq 'mara'`, `filter: column 13: expected a JSON value: a string in double quotes, a number, true, false or null`},
		{`userName == "mara"`, `filter: column 10: expected an operator, found "="`},
		{`userName  eq "mara"`, `filter: column 10: expected an operator, found a space`},
		{`userName eq"mara"`, `filter: column 12: expected a space, found a quote`},
		{` userName pr`, `filter: column 1: expected an attribute, found a space`},
		{`userName pr `, `filter: column 12: expected "and", "or" or the end`},
		{`title pr  and a pr`, `filter: column 9: expected "and", "or" or the end`},
		{`title pr and(a pr)`, `filter: column 9: expected "and", "or" or the end`},
		{`emails[type eq "work"].value eq "x"`, `filter: column 23: expected "and", "or" or the end`},
		{`emails [type eq "work"]`, `filter: column 8: expected an operator, found "["`},
		{`not  (a pr)`, `filter: column 5: expected an operator, found a space`},
		{`a[a.b pr]`, `filter: column 6: brackets hold sub-attributes of "a" only`},
		{`( a pr)`, `filter: column 2: expected an attribute, found a space`},
		{`(a pr )`, `filter: column 6: expected "and", "or" or ")"`},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			_, err := ParseStrictFilter(tt.in)
			if e := AsError(err); err == nil || e.Type != InvalidFilter || e.Detail != tt.detail {
				t.Errorf("got  %v\nwant %s", err, tt.detail)
			}
			if _, err := ParseFilter(tt.in); err != nil {
				t.Errorf("lenient reading: %v", err)
			}
		})
	}
}
