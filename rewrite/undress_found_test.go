package rewrite_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// foundCases were found by dressing and fuzzing.
var foundCases = []patchCase{
	{
		name:  "a path-less replace empties what an earlier operation created",
		ops:   `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"},{"op":"replace","value":{"emails":[{"value":"h@example.com","type":"home"}]}},{"op":"replace","path":"emails[type eq \"work\"].display","value":"Work"}]`,
		state: `{"id":"u1"}`,
		want:  `[{"op":"add","path":"emails","value":[{"type":"work","value":"w@example.com"}]},{"op":"replace","value":{"emails":[{"value":"h@example.com","type":"home"}]}},{"op":"add","path":"emails","value":[{"type":"work","display":"Work"}]}]`,
	},
	{
		name: "schemas that say nothing new are no operation",
		ops:  `[{"op":"add","path":"Schemas","value":["` + ent + `"]},{"op":"replace","path":"title","value":"Dr"}]`,
		want: `[{"op":"replace","path":"title","value":"Dr"}]`,
	},
	{
		name: "schemas that nobody knows stay",
		ops:  `[{"op":"add","path":"schemas","value":["urn:example:x:1.0:User"]}]`,
		want: `[{"op":"add","path":"schemas","value":["urn:example:x:1.0:User"]}]`,
	},
	{
		name:  "null at a filter on the present manager removes him",
		ops:   `[{"op":"replace","path":"` + ent + `:manager[value eq \"26\"]","value":null}]`,
		state: `{"id":"u1","` + ent + `":{"manager":{"value":"26"}}}`,
		want:  `[{"op":"remove","path":"` + ent + `:manager"}]`,
	},
	{
		name:  "null at a filter on another manager does nothing",
		ops:   `[{"op":"replace","path":"` + ent + `:manager[value eq \"27\"]","value":null}]`,
		state: `{"id":"u1","` + ent + `":{"manager":{"value":"26"}}}`,
		want:  `-`,
	},
	{
		name: "a flat key whose value is an object is no extension",
		ops:  `[{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName":{"value":"Ida"},"urn:scim:schemas:core:1.0:active":{"value":"True"},"` + ent + `.department":{"value":"R1"}}}]`,
		want: `[{"op":"replace","path":"name.givenName","value":"Ida"},{"op":"replace","path":"active","value":true},{"op":"replace","path":"` + ent + `:department","value":"R1"}]`,
	},
	{
		name: "a null part goes in any case",
		ops:  `[{"op":"add","path":"emails","value":[{"value":"i@example.com","$REF":null,"Display":null}]}]`,
		want: `[{"op":"add","path":"emails","value":[{"value":"i@example.com"}]}]`,
	},
	{
		name: "a role packed twice, in a list, under a name of its own",
		ops:  `[{"op":"add","path":"roles","value":[{"displayName":"old","value":["{\"value\":\"{\\\"value\\\":7}\",\"displayName\":\"Editor\"}"]}]}]`,
		want: `[{"op":"add","path":"roles","value":[{"display":"Editor","value":"7"}]}]`,
	},
	{
		name: "a packed role without a value has none",
		ops:  `[{"op":"add","path":"roles","value":[{"value":"{\"displayName\":\"Editor\"}"}]}]`,
		want: `[{"op":"add","path":"roles","value":[{"display":"Editor"}]}]`,
	},
	{
		name: "null in a list or an object removes as well",
		ops:  `[{"op":"replace","path":"title","value":[null]},{"op":"add","path":"userType","value":{"value":null}},{"op":"replace","path":"` + ent + `:manager","value":{"value":null,"$ref":null}}]`,
		want: `[{"op":"remove","path":"title"},{"op":"remove","path":"userType"},{"op":"remove","path":"` + ent + `:manager"}]`,
	},
	{
		name: "a value to remove that no filter can name is refused", fails: "400 invalidValue: Operations[0].value[0]",
		ops: `[{"op":"remove","path":"lockers","value":[{"no name":"x"}]}]`,
	},
	{
		name: "and so is one that a filter would name in part only", fails: "400 invalidValue: Operations[0].value[0]",
		ops: `[{"op":"remove","path":"lockers","value":[{"type":"work","keys":["a"]}]}]`,
	},
	{
		name: "null among the values of a sub-attribute removes nothing",
		ops:  `[{"op":"remove","path":"emails.value","value":[null]},{"op":"remove","path":"title"}]`,
		want: `[{"op":"remove","path":"title"}]`,
	},
	{
		name: "the URI of the core schema is no path",
		ops:  `[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"title":"Dr","name.givenName":"Ida"}},{"op":"add","path":"urn:scim:schemas:core:1.0","value":{"active":true}}]`,
		want: `[{"op":"replace","path":"title","value":"Dr"},{"op":"replace","path":"name.givenName","value":"Ida"},{"op":"add","value":{"active":true}}]`,
	},
	{
		name: "values of an attribute that nobody has", state: `{"id":"u1"}`,
		ops:  `[{"op":"remove","path":"lockers","value":["a"]},{"op":"remove","path":"title"}]`,
		want: `[{"op":"remove","path":"title"}]`,
	},
	{
		name: "no filter stands behind a sub-attribute", fails: "400 invalidValue: Operations[0].value",
		ops: `[{"op":"remove","value":{"lockers.keys":[{"value":"x"}]}}]`,
	},
	{
		name: "a filter whose terms no value can have describes none", state: `{"id":"u1"}`,
		ops: `[{"op":"add","path":"roles[primary eq 2].value","value":"a"}]`, fails: "400 invalidValue: Operations[0].path",
	},
	{
		name: "nor does one with a term twice", state: `{"id":"u1"}`,
		ops: `[{"op":"add","path":"lockers[a eq 1 and A eq 2].value","value":"x"}]`, fails: "400 noTarget: Operations[0].path",
	},
	{
		name:  "nor is a path with a filter",
		ops:   `[{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User:roles[value eq \"a\"]":{"display":"A"}}}]`,
		state: `{"id":"u1","roles":[{"value":"a"}]}`,
		want:  `[{"op":"replace","path":"roles[value eq \"a\"]","value":{"display":"A"}}]`,
	},
}

