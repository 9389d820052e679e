package custom

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestFilterOp(t *testing.T) {
	name, mail := FilterOp{"userName", "eq", "co"}, FilterOp{"emails", "sw", "pr"}
	modified, level := FilterOp{"meta.lastModified", "gt", "ge"}, FilterOp{"level", "eq", "sw"}
	runSent(t, []sentRow{
		{verb: name, request: `GET /Users?filter=userName eq "mara"`, want: `userName co "mara"`, changes: "query.filter"},
		{verb: name, request: `GET /Users?filter=userName eq "mara" or title eq "x"`, want: `userName co "mara" or title eq "x"`},
		{verb: name, request: `GET /Users?filter=userName sw "mara" and userName ne "x"`},
		{verb: name, request: `GET /Users?filter=not (userName eq "mara")`},
		{verb: name, request: `GET /Users?filter=userName eq "a" and not (title pr or userName eq "b")`, want: `userName co "a" and not (title pr or userName eq "b")`},
		{verb: name, request: `GET /Users?filter=userName eq "a" and password pr`},
		{verb: mail, request: `GET /Users?filter=emails[type eq "work" and value sw "a"]`, want: `emails[type eq "work" and value pr]`},
		{verb: mail, request: `GET /Users?filter=emails[not (value sw "a")] or emails.value sw "b"`, want: `emails[not (value sw "a")] or emails.value pr`},
		{verb: mail, request: `GET /Users?filter=emails.value sw ""`},
		{verb: modified, request: `GET /Users?filter=meta.lastModified gt "2026-01-01T00:00:00Z"`, want: `meta.lastModified ge "2026-01-01T00:00:00Z"`},
		{verb: level, request: `GET /Users?filter=level eq 1 or level eq true`},
		{verb: level, request: `GET /Users?filter=level eq "a" or level eq null`, want: `level sw "a" or level eq null`},
		{verb: name, request: "POST /Users/.search", body: `{"filter":"userName eq \"mara\""}`, want: `{"filter":"userName co \"mara\""}`, changes: "body.filter"},
		{verb: name, request: "POST /Users/.search", body: `{"filter":"userName eq \"mara\"","attributes":["title"]}`, want: `{"filter":"userName co \"mara\"","attributes":["title","userName"]}`, changes: "body.filter body.attributes"},
		{verb: mail, request: "POST /Users/.search", body: `{"filter":"emails.value sw \"a\" and title pr","excludedAttributes":["emails","name"]}`, want: `{"filter":"emails.value pr and title pr","excludedAttributes":["name"]}`},
		{verb: mail, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[value sw \"a\"]"}`)},
		{verb: name, request: "POST /Users", body: `{"userName":"mara"}`},
	})
}

func TestFilterOpAnswer(t *testing.T) {
	name, mail := FilterOp{"userName", "eq", "co"}, FilterOp{"emails.value", "eq", "co"}
	const three = `{"totalResults":3,"startIndex":1,"itemsPerPage":3,"Resources":[{"id":"1","userName":"mara"},{"id":"2","userName":"tamara"},{"id":"3","userName":"MARA"}]}`
	const two = `{"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{"id":"1","userName":"mara"},{"id":"3","userName":"MARA"}]}`
	runAnswers(t, []answerRow{
		{name, `GET /Users?filter=userName eq "mara"`, three, two},
		{name, `GET /Users?filter=userName eq "mara" or id eq "2"`, three, ""},
		{name, `GET /Users?filter=userName sw "mara"`, three, ""},
		{name, `GET /Users`, three, ""},
		{name, `GET /Users?filter=userName eq "mara"`, `{"totalResults":90,"startIndex":1,"itemsPerPage":2,"Resources":[{"id":"1","userName":"mara"},{"id":"2","userName":"tamara"}]}`, `{"totalResults":90,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"1","userName":"mara"}]}`},
		{name, `GET /Users?filter=userName eq "eve"`, three, `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`},
		{mail, `GET /Users?filter=emails[type eq "work" and value eq "a@b"]`, `{"totalResults":1,"Resources":[{"emails":[{"type":"work","value":"aa@b"},{"type":"home","value":"a@b"}]}]}`, `{"totalResults":0,"Resources":[]}`},
		{mail, `GET /Users?filter=emails.value eq "a@b"`, `{"totalResults":1,"Resources":[{"emails":[{"type":"work","value":"aa@b"},{"type":"home","value":"a@b"}]}]}`, ""},
	})
}

// TestFilterOpProjection holds that what the client did not ask to see is seen by
// the verb only.
func TestFilterOpProjection(t *testing.T) {
	name, mail := FilterOp{"userName", "eq", "co"}, FilterOp{"emails.value", "eq", "co"}
	tests := []struct {
		verb                            Verb
		query, sent, answer, wantAnswer string
	}{
		{
			name, `filter=userName eq "mara"&attributes=title`, "attributes=title,userName",
			`{"Resources":[{"id":"1","userName":"mara","title":"x"},{"id":"2","userName":"tamara"}]}`, `{"Resources":[{"id":"1","title":"x"}]}`,
		},
		{
			name, `filter=userName eq "mara"&attributes=userName`, "attributes=userName",
			`{"Resources":[{"id":"1","userName":"mara"}]}`, `{"Resources":[{"id":"1","userName":"mara"}]}`,
		},
		{
			mail, `filter=emails.value eq "a"&attributes=emails.type`, "attributes=emails.type,emails.value",
			`{"Resources":[{"id":"1","emails":[{"type":"work","value":"a"},{"value":"b"}]}]}`, `{"Resources":[{"id":"1","emails":[{"type":"work"}]}]}`,
		},
		{
			mail, `filter=emails.value eq "a"&excludedAttributes=emails,title`, "excludedAttributes=title",
			`{"Resources":[{"id":"1","emails":[{"type":"work","value":"a"}]}]}`, `{"Resources":[{"id":"1"}]}`,
		},
		{
			mail, `filter=emails.value eq "a"&excludedAttributes=emails.value`, "",
			`{"Resources":[{"id":"1","emails":[{"value":"a"}]},{"id":"2","emails":[{"value":"aa"}]}]}`, `{"Resources":[{"id":"1"}]}`,
		},
		{
			name, `filter=userName eq "mara" and id pr and ` + department + ` pr&attributes=` + enterprise, "attributes=" + enterprise + ",userName",
			`{"Resources":[{"id":"1","userName":"mara","` + enterprise + `":{"department":"x"}}]}`, `{"Resources":[{"id":"1","` + enterprise + `":{"department":"x"}}]}`,
		},
	}
	for _, tt := range tests {
		sent, resp, _, err := through(t, []Verb{tt.verb}, "GET /Users?"+tt.query, "", tt.answer)
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		want := "filter=" + escape(filterIn(t, sent.Query))
		if tt.sent != "" {
			name, value, _ := strings.Cut(tt.sent, "=")
			want += "&" + name + "=" + escape(value)
		}
		if diff := cmp.Diff(want, sent.Query); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
		if diff := cmp.Diff(tt.wantAnswer, resp.Body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
}

// TestFilterOpAtRoot holds that resources of all types are held against the filter,
// also those that the rule is not about.
func TestFilterOpAtRoot(t *testing.T) {
	user, group := `{"schemas":["`+scim.UserURI+`"],"displayName":"%"}`, `{"schemas":["`+scim.GroupURI+`"],"displayName":"%"}`
	named := func(resource, name string) string { return strings.ReplaceAll(resource, "%", name) }
	answer := `{"totalResults":4,"Resources":[` + strings.Join([]string{named(user, "ops"), named(user, "devops"), named(group, "ops"), named(group, "devops")}, ",") + `]}`
	want := `{"totalResults":2,"Resources":[` + named(user, "ops") + "," + named(group, "ops") + `]}`
	sent, resp, _, err := through(t, []Verb{FilterOp{"displayName", "eq", "co"}}, "POST /.search", `{"filter":"displayName eq \"ops\""}`, answer)
	if err != nil {
		t.Fatal(err)
	}
	if sent.Body != `{"filter":"displayName co \"ops\""}` || resp.Body != want {
		t.Errorf("sent %s, got %s", sent.Body, resp.Body)
	}
}

func TestFilterOpRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`no operator is wider than "ne"`:                                                                  FilterOp{"userName", "ne", "pr"},
		`"eq" does not find all that co finds: wider are pr`:                                              FilterOp{"userName", "co", "eq"},
		`"gt" does not find all that eq finds: wider are co, sw, ew, ge, le, pr`:                          FilterOp{"userName", "eq", "gt"},
		`active is of type boolean: co is for text`:                                                       FilterOp{"active", "eq", "co"},
		`active is of type boolean, which has no order`:                                                   FilterOp{"active", "eq", "ge"},
		`password is not shown in every answer, so that the answers could not be held against the filter`: FilterOp{"password", "eq", "co"},
	})
}
