package scim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePath(t *testing.T) {
	tests := []struct {
		in       string
		out      string // same as in if empty
		strict   bool
		leniency Leniency
	}{
		// RFC 7644 figure 7 and its examples
		{in: `members`, strict: true},
		{in: `name.familyName`, strict: true},
		{in: `addresses[type eq "work"]`, strict: true},
		{in: `members[value eq "2819c223-7f76-453a-919d-413861904646"]`, strict: true},
		{in: `members[value eq "2819c223"].displayName`, strict: true},
		{in: `members[value eq "2819c223"].$ref`, strict: true},
		{in: EnterpriseUserURI + `:manager.value`, strict: true},
		{in: EnterpriseUserURI, strict: true},
		{in: `urn:example:acme:2.0`, strict: true},
		{in: `urn:example:acme:2.0:User:badges[kind eq "x" and (level gt 1 or level eq null)].label`, strict: true},

		{in: `emails[type eq 'work'].value`, out: `emails[type eq "work"].value`, leniency: SingleQuotes},
		{in: `emails[Type Eq work]`, out: `emails[Type eq "work"]`, leniency: OperatorCase | Bareword},
		{in: `roles[primary eq True].value`, out: `roles[primary eq true].value`, leniency: LiteralCase},
		{in: ` emails [ type eq "work" ].value `, out: `emails[type eq "work"].value`, leniency: OddSpacing},
		{in: `roles [type eq "crew"] . primary`, out: `roles[type eq "crew"].primary`, leniency: OddSpacing},
		{in: `members[value eq"2819c223"]`, out: `members[value eq "2819c223"]`, leniency: OddSpacing},
		{in: `members[members.value == "2819c223"]`, out: `members[value eq "2819c223"]`, leniency: OperatorSymbol | ParentPrefix},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			want := tt.out
			if want == "" {
				want = tt.in
			}
			path, leniency, err := ParsePath(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := path.String(); got != want {
				t.Errorf("printed %s, want %s", got, want)
			}
			if leniency != tt.leniency {
				t.Errorf("leniency %v, want %v", leniency, tt.leniency)
			}
			if _, err := ParseStrictPath(tt.in); (err == nil) != tt.strict {
				t.Errorf("strict reading: %v", err)
			}
			again, err := ParseStrictPath(want)
			if err != nil || !cmp.Equal(path, again, cmpFilters) {
				t.Errorf("printed path: %v\n%s", err, cmp.Diff(path, again, cmpFilters))
			}
		})
	}
}

func TestParsePathErrors(t *testing.T) {
	tests := []struct {
		in     string
		typ    ErrorType
		detail string
	}{
		{``, InvalidPath, `path: column 1: expected an attribute, found the end`},
		{`/members`, InvalidPath, `path: column 1: expected an attribute, found "/"`},
		{`a.b.c`, InvalidPath, `path: column 4: an attribute has one sub-attribute at most`},
		{`a..b`, InvalidPath, `path: column 3: expected a sub-attribute, found "."`},
		{`$.name`, InvalidPath, `path: column 1: expected an attribute, found "$"`},
		{`$`, InvalidPath, `path: column 1: expected an attribute, found "$"`},
		{`name/familyName`, InvalidPath, `path: column 5: a name cannot hold "/"`},
		{`userName eq "x"`, InvalidPath, `path: column 10: expected the end, found "eq"`},
		{`emails[0]`, InvalidFilter, `path: column 8: expected an attribute, found "0"`},
		{`emails[type eq "work"`, InvalidFilter, `path: column 7: "[" is never closed`},
		{`emails[type is "work"]`, InvalidFilter, `path: column 13: expected an operator, found "is"`},
		{`emails[]`, InvalidFilter, `path: column 8: expected an attribute, found "]"`},
		{`emails[type pr]value`, InvalidPath, `path: column 16: expected the end, found "value"`},
		{`emails[type pr].`, InvalidPath, `path: column 17: expected a sub-attribute, found the end`},
		{`emails[type pr].a.b`, InvalidPath, `path: column 18: expected the end, found "."`},
		{`emails[type pr].2`, InvalidPath, `path: column 17: expected a sub-attribute, found "2"`},
		{`name.givenName[value pr]`, InvalidFilter, `path: column 15: brackets cannot stand behind a sub-attribute`},
	}
	for _, tt := range tests {
		_, _, err := ParsePath(tt.in)
		if e := AsError(err); err == nil || e.Type != tt.typ || e.Detail != tt.detail {
			t.Errorf("%s:\ngot  %v\nwant 400 %s: %s", tt.in, err, tt.typ, tt.detail)
		}
		if _, err := ParseStrictPath(tt.in); err == nil {
			t.Errorf("%s: strict reading takes it", tt.in)
		}
	}
}

func TestParseAttrPath(t *testing.T) {
	tests := []struct {
		in   string
		want AttrPath
	}{
		{`userName`, AttrPath{Name: "userName"}},
		{`name.familyName`, AttrPath{Name: "name", Sub: "familyName"}},
		{`members.$ref`, AttrPath{Name: "members", Sub: "$ref"}},
		{`$ref`, AttrPath{Name: "$ref"}},
		{`a-b_c$1`, AttrPath{Name: "a-b_c$1"}},
		{`urn:x:y:2.0:User:manager.value`, AttrPath{"urn:x:y:2.0:User", "manager", "value"}},
		{`urn:x:y:2.0:User:userName`, AttrPath{URI: "urn:x:y:2.0:User", Name: "userName"}},
		{`urn:x:y:2.0:User.department`, AttrPath{"urn:x:y:2.0", "User", "department"}},
		{`urn:x:y:2.0:User`, AttrPath{URI: "urn:x:y:2.0", Name: "User"}},
		{`urn:x:y:2.0`, AttrPath{"urn:x:y", "2", "0"}},
		{`http://example.com/a_b-c/1.0:badge`, AttrPath{URI: "http://example.com/a_b-c/1.0", Name: "badge"}},
	}
	for _, tt := range tests {
		got, err := ParseAttrPath(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("%s: %#v, %v", tt.in, got, err)
		}
		if got.String() != tt.in {
			t.Errorf("printed %s, want %s", got, tt.in)
		}
	}
	for _, in := range []string{
		"", " a", "a ", "a.b.c", "a.", ".a", ":a", "urn:a:", "1a", "a.1", "a[b pr]", "a:b/c", "é", "2urn:x:a", "a b",
	} {
		if got, err := ParseAttrPath(in); err == nil || AsError(err).Type != InvalidPath {
			t.Errorf("%q: got %#v, %v", in, got, err)
		}
	}
}
