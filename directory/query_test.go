package directory

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// ids lists the ids of a ListResponse.
func ids(t *testing.T, body string) string {
	t.Helper()
	v := scim.Parse(body)
	var list []string
	for i := range v.Get("Resources").Members() {
		list = append(list, v.Get("Resources").At(i).Get("id").Text())
	}
	return strings.Join(list, " ")
}

func TestFilter(t *testing.T) {
	tests := []struct{ endpoint, filter, want string }{
		{"/Users", `userName eq "mara.lind@EXAMPLE.com"`, "mara"},
		{"/Users", `username EQ "nobody@example.com"`, ""},
		{"/Users", userURI + `:userName eq "mara.lind@example.com"`, "mara"},
		{"/Users", `id eq "nils"`, "nils"},
		{"/Users", `id eq "tools"`, ""},
		{"/Users", `externalId eq "E1"`, "mara"},
		{"/Users", `externalId eq "e1"`, ""},
		{"/Users", `userName eq "mara.lind@example.com" and active eq false`, ""},
		{"/Users", `active eq true and userName eq "mara.lind@example.com"`, "mara"},
		{"/Users", `userName eq "mara.lind@example.com" or userName eq "nils.berg@example.com"`, "mara nils"},
		{"/Users", `not (active eq true)`, "nils"},
		{"/Users", `name pr`, "mara nils"},
		{"/Users", `emails[type eq "work" and value co "lind"]`, "mara"},
		{"/Users", `emails co "example.org"`, "mara"},
		{"/Users", ent + `:department eq "tools"`, "mara"},
		{"/Users", ent + `:manager.value eq "nils"`, "mara"},
		{"/Users", `title eq null`, "nils olga"},
		{"/Users", acmeURI + `:tags eq "b"`, "olga"},
		{"/Users", acmeURI + `:badge eq "B-7"`, "olga"},
		{"/Users", acmeURI + `:badge eq "b-7"`, ""},
		{"/Users", acmeURI + `:hired gt "2024-05-01T07:59:59Z"`, "olga"},
		{"/Users", `groups.display eq "Staff"`, "mara nils"},
		{"/Users", `groups[type eq "indirect"]`, "mara"},
		{"/Users", `meta.resourceType eq "User" and meta.lastModified lt "2030-01-01T00:00:00Z"`, "mara nils olga"},
		{"/Users", `schemas eq "` + ent + `"`, "mara"},
		{"/Groups", `displayName eq "staff"`, "staff"},
		{"/Groups", `members.value eq "mara"`, "tools"},
		{"/Groups", `members[type eq "Group"]`, "staff"},
		{"", `meta.resourceType eq "Group" or userName sw "nils"`, "nils tools staff"},
		{"", `displayName eq "Tools"`, "tools"},
	}
	d := seeded(t)
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			searched := do(d, "POST", tt.endpoint+"/.search", `{"schemas":["`+scim.SearchRequestURI+`"],"filter":`+scim.Quote(tt.filter)+`}`)
			if got := ids(t, searched.Body.String()); searched.Code != 200 || got != tt.want {
				t.Errorf("%d %q, want %q: %s", searched.Code, got, tt.want, searched.Body)
			}
			if tt.endpoint == "" {
				return
			}
			listed := do(d, "GET", tt.endpoint+"?filter="+url.PathEscape(tt.filter), "")
			if listed.Body.String() != searched.Body.String() {
				t.Errorf("GET: %d %s", listed.Code, listed.Body)
			}
		})
	}
}

func TestRefusesQueries(t *testing.T) {
	tests := []struct{ query, scimType, detail string }{
		{`filter=userName+eq+%22a%22`, "invalidFilter", ""},
		{`filter=userName%20eq%20bjensen`, "invalidFilter", ""},
		{`filter=userName%20eq%20%27a%27`, "invalidFilter", ""},
		{`filter=userName%20==%20%22a%22`, "invalidFilter", ""},
		{`filter=userName%20xx%20%22a%22`, "invalidFilter", ""},
		{`filter=`, "invalidFilter", ""},
		{`filter=active%20eq%20%22True%22`, "invalidFilter", "active"},
		{`filter=active%20gt%20true`, "invalidFilter", "active"},
		{`filter=department%20eq%20%22Tools%22`, "invalidFilter", "unknown attribute department"},
		{`filter=emails%5Bkind%20eq%20%22work%22%5D`, "invalidFilter", "unknown attribute emails[kind]"},
		{`filter=displayName%20pr%20and%20not%20(shoeSize%20pr)`, "invalidFilter", "unknown attribute shoeSize"},
		{`filter=password%20eq%20%22x%22`, "invalidFilter", "password"},
		{`filter="a"`, "invalidValue", "percent-encoded"},
		{`filter=userName%20eq%20%2`, "invalidValue", "percent-encoding"},
		{`filter=emails[type%20pr]`, "invalidValue", "percent-encoded"},
		{`count=ten`, "invalidValue", "count: want an integer"},
		{`count=1.0`, "invalidValue", "count: want an integer"},
		{`count=`, "invalidValue", "count: want an integer"},
		{`startIndex=%221%22`, "invalidValue", "startIndex: want an integer"},
		{`startIndex=1&startIndex=1`, "invalidValue", "startIndex: is given twice"},
		{`sortOrder=Descending`, "invalidValue", "sortOrder"},
		{`sortBy=shoeSize`, "invalidValue", "sortBy: unknown attribute shoeSize"},
		{`sortBy=name`, "invalidValue", "sortBy: name needs a sub-attribute"},
		{`sortBy=a..b`, "invalidValue", "sortBy"},
		{`attributes=userName&excludedAttributes=name`, "invalidValue", "exclude each other"},
		{`attributes=userName,%20name`, "invalidValue", "attributes"},
	}
	d := seeded(t)
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			refused(t, do(d, "GET", "/Users?"+tt.query, ""), 400, tt.scimType, tt.detail)
		})
	}
}

