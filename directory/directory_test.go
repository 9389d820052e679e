package directory

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	ent      = scim.EnterpriseUserURI
	acmeURI  = "urn:example:params:scim:schemas:extension:acme:2.0:User"
	acmeDoc  = `{"id":"` + acmeURI + `","name":"Acme","attributes":[{"name":"badge","uniqueness":"server","caseExact":true},{"name":"hired","type":"dateTime","mutability":"immutable"},{"name":"contractor","type":"boolean"},{"name":"pin","returned":"never"},{"name":"notes","returned":"request"},{"name":"tags","multiValued":true}]}`
	userURI  = scim.UserURI
	groupURI = scim.GroupURI
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// testOptions has a clock that moves a second with each look and ids that count.
func testOptions(t testing.TB) Options {
	t.Helper()
	ext, err := scim.ParseSchema(acmeDoc)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := scim.Core().With("User", ext, false)
	if err != nil {
		t.Fatal(err)
	}
	seconds, ids := 0, 0
	return Options{
		Registry: registry,
		Now:      func() time.Time { seconds++; return start.Add(time.Duration(seconds) * time.Second) },
		NewID:    func() string { ids++; return fmt.Sprintf("id-%d", ids) },
	}
}

const seed = `{
	"Users":[
		{"schemas":["` + userURI + `","` + ent + `"],"id":"mara","userName":"Mara.Lind@example.com","externalId":"E1",
			"name":{"givenName":"Mara","familyName":"Lind"},"title":"Engineer","active":true,
			"emails":[{"value":"mara.lind@example.com","type":"work","primary":true},{"value":"mara@example.org","type":"home"}],
			"` + ent + `":{"department":"Tools","manager":{"value":"nils"}}},
		{"schemas":["` + userURI + `"],"id":"nils","userName":"nils.berg@example.com","name":{"familyName":"Berg"},"active":false,
			"emails":[{"value":"nils.berg@example.com","type":"work"}]},
		{"schemas":["` + userURI + `","` + acmeURI + `"],"id":"olga","userName":"olga.asan@example.com","active":true,
			"` + acmeURI + `":{"badge":"B-7","hired":"2024-05-01T08:00:00Z","pin":"4711","notes":"left-handed","tags":["a","b"]}}
	],
	"Groups":[
		{"schemas":["` + groupURI + `"],"id":"tools","displayName":"Tools","members":[{"value":"mara"},{"value":"nobody","display":"Nobody"}]},
		{"schemas":["` + groupURI + `"],"id":"staff","displayName":"Staff","members":[{"value":"tools"},{"value":"nils"}]}
	]
}`

