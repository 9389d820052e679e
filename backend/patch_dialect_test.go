package backend

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

const mara = `{"schemas":["` + scim.UserURI + `"],"id":"17","userName":"mara.lind@example.com","title":"Lead",` +
	`"name":{"givenName":"Mara","familyName":"Lind","formatted":"Mara Lind"},` +
	`"emails":[{"value":"mara@example.com","type":"work","primary":true},{"value":"m@example.org","type":"home"}]}`

const crew = `{"schemas":["` + scim.GroupURI + `"],"id":"9","displayName":"Crew","members":[{"value":"a"},{"value":"b"},{"value":"c"}]}`

const department = scim.EnterpriseUserURI + ":department"

// TestPatchDialects holds what is sent to a service provider, by capability. U is
// the user's path and G the group's.
func TestPatchDialects(t *testing.T) {
	for _, tt := range []struct {
		name  string
		caps  Capabilities
		patch string
		said  []string // requests; each PATCH by its operations
		error string   // status, type and part of the detail
	}{
		{
			name:  "one operation a request",
			caps:  Capabilities{PatchOperations: 1},
			patch: `{"op":"replace","path":"title","value":"Chief"},{"op":"remove","path":"name.givenName"}`,
			said:  []string{`PATCH U [{"op":"replace","path":"title","value":"Chief"}]`, `PATCH U [{"op":"remove","path":"name.givenName"}]`},
		},
		{
			name:  "few enough operations are sent as they came",
			caps:  Capabilities{PatchOperations: 2},
			patch: `{"op":"replace", "path":"title","value":"Chief"}, {"op":"replace","value":{"active":true}}`,
			said:  []string{`PATCH U [{"op":"replace", "path":"title","value":"Chief"}, {"op":"replace","value":{"active":true}}]`},
		},
		{
			name:  "verbs in title case",
			caps:  Capabilities{OpCase: "title"},
			patch: `{"op":"replace","path":"title","value":"Chief"},{"op":"add","value":{"nickName":"Mo"}},{"op":"remove","path":"title"}`,
			said:  []string{`PATCH U [{"op":"Replace","path":"title","value":"Chief"},{"op":"Add","value":{"nickName":"Mo"}},{"op":"Remove","path":"title"}]`},
		},
		{
			name:  "a path for everything",
			caps:  Capabilities{PatchPathless: lacking()},
			patch: `{"op":"replace","value":{"title":"Chief","nickName":null,"name":{"givenName":"Ines","familyName":null},"` + scim.EnterpriseUserURI + `":{"department":"Sales","manager":{"value":"4"}},"roles":[]}}`,
			said: []string{`PATCH U [{"op":"replace","path":"title","value":"Chief"},{"op":"remove","path":"nickName"},` +
				`{"op":"replace","path":"name.givenName","value":"Ines"},{"op":"remove","path":"name.familyName"},` +
				`{"op":"replace","path":"` + department + `","value":"Sales"},{"op":"replace","path":"` + scim.EnterpriseUserURI + `:manager","value":{"value":"4"}},` +
				`{"op":"remove","path":"roles"}]`},
		},
		{
			name: "no paths: consecutive operations of a kind are one",
			caps: Capabilities{PatchPaths: lacking()},
			patch: `{"op":"replace","path":"title","value":"Chief"},{"op":"replace","path":"name.givenName","value":"Ines"},{"op":"remove","path":"name.familyName"},` +
				`{"op":"replace","path":"` + department + `","value":"Sales"},{"op":"add","path":"roles","value":[{"value":"cook"}]},{"op":"replace","path":"title","value":"Boss"}`,
			said: []string{`PATCH U [{"op":"replace","value":{"title":"Chief","name":{"givenName":"Ines","familyName":null},"` + scim.EnterpriseUserURI + `":{"department":"Sales"}}},` +
				`{"op":"add","value":{"roles":[{"value":"cook"}]}},{"op":"replace","value":{"title":"Boss"}}]`},
		},
		{
			name:  "no paths: the same leaf twice keeps its order",
			caps:  Capabilities{PatchPaths: lacking()},
			patch: `{"op":"replace","path":"title","value":"a"},{"op":"replace","path":"title","value":"b"},{"op":"replace","path":"name","value":{"givenName":"x"}},{"op":"replace","path":"name.givenName","value":"y"}`,
			said:  []string{`PATCH U [{"op":"replace","value":{"title":"a"}},{"op":"replace","value":{"title":"b","name":{"givenName":"x"}}},{"op":"replace","value":{"name":{"givenName":"y"}}}]`},
		},
		{
			name:  "value filters are read, and written once",
			caps:  Capabilities{ValuePaths: "read"},
			patch: `{"op":"replace","path":"emails[type eq \"home\"].value","value":"h@example.com"},{"op":"replace","path":"title","value":"Chief"},{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`,
			said: []string{
				`GET U`,
				`PATCH U if W/"1" [{"op":"replace","path":"emails","value":[{"value":"mara@example.com","type":"work","primary":false},{"value":"h@example.com","type":"home","primary":true}]},{"op":"replace","path":"title","value":"Chief"}]`,
			},
		},
		{
			name:  "a value filter that changes nothing",
			caps:  Capabilities{ValuePaths: "off"},
			patch: `{"op":"replace","path":"emails[type eq \"home\"].value","value":"m@example.org"}`,
			said:  []string{`GET U`},
		},
		{
			name:  "a value filter that finds nothing",
			caps:  Capabilities{ValuePaths: "read", PatchOperations: 1},
			patch: `{"op":"replace","path":"title","value":"Chief"},{"op":"replace","path":"emails[type eq \"other\"].value","value":"m"}`,
			said:  []string{`GET U`},
			error: `400 noTarget Operations[1] (emails[type eq "other"].value)`,
		},
		{
			name:  "the last value goes",
			caps:  Capabilities{ValuePaths: "read"},
			patch: `{"op":"remove","path":"emails[value pr]"}`,
			said:  []string{`GET U`, `PATCH U if W/"1" [{"op":"remove","path":"emails"}]`},
		},
		{
			name:  "value filters are tried",
			caps:  Capabilities{ValuePaths: "try"},
			patch: `{"op":"replace","path":"title","value":"Chief"},{"op":"remove","path":"emails[type eq \"home\"]"}`,
			said: []string{
				`PATCH U [{"op":"replace","path":"title","value":"Chief"},{"op":"remove","path":"emails[type eq \"home\"]"}]`,
				`GET U`,
				`PATCH U if W/"1" [{"op":"replace","path":"title","value":"Chief"},{"op":"replace","path":"emails","value":[{"value":"mara@example.com","type":"work","primary":true}]}]`,
			},
		},
		{
			name:  "value filters are tried after other requests",
			caps:  Capabilities{ValuePaths: "try", PatchOperations: 1},
			patch: `{"op":"replace","path":"title","value":"Chief"},{"op":"remove","path":"emails[type eq \"home\"]"},{"op":"add","path":"nickName","value":"Mo"}`,
			said: []string{
				`PATCH U [{"op":"replace","path":"title","value":"Chief"}]`,
				`PATCH U [{"op":"remove","path":"emails[type eq \"home\"]"}]`,
				`GET U`,
				`PATCH U if W/"2" [{"op":"replace","path":"emails","value":[{"value":"mara@example.com","type":"work","primary":true}]}]`,
				`PATCH U [{"op":"add","path":"nickName","value":"Mo"}]`,
			},
		},
		{
			name:  "members are removed by value",
			caps:  Capabilities{MembersRemove: "value"},
			patch: `{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"},{"op":"replace","path":"displayName","value":"Deck"}`,
			said:  []string{`PATCH G [{"op":"remove","path":"members","value":[{"value":"a"},{"value":"b"}]},{"op":"replace","path":"displayName","value":"Deck"}]`},
		},
		{
			name:  "members are removed by value without a path",
			caps:  Capabilities{MembersRemove: "value", PatchPaths: lacking()},
			patch: `{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":[{"value":"d"}]}`,
			said:  []string{`PATCH G [{"op":"remove","value":{"members":[{"value":"a"}]}},{"op":"add","value":{"members":[{"value":"d"}]}}]`},
		},
		{
			name:  "members can only be written as a whole",
			caps:  Capabilities{PatchPaths: lacking()},
			patch: `{"op":"remove","path":"members[value eq \"a\"]"}`,
			said:  []string{`GET G`, `PATCH G if W/"1" [{"op":"replace","value":{"members":[{"value":"b"},{"value":"c"}]}}]`},
		},
		{
			name:  "members selected by something else are read",
			caps:  Capabilities{MembersRemove: "value"},
			patch: `{"op":"remove","path":"members[value ne \"a\"]"}`,
			said:  []string{`GET G`, `PATCH G if W/"1" [{"op":"remove","path":"members","value":[{"value":"b"},{"value":"c"}]}]`},
		},
		{
			name:  "two members a request",
			caps:  Capabilities{PatchMembers: 2},
			patch: `{"op":"add","path":"members","value":[{"value":"d"},{"value":"e"},{"value":"f"}]},{"op":"remove","path":"members[value eq \"a\"]"},{"op":"replace","path":"displayName","value":"Deck"},{"op":"remove","path":"members[value eq \"b\"]"}`,
			said: []string{
				`PATCH G?attributes=id [{"op":"add","path":"members","value":[{"value":"d"},{"value":"e"}]}]`,
				`PATCH G?attributes=id [{"op":"add","path":"members","value":[{"value":"f"}]},{"op":"remove","path":"members[value eq \"a\"]"},{"op":"replace","path":"displayName","value":"Deck"}]`,
				`PATCH G [{"op":"remove","path":"members[value eq \"b\"]"}]`,
			},
		},
		{
			name:  "one member and two operations a request",
			caps:  Capabilities{PatchMembers: 1, PatchOperations: 2, Projection: lacking()},
			patch: `{"op":"replace","path":"displayName","value":"Deck"},{"op":"add","path":"members","value":[{"value":"d"},{"value":"e"}]}`,
			said: []string{
				`PATCH G [{"op":"replace","path":"displayName","value":"Deck"},{"op":"add","path":"members","value":[{"value":"d"}]}]`,
				`PATCH G [{"op":"add","path":"members","value":[{"value":"e"}]}]`,
			},
		},
		{
			name:  "all members are exchanged in steps",
			caps:  Capabilities{PatchMembers: 2},
			patch: `{"op":"replace","path":"members","value":[{"value":"c"},{"value":"d"},{"value":"e"}]}`,
			said: []string{
				`GET G`,
				`PATCH G?attributes=id if W/"1" [{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"}]`,
				`PATCH G [{"op":"add","path":"members","value":[{"value":"d"},{"value":"e"}]}]`,
			},
		},
		{
			name:  "members among other attributes",
			caps:  Capabilities{PatchMembers: 2},
			patch: `{"op":"replace","value":{"displayName":"Deck","members":[{"value":"a"},{"value":"b"}]}}`,
			said:  []string{`GET G`, `PATCH G if W/"1" [{"op":"replace","path":"displayName","value":"Deck"},{"op":"remove","path":"members[value eq \"c\"]"}]`},
		},
		{
			name:  "all members of whom not all are shown",
			caps:  Capabilities{PatchMembers: 2, Members: "truncated"},
			patch: `{"op":"replace","path":"members","value":[{"value":"c"}]}`,
			error: "501 Operations[0]: the service provider does not show all members",
		},
		{
			name:  "members whom nobody sees can be added",
			caps:  Capabilities{PatchMembers: 2, Members: "absent"},
			patch: `{"op":"add","path":"members","value":[{"value":"d"}]}`,
			said:  []string{`PATCH G [{"op":"add","path":"members","value":[{"value":"d"}]}]`},
		},
		{
			name:  "a whole name needs no reading",
			caps:  Capabilities{NameFormatted: true},
			patch: `{"op":"replace","path":"name.familyName","value":"Berg"},{"op":"replace","path":"title","value":"Chief"},{"op":"replace","path":"name.givenName","value":"Tomas"}`,
			said:  []string{`PATCH U [{"op":"replace","path":"name.formatted","value":"Tomas Berg"},{"op":"replace","path":"title","value":"Chief"}]`},
		},
		{
			name:  "a part of a name",
			caps:  Capabilities{NameFormatted: true},
			patch: `{"op":"replace","value":{"name":{"familyName":"Berg"},"title":"Chief"}}`,
			said:  []string{`GET U`, `PATCH U if W/"1" [{"op":"replace","path":"name.formatted","value":"Mara Berg"},{"op":"replace","path":"title","value":"Chief"}]`},
		},
		{
			name:  "a name that is written by the client",
			caps:  Capabilities{NameFormatted: true},
			patch: `{"op":"replace","path":"name","value":{"familyName":"Berg","formatted":"Cpt. Berg"}}`,
			said:  []string{`PATCH U [{"op":"replace","path":"name.formatted","value":"Cpt. Berg"}]`},
		},
		{
			name:  "one value is kept",
			caps:  Capabilities{SingleValued: []string{"emails"}},
			patch: `{"op":"replace","path":"emails","value":[{"value":"a","type":"home"},{"value":"b","type":"work"}]}`,
			said:  []string{`PATCH U [{"op":"replace","path":"emails","value":[{"value":"b","type":"work"}]}]`},
		},
		{
			name:  "what is added is worth less than what is there",
			caps:  Capabilities{SingleValued: []string{"emails"}},
			patch: `{"op":"add","path":"emails","value":[{"value":"a","type":"home"}]}`,
			said:  []string{`GET U`, `PATCH U if W/"1" [{"op":"replace","path":"emails","value":[{"value":"mara@example.com","type":"work","primary":true}]}]`},
		},
		{
			name:  "no PATCH at all",
			caps:  Capabilities{Patch: "off"},
			patch: `{"op":"replace","path":"title","value":"Chief"}`,
			error: "501 the service provider has no PATCH",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, short := userPath, "U"
			if strings.Contains(tt.patch, `"members`) {
				path, short = groupPath, "G"
			}
			l := newLimited(t, tt.caps, map[string]string{userPath: mara, groupPath: crew})
			status, answer := do(t, l.gateway(), http.MethodPatch, path, patchBody(tt.patch))
			if diff := cmp.Diff(tt.said, abbreviated(l.said(), path, short)); diff != "" {
				t.Error(diff)
			}
			if tt.error == "" && status != http.StatusOK {
				t.Errorf("answered %d %s", status, answer)
			}
			if tt.error != "" && !matchesError(answer, tt.error) {
				t.Errorf("answered %d %s, want %s", status, answer, tt.error)
			}
		})
	}
}

