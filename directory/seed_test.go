package directory

import (
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestSeed(t *testing.T) {
	opt := testOptions(t)
	opt.Seed = []byte(` [{"schemas":["` + userURI + `"],"userName":"a"},{"schemas":["` + groupURI + `"],"id":"g","displayName":"G"}]`)
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if w := do(d, "GET", "/Users/id-1", ""); w.Code != 200 {
		t.Error(w.Body)
	}
	if w := do(d, "GET", "/Groups/g", ""); w.Code != 200 {
		t.Error(w.Body)
	}
}

func TestSeedErrors(t *testing.T) {
	user := func(more string) string { return `{"schemas":["` + userURI + `"]` + more + `}` }
	tests := []struct{ seed, want string }{
		{`{`, "seed: 400 invalidSyntax"},
		{`{"Devices":[]}`, "seed: Devices: want an array of the resources of an endpoint"},
		{`{"Users":{}}`, "seed: Users: want an array"},
		{`{"Users":[` + user("") + `]}`, "seed: Users[0]: 400 invalidValue: userName: is required"},
		{`{"Users":[` + user(`,"id":"a","userName":"a"`) + `,` + user(`,"id":"a","userName":"b"`) + `]}`, `seed: Users[1]: id "a" is taken`},
		{`{"Users":[` + user(`,"userName":"a"`) + `,` + user(`,"userName":"A"`) + `]}`, "seed: Users[1]: 409 uniqueness"},
		{`[{"userName":"a"}]`, "seed: [0]: schemas name no resource type"},
	}
	for _, tt := range tests {
		_, err := New(Options{Seed: []byte(tt.seed)})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.seed, err, tt.want)
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := New(Options{MaxResults: -1}); err == nil {
		t.Error("a negative limit")
	}
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := do(d, "POST", "/Users", `{"schemas":["`+userURI+`"],"userName":"pia.holm@example.com"}`)
	id := at(w, "id")
	if len(id) != len(`"00000000-0000-4000-8000-000000000000"`) || id[15] != '4' || strings.Count(id, "-") != 4 {
		t.Errorf("id %s", id)
	}
}

// A required extension has to be there, with what it requires itself.
func TestRequiredExtension(t *testing.T) {
	ext, err := scim.ParseSchema(`{"id":"urn:example:pass:Group","attributes":[{"name":"zone","required":true},{"name":"doors","multiValued":true,"subAttributes":[{"name":"number","type":"integer","required":true},{"name":"side"}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := scim.Core().With("Group", ext, true)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{Registry: registry})
	if err != nil {
		t.Fatal(err)
	}
	post := func(more string) string {
		w := do(d, "POST", "/Groups", `{"schemas":["`+groupURI+`","urn:example:pass:Group"],"displayName":"A"`+more+`}`)
		return at(w, "detail")
	}
	for more, want := range map[string]string{
		``:                             `"urn:example:pass:Group: is required"`,
		`,"urn:example:pass:Group":{}`: `"urn:example:pass:Group: is required"`,
		`,"urn:example:pass:Group":{"doors":[{"number":4}]}`:               `"urn:example:pass:Group:zone: is required"`,
		`,"urn:example:pass:Group":{"zone":"N","doors":[{"side":"left"}]}`: `"urn:example:pass:Group:doors.number: is required"`,
		`,"urn:example:pass:Group":{"zone":"N","doors":[{"number":4}]}`:    ``,
	} {
		if got := post(more); got != want {
			t.Errorf("%s: %s, want %s", more, got, want)
		}
	}
}