func TestRefusesSearches(t *testing.T) {
	tests := []struct{ body, scimType, detail string }{
		{`[]`, "invalidSyntax", "must be an object"},
		{`{}`, "invalidSyntax", "schemas"},
		{`{"schemas":["` + scim.PatchOpURI + `"]}`, "invalidSyntax", "schemas"},
		{search(`"count":"10"`), "invalidSyntax", "count: want a number, got a string"},
		{search(`"count":1.5`), "invalidValue", "count: want an integer"},
		{search(`"attributes":"userName"`), "invalidSyntax", "attributes: want an array"},
		{search(`"attributes":["userName,name"]`), "invalidSyntax", "attributes[0]"},
		{search(`"filter":17`), "invalidSyntax", "filter: want a string"},
		{search(`"Filter":"id pr"`), "invalidSyntax", "unknown member"},
		{search(`"filter":"id eq x"`), "invalidFilter", ""},
	}
	for _, tt := range tests {
		refused(t, do(seeded(t), "POST", "/Users/.search", tt.body), 400, tt.scimType, tt.detail)
	}
}

func search(members string) string {
	return `{"schemas":["` + scim.SearchRequestURI + `"],` + members + `}`
}

func TestPages(t *testing.T) {
	opt := testOptions(t)
	opt.MaxResults = 3
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		do(d, "POST", "/Users", fmt.Sprintf(`{"schemas":["%s"],"userName":"u%d@example.com"}`, userURI, i))
	}
	tests := []struct {
		query string
		start int
		want  string
	}{
		{"", 1, "id-1 id-2 id-3"},
		{"?count=2", 1, "id-1 id-2"},
		{"?count=100", 1, "id-1 id-2 id-3"},
		{"?count=99999999999999999999", 1, "id-1 id-2 id-3"},
		{"?startIndex=4", 4, "id-4 id-5"},
		{"?startIndex=0&count=1", 1, "id-1"},
		{"?startIndex=-7&count=1", 1, "id-1"},
		{"?startIndex=6", 6, ""},
		{"?count=0", 1, ""},
		{"?count=-5", 1, ""},
	}
	for _, tt := range tests {
		w := do(d, "GET", "/Users"+tt.query, "")
		got := ids(t, w.Body.String())
		n := len(strings.Fields(tt.want))
		head := fmt.Sprintf(`{"schemas":["%s"],"totalResults":5,"startIndex":%d,"itemsPerPage":%d,"Resources":[`, scim.ListResponseURI, tt.start, n)
		if got != tt.want || !strings.HasPrefix(w.Body.String(), head) {
			t.Errorf("%s: %q, want %q: %s", tt.query, got, tt.want, w.Body)
		}
	}
	w := do(d, "POST", "/Users/.search", search(`"startIndex":2,"count":1,"attributes":["id"],"excludedAttributes":[]`))
	if ids(t, w.Body.String()) != "id-2" {
		t.Errorf(".search: %s", w.Body)
	}
}

