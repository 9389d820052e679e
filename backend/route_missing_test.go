package backend

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// A 404 may mean that a resource is gone, or that nobody has written a handler.
// Clients forget what is gone.
func TestMissingRoute(t *testing.T) {
	const user, users = "/scim/v2/Users/17", "/scim/v2/Users"
	gone := message(404, `{"schemas":["`+scim.ErrorURI+`"],"status":"404","detail":"User 17 not found"}`)
	for _, test := range []struct {
		name         string
		method, path string
		answers      map[string]*scim.Response
		status       int
		asked        []string
	}{
		{
			"resource is gone, as RFC 7644 says it", "PUT", "/Users/17",
			map[string]*scim.Response{"PUT " + user: gone},
			404,
			[]string{"PUT " + user},
		},
		{
			"resource is gone, in other JSON", "DELETE", "/Users/17",
			map[string]*scim.Response{"DELETE " + user: message(404, `{"message":"no user 17"}`)},
			404,
			[]string{"DELETE " + user},
		},
		{
			"no PUT", "PUT", "/Users/17",
			map[string]*scim.Response{"GET " + user: message(200, `{"id":"17"}`)},
			501,
			[]string{"PUT " + user, "GET " + user},
		},
		{
			"no PUT, and the resource is gone", "PUT", "/Users/17",
			map[string]*scim.Response{"GET " + user: gone},
			404,
			[]string{"PUT " + user, "GET " + user},
		},
		{
			"a page for whatever is gone", "PATCH", "/Users/17",
			map[string]*scim.Response{"GET " + users: message(200, `[]`)},
			404,
			[]string{"PATCH " + user, "GET " + user, "GET " + users + "?count=1"},
		},
		{
			"no such endpoint", "PATCH", "/Users/17", nil,
			501,
			[]string{"PATCH " + user, "GET " + user, "GET " + users + "?count=1"},
		},
		{
			"a read of what is gone", "GET", "/Users/17",
			map[string]*scim.Response{"GET " + users: message(200, `[]`)},
			404,
			[]string{"GET " + user, "GET " + users + "?count=1"},
		},
		{"a read where there is nothing", "GET", "/Users/17", nil, 501, []string{"GET " + user, "GET " + users + "?count=1"}},
		{
			"not allowed to know", "PUT", "/Users/17",
			map[string]*scim.Response{"GET " + user: message(403, ``)},
			502,
			[]string{"PUT " + user, "GET " + user},
		},
		{
			"collection that may not be read", "GET", "/Users/17",
			map[string]*scim.Response{"GET " + users: message(403, ``)},
			502,
			[]string{"GET " + user, "GET " + users + "?count=1"},
		},
		{
			"pressure in between", "PATCH", "/Users/17",
			map[string]*scim.Response{"GET " + user: {Status: 503, Header: http.Header{"Retry-After": {"60"}}}},
			503,
			[]string{"PATCH " + user, "GET " + user},
		},
		{
			"pressure on the collection", "GET", "/Users/17",
			map[string]*scim.Response{"GET " + users: {Status: 429, Header: http.Header{"Retry-After": {"60"}}}},
			429,
			[]string{"GET " + user, "GET " + users + "?count=1"},
		},
		{"no collection", "POST", "/Groups", nil, 501, []string{"POST /scim/v2/Groups"}},
		{"no list", "GET", "/Groups", nil, 501, []string{"GET /scim/v2/Groups"}},
		{"no list to filter", "GET", "/Groups?filter=id%20pr", nil, 501, []string{"GET /scim/v2/Groups?filter=id%20pr"}},
		{
			"member is gone", "POST", "/Groups",
			map[string]*scim.Response{"POST /scim/v2/Groups": message(404, `{"message":"no user 17"}`)},
			404,
			[]string{"POST /scim/v2/Groups"},
		},
		{"no discovery", "GET", "/ServiceProviderConfig", nil, 501, []string{"GET /scim/v2/ServiceProviderConfig"}},
		{
			"not allowed", "PUT", "/Users/17",
			map[string]*scim.Response{"PUT " + user: message(405, "Method Not Allowed")},
			405,
			[]string{"PUT " + user},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := routes(test.answers)
			body := ""
			if test.method != "GET" && test.method != "DELETE" {
				body = `{}`
			}
			resp, err := bottom(t, newBackend(t, adapted), i, newRequest(test.method, test.path, body))
			if e, is := errors.AsType[*scim.Error](err); is {
				resp = message(e.Status, e.Body())
			} else {
				must(t, resp, err)
			}
			if resp.Status != test.status {
				t.Errorf("got %d %s, want %d", resp.Status, resp.Body, test.status)
			}
			if diff := cmp.Diff(test.asked, i.lines()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			doc := scim.Parse(resp.Body)
			if doc.Get("status").Text() == "" || doc.Get("detail").Text() == "" {
				t.Errorf("%s is no SCIM error", resp.Body)
			}
		})
	}
}
