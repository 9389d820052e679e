package scim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoute(t *testing.T) {
	tests := []struct {
		base, path                        string
		wantBase, endpoint, id, wantClean string
		search                            bool
	}{
		{path: "/Users", endpoint: "Users"},
		{path: "/scim/v2/Users", wantBase: "/scim/v2", endpoint: "Users"},
		{path: "/scim/v2/Users/17", wantBase: "/scim/v2", endpoint: "Users", id: "17"},
		{path: "/orgs/42/scim/Groups/7", wantBase: "/orgs/42/scim", endpoint: "Groups", id: "7"},
		{path: "/scim/users/17", wantBase: "/scim", endpoint: "Users", id: "17", wantClean: "/scim/Users/17"},
		{path: "/scim//v2///GROUPS//7/", wantBase: "/scim/v2", endpoint: "Groups", id: "7", wantClean: "/scim/v2/Groups/7"},
		{path: "/v2/Users/17.scim", wantBase: "/v2", endpoint: "Users", id: "17", wantClean: "/v2/Users/17"},
		{path: "/v2/users.scim", wantBase: "/v2", endpoint: "Users", wantClean: "/v2/Users"},
		{path: "/v2/Users/.scim", wantBase: "/v2", endpoint: "Users", id: ".scim"},
		{path: "/v2/Users/a%2Fb%20c", wantBase: "/v2", endpoint: "Users", id: "a%2Fb%20c"},
		{path: "/v2/Users/Groups", wantBase: "/v2", endpoint: "Users", id: "Groups"},
		{path: "/v2/Users/.search", wantBase: "/v2", endpoint: "Users", search: true},
		{path: "/v2/.search", wantBase: "/v2", search: true},
		{path: "/v2/.Search/", wantBase: "/v2", search: true, wantClean: "/v2/.search"},
		{path: "/.search", search: true},
		{path: "/v2/me", wantBase: "/v2", endpoint: "Me", wantClean: "/v2/Me"},
		{path: "/v2/bulk", wantBase: "/v2", endpoint: "Bulk", wantClean: "/v2/Bulk"},
		{path: "/v2/serviceproviderconfig", wantBase: "/v2", endpoint: "ServiceProviderConfig", wantClean: "/v2/ServiceProviderConfig"},
		{path: "/v2/Schemas/" + UserURI, wantBase: "/v2", endpoint: "Schemas", id: UserURI},
		{path: "/v2/ResourceTypes/User", wantBase: "/v2", endpoint: "ResourceTypes", id: "User"},

		{base: "/scim/v2", path: "/scim/v2", wantBase: "/scim/v2"},
		{base: "/scim/v2/", path: "/scim/v2/", wantBase: "/scim/v2", wantClean: "/scim/v2"},
		{base: "/", path: "/", wantClean: ""},
		{base: "/", path: "/Users/5", endpoint: "Users", id: "5"},
		{base: "/orgs/*/scim", path: "/orgs/users/scim/Users", wantBase: "/orgs/users/scim", endpoint: "Users"},
		{base: "/größe", path: "/gr%C3%B6%C3%9Fe/Users", wantBase: "/gr%C3%B6%C3%9Fe", endpoint: "Users"},
	}
	for _, tt := range tests {
		t.Run(tt.base+" "+tt.path, func(t *testing.T) {
			base, err := ParseBase(tt.base)
			if err != nil {
				t.Fatal(err)
			}
			want := Route{Base: tt.wantBase, Endpoint: tt.endpoint, Type: Core().ByEndpoint(tt.endpoint), ID: tt.id, Search: tt.search, Clean: tt.wantClean}
			if want.Clean == "" && tt.path != "/" {
				want.Clean = tt.path
			}
			got, ok := Core().Route(base, tt.path)
			if diff := cmp.Diff(want, got); !ok || diff != "" {
				t.Fatalf("ok %v\n%s", ok, diff)
			}
			if again, ok := Core().Route(base, got.Clean); got.Clean != "" && (!ok || again.Clean != got.Clean) {
				t.Errorf("second time: %q, %v", again.Clean, ok)
			}
		})
	}
}

