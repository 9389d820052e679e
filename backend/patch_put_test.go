package backend

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// odd has what a gateway is tempted to touch: unknown attributes in unusual
// bytes, read-only ones, a secret.
const odd = `{"schemas":["` + scim.UserURI + `"],"id":"17","userName":"mara.lind@example.com","title":"Lead","password":"hash",` +
	`"x":{ "n" : 1.50e0, "u":"\u00e9" },"meta":{"version":"W/\"1\""},"groups":[{"value":"9"}],"nickName":null}`

func TestPatchByPut(t *testing.T) {
	chief := patchBody(`{"op":"replace","path":"title","value":"Chief"}`)
	written := `{"schemas":["` + scim.UserURI + `"],"id":"17","userName":"mara.lind@example.com","title":"Chief","x":{ "n" : 1.50e0, "u":"\u00e9" },"nickName":null}`
	for _, tt := range []struct {
		name   string
		caps   Capabilities
		body   string
		header []string
		said   []string
		error  string
	}{
		{
			name: "with an ETag",
			body: chief,
			said: []string{`GET U`, `PUT U if W/"1" ` + written},
		},
		{
			name: "without an ETag the resource is looked at again",
			caps: Capabilities{ETag: lacking()},
			body: chief,
			said: []string{`GET U`, `GET U`, `PUT U ` + written},
		},
		{
			name: "the password that the client sends",
			body: patchBody(`{"op":"replace","path":"password","value":"n3w"}`),
			said: []string{`GET U`, `PUT U if W/"1" ` + strings.Replace(strings.Replace(written, "Chief", "Lead", 1), `null}`, `null,"password":"n3w"}`, 1)},
		},
		{
			name: "nothing to change",
			body: patchBody(`{"op":"replace","path":"title","value":"Lead"}`),
			said: []string{`GET U`},
		},
		{
			name:  "what cannot be done",
			body:  patchBody(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"w"}`),
			said:  []string{`GET U`},
			error: `400 noTarget Operations[0]`,
		},
		{
			name:   "the version that the client knows",
			body:   chief,
			header: []string{"If-Match", `W/"1"`},
			said:   []string{`GET U`, `PUT U if W/"1" ` + written},
		},
		{
			name:   "another version",
			body:   chief,
			header: []string{"If-Match", `W/"0"`},
			said:   []string{`GET U`},
			error:  `412 If-Match`,
		},
		{
			name: "one value is kept",
			caps: Capabilities{SingleValued: []string{"emails"}},
			body: patchBody(`{"op":"add","path":"emails","value":[{"value":"a"},{"value":"b","primary":true}]}`),
			said: []string{`GET U`, `PUT U if W/"1" ` + strings.Replace(strings.Replace(written, "Chief", "Lead", 1), `null}`, `null,"emails":[{"value":"b","primary":true}]}`, 1)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.caps.Patch = "put"
			l := newLimited(t, tt.caps, map[string]string{userPath: odd})
			// A careless service provider shows the secret; it is not written back.
			l.meddle = func(_ int, req *scim.Request) *scim.Response {
				if req.Method != http.MethodGet {
					return nil
				}
				resp := l.show(http.StatusOK, l.state[userPath])
				resp.Body = l.state[userPath].doc
				return resp
			}
			status, answer := do(t, l.gateway(), http.MethodPatch, userPath, tt.body, tt.header...)
			if diff := cmp.Diff(tt.said, abbreviated(l.said(), userPath, "U")); diff != "" {
				t.Error(diff)
			}
			if (tt.error == "") != (status == http.StatusOK) || !matchesError(answer, tt.error) {
				t.Errorf("answered %d %s", status, answer)
			}
		})
	}
}

// TestPatchByPutOvertaken changes the resource between the reading and the
// writing.
func TestPatchByPutOvertaken(t *testing.T) {
	for _, tt := range []struct {
		name   string
		etag   *bool
		times  int
		status int
	}{
		{"once", nil, 1, http.StatusOK},
		{"twice", nil, 2, http.StatusPreconditionFailed},
		{"once, without ETags", lacking(), 1, http.StatusOK},
		{"twice, without ETags", lacking(), 2, http.StatusPreconditionFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimited(t, Capabilities{Patch: "put", ETag: tt.etag}, map[string]string{userPath: mara})
			reads, meddled := 0, 0
			l.meddle = func(_ int, req *scim.Request) *scim.Response {
				if req.Method == http.MethodGet {
					reads++
				}
				before := req.Method == http.MethodPut // with an ETag, right before the write
				if tt.etag != nil {
					before = req.Method == http.MethodGet && reads > 1 // without, before the second look
				}
				if h := l.state[userPath]; before && meddled < tt.times {
					meddled++
					h.doc = strings.Replace(h.doc, `"userName":"`, `"userName":"x`, 1)
					h.version++
				}
				return nil
			}
			status, answer := do(t, l.gateway(), http.MethodPatch, userPath, patchBody(`{"op":"replace","path":"title","value":"Chief"}`))
			if status != tt.status {
				t.Errorf("answered %d %s after %q", status, answer, l.said())
			}
			doc := l.state[userPath].doc
			if strings.Contains(doc, "Chief") != (status == http.StatusOK) || !strings.Contains(doc, `"userName":"x`) {
				t.Errorf("left %s", doc)
			}
		})
	}
}

func TestPatchByPutRefuses(t *testing.T) {
	l := newLimited(t, Capabilities{Patch: "put", Members: "truncated"}, map[string]string{userPath: mara, groupPath: crew})
	send := l.gateway()
	status, answer := do(t, send, http.MethodPatch, groupPath, patchBody(`{"op":"replace","path":"displayName","value":"Deck"}`))
	if status != http.StatusNotImplemented || !strings.Contains(answer, "does not show all members") || len(l.requests) > 0 {
		t.Errorf("answered %d %s after %q", status, answer, l.said())
	}
	if status, answer = do(t, send, http.MethodPatch, userPath, patchBody(`{"op":"replace","path":"title","value":"Chief"}`)); status != http.StatusOK {
		t.Errorf("answered %d %s", status, answer)
	}
	if status, _ = do(t, send, http.MethodPatch, "/scim/v2/Users/18", patchBody(`{"op":"replace","path":"title","value":"Chief"}`)); status != http.StatusNotFound {
		t.Errorf("answered %d for a user who is not there", status)
	}
}

// TestSetsAreCompared holds how lists of values are compared.
func TestSetsAreCompared(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{`[{"value":"a"},{"value":"b"}]`, `[{"value":"b"},{"value":"a"}]`, true},
		{`[{"value":"a","type":"x"},{"value":"b"}]`, `[{"value":"b"},{"type":"x","value":"a"}]`, true},
		{`[{"value":"a"},{"value":"a"}]`, `[{"value":"a"},{"value":"b"}]`, false},
		{`[{"value":"a"},{"value":"b"}]`, `[{"value":"a"}]`, false},
		{`[]`, `null`, true},
		{`["a",1]`, `[1.0,"a"]`, true},
		{`"a"`, `["a"]`, false},
	} {
		a, b := scim.Parse(tt.a), scim.Parse(tt.b)
		if got := sameValues(&a, &b); got != tt.same {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}
