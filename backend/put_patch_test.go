package backend

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestPutByPatch(t *testing.T) {
	head := `{"schemas":["` + scim.UserURI + `"],"id":"17",`
	for _, tt := range []struct {
		name   string
		caps   Capabilities
		path   string
		body   string
		header []string
		said   []string
		error  string
	}{
		{
			name: "what differs is written, what is left out stays",
			body: head + `"userName":"mara.lind@example.com","title":"Chief","name":{"familyName":"Berg","givenName":null},"nickName":"Mo","active":null}`,
			said: []string{`GET X`, `PATCH X if W/"1" [{"op":"replace","path":"title","value":"Chief"},{"op":"replace","path":"name.familyName","value":"Berg"},` +
				`{"op":"remove","path":"name.givenName"},{"op":"add","path":"nickName","value":"Mo"}]`},
		},
		{
			name: "null and the empty array clear",
			body: head + `"title":null,"emails":[],"name":null}`,
			said: []string{`GET X`, `PATCH X if W/"1" [{"op":"remove","path":"title"},{"op":"remove","path":"emails"},{"op":"remove","path":"name"}]`},
		},
		{
			name: "the order of values is none",
			body: head + `"emails":[{"value":"m@example.org","type":"home"},{"type":"work","value":"mara@example.com","primary":true}]}`,
			said: []string{`GET X`},
		},
		{
			name: "extensions, and a password that nobody can compare",
			body: head + `"password":"n3w","meta":{"version":"1"},"` + scim.EnterpriseUserURI + `":{"department":"Sales","manager":{"value":"4"}}}`,
			said: []string{`GET X`, `PATCH X if W/"1" [{"op":"add","path":"password","value":"n3w"},{"op":"add","path":"` + department + `","value":"Sales"},` +
				`{"op":"add","path":"` + scim.EnterpriseUserURI + `:manager","value":{"value":"4"}}]`},
		},
		{
			name:   "another version",
			body:   head + `"title":"Chief"}`,
			header: []string{"If-Match", `W/"0"`},
			said:   []string{`GET X`},
			error:  "412 If-Match",
		},
		{
			name:  "nobody is there",
			path:  "/scim/v2/Users/18",
			body:  head + `"title":"Chief"}`,
			said:  []string{`GET X`},
			error: "404",
		},
		{
			name:  "no path leads there",
			body:  head + `"a b":"c"}`,
			said:  []string{`GET X`},
			error: "501 \"a b\"",
		},
		{
			name: "members",
			path: groupPath,
			body: `{"displayName":"Crew","members":[{"value":"c"},{"value":"d"}]}`,
			said: []string{`GET X`, `PATCH X if W/"1" [{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"},{"op":"add","path":"members","value":[{"value":"d"}]}]`},
		},
		{
			name: "members in steps",
			caps: Capabilities{PatchMembers: 2},
			path: groupPath,
			body: `{"displayName":"Crew","members":[{"value":"c"},{"value":"d"}]}`,
			said: []string{
				`GET X`, `PATCH X?attributes=id if W/"1" [{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"}]`,
				`PATCH X [{"op":"add","path":"members","value":[{"value":"d"}]}]`,
			},
		},
		{
			name: "members that are not all shown",
			caps: Capabilities{Members: "truncated"},
			path: groupPath,
			body: `{"displayName":"Crew","members":[{"value":"c"},{"value":"d"}]}`,
			said: []string{`GET X`, `PATCH X if W/"1" [{"op":"replace","path":"members","value":[{"value":"c"},{"value":"d"}]}]`},
		},
		{
			name:  "members that are not all shown, in steps",
			caps:  Capabilities{Members: "truncated", PatchMembers: 2},
			path:  groupPath,
			body:  `{"displayName":"Crew","members":[{"value":"c"}]}`,
			said:  []string{`GET X`},
			error: "501 Operations[0]: the service provider does not show all members",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.path == "" {
				tt.path = userPath
			}
			tt.caps.Put = lacking()
			l := newLimited(t, tt.caps, map[string]string{userPath: mara, groupPath: crew})
			status, answer := do(t, l.gateway(), http.MethodPut, tt.path, tt.body, tt.header...)
			if diff := cmp.Diff(tt.said, abbreviated(l.said(), tt.path, "X")); diff != "" {
				t.Error(diff)
			}
			if (tt.error == "") != (status == http.StatusOK) || !matchesError(answer, tt.error) {
				t.Errorf("answered %d %s", status, answer)
			}
		})
	}
}

// TestPutByPatchAnswersWithTheResource also where PATCH answers with nothing.
func TestPutByPatchAnswersWithTheResource(t *testing.T) {
	l := newLimited(t, Capabilities{Put: lacking()}, map[string]string{userPath: mara})
	l.meddle = func(_ int, req *scim.Request) *scim.Response {
		if req.Method == http.MethodPatch {
			l.state[userPath].doc = strings.Replace(mara, "Lead", "Chief", 1)
			return &scim.Response{Status: http.StatusNoContent, Header: http.Header{}}
		}
		return nil
	}
	status, answer := do(t, l.gateway(), http.MethodPut, userPath, `{"title":"Chief"}`)
	if status != http.StatusOK || !strings.Contains(answer, `"title":"Chief"`) {
		t.Errorf("answered %d %s", status, answer)
	}
}