func TestRouteNotOurs(t *testing.T) {
	tests := []struct{ base, path string }{
		{"", ""},
		{"", "*"},
		{"", "/"},
		{"", "/health"},
		{"", "/api/users/5/avatar"},
		{"", "/Users/5/.search"},
		{"", "/Users/.search/5"},
		{"", "/.search/5"},
		{"", "/Me/5"},
		{"", "/Bulk/5"},
		{"", "/ServiceProviderConfig/5"},
		{"", "/Usersx"},
		{"", "/Users/.."},
		{"", "/scim/../Users"},
		{"", "/Users/%2e%2E"},
		{"/scim/v2", "/scim"},
		{"/scim/v2", "/scim/v1/Users"},
		{"/scim/v2", "/scim/v2/tenants/Users"},
		{"/scim/v2", "/Users"},
		{"/orgs/*/scim", "/orgs/scim/Users"},
	}
	for _, tt := range tests {
		base, err := ParseBase(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Core().Route(base, tt.path); ok {
			t.Errorf("base %q path %q: %+v", tt.base, tt.path, got)
		}
	}
}

func TestBranch(t *testing.T) {
	base, err := ParseBase("/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/scim/v2/entra", "/scim/v2/entra/eu", "/scim/v2", "/other", "/scim/v2/*/x"} {
		if base, err = base.Branch(path); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"/scim/v2/Users/17":          "/scim/v2",
		"/scim/v2/entra/Users":       "/scim/v2/entra",
		"/scim/v2/entra":             "/scim/v2/entra",
		"/scim/v2/entra/eu/Groups/7": "/scim/v2/entra/eu",
		"/scim/v2/42/x/Users":        "/scim/v2/42/x",
		"/scim/v2/okta/Users":        "",
		"/scim/v2/entra/us/Users":    "",
		"/other/Users":               "",
		"/scim/v2/enTra/Users":       "",
	} {
		route, ok := Core().Route(base, path)
		if ok != (want != "") || route.Base != want {
			t.Errorf("%s: base %q, %t; want %q", path, route.Base, ok, want)
		}
	}
	if b, err := (Base{}).Branch("/scim/v2/entra"); err != nil || b.pinned {
		t.Errorf("a base that is not pinned became %+v, %v", b, err)
	}
	if _, err := base.Branch("entra"); err == nil {
		t.Error("a path without a slash is taken")
	}
}

func TestParseBaseErrors(t *testing.T) {
	for _, path := range []string{"scim", "/scim//v2", "/a*", "/a/../b", "/%zz", "/a?b", "//"} {
		if b, err := ParseBase(path); err == nil {
			t.Errorf("%q: %+v", path, b)
		}
	}
}

func TestAtMe(t *testing.T) {
	for method, want := range map[string]string{"GET": "get", "HEAD": "get", "POST": "create", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"} {
		if got := AtMe(method); got != want {
			t.Errorf("%s at /Me is %q, want %q", method, got, want)
		}
	}
}

func TestOperation(t *testing.T) {
	tests := []struct{ method, path, want string }{
		{"GET", "/Users", "list"},
		{"HEAD", "/Users", "list"},
		{"POST", "/Users", "create"},
		{"PUT", "/Users", ""},
		{"DELETE", "/Users", ""},
		{"GET", "/Users/5", "get"},
		{"HEAD", "/Users/5", "get"},
		{"PUT", "/Users/5", "replace"},
		{"PATCH", "/Users/5", "patch"},
		{"DELETE", "/Users/5", "delete"},
		{"POST", "/Users/5", ""},
		{"POST", "/Users/.search", "search"},
		{"GET", "/Users/.search", ""},
		{"POST", "/.search", "search"},
		{"POST", "/Bulk", "bulk"},
		{"GET", "/Bulk", ""},
		{"GET", "/Me", "me"},
		{"PATCH", "/Me", "me"},
		{"OPTIONS", "/Me", ""},
		{"GET", "/Schemas", "discover"},
		{"GET", "/Schemas/x", "discover"},
		{"POST", "/ServiceProviderConfig", ""},
		{"GET", "/", "list"},
		{"POST", "/", ""},
	}
	base, err := ParseBase("/")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		route, ok := Core().Route(base, tt.path)
		if got := route.Operation(tt.method); !ok || got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestRouteAllocations(t *testing.T) {
	pinned, err := ParseBase("/orgs/*/scim")
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range []Base{{}, pinned} {
		allocs := testing.AllocsPerRun(100, func() {
			if _, ok := Core().Route(base, "/orgs/42/scim/Users/2819c223"); !ok {
				t.Fatal("not ours")
			}
		})
		if allocs > 0 {
			t.Errorf("%v allocations", allocs)
		}
	}
}

func FuzzRoute(f *testing.F) {
	f.Add("/scim/v2/users//17.scim")
	f.Add("/.search")
	f.Fuzz(func(t *testing.T, path string) {
		route, ok := Core().Route(Base{}, path)
		if !ok {
			return
		}
		again, ok := Core().Route(Base{}, route.Clean)
		if !ok || again.Clean != route.Clean || again.ID != route.ID || again.Endpoint != route.Endpoint {
			t.Errorf("%q: %+v, then %+v", path, route, again)
		}
	})
}

func BenchmarkRoute(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Core().Route(Base{}, "/scim/v2/Users/2819c223-7f76-453a-919d-413861904646")
	}
}
