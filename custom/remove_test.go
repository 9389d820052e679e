package custom

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestRemove(t *testing.T) {
	nick, display, middle, dept := Remove{"nickName"}, Remove{"emails.display"}, Remove{"name.middleName"}, Remove{department}
	runSent(t, []sentRow{
		{verb: nick, request: "POST /Users", body: userOf(`"nickName":"Mara","title":"x"`), want: userOf(`"title":"x"`), changes: "body.nickName"},
		{verb: nick, request: "PUT /Users/1", body: userOf(`"title":"x"`)},
		{verb: dept, request: "POST /Users", body: userOf(`"`+enterprise+`":{"department":"x"},"title":"x"`, enterprise), want: userOf(`"title":"x"`)},
		{verb: dept, request: "POST /Users", body: userOf(`"`+enterprise+`":{"department":"x","division":"y"}`, enterprise), want: userOf(`"`+enterprise+`":{"division":"y"}`, enterprise)},
		{verb: Remove{enterprise}, request: "POST /Users", body: userOf(`"`+enterprise+`":{"department":"x","division":"y"},"active":true`, enterprise), want: userOf(`"active":true`)},
		{verb: display, request: "PUT /Users/1", body: userOf(`"emails":[{"value":"a","display":"b"},{"display":"c"}]`), want: userOf(`"emails":[{"value":"a"}]`)},
		{verb: display, request: "PUT /Users/1", body: userOf(`"emails":[{"display":"c"}],"active":true`), want: userOf(`"active":true`)},

		{verb: nick, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"nickName","value":"7"}`, `{"op":"add","value":{"nickName":"8","active":true}}`, `{"op":"add","value":{"nickName":"8"}}`), want: patchOf(`{"op":"add","value":{"active":true}}`), changes: "Operations[0].path Operations[1].value Operations[2].value"},
		{verb: nick, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"nickName"}`, `{"op":"remove","path":"title"}`), want: patchOf(`{"op":"remove","path":"title"}`)},
		{verb: middle, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"name","value":{"middleName":"x","givenName":"y"}}`), want: patchOf(`{"op":"replace","path":"name","value":{"givenName":"y"}}`)},
		{verb: middle, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"name"}`)},
		{verb: display, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[type eq \"work\"].display","value":"7"}`, `{"op":"add","path":"emails","value":[{"value":"x","display":"8"},{"display":"y"}]}`, `{"op":"replace","path":"emails[type eq \"work\"]","value":{"display":"7","value":"z"}}`), want: patchOf(`{"op":"add","path":"emails","value":[{"value":"x"}]}`, `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"z"}}`)},
		{verb: display, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[display eq \"x\"]"}`), err: `400 invalidFilter: Operations[0].path: emails.display cannot be searched by`},
		{verb: Remove{"emails"}, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[type eq \"x\"]"}`, `{"op":"add","path":"title","value":"x"}`), err: `400 invalidFilter: Operations[0].path: emails cannot be searched by`},

		{verb: nick, request: `GET /Users?filter=nickName eq "x"`, err: `400 invalidFilter: filter: nickName cannot be searched by`},
		{verb: nick, request: `GET /Users?filter=title pr and not (NickName pr)`, err: `400 invalidFilter: filter: nickName cannot be searched by`},
		{verb: Remove{"emails"}, request: `GET /Users?filter=emails[type eq "work"]`, err: `400 invalidFilter: filter: emails cannot be searched by`},
		{verb: Remove{"emails"}, request: `GET /Users?filter=emails.value pr`, err: `400 invalidFilter: filter: emails cannot be searched by`},
		{verb: Remove{"emails.value"}, request: `GET /Users?filter=emails co "x"`, err: `400 invalidFilter: filter: emails.value cannot be searched by`},
		{verb: display, request: `GET /Users?filter=emails[display eq "x"]`, err: `400 invalidFilter: filter: emails.display cannot be searched by`},
		{verb: display, request: `GET /Users?filter=emails[type eq "work"]`},
		{verb: Remove{enterprise}, request: `GET /Users?filter=` + department + ` eq "x"`, err: `400 invalidFilter: filter: ` + enterprise + ` cannot be searched by`},
	})
	runAnswers(t, []answerRow{
		{nick, "GET /Users/1", `{"id":"1","nickName":"x"}`, `{"id":"1"}`},
		{nick, "GET /Users", `{"Resources":[{"nickName":"x","id":"1"},{"id":"2"}]}`, `{"Resources":[{"id":"1"},{"id":"2"}]}`},
		{nick, "GET /Users", `[{"nickName":"x","id":"1"}]`, `[{"id":"1"}]`},
		{middle, "GET /Users/1", `{"name.middleName":"x","id":"1"}`, `{"id":"1"}`},
		{display, "GET /Users/1", `{"emails":[{"value":"a","display":"b"}]}`, `{"emails":[{"value":"a"}]}`},
		{dept, "GET /Users/1", userOf(`"`+enterprise+`":{"department":"x"}`, enterprise), `{"schemas":["` + scim.UserURI + `"]}`},
		{nick, "GET /Users/1", `{"title":"nickName"}`, ""},
	})
}

func TestRemoveFromLists(t *testing.T) {
	for query, want := range map[string]string{
		"attributes=nickName":                          "attributes=id",
		"attributes=userName,nickname&count=1":         "attributes=userName&count=1",
		"excludedAttributes=nickName":                  "excludedAttributes=nickName",
		"count=1&sortBy=nickName&sortOrder=descending": "count=1",
		"sortBy=title&sortOrder=descending":            "sortBy=title&sortOrder=descending",
	} {
		x := exchange{rules: []Rule{{ID: "x", Verbs: []Verb{Remove{"nickName"}}}}, method: "GET", path: "/Users", query: query, answer: "{}"}
		x.run(t)
		if x.err != nil || x.sent[0].Query != want {
			t.Errorf("%s: got %s (%v), want %s", query, x.sent[0].Query, x.err, want)
		}
	}
}

// TestNothingLeft is about a PATCH of which a rule leaves nothing: the client gets
// the resource as it is, in its own words.
func TestNothingLeft(t *testing.T) {
	x := exchange{
		rules:  []Rule{{ID: "x", Verbs: []Verb{Remove{"nickName"}, Rename{"surname", "displayName"}}}},
		method: http.MethodPatch, path: "/Users/1", query: "attributes=surname", header: http.Header{"If-Match": {`"1"`}, "X-Tenant": {"a"}},
		body:   patchOf(`{"op":"replace","path":"nickName","value":"x"}`),
		answer: `{"id":"1","displayName":"Lind","nickName":"x"}`,
	}
	x.run(t)
	x.want(t, "", `{"id":"1","surname":"Lind"}`)
	if diff := cmp.Diff([]string{"GET /Users/1?attributes=displayName"}, x.lines()); diff != "" {
		t.Error(diff)
	}
	if h := x.sent[0].Header; h.Get("If-Match") != "" || h.Get("X-Tenant") != "a" || x.got.Status != http.StatusOK {
		t.Errorf("header %v, status %d", h, x.got.Status)
	}
}

// TestHiddenStaysHidden is about answers in which nothing can be found: they may
// hold what a rule hides, and are not shown.
func TestHiddenStaysHidden(t *testing.T) {
	for _, resp := range []scim.Response{
		{Status: 200, Header: http.Header{"Content-Encoding": {"br"}}, Body: "\x00\x01"},
		{Status: 200, Header: http.Header{}, Body: `{"nickName":`},
		{Status: 200, Header: http.Header{}, Body: `[{"nickName":"x","nickname":"y"}]`},
	} {
		x := exchange{rules: []Rule{{ID: "x", Verbs: []Verb{Remove{"nickName"}}}}, method: "GET", path: "/Users/1"}
		x.through(t, answering(resp))
		x.fails(t, "502: the answer of the service provider cannot be read, so that the rules cannot be applied to it")
	}
}

// TestRemoveFromPut replaces a resource, of which the client does not see all.
func TestRemoveFromPut(t *testing.T) {
	ext := `"` + enterprise + `":{"department":"Dock","costCenter":"K-7"}`
	for _, c := range []struct {
		name, remove, state, body, want, version string
	}{
		{
			name: "an attribute", remove: "nickName", state: userOf(`"nickName":"Mo","title":"old"`), version: `W/"3"`,
			body: userOf(`"title":"new"`), want: userOf(`"title":"new","nickName":"Mo"`),
		},
		{
			name: "what the client sends of it goes", remove: "nickName", state: userOf(`"nickName":"Mo"`),
			body: userOf(`"nickName":"mine","title":"new"`), want: userOf(`"title":"new","nickName":"Mo"`),
		},
		{
			name: "there is none", remove: "nickName", state: userOf(`"title":"old"`), version: `W/"3"`,
			body: userOf(`"title":"new"`), want: userOf(`"title":"new"`),
		},
		{
			name: "a sub-attribute", remove: "name.middleName", state: userOf(`"name":{"middleName":"Eva","givenName":"Mara"}`),
			body: userOf(`"name":{"givenName":"Ines"}`), want: userOf(`"name":{"givenName":"Ines","middleName":"Eva"}`),
		},
		{
			name: "of each value", remove: "emails.display", state: userOf(`"emails":[{"value":"a","display":"A"},{"value":"b","type":"work","display":"B"},{"value":"b","type":"home","display":"C"}]`),
			body: userOf(`"emails":[{"value":"b","type":"home"},{"value":"c"},{"value":"a"}]`),
			want: userOf(`"emails":[{"value":"b","type":"home","display":"C"},{"value":"c"},{"value":"a","display":"A"}]`),
		},
		{
			name: "of an extension", remove: department, state: userOf(ext, enterprise),
			body: userOf(`"title":"new"`), want: userOf(`"title":"new","`+enterprise+`":{"department":"Dock"}`, enterprise),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := exchange{rules: []Rule{{ID: "x", Verbs: []Verb{Remove{c.remove}}}}, method: "PUT", path: "/Users/1", body: c.body}
			x.through(t, func(_ context.Context, req *scim.Request) (*scim.Response, error) {
				header := http.Header{"Content-Type": {scim.MediaType}}
				if c.version != "" {
					header.Set("ETag", c.version)
				}
				return &scim.Response{Status: 200, Header: header, Body: c.state}, nil
			})
			if x.err != nil || len(x.sent) != 2 || x.sent[0].Method != "GET" {
				t.Fatalf("%d requests, error %v", len(x.sent), x.err)
			}
			got := scim.Parse(x.sent[1].Body)
			want := scim.Parse(c.want)
			if !scim.SameValue(&got, &want) {
				t.Errorf("sent %s\nwant %s", x.sent[1].Body, c.want)
			}
			kept := c.version != "" && c.name != "there is none"
			if match := x.sent[1].Header.Get("If-Match"); kept && match != c.version || !kept && match != "" {
				t.Errorf("If-Match %q", match)
			}
		})
	}
}

// TestRemoveFromPutOfNobody answers that there is nothing to replace.
func TestRemoveFromPutOfNobody(t *testing.T) {
	x := exchange{rules: []Rule{{ID: "x", Verbs: []Verb{Remove{"nickName"}}}}, method: "PUT", path: "/Users/1", body: userOf(`"title":"new"`), status: 404, answer: "{}"}
	x.run(t)
	if x.err != nil || x.got.Status != 404 || len(x.sent) != 1 {
		t.Errorf("%d requests, status %v, error %v", len(x.sent), x.got, x.err)
	}
}
