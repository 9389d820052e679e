package scim

import "testing"

func TestRoute11(t *testing.T) {
	for _, tt := range []struct {
		base, path          string
		clean, format, vers string
		old                 bool
	}{
		{"", "/scim/v1/Users", "/scim/v1/Users", "", "v1", false},
		{"", "/scim/V1/Users/7", "/scim/V1/Users/7", "", "v1", false},
		{"", "/scim/v2/Users/7.json", "/scim/v2/Users/7.json", "", "v2", false},
		{"", "/scim/xv1/Users", "/scim/xv1/Users", "", "", false},
		{"", "/v1/scim/Users", "/v1/scim/Users", "", "", false},
		{"", "/Users", "/Users", "", "", false},
		{"", "/scim/v1/Users.json", "/scim/v1/Users", "json", "v1", true},
		{"", "/scim/v1/Groups.XML", "/scim/v1/Groups", "xml", "v1", true},
		{"", "/scim/v1/ServiceProviderConfigs", "/scim/v1/ServiceProviderConfig", "", "v1", true},
		{"", "/scim//v1/serviceproviderconfigs/", "/scim/v1/ServiceProviderConfig", "", "v1", true},
		{"", "/ServiceProviderConfigs.json", "/ServiceProviderConfig", "json", "", true},
		{"/scim/*", "/scim/v1/ServiceProviderConfigs", "/scim/v1/ServiceProviderConfig", "", "v1", true},
		{"/scim/v1", "/scim/v1/Users.json", "/scim/v1/Users", "json", "v1", true},
	} {
		base, err := ParseBase(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Core().Route11(base, tt.path)
		if !ok || got.Clean != tt.clean || got.Format != tt.format || got.Version() != tt.vers || got.Old != tt.old {
			t.Errorf("base %q path %q: %v %+v, version %q", tt.base, tt.path, ok, got, got.Version())
		}
	}
}

// What SCIM 1.1 does not have either is none of ours, such as the files of a site.
func TestRoute11NotOurs(t *testing.T) {
	for _, tt := range []struct{ base, path string }{
		{"", ""},
		{"", "/"},
		{"", ".json"},
		{"", "/.json"},
		{"", "/app/main.json"},
		{"", "/data/users.json"},
		{"", "/Users.json/7"},
		{"", "/Users.json.json"},
		{"", "/ServiceProviderConfigs/7"},
		{"", "/scim/../Users.json"},
		{"", "/Users.yaml"},
		{"/scim/v2", "/scim/v1/ServiceProviderConfigs"},
	} {
		base, err := ParseBase(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Core().Route11(base, tt.path); ok {
			t.Errorf("base %q path %q: %+v", tt.base, tt.path, got)
		}
	}
}

func FuzzRoute11(f *testing.F) {
	for _, path := range []string{"/scim/v1/Users.json", "/ServiceProviderConfigs", "/v1/Users/7.xml", "//.json", "/Users.json.json"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		route, ok := Core().Route11(Base{}, path)
		if !ok {
			return
		}
		again, ok := Core().Route(Base{}, route.Clean)
		if !ok || again.Endpoint != route.Endpoint || again.ID != route.ID || again.Base != route.Base {
			t.Errorf("%q leads to %+v, whose path leads to %+v", path, route, again)
		}
	})
}
