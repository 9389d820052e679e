package scim

import (
	"strings"
	"testing"
)

// patchBody wraps operations into the body of a request.
func patchBody(operations string) string {
	return `{"schemas":["` + PatchOpURI + `"],"Operations":` + operations + `}`
}

func parsePatch(t testing.TB, operations string) []Operation {
	t.Helper()
	body := Parse(patchBody(operations))
	ops, err := ParsePatch(&body)
	if err != nil {
		t.Fatalf("ParsePatch(%s): %v", operations, err)
	}
	return ops
}

// What ParsePatch reads, AppendPatch writes in the same bytes.
func TestPatchRoundTrip(t *testing.T) {
	for _, operations := range []string{
		`[{"op":"replace","path":"active","value":false}]`,
		`[{"op":"remove","path":"nickName"},{"op":"add","path":"members","value":[{"value":"7f31"}]}]`,
		`[{"op":"add","path":"emails[type eq \"work\" and primary eq true].value","value":"mara.lind@example.com"}]`,
		`[{"op":"replace","value":{"active":true,"name":{ "givenName" : "Mara" }}}]`,
		`[{"op":"replace","path":"title","value":null}]`,
		`[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value","value":"77"}]`,
		`[{"op":"remove","path":"members[value EQ \"a\" or not (value eq \"b\")]"}]`,
		`[{"op":"replace","path":"displayName","value":"Mara \"Elin\" Lind\n"}]`,
	} {
		if got := string(AppendPatch(nil, parsePatch(t, operations))); got != patchBody(operations) {
			t.Errorf("got  %s\nwant %s", got, patchBody(operations))
		}
	}
}

func TestParsePatchOrder(t *testing.T) {
	body := Parse(`{ "Operations": [ {"value":"Mara", "path":"name.givenName", "op":"add"} ], "schemas": ["` + PatchOpURI + `"] }`)
	ops, err := ParsePatch(&body)
	if err != nil {
		t.Fatal(err)
	}
	op := &ops[0]
	if op.Op != Add || op.Target.Attr != (AttrPath{Name: "name", Sub: "givenName"}) || op.Value.Text() != "Mara" {
		t.Errorf("got %+v", op)
	}
	want := patchBody(`[{"op":"add","path":"name.givenName","value":"Mara"}]`)
	if got := string(AppendPatch(nil, ops)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestParsePatchRefuses(t *testing.T) {
	many := "[" + strings.Repeat(`{"op":"remove","path":"title"},`, MaxOperations) + `{"op":"remove","path":"title"}]`
	tests := []struct {
		body   string
		typ    ErrorType
		detail string // a part of it
	}{
		{`[]`, InvalidSyntax, "the body must be an object, got an array"},
		{`{"Operations":[{"op":"remove","path":"title"}]}`, InvalidSyntax, "schemas: must be"},
		{`{"schemas":[],"Operations":[{"op":"remove","path":"title"}]}`, InvalidSyntax, "schemas: must be"},
		{`{"schemas":"` + PatchOpURI + `","Operations":[{"op":"remove","path":"title"}]}`, InvalidSyntax, "schemas: must be"},
		{`{"schemas":["` + UserURI + `"],"Operations":[{"op":"remove","path":"title"}]}`, InvalidSyntax, "schemas: must be"},
		{`{"schemas":["` + PatchOpURI + `"]}`, InvalidSyntax, "Operations: must be an array of one operation or more"},
		{`{"schemas":["` + PatchOpURI + `"],"operations":[]}`, InvalidSyntax, `"operations": a PATCH request has`},
		{patchBody(`[]`), InvalidSyntax, "Operations: must be an array of one operation or more"},
		{patchBody(`{"op":"remove","path":"title"}`), InvalidSyntax, "Operations: must be"},
		{patchBody(`["remove"]`), InvalidSyntax, "Operations[0]: must be an object, got a string"},
		{patchBody(many), "", "Operations: more than 10000 operations"},

		{patchBody(`[{"op":"Replace","path":"title","value":"x"}]`), InvalidSyntax, "Operations[0].op: must be add, remove or replace"},
		{patchBody(`[{"op":"move","path":"title","value":"x"}]`), InvalidSyntax, "Operations[0].op: must be"},
		{patchBody(`[{"op":1,"path":"title","value":"x"}]`), InvalidSyntax, "Operations[0].op: must be"},
		{patchBody(`[{"path":"title","value":"x"}]`), InvalidSyntax, "Operations[0].op: is missing"},
		{patchBody(`[{"Op":"add","path":"title","value":"x"}]`), InvalidSyntax, `Operations[0]: "Op": an operation has`},
		{patchBody(`[{"op":"add","PATH":"title","value":"x"}]`), InvalidSyntax, `Operations[0]: "PATH": an operation has`},
		{patchBody(`[{"op":"add","name":"addMember","path":"title","value":"x"}]`), InvalidSyntax, `Operations[0]: "name"`},

		{patchBody(`[{"op":"remove","path":"title"},{"op":"remove"}]`), NoTarget, "Operations[1]: remove needs a path"},
		{patchBody(`[{"op":"remove","path":"members","value":[{"value":"1"}]}]`), InvalidSyntax, "Operations[0].value: remove takes no value"},
		{patchBody(`[{"op":"remove","path":"members","value":null}]`), InvalidSyntax, "Operations[0].value: remove takes no value"},
		{patchBody(`[{"op":"add","path":"title"}]`), InvalidValue, "Operations[0].value: add needs a value"},
		{patchBody(`[{"op":"replace","path":"title"}]`), InvalidValue, "Operations[0].value: replace needs a value"},
		{patchBody(`[{"op":"replace","value":"x"}]`), InvalidValue, "Operations[0].value: without a path it must be an object"},
		{patchBody(`[{"op":"replace","value":null}]`), InvalidValue, "Operations[0].value: without a path it must be an object"},

		{patchBody(`[{"op":"add","path":1,"value":"x"}]`), InvalidPath, "Operations[0].path: must be a string, got a number"},
		{patchBody(`[{"op":"add","path":"","value":"x"}]`), InvalidPath, "Operations[0].path: "},
		{patchBody(`[{"op":"add","path":"name..givenName","value":"x"}]`), InvalidPath, "Operations[0].path: "},
		{patchBody(`[{"op":"add","path":"/name/givenName","value":"x"}]`), InvalidPath, "Operations[0].path: "},
		{patchBody(`[{"op":"add","path":"title","value":"x"},{"op":"add","path":"emails[type eq work].value","value":"x"}]`), InvalidFilter, "Operations[1].path: "},
	}
	for _, tt := range tests {
		body := Parse(tt.body)
		_, err := ParsePatch(&body)
		e := AsError(err)
		if err == nil || e.Type != tt.typ || !strings.Contains(e.Detail, tt.detail) {
			t.Errorf("ParsePatch(%.100s)\n got %v\nwant %s: %s", tt.body, err, tt.typ, tt.detail)
		}
	}
}
