package scim

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filterMaker makes random filters out of all that the grammar knows.
type filterMaker struct{ *rand.Rand }

func pick[T any](m filterMaker, from ...T) T { return from[m.IntN(len(from))] }

func (m filterMaker) expression(depth int, inside bool) Expression {
	if depth == 0 {
		return m.comparison(inside)
	}
	switch n := m.IntN(8); {
	case n < 2:
		return m.comparison(inside)
	case n < 4:
		return Join(And, m.expression(depth-1, inside), m.expression(depth-1, inside))
	case n < 6:
		return Join(Or, m.expression(depth-1, inside), m.expression(depth-1, inside))
	case n == 6 || inside:
		return &NotExpression{Expression: m.expression(depth-1, inside)}
	}
	return &ValuePath{Path: AttrPath{URI: m.uri(), Name: m.name()}, Filter: m.expression(depth-1, true)}
}

func (m filterMaker) comparison(inside bool) Expression {
	e := &AttributeExpression{Path: AttrPath{Name: m.name()}, Op: Equal + CompareOp(m.IntN(int(Present)))}
	if !inside {
		e.Path.URI = m.uri()
		e.Path.Sub = pick(m, "", "", m.name())
	}
	if e.Op != Present {
		e.Value = m.value()
	}
	return e
}

func (m filterMaker) name() string {
	return pick(m, "userName", "value", "$ref", "x-y_z$9", "not", "and", "or", "eq", "pr", "A")
}

func (m filterMaker) uri() string {
	return pick(m, "", "", EnterpriseUserURI, "urn:example:acme:2.0", "http://example.com/a/1.0", "not")
}

func (m filterMaker) value() Value {
	return pick(m, NullValue(), BoolValue(true), BoolValue(false), IntValue(m.IntN(100)), Parse("-0.5E+7"),
		StringValue(m.text()), StringValue(m.text()), StringValue(m.text()), Parse(`"\u00e9\/\ud83d\ude00"`))
}

