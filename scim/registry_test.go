package scim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attrPath takes a path apart at the last colon, as a reader of paths does.
func attrPath(s string) AttrPath {
	var p AttrPath
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		p.URI, s = s[:i], s[i+1:]
	}
	p.Name, p.Sub, _ = strings.Cut(s, ".")
	return p
}

func acmeRegistry(t testing.TB) *Registry {
	t.Helper()
	ext, err := ParseSchema(acmeDoc)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Core().With("user", ext, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResolve(t *testing.T) {
	const ent = EnterpriseUserURI
	tests := []struct{ path, want string }{
		{"userName", "userName"},
		{"USERNAME", "userName"},
		{"name.givenname", "name.givenName"},
		{"emails.Value", "emails.value"},
		{"members.$REF", ""},
		{"groups.$REF", "groups.$ref"},
		{"ID", "id"},
		{"externalid", "externalId"},
		{"Schemas", "schemas"},
		{"meta.lastmodified", "meta.lastModified"},
		{"meta.nothing", ""},
		{"nothing", ""},
		{"", ""},
		{"userName.value", ""},
		{"name.nothing", ""},
		{"ſchemas", ""},
		{UserURI + ":userName", "userName"},
		{strings.ToUpper(UserURI) + ":name.familyName", "name.familyName"},
		{UserURI + ":meta.version", "meta.version"},
		{UserURI, ""},
		{GroupURI + ":displayName", ""},
		{"department", ""},
		{ent + ":department", ent + ":department"},
		{strings.ToLower(ent) + ":MANAGER.VALUE", ent + ":manager.value"},
		{ent + ":userName", ""},
		{ent + ":id", ""},
		{ent, ent},
		{strings.ToUpper(ent), ent},
		{acmeURI + ":desk.room", acmeURI + ":desk.room"},
		{"urn:example:unknown:badge", ""},
	}
	user := acmeRegistry(t).ByName("User")
	for _, tt := range tests {
		target, ok := user.Resolve(attrPath(tt.path))
		if got := target.Path.String(); ok != (tt.want != "") || got != tt.want {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestResolveTarget(t *testing.T) {
	user := acmeRegistry(t).ByName("User")
	type brief struct{ schema, attr, sub, leaf string }
	tests := []struct {
		path string
		want brief
	}{
		{"userName", brief{UserURI, "userName", "", "userName"}},
		{"name.formatted", brief{UserURI, "name", "formatted", "formatted"}},
		{"id", brief{"", "id", "", "id"}},
		{acmeURI + ":desk.floor", brief{acmeURI, "desk", "floor", "floor"}},
		{acmeURI, brief{acmeURI, "", "", ""}},
	}
	name := func(a *Attribute) string {
		if a == nil {
			return ""
		}
		return a.Name
	}
	for _, tt := range tests {
		target, _ := user.Resolve(attrPath(tt.path))
		got := brief{"", name(target.Attr), name(target.Sub), name(target.Leaf())}
		if target.Schema != nil {
			got.schema = target.Schema.ID
		}
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.path, got, tt.want)
		}
		if target.Extension() != strings.HasPrefix(tt.path, acmeURI) {
			t.Errorf("%s: extension %v", tt.path, target.Extension())
		}
	}
}

// A URI need not end in a name: the dot in its version is not one of a path.
func TestResolveExtensionURIWithDot(t *testing.T) {
	const uri = "urn:example:acme:v2.0"
	r, err := Core().With("Group", &Schema{ID: uri, Attributes: mustParse(t, acmeDoc).Attributes}, false)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{uri: uri, strings.ToUpper(uri): uri, uri + ":badge": uri + ":badge", uri + ".badge": "", "urn:example:acme:v2": ""} {
		target, _ := r.ByName("Group").Resolve(attrPath(path))
		if got := target.Path.String(); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func mustParse(t *testing.T, doc string) *Schema {
	t.Helper()
	s, err := ParseSchema(doc)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestResolveBare(t *testing.T) {
	user := acmeRegistry(t).ByName("User")
	tests := map[string]string{
		"Department": EnterpriseUserURI + ":department",
		"badge":      acmeURI + ":badge",
		"userName":   "",
		"nothing":    "",
	}
	for name, want := range tests {
		target, ok := user.ResolveBare(name)
		if got := target.Path.String(); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	twice := &Schema{ID: "urn:example:twice", Attributes: mustParse(t, acmeDoc).Attributes}
	r, err := acmeRegistry(t).With("User", twice, false)
	if err != nil {
		t.Fatal(err)
	}
	if target, ok := r.ByName("User").ResolveBare("badge"); ok {
		t.Errorf("ambiguous name found in %s", target.Schema.ID)
	}
}

func TestWith(t *testing.T) {
	r := acmeRegistry(t)
	if r.Schema(strings.ToUpper(acmeURI)) == nil || !r.ByName("User").Extension(acmeURI).Required {
		t.Error("the extension is not there")
	}
	if Core().Schema(acmeURI) != nil || Core().ByName("User").Extension(acmeURI) != nil {
		t.Error("the core registry has changed")
	}
	if diff := cmp.Diff(Core().ByName("Group"), r.ByName("Group")); diff != "" {
		t.Error(diff)
	}
}

func TestWithErrors(t *testing.T) {
	r := acmeRegistry(t)
	attrs := mustParse(t, acmeDoc).Attributes
	tests := []struct {
		typ, uri, want string
	}{
		{"Device", "urn:example:new", `unknown resource type "Device"`},
		{"User", acmeURI, "is known already"},
		{"User", strings.ToUpper(EnterpriseUserURI), "is known already"},
		{"User", UserURI, "is known already"},
		{"User", "nonsense", "is not a URI"},
	}
	for _, tt := range tests {
		_, err := r.With(tt.typ, &Schema{ID: tt.uri, Attributes: attrs}, false)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want %s", tt.typ, tt.uri, err, tt.want)
		}
	}
	shared := r.Schema(acmeURI)
	if _, err := r.With("User", shared, false); err == nil {
		t.Error("one extension twice")
	}
	if _, err := r.With("Group", shared, false); err != nil {
		t.Errorf("one extension for two types: %v", err)
	}
}

func TestLookups(t *testing.T) {
	r := Core()
	if r.ByEndpoint("uSERS") != r.ByName("user") || r.ByEndpoint("User") != nil || r.ByName("Users") != nil {
		t.Error("resource types")
	}
	for _, uri := range []string{UserURI, GroupURI, EnterpriseUserURI, ServiceProviderConfigURI, ResourceTypeURI, SchemaURI} {
		if s := r.Schema(strings.ToLower(uri)); s == nil || s.ID != uri {
			t.Errorf("schema %s", uri)
		}
	}
	var none *Attribute
	if none.SubAttribute("value") != nil {
		t.Error("a sub-attribute of nothing")
	}
}

func TestResolveAllocations(t *testing.T) {
	user := Core().ByName("User")
	for _, path := range []string{"userName", "USERNAME", "emails.value", EnterpriseUserURI + ":manager.value", EnterpriseUserURI, "meta.created", "nothing"} {
		p := attrPath(path)
		if n := testing.AllocsPerRun(100, func() { user.Resolve(p) }); n > 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	user := Core().ByName("User")
	for _, path := range []string{"userName", "emails.value", "externalId", EnterpriseUserURI + ":manager.value", "USERNAME", "nothing"} {
		p := attrPath(path)
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				user.Resolve(p)
			}
		})
	}
}