func seeded(t testing.TB) *Directory {
	t.Helper()
	opt := testOptions(t)
	opt.Seed = []byte(seed)
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// do sends a request; extra headers are given as "Name: value".
func do(d http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://scim.example.com/v2"+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", scim.MediaType)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// at returns the JSON text at a place of an answer, its parts parted by slashes.
func at(w *httptest.ResponseRecorder, place string) string {
	v := scim.Path(strings.Split(place, "/")).Get(w.Body.String())
	return v.Raw()
}

// refused checks that a request failed with a SCIM error.
func refused(t *testing.T, w *httptest.ResponseRecorder, status int, scimType, detail string) {
	t.Helper()
	if w.Code != status || at(w, "status") != scim.Quote(fmt.Sprint(status)) {
		t.Errorf("status %d %s, want %d: %s", w.Code, at(w, "status"), status, w.Body)
	}
	var wantType string
	if scimType != "" {
		wantType = scim.Quote(scimType)
	}
	if at(w, "scimType") != wantType || at(w, "schemas") != `["`+scim.ErrorURI+`"]` {
		t.Errorf("scimType %s, want %s: %s", at(w, "scimType"), wantType, w.Body)
	}
	if !strings.Contains(w.Body.String(), detail) {
		t.Errorf("detail %s, want %s", at(w, "detail"), detail)
	}
	if w.Header().Get("Content-Type") != scim.MediaType {
		t.Errorf("Content-Type %q", w.Header().Get("Content-Type"))
	}
}

func TestLifeOfAUser(t *testing.T) {
	d := seeded(t)
	created := do(d, "POST", "/Users", `{"schemas":["`+userURI+`","`+ent+`"],"USERNAME":"pia.holm@example.com","id":"mine","password":"t1me2Go!x",
		"meta":{"created":"yesterday"},"groups":[{"value":"staff"}],"nickName":null,"roles":[],"name":{"givenName":"Pia","middleName":null},"emails":[{"value":"pia@example.com","$REF":1}]}`)
	refused(t, created, 400, "invalidSyntax", `emails: unknown sub-attribute \"$REF\"`)
	created = do(d, "POST", "/Users", `{"schemas":["`+userURI+`","`+ent+`"],"USERNAME":"pia.holm@example.com","id":"mine","password":"t1me2Go!x",
		"meta":{"created":"yesterday"},"groups":[{"value":"staff"}],"nickName":null,"roles":[],"name":{"givenName":"Pia","middleName":null}}`)
	want := `{"schemas":["` + userURI + `","` + ent + `"],"id":"id-2","userName":"pia.holm@example.com","name":{"givenName":"Pia"},` +
		`"meta":{"resourceType":"User","created":"2026-03-01T12:00:06.000Z","lastModified":"2026-03-01T12:00:06.000Z",` +
		`"location":"http://scim.example.com/v2/Users/id-2","version":` + at(created, "meta/version") + `}}`
	if created.Code != 201 || created.Body.String() != want {
		t.Fatalf("%d\n%s\n%s", created.Code, created.Body, want)
	}
	if got := created.Header().Get("Location"); got != "http://scim.example.com/v2/Users/id-2" {
		t.Errorf("Location %q", got)
	}
	if got := created.Header().Get("ETag"); scim.Quote(got) != at(created, "meta/version") || !strings.HasPrefix(got, `W/"`) {
		t.Errorf("ETag %q", got)
	}

	read := do(d, "GET", "/Users/id-2", "")
	if read.Code != 200 || read.Body.String() != want {
		t.Errorf("%d %s", read.Code, read.Body)
	}

	replaced := do(d, "PUT", "/Users/id-2", `{"schemas":["`+userURI+`"],"userName":"pia.holm@example.com","active":true}`)
	if replaced.Code != 200 || at(replaced, "name") != "" || at(replaced, "active") != "true" || at(replaced, "meta/lastModified") == at(read, "meta/lastModified") || at(replaced, "meta/created") != at(read, "meta/created") {
		t.Errorf("%d %s", replaced.Code, replaced.Body)
	}

	patched := do(d, "PATCH", "/Users/id-2", patch(`{"op":"replace","path":"name.givenName","value":"Pia"},{"op":"add","path":"`+ent+`:department","value":"Tools"}`))
	if patched.Code != 200 || at(patched, ent+"/department") != `"Tools"` || !strings.Contains(at(patched, "schemas"), ent) {
		t.Errorf("%d %s", patched.Code, patched.Body)
	}

	if w := do(d, "DELETE", "/Users/id-2", ""); w.Code != 204 || w.Body.Len() > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, method := range []string{"GET", "DELETE"} {
		refused(t, do(d, method, "/Users/id-2", ""), 404, "", "does not exist")
	}
	refused(t, do(d, "PATCH", "/Users/id-2", patch(`{"op":"add","path":"title","value":"x"}`)), 404, "", "does not exist")
	if w := do(d, "POST", "/Users", `{"schemas":["`+userURI+`"],"userName":"pia.holm@example.com"}`); w.Code != 201 {
		t.Errorf("a deleted user counts for uniqueness: %s", w.Body)
	}
}

func patch(operations string) string {
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + operations + `]}`
}

func TestPatchThatChangesNothing(t *testing.T) {
	d := seeded(t)
	before := do(d, "GET", "/Users/mara", "")
	for _, operations := range []string{
		`{"op":"replace","path":"title","value":"Engineer"}`,
		`{"op":"add","value":{"active":true}}`,
		`{"op":"remove","path":"nickName"}`,
		`{"op":"add","path":"emails","value":[{"value":"mara@example.org","type":"home"}]}`,
	} {
		after := do(d, "PATCH", "/Users/mara", patch(operations))
		if after.Code != 200 || after.Body.String() != before.Body.String() || after.Header().Get("ETag") != before.Header().Get("ETag") {
			t.Errorf("%s: %d %s", operations, after.Code, after.Body)
		}
	}
	group := do(d, "GET", "/Groups/tools", "")
	after := do(d, "PATCH", "/Groups/tools", patch(`{"op":"add","path":"members","value":[{"value":"mara","display":"Mara"}]}`))
	if after.Body.String() != group.Body.String() {
		t.Errorf("a member that is there was added again: %s", after.Body)
	}
}

func TestMembership(t *testing.T) {
	d := seeded(t)
	group := do(d, "GET", "/Groups/tools", "")
	want := `[{"value":"mara","type":"User","$ref":"http://scim.example.com/v2/Users/mara"},{"value":"nobody","display":"Nobody"}]`
	if got := at(group, "members"); got != want {
		t.Errorf("members %s", got)
	}
	user := do(d, "GET", "/Users/mara", "")
	want = `[{"value":"tools","$ref":"http://scim.example.com/v2/Groups/tools","display":"Tools","type":"direct"},` +
		`{"value":"staff","$ref":"http://scim.example.com/v2/Groups/staff","display":"Staff","type":"indirect"}]`
	if got := at(user, "groups"); got != want {
		t.Errorf("groups %s", got)
	}

	do(d, "PATCH", "/Groups/staff", patch(`{"op":"remove","path":"members[value eq \"tools\"]"}`))
	if got := at(do(d, "GET", "/Users/mara?attributes=groups.value", ""), "groups"); got != `[{"value":"tools"}]` {
		t.Errorf("groups %s", got)
	}
	do(d, "PATCH", "/Groups/tools", patch(`{"op":"add","path":"members","value":[{"value":"staff"}]}`))
	do(d, "PATCH", "/Groups/staff", patch(`{"op":"add","path":"members","value":[{"value":"tools"}]}`))
	if got := at(do(d, "GET", "/Users/mara?attributes=groups.type,groups.value", ""), "groups"); got != `[{"value":"tools","type":"direct"},{"value":"staff","type":"indirect"}]` {
		t.Errorf("groups in a circle %s", got)
	}

	if w := do(d, "DELETE", "/Users/mara", ""); w.Code != 204 {
		t.Fatal(w.Body)
	}
	after := do(d, "GET", "/Groups/tools", "")
	if strings.Contains(at(after, "members"), "mara") || at(after, "meta/lastModified") == at(group, "meta/lastModified") {
		t.Errorf("members after the user is gone: %s", after.Body)
	}
	for _, id := range []string{"tools", "staff"} {
		if w := do(d, "DELETE", "/Groups/"+id, ""); w.Code != 204 {
			t.Fatal(w.Body)
		}
	}
	if len(d.store.groups) != 0 || at(do(d, "GET", "/Users/nils", ""), "groups") != "" {
		t.Errorf("groups stay: %v", d.store.groups)
	}
}

func TestGroupThatHoldsItself(t *testing.T) {
	d := seeded(t)
	do(d, "PATCH", "/Groups/tools", patch(`{"op":"add","path":"members","value":[{"value":"tools"}]}`))
	if w := do(d, "DELETE", "/Groups/tools", ""); w.Code != 204 {
		t.Fatal(w.Body)
	}
	if got := at(do(d, "GET", "/Groups", ""), "totalResults"); got != "1" || len(d.store.groups["tools"]) > 0 {
		t.Errorf("%s groups, %v", got, d.store.groups)
	}
}

func TestUniqueness(t *testing.T) {
	d := seeded(t)
	user := func(name, more string) string {
		return `{"schemas":["` + userURI + `","` + acmeURI + `"],"userName":"` + name + `"` + more + `}`
	}
	refused(t, do(d, "POST", "/Users", user("MARA.LIND@EXAMPLE.COM", "")), 409, "uniqueness", `User \"mara\" has this userName already`)
	refused(t, do(d, "PUT", "/Users/nils", user("mara.lind@example.com", "")), 409, "uniqueness", "userName")
	refused(t, do(d, "PATCH", "/Users/nils", patch(`{"op":"replace","path":"userName","value":"mara.lind@example.com"}`)), 409, "uniqueness", "userName")
	refused(t, do(d, "POST", "/Users", user("a", `,"`+acmeURI+`":{"badge":"B-7"}`)), 409, "uniqueness", acmeURI+":badge")
	if w := do(d, "POST", "/Users", user("a", `,"`+acmeURI+`":{"badge":"b-7"}`)); w.Code != 201 {
		t.Errorf("a case-exact value: %s", w.Body)
	}
	if w := do(d, "PATCH", "/Users/nils", patch(`{"op":"replace","path":"userName","value":"NILS.berg@example.com"}`)); w.Code != 200 {
		t.Errorf("the same name in another case: %s", w.Body)
	}
	do(d, "PATCH", "/Users/nils", patch(`{"op":"replace","path":"userName","value":"nils@example.com"}`))
	if w := do(d, "POST", "/Users", user("nils.berg@example.com", "")); w.Code != 201 {
		t.Errorf("a name that was given up: %s", w.Body)
	}
}

func TestReplaceKeepsImmutable(t *testing.T) {
	d := seeded(t)
	put := func(ext string) *httptest.ResponseRecorder {
		return do(d, "PUT", "/Users/olga", `{"schemas":["`+userURI+`","`+acmeURI+`"],"userName":"olga.asan@example.com"`+ext+`}`)
	}
	refused(t, put(`,"`+acmeURI+`":{"hired":"2025-01-01T00:00:00Z"}`), 400, "mutability", acmeURI+":hired")
	for _, ext := range []string{``, `,"` + acmeURI + `":{"badge":"B-8"}`, `,"` + acmeURI + `":{"hired":"2024-05-01T08:00:00Z"}`} {
		w := put(ext)
		if w.Code != 200 || at(w, acmeURI+"/hired") != `"2024-05-01T08:00:00Z"` {
			t.Errorf("%s: %s", ext, w.Body)
		}
	}
}