func TestFound(t *testing.T) { runPatchCases(t, foundCases) }

func runPatchCases(t *testing.T, cases []patchCase) {
	plan := compile(t, "generic")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.path == "" {
				c.path = "/scim/v2/Users/u1"
			}
			got, err := forward(t, plan, c)
			switch {
			case (err != nil) != (c.fails != "") || err != nil && !strings.HasPrefix(err.Error(), c.fails):
				t.Fatalf("got %v (%s), want %s %s", err, got, c.fails, c.want)
			case err == nil && got != c.want:
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// A removal of nobody among the operations of a Bulk request must not reach the
// service provider: what RFC 7644 knows of it is the removal of all members.
func TestBulkNothingLeft(t *testing.T) {
	body := func(data string) string {
		return `{"schemas":["` + scim.BulkRequestURI + `"],"Operations":[{"method":"PATCH","path":"/Groups/g1","data":{"schemas":["` +
			scim.PatchOpURI + `"],"Operations":[` + data + `]}}]}`
	}
	req := &scim.Request{
		Method: http.MethodPost, Path: "/scim/v2/Bulk", Header: http.Header{"Content-Type": {scim.MediaType}},
		Body: body(`{"op":"remove","path":"members","value":[]}`),
	}
	got := run("generic", req, `{"id":"g1"}`)
	if want := body(`{"op":"add","value":{}}`); got.err != nil || got.write == nil || got.write.Body != want {
		t.Errorf("%v, %s\nwant %s", got.err, show(got.write), want)
	}
}

// A resource that is not there concerns its own operation of a Bulk request
// only.
func TestBulkNotFound(t *testing.T) {
	body := func(op string) string {
		return `{"schemas":["` + scim.BulkRequestURI + `"],"Operations":[{"method":"PATCH","path":"/Users/u9","data":{"schemas":["` +
			scim.PatchOpURI + `"],"Operations":[{"op":"` + op + `","path":"emails[type eq \"work\"].value","value":"w@example.com"}]}}]}`
	}
	req := &scim.Request{Method: http.MethodPost, Path: "/scim/v2/Bulk", Body: body("Replace")}
	left := ""
	resp, _, err := plans["generic"].Do(context.Background(), req, func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == http.MethodGet {
			return answer(http.StatusNotFound, ""), nil
		}
		left = out.Body
		return answer(http.StatusOK, ""), nil
	})
	if err != nil || resp.Status != http.StatusOK || left != body("replace") {
		t.Errorf("%v, %v, %s", err, resp, left)
	}
}

// The second operation on a resource finds what the first has made.
func TestBulkSameResource(t *testing.T) {
	patch := func(op string) string {
		return `{"method":"PATCH","path":"/Users/u1","data":{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + op + `]}}`
	}
	body := func(ops ...string) string {
		return `{"schemas":["` + scim.BulkRequestURI + `"],"Operations":[` + strings.Join(ops, ",") + `]}`
	}
	const display = `{"op":"replace","path":"emails[type eq \"work\"].display","value":"Work"}`
	req := &scim.Request{
		Method: http.MethodPost, Path: "/scim/v2/Bulk",
		Body: body(patch(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}`), patch(display),
			`{"method":"PUT","path":"/Users/u1","data":{"schemas":["`+scim.UserURI+`"],"userName":"u1"}}`, patch(display)),
	}
	want := body(patch(`{"op":"add","path":"emails","value":[{"type":"work","value":"w@example.com"}]}`), patch(display),
		`{"method":"PUT","path":"/Users/u1","data":{"schemas":["`+scim.UserURI+`"],"userName":"u1"}}`,
		patch(`{"op":"add","path":"emails","value":[{"type":"work","display":"Work"}]}`))
	left := ""
	_, _, err := plans["generic"].Do(context.Background(), req, func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == http.MethodGet {
			return answer(http.StatusOK, `{"id":"u1"}`), nil
		}
		left = out.Body
		return answer(http.StatusOK, ""), nil
	})
	if err != nil || left != want {
		t.Errorf("%v\n got %s\nwant %s", err, left, want)
	}
}