// TestPutInChunks holds PUT where the number of members is limited.
func TestPutInChunks(t *testing.T) {
	for _, tt := range []struct {
		name    string
		members string
		hidden  string
		said    []string
		status  int
	}{
		{"few change", `[{"value":"b"},{"value":"c"}]`, "", []string{`GET G`, `PUT G {"displayName":"Deck","members":[{"value":"b"},{"value":"c"}]}`}, http.StatusOK},
		{"more change", `[{"value":"d"}]`, "", []string{
			`GET G`, `GET G`,
			`PATCH G?attributes=id if W/"1" [{"op":"replace","path":"displayName","value":"Deck"},{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"}]`,
			`PATCH G [{"op":"remove","path":"members[value eq \"c\"]"},{"op":"add","path":"members","value":[{"value":"d"}]}]`,
		}, http.StatusOK},
		{"more than a request carries", `[{"value":"a"},{"value":"b"},{"value":"c"}]`, "", []string{
			`GET G`, `PATCH G if W/"1" [{"op":"replace","path":"displayName","value":"Deck"}]`,
		}, http.StatusOK},
		{"few of whom nobody knows", `[{"value":"d"}]`, "absent", []string{`PUT G {"displayName":"Deck","members":[{"value":"d"}]}`}, http.StatusOK},
		{"many of whom nobody knows", `[{"value":"d"},{"value":"e"},{"value":"f"}]`, "absent", nil, http.StatusNotImplemented},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimited(t, Capabilities{PatchMembers: 2, Members: tt.hidden}, map[string]string{groupPath: crew})
			status, answer := do(t, l.gateway(), http.MethodPut, groupPath, `{"displayName":"Deck","members":`+tt.members+`}`)
			if diff := cmp.Diff(tt.said, abbreviated(l.said(), groupPath, "G")); diff != "" || status != tt.status {
				t.Errorf("answered %d %s\n%s", status, answer, diff)
			}
			doc, want := scim.Parse(l.state[groupPath].doc), scim.Parse(`{"members":`+tt.members+`}`)
			if got := memberIDs(&doc); status == http.StatusOK && !cmp.Equal(got, memberIDs(&want)) {
				t.Errorf("members %s", got)
			}
		})
	}
}

// TestPutProperty: whatever is put, the resource has it then, and keeps what was
// not mentioned.
func TestPutProperty(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for range 1500 {
		path := []string{userPath, groupPath}[random.IntN(2)]
		rt := scim.Core().ByName(map[string]string{userPath: "User", groupPath: "Group"}[path])
		texts := samples[path]
		before, want := scim.Parse(texts[random.IntN(len(texts))]), scim.Parse(texts[1])
		var ops []scim.Operation
		for range random.IntN(6) {
			body := scim.Parse(patchBody(operationsOf[path][random.IntN(len(operationsOf[path]))]))
			op, err := scim.ParsePatch(&body)
			if err != nil {
				t.Fatal(err)
			}
			if after, _, err := scim.Apply(&want, op, rt); err == nil {
				want, ops = after, append(ops, op...)
			}
		}
		caps := Capabilities{Put: lacking(), PatchMembers: random.IntN(3), PatchOperations: random.IntN(3)}
		if random.IntN(2) == 0 {
			caps.PatchPaths, caps.MembersRemove = lacking(), "value"
		}
		l := newLimited(t, caps, map[string]string{path: before.Raw()})
		status, answer := do(t, l.gateway(), http.MethodPut, path, want.Raw())
		after := scim.Parse(l.state[path].doc)
		drop(&want, rt, isReadOnly)
		for i := range want.Members() {
			m := &want.Members()[i]
			now := after.Get(m.Name)
			same := m.Name == "schemas" || sameValues(now, &m.Value) || m.Name == "members" && cmp.Equal(memberIDs(&want), memberIDs(&after))
			if m.Value.Kind() == scim.Object && now != nil {
				dropBelow(now, nil, isReadOnly)
				same = includes(now, &m.Value)
			}
			if !same {
				t.Errorf("%s: is %s, want %s", m.Name, now.Raw(), m.Value.Raw())
			}
		}
		if status != http.StatusOK || t.Failed() {
			t.Fatalf("answered %d %s\ncapabilities %+v\nbefore %s\nput    %s\nsaid\n%s\nafter  %s", status, answer, caps, before.Raw(), want.Raw(), strings.Join(l.said(), "\n"), after.Raw())
		}
	}
}

// includes reports whether an object has everything that another has.
func includes(v, part *scim.Value) bool {
	for i := range part.Members() {
		m := &part.Members()[i]
		if now := v.Get(m.Name); !sameValues(now, &m.Value) && (m.Value.Kind() != scim.Object || !includes(now, &m.Value)) {
			return false
		}
	}
	return true
}