func TestSort(t *testing.T) {
	tests := []struct{ endpoint, query, want string }{
		{"/Users", "sortBy=userName", "mara nils olga"},
		{"/Users", "sortBy=userName&sortOrder=descending", "olga nils mara"},
		{"/Users", "sortBy=name.familyName", "nils mara olga"},
		{"/Users", "sortBy=name.familyName&sortOrder=descending", "olga mara nils"},
		{"/Users", "sortBy=emails", "mara nils olga"},
		{"/Users", "sortBy=emails.value&sortOrder=descending", "olga nils mara"},
		{"/Users", "sortBy=" + acmeURI + ":hired", "olga mara nils"},
		{"/Users", "sortBy=meta.created&sortOrder=descending", "olga nils mara"},
		{"/Users", "sortBy=active", "nils mara olga"},
		{"/Users", "sortOrder=descending", "mara nils olga"},
		{"/Groups", "sortBy=displayName", "staff tools"},
	}
	d := seeded(t)
	for _, tt := range tests {
		w := do(d, "GET", tt.endpoint+"?"+tt.query, "")
		if got := ids(t, w.Body.String()); got != tt.want {
			t.Errorf("%s: %q, want %q: %s", tt.query, got, tt.want, w.Body)
		}
	}
	w := do(d, "POST", "/.search", search(`"sortBy":"displayName","filter":"displayName pr or userName sw \"nils\""`))
	if got := ids(t, w.Body.String()); got != "staff tools nils" {
		t.Errorf("all types: %q", got)
	}
}

func TestProjection(t *testing.T) {
	tests := []struct{ target, want string }{
		{
			"/Users/olga?excludedAttributes=meta",
			`{"schemas":["` + userURI + `","` + acmeURI + `"],"id":"olga","userName":"olga.asan@example.com","active":true,"` + acmeURI + `":{"badge":"B-7","hired":"2024-05-01T08:00:00Z","tags":["a","b"]}}`,
		},
		{
			"/Users/olga?attributes=" + acmeURI + ":notes," + acmeURI + ":pin",
			`{"schemas":["` + userURI + `","` + acmeURI + `"],"id":"olga","` + acmeURI + `":{"notes":"left-handed"}}`,
		},
		{
			"/Users/olga?attributes=" + acmeURI,
			`{"schemas":["` + userURI + `","` + acmeURI + `"],"id":"olga","` + acmeURI + `":{"badge":"B-7","hired":"2024-05-01T08:00:00Z","notes":"left-handed","tags":["a","b"]}}`,
		},
		{"/Users/nils?attributes=USERNAME", `{"schemas":["` + userURI + `"],"id":"nils","userName":"nils.berg@example.com"}`},
		{"/Users/nils?attributes=name.givenName,password,shoeSize", `{"schemas":["` + userURI + `"],"id":"nils"}`},
		{"/Users/nils?attributes=emails.type,emails.value,meta.resourceType", `{"schemas":["` + userURI + `"],"id":"nils","emails":[{"value":"nils.berg@example.com","type":"work"}],"meta":{"resourceType":"User"}}`},
		{"/Users/nils?attributes=emails.primary", `{"schemas":["` + userURI + `"],"id":"nils"}`},
		{
			"/Users/nils?excludedAttributes=id,schemas,meta,groups,emails.type,name,active",
			`{"schemas":["` + userURI + `"],"id":"nils","userName":"nils.berg@example.com","emails":[{"value":"nils.berg@example.com"}]}`,
		},
		{"/Users/mara?attributes=" + ent + ":manager.value", `{"schemas":["` + userURI + `","` + ent + `"],"id":"mara","` + ent + `":{"manager":{"value":"nils"}}}`},
		{"/Groups/tools?excludedAttributes=members,meta", `{"schemas":["` + groupURI + `"],"id":"tools","displayName":"Tools"}`},
		{"/Groups/tools?attributes=members.value", `{"schemas":["` + groupURI + `"],"id":"tools","members":[{"value":"mara"},{"value":"nobody"}]}`},
		{"/Groups/tools?attributes=members.type", `{"schemas":["` + groupURI + `"],"id":"tools","members":[{"type":"User"}]}`},
	}
	d := seeded(t)
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			if got := do(d, "GET", tt.target, "").Body.String(); got != tt.want {
				t.Errorf("\n%s\n%s", got, tt.want)
			}
		})
	}
	list := do(d, "GET", "/Groups?attributes=displayName&count=1", "")
	if got := at(list, "Resources"); got != `[{"schemas":["`+groupURI+`"],"id":"tools","displayName":"Tools"}]` {
		t.Errorf("list: %s", got)
	}
	for _, w := range []string{
		do(d, "POST", "/Users?attributes=active", `{"schemas":["`+userURI+`"],"userName":"a","active":true}`).Body.String(),
		do(d, "PUT", "/Users/id-1?attributes=active", `{"schemas":["`+userURI+`"],"userName":"a","active":true,"title":"x"}`).Body.String(),
		do(d, "PATCH", "/Users/id-1?attributes=active", patch(`{"op":"add","path":"title","value":"y"}`)).Body.String(),
	} {
		if want := `{"schemas":["` + userURI + `"],"id":"id-1","active":true}`; w != want {
			t.Errorf("\n%s\n%s", w, want)
		}
	}
}
