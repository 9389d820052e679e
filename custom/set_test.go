package custom

import (
	"context"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestSet(t *testing.T) {
	kind, family, mail, dept := Set{"userType", "Employee"}, Set{"name.familyName", "X"}, Set{"emails", `{"value":"it@example.com"}`}, Set{department, "7"}
	runSent(t, []sentRow{
		{verb: kind, request: "POST /Users", body: userOf(`"userType":"Guest"`), want: userOf(`"userType":"Employee"`), changes: "body.userType"},
		{verb: kind, request: "PUT /Users/1", body: userOf(`"userType":"Employee"`)},
		{verb: family, request: "PUT /Users/1", body: userOf(`"name":{"givenName":"Mara"}`), want: userOf(`"name":{"givenName":"Mara","familyName":"X"}`)},
		{verb: mail, request: "POST /Users", body: userOf(`"active":true`), want: userOf(`"active":true,"emails":[{"value":"it@example.com"}]`)},
		{verb: Set{"active", "false"}, request: "POST /Users", body: userOf(`"active":true`), want: userOf(`"active":false`)},
		{verb: Set{"x", "true"}, request: "POST /Users", body: userOf(`"a":1`), want: userOf(`"a":1,"x":true`)},
		{verb: Set{"x", "yes"}, request: "POST /Users", body: userOf(`"a":1`), want: userOf(`"a":1,"x":"yes"`)},
		{verb: dept, request: "POST /Users", body: userOf(`"a":1`), want: userOf(`"a":1,"`+enterprise+`":{"department":"7"}`, enterprise)},

		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"title","value":"x"}`, `{"op":"replace","path":"userType","value":"7"}`, `{"op":"add","value":{"userType":"8","active":true}}`), want: patchOf(`{"op":"replace","path":"title","value":"x"}`, `{"op":"replace","path":"userType","value":"Employee"}`, `{"op":"add","value":{"active":true}}`)},
		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"title","value":"x"}`)},
		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"userType"}`), want: patchOf(`{"op":"replace","path":"userType","value":"Employee"}`)},
		{verb: family, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"name.familyName","value":"7"}`, `{"op":"remove","path":"name"}`, `{"op":"add","path":"name","value":{"familyName":"8"}}`), want: patchOf(`{"op":"replace","path":"name.familyName","value":"X"}`, `{"op":"remove","path":"name"}`, `{"op":"replace","path":"name.familyName","value":"X"}`)},
		{verb: mail, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[type eq \"work\"]"}`), want: patchOf(`{"op":"replace","path":"emails","value":[{"value":"it@example.com"}]}`)},
		{verb: dept, request: "PATCH /Users/1", body: patchOf(`{"op":"add","value":{"` + enterprise + `":{"department":"a"}}}`), want: patchOf(`{"op":"replace","path":"` + department + `","value":"7"}`)},
		{verb: kind, request: `GET /Users?filter=userType eq "x"`},
	})
	runAnswers(t, []answerRow{{kind, "GET /Users/1", `{"userType":"Guest"}`, ""}})
	refused(t, map[string]Verb{
		`"perhaps" cannot be a value of active, which is of type boolean`:           Set{"active", "perhaps"},
		`emails has many values: there is no telling which of them is meant`:        Set{"emails.value", "x"},
		`emails[0].value: want a string, got a number`:                              Set{"emails", `[{"value":7}]`},
		`groups is read-only: no client writes it`:                                  Set{"groups", `[]`},
		enterprise + ` is an extension: name one of its attributes`:                 Default{enterprise, `{}`},
		`meta belongs to the service provider: no verb changes id, schemas or meta`: Default{"meta", `{}`},
		`"x" cannot be a value of name, which is of type complex`:                   Default{"name", `x`},
	})
}

func TestDefault(t *testing.T) {
	kind, family := Default{"userType", "Employee"}, Default{"name.familyName", "X"}
	runSent(t, []sentRow{
		{verb: kind, request: "POST /Users", body: userOf(`"userType":"Guest"`)},
		{verb: kind, request: "POST /Users", body: userOf(`"a":1`), want: userOf(`"a":1,"userType":"Employee"`), changes: "body.userType"},
		{verb: kind, request: "PUT /Users/1", body: userOf(`"userType":""`), want: userOf(`"userType":"Employee"`)},
		{verb: kind, request: "PUT /Users/1", body: userOf(`"userType":null`), want: userOf(`"userType":"Employee"`)},
		{verb: Default{"emails", `{"value":"a"}`}, request: "PUT /Users/1", body: userOf(`"emails":[]`), want: userOf(`"emails":[{"value":"a"}]`)},
		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"userType"}`, `{"op":"replace","path":"userType","value":""}`, `{"op":"replace","path":"userType","value":"x"}`), want: patchOf(`{"op":"replace","path":"userType","value":"Employee"}`, `{"op":"replace","path":"userType","value":"Employee"}`, `{"op":"replace","path":"userType","value":"x"}`), changes: "Operations[0].value Operations[1].value"},
		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"userType":"","active":true}}`), want: patchOf(`{"op":"replace","value":{"active":true}}`, `{"op":"replace","path":"userType","value":"Employee"}`)},
		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"userType":"x","active":true}}`)},
		{verb: family, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"name"}`), want: patchOf(`{"op":"remove","path":"name"}`, `{"op":"replace","path":"name.familyName","value":"X"}`)},
		{verb: kind, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"title","value":""}`)},
		{verb: Default{"emails", `{"value":"a"}`}, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[type eq \"work\"]"}`)},
	})
}

// TestPlaceholders is about values that are only known when a request comes.
func TestPlaceholders(t *testing.T) {
	expand := func(_ context.Context, text string) string {
		return strings.NewReplacer("{tenant}", `acme "7"`, "{level}", "7", "{crlf}", "a\r\nb").Replace(text)
	}
	body := userOf(`"a":1`)
	for _, row := range []struct {
		verb            Verb
		want, err, head string
	}{
		{verb: Set{"title", "of {tenant}"}, want: userOf(`"a":1,"title":"of acme \"7\""`)},
		{verb: Set{"emails", `[{"value":"{tenant}"}]`}, want: userOf(`"a":1,"emails":[{"value":"acme \"7\""}]`)},
		{verb: Set{"x", "{tenant}"}, want: userOf(`"a":1,"x":"acme \"7\""`)},
		{verb: Set{"active", "{level}"}, err: "400 invalidValue: active: what the placeholders of its value stand for has not its type"},
		{verb: Header{Name: "X-Tenant", Value: "{level}"}, want: body, head: "7"},
		{verb: Header{Name: "X-Tenant", Value: "{crlf}"}, err: "400 invalidValue: header.X-Tenant: what its placeholders stand for has a control character in it"},
		{verb: Reject{Status: 403, Detail: "not for {tenant}"}, err: `403: not for acme "7"`},
	} {
		x := exchange{rules: []Rule{{ID: "x", Resource: []string{"User"}, Verbs: []Verb{row.verb}}}, expand: expand, method: "POST", path: "/Users", body: body, answer: "{}"}
		x.run(t)
		if row.err != "" {
			x.fails(t, row.err)
			continue
		}
		x.want(t, row.want, "{}")
		if got := x.sent[0].Header.Get("X-Tenant"); got != row.head {
			t.Errorf("%s: header %q", row.verb, got)
		}
	}
	_, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "x", Verbs: []Verb{Set{"active", "{level}"}}}}})
	if err == nil {
		t.Error("a placeholder was taken for a boolean where there are none")
	}
}
