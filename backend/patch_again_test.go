package backend

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// A PATCH that adds may have been carried out by a service provider that says
// 503. It is sent again only if a look at the resource shows that it was not.
func TestDoubtfulPatch(t *testing.T) {
	const (
		patch = "PATCH /scim/v2/Users/17"
		read  = "GET /scim/v2/Users/17"
		add   = `{"op":"add","path":"emails","value":[{"value":"mara.lind@example.com","type":"work"}]}`
		home  = `{"op":"replace","path":"emails[type eq \"home\"].value","value":"m@example.com"}`
		there = `{"id":"17","emails":[{"value":"mara.lind@example.com","type":"work"}]}`
	)
	for _, test := range []struct {
		name, ops string
		look      *scim.Response
		status    int
		asked     []string
	}{
		{"not carried out", add, message(200, `{"id":"17"}`), 204, []string{patch, read, patch}},
		{"carried out", add, message(200, there), 200, []string{patch, read}},
		{"cannot be told", home, message(200, there), 503, []string{patch, read}},
		{"cannot be read", add, message(403, ``), 503, []string{patch, read}},
		{"is gone", add, message(404, `{"message":"no user 17"}`), 503, []string{patch, read}},
		{"no JSON", add, message(200, `ok`), 503, []string{patch, read}},
		{"in another spelling", `{"op":"Add","path":"emails","value":[]}`, nil, 503, []string{patch}},
		{"the same when done twice", `{"op":"replace","path":"active","value":true}`, nil, 204, []string{patch, patch}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, patches := &imitation{}, 0
				i.answer = func(req *scim.Request) *scim.Response {
					if req.Method == "GET" {
						again := *test.look
						return &again
					}
					if patches++; patches == 1 {
						return message(503, "")
					}
					return message(204, "")
				}
				b := newBackend(t, adapted)
				req := newRequest("PATCH", "/Users/17", patchOpen+test.ops+`]}`)
				resp, err := b.doubts(b.exchanges(i.send))(entering(t, b, req))
				if must(t, resp, err); resp.Status != test.status {
					t.Errorf("got %d %s", resp.Status, resp.Body)
				}
				if diff := cmp.Diff(test.asked, i.lines()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}
