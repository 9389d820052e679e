package backend

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestRefusedCreate(t *testing.T) {
	const lookUp = "GET /scim/v2/Users?filter=userName%20eq%20%22mara.lind%40example.com%22&attributes=userName"
	there := message(200, `{"totalResults":1,"Resources":[{"id":"17","userName":"Mara.Lind@example.com"}]}`)
	nobody := message(200, `{"totalResults":0,"Resources":[]}`)
	other := message(200, `{"totalResults":1,"Resources":[{"id":"18","userName":"someone@example.com"}]}`)
	post := "POST /scim/v2/Users"
	for _, test := range []struct {
		name   string
		first  *scim.Response // to the first POST
		look   *scim.Response // to the look-up
		status int
		asked  []string
	}{
		{"pressure, and it is not there", message(503, ""), nobody, 201, []string{post, lookUp, post}},
		{"pressure, and it is there", message(503, ""), there, 503, []string{post, lookUp}},
		{"pressure, and the filter is ignored", message(503, ""), other, 503, []string{post, lookUp}},
		{"pressure, and nobody knows", message(503, ""), message(500, ""), 503, []string{post, lookUp}},
		{"refused, and it is not there", message(429, ""), nobody, 201, []string{post, lookUp, post}},
		{"no reason, and it is there", message(500, "409 - oops"), there, 409, []string{post, lookUp}},
		{"no reason, 400", message(400, ""), there, 409, []string{post, lookUp}},
		{"no reason, 422", message(422, "<html>"), there, 409, []string{post, lookUp}},
		{"no reason, and it is not there", message(400, `{"message":"no"}`), nobody, 400, []string{post, lookUp}},
		{"no reason, and nobody knows", message(400, ``), message(403, ``), 400, []string{post, lookUp}},
		{"duplicate, in words", message(400, `{"message":"userName already exists"}`), there, 409, []string{post}},
		{"another reason", message(400, `{"schemas":["`+scim.ErrorURI+`"],"status":"400","scimType":"invalidValue","detail":"no e-mail"}`), there, 400, []string{post}},
		{"forbidden", message(403, ``), there, 403, []string{post}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, posts := &imitation{}, 0
				i.answer = func(req *scim.Request) *scim.Response {
					if req.Method == "GET" {
						again := *test.look
						return &again
					}
					if posts++; posts == 1 {
						again := *test.first
						return &again
					}
					return message(201, `{"id":"17"}`)
				}
				b := newBackend(t, adapted)
				req := newRequest("POST", "/Users", `{"userName":"mara.lind@example.com"}`)
				resp, err := b.doubts(b.exchanges(i.send))(entering(t, b, req))
				if e, is := errors.AsType[*scim.Error](err); is {
					resp = message(e.Status, e.Body())
					if e.Status == 409 && e.Type != scim.Uniqueness {
						t.Errorf("%v is not uniqueness", e)
					}
				} else {
					must(t, resp, err)
				}
				if resp.Status != test.status {
					t.Errorf("got %d %s", resp.Status, resp.Body)
				}
				if diff := cmp.Diff(test.asked, i.lines()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestNameThatIsLookedUp(t *testing.T) {
	for _, test := range []struct{ path, body, lookUp string }{
		{"/Groups", `{"displayName":"Night \"Shift\""}`, `GET /scim/v2/Groups?filter=displayName%20eq%20%22Night%20%5C%22Shift%5C%22%22`},
		{"/Users", `{"displayName":"Mara","USERNAME":"mara.lind"}`, `GET /scim/v2/Users?filter=userName%20eq%20%22mara.lind%22`},
		{"/Users", `{"displayName":"Mara"}`, ""},
		{"/Users", `{"userName":17}`, ""},
	} {
		off := false
		b := newBackend(t, Capabilities{Projection: &off})
		i := always(400, "no")
		resp, err := b.doubts(b.exchanges(i.send))(entering(t, b, newRequest("POST", test.path, test.body)))
		if must(t, resp, err); resp.Status != 400 {
			t.Errorf("%s: got %d", test.body, resp.Status)
		}
		want := []string{"POST /scim/v2" + test.path}
		if test.lookUp != "" {
			want = append(want, test.lookUp)
		}
		if diff := cmp.Diff(want, i.lines()); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", test.body, diff)
		}
	}
}
