package rewrite

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestNamesResource(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   bool
	}{
		{404, `{"schemas":["` + scim.ErrorURI + `"],"status":"404","detail":"Resource 17 not found"}`, true},
		{404, `{"schemas":["` + scim.ErrorURI + `"],"status":"404"}`, true},
		{404, `{"Errors":[{"code":"404","description":"no user 17"}]}`, true},
		{404, `{"message":"no user 17"}`, true},
		{404, `{"message":"Not found."}`, false},
		{404, `{"error":"Not Found","path":"/scim/v2/Users/17"}`, false},
		{404, `{"message":"the route scim/v2/Users/17 could not be found"}`, false},
		{404, `<html><h1>404</h1>`, false},
		{404, `404 page not found`, false},
		{404, ``, false},
		{404, `[]`, false},
		{400, `{"message":"no user 17"}`, false},
	} {
		if got := NamesResource(&scim.Response{Status: test.status, Body: test.body}); got != test.want {
			t.Errorf("%d %s: got %t", test.status, test.body, got)
		}
	}
}

// Reading takes nothing away and supplies nothing: what was read may have to be
// written back.
func TestReadResource(t *testing.T) {
	for _, test := range []struct{ name, given, want string }{
		{"types", `{"id":17,"active":"True","emails":[{"primary":"false","value":"a@example.com"}]}`, `{"id":"17","active":true,"emails":[{"primary":false,"value":"a@example.com"}]}`},
		{"flat names", `{"name.givenName":"Mara"}`, `{"name":{"givenName":"Mara"}}`},
		{"kept", `{ "password":"x", "title":null, "meta":{"location":"http://10.0.0.4/Users/17"}, "more": [null] }`, `{ "password":"x", "title":null, "meta":{"location":"http://10.0.0.4/Users/17"}, "more": [null] }`},
		{"no object", `[17]`, `[17]`},
	} {
		v := scim.Parse(test.given)
		ReadResource(scim.Core(), scim.Core().ByName("User"), &v)
		if got := v.Raw(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	v := scim.Parse(`{"schemas":["` + scim.GroupURI + `"],"members":["17"]}`)
	ReadResource(scim.Core(), nil, &v)
	if got, want := v.Raw(), `{"schemas":["`+scim.GroupURI+`"],"members":[{"value":"17"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
