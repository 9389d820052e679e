package scim

import "testing"

func TestDisguised(t *testing.T) {
	pinned, err := ParseBase("/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		want bool
	}{
		{"/scim/v2/Users", false},
		{"/scim/v2/Users/17", false},
		{"/scim/v2/users/.search", false},
		{"/scim/v2/Users/ada%40example.com", false},
		{"/scim/v2/Users/a%2Fb", false}, // whatever it is, it is one of users
		{"/scim/v2/Users/a%2Eb", false},
		{"/scim/v2/Users/a;b", false},
		{"/scim/v2/Other", false},
		{"/scim/v2/Other%2F17", false},
		{"/files/a%20b/../c", false},
		{"/scim/v2/%55sers/17", true},
		{"/scim/v2/Users%2F17", true},
		{"/scim/v2/Users/./17", true},
		{"/scim/v2/Groups/../Users/17", true},
		{"/scim/v2/Groups/%2e%2E/Users/17", true},
		{"/scim/v2/Groups/..%2FUsers%2F17", true},
		{`/scim/v2/Groups/..%5CUsers%5C17`, true},
		{"/scim/v2/Users;v=1/17", true},
		{"/scim/x/../v2/Users", true},
		{"/scim%2Fv2/Users", true},
		{"/scim/v2/Users/%2Esearch", true},
	} {
		if got := Core().Disguised(pinned, c.path); got != c.want {
			t.Errorf("%s: %v", c.path, got)
		}
	}
}