// White space of any kind is no name, so that the parameter says nothing.
func TestQueryOfWhiteSpace(t *testing.T) {
	req := &scim.Request{Method: http.MethodGet, Path: "/scim/v2/Users", Query: "Attributes=%0C&count=2&filter=%C2%A0"}
	if got := run("generic", req, ""); got.err != nil || got.write.Query != "count=2" {
		t.Errorf("%v, %s", got.err, show(got.write))
	}
}

// The normal form of a body may be deeper than the body. It has to pass the door
// all the same.
func TestDepthOfNormalForm(t *testing.T) {
	deep := strings.Repeat("[", 30) + strings.Repeat("]", 30)
	for _, body := range []string{
		`{"userName":"mara","` + ent + `:manager":{"value":"26","deep":` + deep + `}}`,
		`{"userName":"mara","emails":{"value":"m@example.com","deep":` + deep + `}}`,
	} {
		req := &scim.Request{Method: http.MethodPost, Path: "/scim/v2/Users", Body: body}
		if got := run("generic", req, ""); got.write != nil || scim.AsError(got.err).Type != scim.InvalidSyntax {
			t.Errorf("%v, %s", got.err, show(got.write))
		}
		shallow := strings.Replace(body, deep, deep[1:len(deep)-1], 1)
		req = &scim.Request{Method: http.MethodPost, Path: "/scim/v2/Users", Body: shallow}
		if got := run("generic", req, ""); got.err != nil {
			t.Errorf("%v: %s", got.err, shallow)
		}
	}
}