func (m filterMaker) text() string {
	var b strings.Builder
	for range m.IntN(6) {
		b.WriteString(pick(m, "a", " ", `"`, `\`, "'", ")", "]", " and ", " eq ", "ö", "”", "\n", ";", "=", "&&", "\x00", "🙂"))
	}
	return b.String()
}

// What the printer prints, the parser reads back: parse(print(f)) == f (normal
// form F7).
func TestFilterMirror(t *testing.T) {
	m := filterMaker{rand.New(rand.NewPCG(7, 643))}
	for range 5000 {
		checkMirror(t, m.expression(m.IntN(6), false))
		if t.Failed() {
			return
		}
	}
}

// Chains of one operator are equal however they are put together.
func TestJoin(t *testing.T) {
	name := func(s string) Expression { return &AttributeExpression{Path: AttrPath{Name: s}, Op: Present} }
	left := Join(Or, Join(Or, Join(Or, name("a"), name("b")), name("c")), name("d"))
	for _, other := range []Expression{
		Join(Or, name("a"), Join(Or, name("b"), Join(Or, name("c"), name("d")))),
		Join(Or, Join(Or, name("a"), name("b")), Join(Or, name("c"), name("d"))),
	} {
		if !cmp.Equal(other, Expression(left), cmpFilters) {
			t.Error(cmp.Diff(other, Expression(left), cmpFilters))
		}
	}
}

// What a client may do to a filter is undone: the same expression is read, and
// the liberty is noted.
func TestFilterUndressed(t *testing.T) {
	m := filterMaker{rand.New(rand.NewPCG(7, 644))}
	dresses := []struct {
		liberty Leniency
		dress   func(string) string
	}{
		{OddSpacing, func(s string) string { return "  " + strings.ReplaceAll(s, "not (", "not(") + "\t" }},
		{TrailingSemicolon, func(s string) string { return s + ";" }},
		{OuterQuotes, func(s string) string { return Quote(s) }},
		{OuterQuotes | TrailingSemicolon, func(s string) string { return "“" + s + "”;" }},
	}
	for range 2000 {
		want := m.expression(m.IntN(5), false)
		for _, d := range dresses {
			in := d.dress(want.String())
			f, err := ParseFilter(in)
			if err != nil {
				t.Fatalf("%s\nread as %v", in, err)
			}
			if f.Leniency != d.liberty || !cmp.Equal(f.Expression, want, cmpFilters) {
				t.Fatalf("%s\nleniency %v\n%s", in, f.Leniency, cmp.Diff(f.Expression, want, cmpFilters))
			}
		}
	}
}

// FuzzFilter: whatever is read prints to a strict filter that is read as the
// same, with no liberty taken; what is strict is read alike by both readings.
func FuzzFilter(f *testing.F) {
	for _, seed := range filterSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		strict, strictErr := ParseStrictFilter(in)
		got, err := ParseFilter(in)
		if err != nil {
			if strictErr == nil {
				t.Fatalf("strict, but not read leniently: %v", err)
			}
			checkFault(t, err, InvalidFilter)
			return
		}
		if strictErr == nil && (!cmp.Equal(strict, got.Expression, cmpFilters) || got.Leniency&^(OperatorCase|OddSpacing) != 0) {
			t.Fatalf("strict filter read with leniency %v\n%s", got.Leniency, cmp.Diff(strict, got.Expression, cmpFilters))
		}
		if withinLimits(in, got.String()) {
			checkMirror(t, got.Expression)
		}
		resource := Parse(matchUser)
		if _, err := Matches(got.Expression, &resource, Core().ByName("User")); err != nil {
			checkFault(t, err, InvalidFilter)
		}
	})
}

// FuzzPath: the same for paths.
func FuzzPath(f *testing.F) {
	for _, seed := range filterSeeds {
		f.Add("emails[" + seed + "].value")
	}
	f.Add(EnterpriseUserURI + ":manager.value")
	f.Add("name.familyName")
	f.Fuzz(func(t *testing.T, in string) {
		strict, strictErr := ParseStrictPath(in)
		got, leniency, err := ParsePath(in)
		if err != nil {
			if strictErr == nil {
				t.Fatalf("strict, but not read leniently: %v", err)
			}
			checkFault(t, err, InvalidPath, InvalidFilter)
			return
		}
		if strictErr == nil && (!cmp.Equal(strict, got, cmpFilters) || leniency&^(OperatorCase|OddSpacing) != 0) {
			t.Fatalf("strict path read with leniency %v\n%s", leniency, cmp.Diff(strict, got, cmpFilters))
		}
		printed := got.String()
		if !withinLimits(in, printed) {
			return
		}
		again, err := ParseStrictPath(printed)
		if err != nil || !cmp.Equal(again, got, cmpFilters) {
			t.Fatalf("printed %s: %v\n%s", printed, err, cmp.Diff(again, got, cmpFilters))
		}
		if _, leniency, err := ParsePath(printed); err != nil || leniency != 0 {
			t.Fatalf("printed %s: leniency %v, %v", printed, leniency, err)
		}
	})
}

// withinLimits leaves out filters that are so near to a limit that writing them
// strictly, with quotes and parentheses, goes over it.
func withinLimits(in, printed string) bool {
	return len(printed) <= maxFilterSize && strings.Count(in, "(")+strings.Count(in, "[") < maxFilterDepth
}

func checkFault(t *testing.T, err error, types ...ErrorType) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Status != 400 || e.Detail == "" {
		t.Fatalf("not a 400 with a detail: %v", err)
	}
	for _, typ := range types {
		if e.Type == typ {
			return
		}
	}
	t.Fatalf("%v, want %v", err, types)
}

var filterSeeds = []string{
	`userName eq "mara.lind@example.com"`,
	`not (title pr or userType ne null) and active eq true`,
	`not(a pr) AND B Co 'x\'y' || c == 1.5e3;`,
	`emails[type eq "work" or primary eq True].value sw “x”`,
	`emails[emails.type eq work] eq "y"`,
	`"displayName eq \"the \\\"A\\\" team\""`,
	`displayName eq "the "A" team"`,
	`urn:example:acme:2.0:User:badge.$ref gt "2026-03-01T08:00:00Z"`,
	`((a pr)) and ( b  ge"x" )`,
	`!(a != "\u00e9")&&meta.created lt 2026-03-01T08:00:00Z`,
	`members[value eq "a" or value eq "b"]`,
}
