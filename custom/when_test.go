package custom

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestWhen(t *testing.T) {
	contractor := []Rule{{ID: "x", When: `userType eq "Contractor" and not (` + enterprise + `:manager pr)`, Verbs: []Verb{Reject{400, "invalidValue", "a contractor needs a manager"}}}}
	nick := []Rule{{ID: "x", When: `userType eq "Contractor"`, Verbs: []Verb{Remove{"nickName"}}}}
	inactive := []Rule{{ID: "x", When: `op eq "replace" and path eq "active" and value eq false`, Verbs: []Verb{Set{"title", "gone"}, Header{Name: "X-Leaver", Value: "1"}}}}
	leaving := []Rule{{ID: "x", On: []string{"delete"}, When: `active eq true`, Verbs: []Verb{Reject{409, "", "deactivate first"}}}}
	stored := []string{
		userOf(`"id":"1","userName":"a","userType":"Contractor","nickName":"A"`),
		userOf(`"id":"2","userName":"b","userType":"Employee","nickName":"B","active":true`),
	}
	for _, row := range []struct {
		name   string
		rules  []Rule
		method string
		path   string
		body   string
		err    string
		lines  []string
		sent   string
	}{
		{"body holds", contractor, "POST", "/Users", userOf(`"userName":"c","userType":"contractor"`), "400 invalidValue: a contractor needs a manager", nil, ""},
		{"body does not", contractor, "POST", "/Users", userOf(`"userName":"c","userType":"Employee"`), "", []string{"POST /Users"}, userOf(`"userName":"c","userType":"Employee"`)},
		{"state after the PATCH holds", contractor, "PATCH", "/Users/2", patchOf(`{"op":"replace","path":"userType","value":"Contractor"}`), "400 invalidValue: a contractor needs a manager", []string{"GET /Users/2"}, ""},
		{"state after the PATCH does not", contractor, "PATCH", "/Users/1", patchOf(`{"op":"replace","path":"` + enterprise + `:manager","value":{"value":"2"}}`), "", []string{"GET /Users/1", "PATCH /Users/1"}, patchOf(`{"op":"replace","path":"` + enterprise + `:manager","value":{"value":"2"}}`)},
		{"a verb at work", nick, "PATCH", "/Users/1", patchOf(`{"op":"replace","path":"nickName","value":"x"}`, `{"op":"replace","path":"title","value":"x"}`), "", []string{"GET /Users/1", "PATCH /Users/1"}, patchOf(`{"op":"replace","path":"title","value":"x"}`)},
		{"a verb that rests", nick, "PATCH", "/Users/2", patchOf(`{"op":"replace","path":"nickName","value":"x"}`), "", []string{"GET /Users/2", "PATCH /Users/2"}, patchOf(`{"op":"replace","path":"nickName","value":"x"}`)},
		{"no such resource", nick, "PATCH", "/Users/9", patchOf(`{"op":"replace","path":"nickName","value":"x"}`), "", []string{"GET /Users/9"}, ""},
		{"an operation holds", inactive, "PATCH", "/Users/2", patchOf(`{"op":"replace","path":"active","value":false}`, `{"op":"replace","path":"title","value":"x"}`), "", []string{"PATCH /Users/2"}, patchOf(`{"op":"replace","path":"active","value":false}`, `{"op":"replace","path":"title","value":"gone"}`)},
		{"no operation holds", inactive, "PATCH", "/Users/2", patchOf(`{"op":"replace","path":"active","value":true}`, `{"op":"replace","path":"title","value":"x"}`), "", []string{"PATCH /Users/2"}, patchOf(`{"op":"replace","path":"active","value":true}`, `{"op":"replace","path":"title","value":"x"}`)},
		{"DELETE of what holds", leaving, "DELETE", "/Users/2", "", "409: deactivate first", []string{"GET /Users/2"}, ""},
		{"DELETE of what does not", leaving, "DELETE", "/Users/1", "", "", []string{"GET /Users/1", "DELETE /Users/1"}, ""},
		{"filters are left alone", nick, "GET", "/Users", "", "", []string{"GET /Users?filter=nickName%20pr"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := exchange{rules: row.rules, method: row.method, path: row.path, body: row.body}
			if row.method == http.MethodGet {
				x.query = "filter=nickName%20pr"
			}
			x.through(t, serviceProvider(t, stored...))
			if diff := cmp.Diff(row.lines, x.lines()); diff != "" {
				t.Error(diff)
			}
			if row.err != "" {
				x.fails(t, row.err)
				return
			}
			if x.err != nil {
				t.Fatal(x.err)
			}
			if diff := cmp.Diff(row.sent, x.sent[len(x.sent)-1].Body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhenInAnswers is about reads: the condition is held against each resource.
func TestWhenInAnswers(t *testing.T) {
	x := exchange{
		rules: []Rule{
			{ID: "hide", When: `userType eq "Contractor"`, Verbs: []Verb{Remove{"nickName"}}},
		},
		method: "GET", path: "/Users",
		answer: `{"totalResults":2,"Resources":[{"userType":"Contractor","nickName":"A"},{"userType":"Employee","nickName":"B"}]}`,
	}
	x.run(t)
	x.want(t, "", `{"totalResults":2,"Resources":[{"userType":"Contractor"},{"userType":"Employee","nickName":"B"}]}`)
	if diff := cmp.Diff([]string{"hide answer.Resources[0].nickName"}, x.changes); diff != "" {
		t.Error(diff)
	}
	x.rules = []Rule{{ID: "map", When: `title eq "Eng" and active eq true`, Verbs: []Verb{Map{"title", []Pair{{"Eng", "Engineer"}}}}}}
	x.answer = `{"Resources":[{"title":"Engineer","active":true},{"title":"Engineer"},{"title":"Eng","active":true}]}`
	x.run(t)
	x.want(t, "", `{"Resources":[{"title":"Eng","active":true},{"title":"Engineer"},{"title":"Eng","active":true}]}`)
}

func TestWhenRefused(t *testing.T) {
	for want, rule := range map[string]Rule{
		`rule x: when: filter: column 9: expected an operator, found the end`:                                                                       {When: `userName`, Verbs: []Verb{Remove{"title"}}},
		`rule x: when: filter: active sw: the value has to be a boolean`:                                                                            {When: `active sw "x"`, Verbs: []Verb{Remove{"title"}}},
		`rule x: when: rename a b changes names or shapes for all resources or none, since filters could not follow it for some`:                    {When: `title pr`, Verbs: []Verb{Rename{"a", "b"}}},
		`rule x: when: reject 400 can never work: there is a condition only for create, replace, patch and delete`:                                  {When: `title pr`, On: []string{"get", "list"}, Verbs: []Verb{Reject{Status: 400, Detail: "x"}}},
		`rule x: when: op is that of an operation of a PATCH, and the others are attributes of the resource: a condition is about one or the other`: {When: `op eq "add" and title pr`, Verbs: []Verb{Remove{"title"}}},
		`rule x: when: op, path and value are those of a PATCH, and the rule is not for patch`:                                                      {When: `op eq "add"`, On: []string{"create"}, Verbs: []Verb{Remove{"title"}}},
	} {
		rule.ID = "x"
		if _, err := New(Options{Registry: scim.Core(), Rules: []Rule{rule}}); err == nil || err.Error() != want {
			t.Errorf(" got %v\nwant %s", err, want)
		}
	}
}
