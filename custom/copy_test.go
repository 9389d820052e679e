package custom

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestCopy(t *testing.T) {
	work := Copy{`emails[type eq "work"].value`, "userName"}
	title, name, mails := Copy{"title", "nickName"}, Copy{"name", "legalName"}, Copy{"emails", "mails"}
	runSent(t, []sentRow{
		{verb: title, request: "POST /Users", body: userOf(`"title":"a","nickName":"b"`), want: userOf(`"title":"a","nickName":"a"`), changes: "body.nickName"},
		{verb: title, request: "PUT /Users/1", body: userOf(`"nickName":"b"`)},
		{verb: title, request: "PUT /Users/1", body: userOf(`"title":null`), want: userOf(`"title":null,"nickName":null`)},
		{verb: Copy{"title", department}, request: "POST /Users", body: userOf(`"title":"a"`), want: userOf(`"title":"a","`+enterprise+`":{"department":"a"}`, enterprise)},
		{verb: work, request: "PUT /Users/1", body: userOf(`"emails":[{"type":"home","value":"h"},{"type":"Work","value":"w"}],"userName":"u"`), want: userOf(`"emails":[{"type":"home","value":"h"},{"type":"Work","value":"w"}],"userName":"w"`)},
		{verb: work, request: "PUT /Users/1", body: userOf(`"emails":[{"type":"home","value":"h"}],"userName":"u"`)},

		{verb: title, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"title":"7","nickName":"y"}}`, `{"op":"remove","path":"title"}`, `{"op":"replace","path":"nickName","value":"z"}`), want: patchOf(`{"op":"replace","value":{"title":"7"}}`, `{"op":"replace","path":"nickName","value":"7"}`, `{"op":"remove","path":"title"}`, `{"op":"remove","path":"nickName"}`)},
		{verb: title, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"nickName","value":"z"}`)},
		{verb: name, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"name.givenName","value":"M"}`), want: patchOf(`{"op":"replace","path":"name.givenName","value":"M"}`, `{"op":"replace","path":"legalName.givenName","value":"M"}`)},
		{verb: mails, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"emails","value":[{"value":"a"}]}`), want: patchOf(`{"op":"add","path":"emails","value":[{"value":"a"}]}`, `{"op":"add","path":"mails","value":[{"value":"a"}]}`)},
		{verb: work, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"7"}`), want: patchOf(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"7"}`, `{"op":"replace","path":"userName","value":"7"}`)},
		{verb: title, request: `GET /Users?filter=nickName eq "x"`},
	})
	runAnswers(t, []answerRow{{title, "GET /Users/1", `{"title":"a","nickName":"b"}`, ""}})
	refused(t, map[string]Verb{
		`emails has many values: say which is meant, as in emails[type eq "work"].value`: Copy{"emails.value", "title"},
		`phoneNumbers has many values: there is no telling which of them is meant`:       Copy{"title", "phoneNumbers.value"},
		`name has one value: name it without brackets`:                                   Copy{`name[givenName eq "x"].familyName`, "title"},
		`"emails[type eq" is not a value path such as emails[type eq "work"].value`:      Copy{`emails[type eq`, "title"},
		`an attribute cannot take its own place`:                                         Copy{"title", "title"},
		`groups is read-only: no client writes it`:                                       Copy{"x", "groups"},
		`an extension as a whole is not copied: name its attributes`:                     Copy{enterprise, "x"},
	})
}

const mara = `{"schemas":["` + scim.UserURI + `"],"id":"1","userName":"mara@example.com","emails":[{"type":"work","value":"mara@example.com"},{"type":"home","value":"m@example.net"}]}`

// TestCopyByState is about operations that do not say what the value becomes: it
// is read off the resource.
func TestCopyByState(t *testing.T) {
	for _, row := range []struct {
		name, body, sent string
		reads            int
	}{
		{
			"a new value", patchOf(`{"op":"add","path":"emails","value":[{"type":"work","value":"lind@example.com"}]}`, `{"op":"remove","path":"emails[value eq \"mara@example.com\"]"}`),
			patchOf(`{"op":"add","path":"emails","value":[{"type":"work","value":"lind@example.com"}]}`, `{"op":"remove","path":"emails[value eq \"mara@example.com\"]"}`, `{"op":"replace","path":"userName","value":"lind@example.com"}`), 1,
		},
		{
			"by another path", patchOf(`{"op":"replace","path":"userName","value":"x"}`, `{"op":"replace","path":"emails[value eq \"mara@example.com\"].value","value":"lind@example.com"}`),
			patchOf(`{"op":"replace","path":"emails[value eq \"mara@example.com\"].value","value":"lind@example.com"}`, `{"op":"replace","path":"userName","value":"lind@example.com"}`), 1,
		},
		{
			"another value", patchOf(`{"op":"remove","path":"emails[type eq \"home\"]"}`),
			patchOf(`{"op":"remove","path":"emails[type eq \"home\"]"}`), 1,
		},
		{"nothing of it", patchOf(`{"op":"replace","path":"title","value":"x"}`), patchOf(`{"op":"replace","path":"title","value":"x"}`), 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := exchange{
				rules:  []Rule{{ID: "x", Verbs: []Verb{Copy{`emails[type eq "work"].value`, "userName"}}}},
				method: http.MethodPatch, path: "/Users/1", body: row.body,
			}
			x.through(t, serviceProvider(t, mara))
			if x.err != nil || x.got.Status != http.StatusOK {
				t.Fatalf("%v %v", x.err, x.got)
			}
			if diff := cmp.Diff(row.sent, x.sent[len(x.sent)-1].Body); diff != "" || len(x.sent) != row.reads+1 {
				t.Errorf("%d exchanges (-want +got):\n%s", len(x.sent), diff)
			}
			changed := row.name == "a new value" || row.name == "by another path"
			if got := x.sent[len(x.sent)-1].Header.Get("If-Match"); (got != "") != changed {
				t.Errorf("If-Match is %q", got)
			}
		})
	}
}