func abbreviated(said []string, path, short string) []string {
	for i := range said {
		said[i] = strings.Replace(said[i], path, short, 1)
	}
	return said
}

// matchesError holds an error answer against status, type if there is one, and a
// part of the detail.
func matchesError(answer, want string) bool {
	body := scim.Parse(answer)
	text := body.Get("status").Text()
	if typ := body.Get("scimType").Text(); typ != "" {
		text += " " + typ
	}
	return strings.Contains(text+" "+body.Get("detail").Text(), want)
}

// TestNameFormatted holds what becomes of a name of which the parts are shown, or
// are not.
func TestNameFormatted(t *testing.T) {
	whole := `{"name":{"formatted":"Mara Lind"}}`
	for _, tt := range []struct{ name, resource, patch, want string }{
		{"a part is removed", mara, `{"op":"remove","path":"name.givenName"}`, `[{"op":"replace","path":"name.formatted","value":"Lind"}]`},
		{"a part is added", mara, `{"op":"add","path":"name.honorificPrefix","value":"Dr."}`, `[{"op":"replace","path":"name.formatted","value":"Dr. Mara Lind"}]`},
		{"the name is removed", mara, `{"op":"remove","path":"name"}`, `[{"op":"remove","path":"name.formatted"}]`},
		{"only its text is removed", mara, `{"op":"remove","path":"name.formatted"}`, `[{"op":"remove","path":"name.formatted"}]`},
		{"a name where there was none", `{}`, `{"op":"replace","path":"name.familyName","value":"Berg"}`, `[{"op":"replace","path":"name.formatted","value":"Berg"}]`},
		{"removed and written", mara, `{"op":"remove","path":"name"},{"op":"add","path":"name.familyName","value":"Berg"}`, `[{"op":"replace","path":"name.formatted","value":"Berg"}]`},
		{"one of parts that are not shown", whole, `{"op":"replace","path":"name.familyName","value":"Berg"}`, ""},
		{"one of parts that are not shown goes", whole, `{"op":"remove","path":"name.familyName"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimited(t, Capabilities{NameFormatted: true}, map[string]string{userPath: tt.resource})
			status, answer := do(t, l.gateway(), http.MethodPatch, userPath, patchBody(tt.patch))
			if tt.want == "" {
				if status != http.StatusNotImplemented || len(l.requests) != 1 {
					t.Errorf("answered %d %s after %q", status, answer, l.said())
				}
				return
			}
			if said := l.said(); status != http.StatusOK || !strings.HasSuffix(said[len(said)-1], " "+tt.want) {
				t.Errorf("answered %d %s after %q", status, answer, said)
			}
		})
	}
}

// TestPatchStops holds what an error in the middle of a plan says.
func TestPatchStops(t *testing.T) {
	l := newLimited(t, Capabilities{PatchMembers: 1}, map[string]string{groupPath: crew})
	l.meddle = func(n int, _ *scim.Request) *scim.Response {
		if n == 2 {
			return &scim.Response{
				Status: http.StatusForbidden, Header: http.Header{"X-Request-Id": {"7"}, "Content-Length": {"9"}},
				Body: `{"schemas":["` + scim.ErrorURI + `"],"status":"403","scimType":"sensitive","detail":"not this one."}`,
			}
		}
		return nil
	}
	send := l.gateway()
	patch := patchBody(`{"op":"add","path":"members","value":[{"value":"d"},{"value":"e"},{"value":"f"},{"value":"g"},{"value":"h"}]}`)
	req := &scim.Request{Method: http.MethodPatch, Path: groupPath, Body: patch, Header: http.Header{}}
	resp, err := send(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != http.StatusForbidden || !matchesError(resp.Body, "403 sensitive not this one; 2 of 5 requests were applied") {
		t.Errorf("answered %d %s", resp.Status, resp.Body)
	}
	if resp.Header.Get("X-Request-Id") != "7" || resp.Header.Get("Content-Length") != "" {
		t.Errorf("header %v", resp.Header)
	}
	// The client tries again, and all comes to its end.
	if status, answer := do(t, send, http.MethodPatch, groupPath, patch); status != http.StatusOK {
		t.Fatalf("answered %d %s", status, answer)
	}
	doc := scim.Parse(l.state[groupPath].doc)
	if got := strings.Join(memberIDs(&doc), ""); got != "abcdefgh" {
		t.Errorf("members %s", got)
	}
}

// TestPatchOvertaken changes the resource behind the gateway's back.
func TestPatchOvertaken(t *testing.T) {
	patch := patchBody(`{"op":"replace","path":"emails[type eq \"home\"].value","value":"h@example.com"}`)
	for _, tt := range []struct {
		name   string
		times  int
		header []string
		status int
		sent   int
	}{
		{"once", 1, nil, http.StatusOK, 4},
		{"again and again", 9, nil, http.StatusPreconditionFailed, 4},
		{"the client wants the version of before", 1, []string{"If-Match", `W/"1"`}, http.StatusPreconditionFailed, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimited(t, Capabilities{ValuePaths: "read"}, map[string]string{userPath: mara})
			times := tt.times
			l.meddle = func(_ int, req *scim.Request) *scim.Response {
				if h := l.state[userPath]; req.Method == http.MethodPatch && times > 0 {
					times--
					h.doc, h.version = strings.Replace(h.doc, `"Lead"`, `"Chief"`, 1), h.version+1
				}
				return nil
			}
			status, answer := do(t, l.gateway(), http.MethodPatch, userPath, patch, tt.header...)
			if status != tt.status || len(l.requests) != tt.sent {
				t.Errorf("answered %d %s after %q", status, answer, l.said())
			}
			if doc := l.state[userPath].doc; !strings.Contains(doc, `"Chief"`) || strings.Contains(doc, "h@example.com") != (status == http.StatusOK) {
				t.Errorf("left %s", doc)
			}
		})
	}
}

// TestPatchOfFullServiceProvider makes sure that nothing is touched where nothing
// is missing.
func TestPatchOfFullServiceProvider(t *testing.T) {
	var got *scim.Request
	b, err := New(Options{Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	resp := &scim.Response{Status: http.StatusOK}
	next := func(x *exchange) (*scim.Response, error) {
		got = x.req
		return resp, nil
	}
	send := b.serial(b.deletion(b.puts(b.patches(next))))
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		req := &scim.Request{Method: method, Path: userPath, Body: "not even JSON"}
		route, _ := b.registry.Route(b.base, req.Path)
		answer, err := send(&exchange{Context: t.Context(), b: b, req: req, route: route, operation: route.Operation(method)})
		if err != nil || answer != resp || got != req {
			t.Errorf("%s: %v %v", method, answer, err)
		}
	}
}
