package rewrite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestPath(t *testing.T) {
	tests := []struct {
		sent, want string
		shapes     []Shape
	}{
		{"/scim/v2/Users/17", "/scim/v2/Users/17", nil},
		{"/scim/v2/users", "/scim/v2/Users", []Shape{PathCase}},
		{"/scim/v2//Users/", "/scim/v2/Users", []Shape{PathSlash}},
		{"/scim/v2/Users/17.scim", "/scim/v2/Users/17", []Shape{PathSuffix}},
		{"/users//users.scim/", "/Users/users", []Shape{PathSlash, PathSuffix, PathCase}},
		{"/Groups/.SEARCH", "/Groups/.search", []Shape{PathCase}},
		{"/serviceproviderconfig/", "/ServiceProviderConfig", []Shape{PathSlash, PathCase}},
		{"/Users/a%2Fb%3aC", "/Users/a%2Fb%3aC", nil},
	}
	for _, tt := range tests {
		s := sessionAt(t, tt.sent)
		req := &scim.Request{Path: tt.sent}
		s.path(req)
		if req.Path != tt.want || req.Path != s.route.Clean {
			t.Errorf("%s became %s, want %s", tt.sent, req.Path, tt.want)
		}
		if diff := cmp.Diff(tt.shapes, shapesOf(s)); diff != "" {
			t.Errorf("%s: shapes (-want +got):\n%s", tt.sent, diff)
		}
	}
}

func TestPathDisabled(t *testing.T) {
	const sent = "/scim//users/users.scim/"
	tests := []struct {
		off  Shape
		want string
	}{
		{PathCase, "/scim/users/users"},
		{PathSlash, "/scim//Users/users/"},
		{PathSuffix, "/scim/Users/users.scim"},
	}
	for _, tt := range tests {
		req := &scim.Request{Path: sent}
		sessionAt(t, sent, tt.off).path(req)
		if req.Path != tt.want {
			t.Errorf("got %s, want %s", req.Path, tt.want)
		}
	}
}
