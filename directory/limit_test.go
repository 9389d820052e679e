package directory

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// limitSeed has ids that are numbers, so that it does for every limit.
const limitSeed = `{
	"Users":[
		{"schemas":["` + userURI + `"],"id":"101","userName":"mara","title":"Engineer","active":true,"emails":[{"value":"mara@example.com","type":"work"}]},
		{"schemas":["` + userURI + `"],"id":"102","userName":"nils","active":true},
		{"schemas":["` + userURI + `"],"id":"103","userName":"olga","active":true}
	],
	"Groups":[{"schemas":["` + groupURI + `"],"id":"201","displayName":"Tools","members":[{"value":"101"},{"value":"102"}]}]
}`

func weakDirectory(t testing.TB, limits string) *Directory {
	t.Helper()
	opt := Options{Seed: []byte(limitSeed)}
	if err := json.Unmarshal([]byte(limits), &opt.Limits); err != nil {
		t.Fatal(err)
	}
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func patchBody(operations string) string {
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + operations + `]}`
}

const (
	setTitle   = `{"op":"replace","path":"title","value":"Surveyor"}`
	setNick    = `{"op":"add","path":"nickName","value":"M"}`
	addOne     = `{"op":"add","path":"members","value":[{"value":"103"}]}`
	addTwo     = `{"op":"add","path":"members","value":[{"value":"103"},{"value":"102"}]}`
	removeOne  = `{"op":"remove","path":"members[value eq \"101\"]"}`
	removeAll  = `{"op":"remove","path":"members"}`
	removeThis = `{"op":"remove","path":"members","value":[{"value":"101"}]}`
	setMail    = `{"op":"replace","path":"emails[type eq \"work\"].value","value":"m@example.com"}`
	pathless   = `{"op":"replace","value":{"title":"Surveyor"}}`
	aUser      = `{"schemas":["` + userURI + `"],"userName":"per"}`
	sameUser   = `{"schemas":["` + userURI + `"],"userName":"mara"}`
	aGroup     = `{"schemas":["` + groupURI + `"],"displayName":"Shift","members":[{"value":"101"},{"value":"102"}]}`
)

// TestLimits holds each limit against what it lets pass and what it does not.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		limits, method, target, body string
		status                       int
		want                         string // in the answer
	}{
		{`{"patch":"off"}`, "PATCH", "/Users/101", patchBody(setTitle), 405, "not supported"},
		{`{"patch":"off"}`, "GET", "/ServiceProviderConfig", "", 200, `"patch":{"supported":false}`},
		{`{"patch":"off"}`, "PUT", "/Users/101", sameUser, 200, `"userName":"mara"`},
		{`{"put":false}`, "PUT", "/Users/101", sameUser, 405, "not supported"},
		{`{"put":false}`, "PATCH", "/Users/101", patchBody(setTitle), 200, "Surveyor"},

		{`{"patch_operations":1}`, "PATCH", "/Users/101", patchBody(setTitle), 200, "Surveyor"},
		{`{"patch_operations":1}`, "PATCH", "/Users/101", patchBody(setTitle + "," + setNick), 400, "at most 1"},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(addOne), 200, `"103"`},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(addTwo), 400, "more than 1"},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(addOne + "," + removeOne), 400, "more than 1"},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(removeAll), 400, "more than 1"},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(`{"op":"replace","path":"members","value":[{"value":"101"}]}`), 400, "more than 1"},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(`{"op":"add","value":{"members":[{"value":"101"},{"value":"103"}]}}`), 400, "more than 1"},
		{`{"patch_members":1}`, "PATCH", "/Groups/201", patchBody(`{"op":"replace","value":{"displayName":"Crew"}}`), 200, "Crew"},
		{`{"patch_members":1}`, "POST", "/Groups", aGroup, 400, "more than 1"},
		{`{"patch_members":2}`, "POST", "/Groups", aGroup, 201, "Shift"},
		{`{"patch_members":1}`, "PUT", "/Groups/201", aGroup, 400, "more than 1"},

		{`{"patch_pathless":false}`, "PATCH", "/Users/101", patchBody(pathless), 400, "path is required"},
		{`{"patch_pathless":false}`, "PATCH", "/Users/101", patchBody(setTitle), 200, "Surveyor"},
		{`{"patch_paths":false}`, "PATCH", "/Users/101", patchBody(setTitle), 400, "path is not supported"},
		{`{"patch_paths":false}`, "PATCH", "/Users/101", patchBody(pathless), 200, "Surveyor"},
		{`{"value_paths":"off"}`, "PATCH", "/Users/101", patchBody(setMail), 400, "is not supported"},
		{`{"value_paths":"off"}`, "PATCH", "/Groups/201", patchBody(removeOne), 200, `"102"`},
		{`{"members_remove":"value"}`, "PATCH", "/Groups/201", patchBody(removeOne), 400, "is not supported"},
		{`{"members_remove":"value"}`, "PATCH", "/Groups/201", patchBody(removeThis), 200, `"members":[{"value":"102"`},
		{`{"op_case":"title"}`, "PATCH", "/Users/101", patchBody(setTitle), 400, "none of Add"},
		{`{"op_case":"title"}`, "PATCH", "/Users/101", patchBody(strings.Replace(setTitle, "replace", "Replace", 1)), 200, "Surveyor"},

		{`{"delete":"off"}`, "DELETE", "/Users/101", "", 405, "not supported"},
		{`{"delete":"off"}`, "DELETE", "/Groups/201", "", 204, ""},
		{`{"delete":"deactivate"}`, "DELETE", "/Groups/201", "", 204, ""},
		{`{"delete":"deactivate"}`, "DELETE", "/Users/999", "", 404, "does not exist"},

		{`{"filter":["eq"],"filter_attributes":["userName"]}`, "GET", `/Users?filter=userName%20eq%20%22nils%22`, "", 200, `"totalResults":1`},
		{`{"filter":["eq"],"filter_attributes":["userName"]}`, "GET", `/Users?filter=USERNAME%20eq%20%22nils%22`, "", 200, `"totalResults":1`},
		{`{"filter":["eq"],"filter_attributes":["userName"]}`, "GET", `/Users?filter=title%20eq%20%22Engineer%22`, "", 400, "invalidFilter"},
		{`{"filter":["eq"]}`, "GET", `/Users?filter=userName%20sw%20%22n%22`, "", 400, "invalidFilter"},
		{`{"filter":["eq"]}`, "GET", `/Users?filter=userName%20eq%20%22n%22%20or%20userName%20eq%20%22m%22`, "", 400, "invalidFilter"},
		{`{"filter":["eq"]}`, "GET", `/Users?filter=not%20(userName%20eq%20%22n%22)`, "", 400, "invalidFilter"},
		{`{"filter":["eq"]}`, "GET", `/Users?filter=emails%5Btype%20eq%20%22work%22%5D`, "", 400, "invalidFilter"},
		{`{"filter":["eq","and","or","not","[]"]}`, "GET", `/Users?filter=not%20(userName%20eq%20%22n%22)%20and%20emails%5Btype%20eq%20%22work%22%5D`, "", 200, `"totalResults":1`},
		{`{"filter":["eq"]}`, "GET", `/Users?filter=userName%20eq`, "", 400, "invalidFilter"},
		{`{"filter":["off"],"filter_other":"ignored"}`, "GET", `/Users?filter=userName%20eq%20%22nobody%22`, "", 200, `"totalResults":3`},
		{`{"filter":["off"],"filter_other":"empty"}`, "GET", `/Users?filter=userName%20eq%20%22mara%22`, "", 200, `"totalResults":0`},
		{`{"filter":["off"]}`, "GET", "/ServiceProviderConfig", "", 200, `"filter":{"supported":false`},
		{`{"filter":["eq"]}`, "POST", "/Users/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}`, 404, "no endpoint"},

		{`{"page":{"style":"offset","size":"limit"}}`, "GET", "/Users?offset=1&limit=1", "", 200, `"totalResults":3,"itemsPerPage":1,"Resources":[{"schemas":["` + userURI + `"],"id":"102"`},
		{`{"page":{"style":"offset"}}`, "GET", "/Users?startIndex=3&count=1", "", 200, `"id":"101"`},
		{`{"page":{"style":"page","start":"p","size":"per_page"}}`, "GET", "/Users?p=2&per_page=2", "", 200, `"itemsPerPage":1,"Resources":[{"schemas":["` + userURI + `"],"id":"103"`},
		{`{"page":{"style":"page","zero_based":true}}`, "GET", "/Users?page=0&count=1", "", 200, `"id":"101"`},
		{`{"page":{"style":"cursor"}}`, "GET", "/Users?count=2", "", 200, `"nextCursor":"Mw"`},
		{`{"page":{"style":"cursor"}}`, "GET", "/Users?count=2&cursor=Mw", "", 200, `"id":"103"`},
		{`{"page":{"style":"cursor"}}`, "GET", "/Users?cursor=!", "", 400, "invalidCursor"},
		{`{"page":{"style":"off"}}`, "GET", "/Users?startIndex=2&count=1", "", 200, `"totalResults":3,"startIndex":1,"itemsPerPage":3`},
		{`{"page":{"style":"index","zero_based":true}}`, "GET", "/Users?startIndex=0&count=1", "", 200, `"id":"101"`},
		{`{"page_size":2}`, "GET", "/Users", "", 200, `"itemsPerPage":2`},
		{`{"page_size":2}`, "GET", "/Users?count=100", "", 200, `"itemsPerPage":2`},
		{`{"page_size":2,"page_over":"refused"}`, "GET", "/Users?count=3", "", 400, "at most 2"},
		{`{"page_size":2,"page_over":"refused"}`, "GET", "/Users?count=x", "", 400, "want an integer"},

		{`{"sort":false}`, "GET", "/Users?sortBy=userName&sortOrder=descending&count=1", "", 200, `"id":"101"`},
		{`{"projection":false}`, "GET", "/Users/101?attributes=title", "", 200, `"userName":"mara"`},
		{`{"search":false}`, "POST", "/Users/.search", `{}`, 404, "no endpoint"},
		{`{"bulk":false}`, "POST", "/Bulk", `{}`, 404, "no endpoint"},
		{`{"discovery":false}`, "GET", "/ServiceProviderConfig", "", 404, "no endpoint"},
		{`{"discovery":false}`, "GET", "/Schemas", "", 404, "no endpoint"},

		{`{"ids":"number"}`, "GET", "/Users/101", "", 200, `"id":101`},
		{`{"ids":"number"}`, "GET", "/Users?filter=id%20eq%20101", "", 200, `"totalResults":1`},
		{`{"ids":"number"}`, "GET", "/Users?filter=not%20(id%20eq%20%22101%22%20or%20id%20eq%20102)", "", 200, `"totalResults":1`},
		{`{"ids":"number"}`, "GET", "/Groups?filter=members%5Bvalue%20eq%20101%5D", "", 200, `"totalResults":1`},
		{`{"ids":"number"}`, "GET", "/Groups?filter=members.value%20eq%20999", "", 200, `"totalResults":0`},
		{`{"ids":"number"}`, "GET", "/Users?filter=title%20eq%207", "", 400, "invalidFilter"},
		{`{"ids":"number"}`, "GET", "/Groups/201", "", 200, `"members":[{"value":101,`},
		{`{"ids":"number"}`, "POST", "/Users", aUser, 201, `"id":1,`},
		{`{"ids":"number"}`, "POST", "/Groups", aGroup, 400, "want a number"},
		{`{"ids":"number"}`, "POST", "/Groups", strings.NewReplacer(`"101"`, "101", `"102"`, "102").Replace(aGroup), 201, `"value":102,`},
		{`{"ids":"number"}`, "PATCH", "/Groups/201", patchBody(addOne), 400, "want a number"},
		{`{"ids":"number"}`, "PATCH", "/Groups/201", patchBody(`{"op":"add","path":"members","value":[{"value":103}]}`), 200, `"value":103,`},
		{`{"ids":"number"}`, "PATCH", "/Groups/201", patchBody(`{"op":"add","value":{"id":201,"members":[{"value":103}]}}`), 200, `"value":103,`},
		{`{"ids":"number"}`, "PATCH", "/Groups/201", patchBody(`{"op":"remove","path":"members[value eq 101]"}`), 200, `"members":[{"value":102,`},
		{`{"members":"absent"}`, "GET", "/Groups/201", "", 200, `"displayName":"Tools","meta"`},
		{`{"members":"truncated"}`, "GET", "/Groups", "", 200, `"members":[{"value":"101","type":"User","$ref":"http://scim.example.com/v2/Users/101"}]`},
		{`{"missing":["schemas","meta"]}`, "GET", "/Users/103", "", 200, `{"id":"103","userName":"olga","active":true}`},

		{`{"errors":"html"}`, "GET", "/Users/999", "", 404, "<h1>Not Found</h1>"},
		{`{"errors":"text"}`, "GET", "/Users/999", "", 404, "Not Found: User"},
		{`{"errors":"json"}`, "GET", "/Users/999", "", 404, `{"code":404,"message":"User`},
		{`{"errors":"empty"}`, "GET", "/Users/999", "", 404, ""},
		{`{"conflict":500}`, "POST", "/Users", sameUser, 500, "has this userName already"},
		{`{"created":200}`, "POST", "/Users", aUser, 200, "per"},
		{`{"nothing":404}`, "GET", `/Users?filter=userName%20eq%20%22nobody%22`, "", 404, "nothing was found"},
		{`{"nothing":404}`, "GET", "/Users?startIndex=9", "", 200, `"Resources":[]`},
		{`{"ids":"number"}`, "PUT", "/Users/101", `{"schemas":["` + userURI + `","` + ent + `"],"userName":"mara","` + ent + `":{"manager":{"value":102}}}`, 200, `"manager":{"value":102}`},
		{`{"ids":"number"}`, "PATCH", "/Users/101", patchBody(`{"op":"add","path":"` + ent + `:manager","value":{"value":102}}`), 200, `"manager":{"value":102}`},
		{`{"ids":"number"}`, "PATCH", "/Users/101", patchBody(`{"op":"add","path":"` + ent + `:manager.value","value":"102"}`), 400, "want a number"},
		{`{"nothing":404}`, "GET", `/Users?filter=userName%20eq%20%22mara%22`, "", 200, "mara"},
		{`{"list":{}}`, "GET", "/Groups", "", 200, `[{"schemas":["` + groupURI + `"]`},
		{`{"list":{"resources":"data.users","total":"data.total"}}`, "GET", "/Users?count=1", "", 200, `{"data":{"users":[{`},
		{`{"list":{"resources":"users"},"page":{"style":"cursor"}}`, "GET", "/Users?count=1", "", 200, `"nextCursor":"Mg"`},
		{`{"scim":"1.1"}`, "GET", "/ServiceProviderConfigs", "", 200, `{"schemas":["urn:scim:schemas:core:1.0"],"patch":`},
		{`{"scim":"1.1"}`, "GET", "/ServiceProviderConfig", "", 404, `{"Errors":[{"description":"no endpoint has this path","code":"404"}]}`},
		{`{"scim":"1.1"}`, "GET", "/ResourceTypes", "", 404, `"code":"404"`},
		{`{"scim":"1.1"}`, "GET", "/Users?count=1", "", 200, `"Resources":[{"schemas":["urn:scim:schemas:core:1.0"],"id":"101"`},
		{`{"scim":"1.1"}`, "POST", "/Users", aUser, 400, "want urn:scim:schemas:core:1.0"},
		{
			`{"scim":"1.1"}`, "POST", "/Users", `{"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:enterprise:1.0"],"userName":"per","urn:scim:schemas:extension:enterprise:1.0":{"manager":{"managerId":"101"}}}`,
			201, `"urn:scim:schemas:extension:enterprise:1.0":{"manager":{"managerId":"101"}}`,
		},
		{
			`{"scim":"1.1"}`, "PATCH", "/Users/101", `{"schemas":["urn:scim:schemas:core:1.0"],"title":"Surveyor","meta":{"attributes":["emails"]},"emails":[{"value":"m@example.com"}]}`,
			200, `"emails":[{"value":"m@example.com"}]`,
		},
		{
			`{"scim":"1.1"}`, "PATCH", "/Groups/201", `{"schemas":["urn:scim:schemas:core:1.0"],"members":[{"value":"101","operation":"delete"},{"value":"103"}]}`,
			200, `"members":[{"value":"102"`,
		},
		{`{"scim":"1.1"}`, "PATCH", "/Users/101", patchBody(setTitle), 400, "want urn:scim:schemas:core:1.0"},

		{`{"accepts":"application/json"}`, "POST", "/Users", aUser, 415, "want application/json"},
	} {
		t.Run(c.limits+" "+c.method+" "+c.target, func(t *testing.T) {
			w := do(weakDirectory(t, c.limits), c.method, c.target, c.body)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("status %d, want %d with %s: %s", w.Code, c.status, c.want, w.Body)
			}
		})
	}
}

// TestLimitsOfHeaders holds what does not stand in a body.
func TestLimitsOfHeaders(t *testing.T) {
	d := weakDirectory(t, `{"patch":"off","etag":false,"media_type":"text/plain","accepts":"application/json"}`)
	w := do(d, "PATCH", "/Users/101", patchBody(setTitle))
	if got := w.Header().Get("Allow"); got != "GET, HEAD, PUT, DELETE" {
		t.Errorf("Allow: %q", got)
	}
	w = do(d, "PUT", "/Users/101", sameUser, "Content-Type: application/json", `If-Match: W/"nonsense"`)
	if w.Code != http.StatusOK || w.Header().Get("ETag") != "" || at(w, "meta/version") != "" {
		t.Errorf("status %d, ETag %q: %s", w.Code, w.Header().Get("ETag"), w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "text/plain" {
		t.Errorf("Content-Type: %q", got)
	}
	if got := do(d, "GET", "/Users/999", "").Header().Get("Content-Type"); got != "text/plain" {
		t.Errorf("Content-Type of an error: %q", got)
	}
}

// TestDeactivates deletes a user who stays there.
func TestDeactivates(t *testing.T) {
	d := weakDirectory(t, `{"delete":"deactivate"}`)
	if w := do(d, "DELETE", "/Users/101", ""); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := do(d, "GET", "/Users/101", ""); w.Code != http.StatusOK || at(w, "active") != "false" {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// TestUnavailable turns every third request away.
func TestUnavailable(t *testing.T) {
	for _, c := range []struct {
		limits, after string
		status        int
	}{
		{`{"unavailable":{"every":3}}`, "", 503},
		{`{"unavailable":{"every":3,"retry_after":2}}`, "2", 503},
		{`{"unavailable":{"every":3,"status":500,"text":"Rate exceeded"},"errors":"text"}`, "", 500},
	} {
		d := weakDirectory(t, c.limits)
		var w *httptest.ResponseRecorder
		for i := 1; i <= 6; i++ {
			w = do(d, "GET", "/Users", "")
			want := http.StatusOK
			if i%3 == 0 {
				want = c.status
			}
			if w.Code != want {
				t.Errorf("%s: request %d: status %d, want %d", c.limits, i, w.Code, want)
			}
		}
		if got := w.Header().Get("Retry-After"); got != c.after {
			t.Errorf("%s: Retry-After %q", c.limits, got)
		}
	}
}

// TestLimitsCompose walks a collection through five limits at once.
func TestLimitsCompose(t *testing.T) {
	d := weakDirectory(t, `{"page":{"style":"cursor"},"page_size":1,"list":{"resources":"users"},"ids":"number","missing":["meta"],"etag":false}`)
	var seen []string
	for cursor := ""; ; {
		w := do(d, "GET", "/Users?cursor="+cursor, "")
		list := scim.Path{"users"}.Get(w.Body.String())
		for i := range list.Members() {
			seen = append(seen, list.At(i).Get("id").Raw())
		}
		next := scim.Path{"nextCursor"}.Get(w.Body.String())
		if cursor = next.Text(); cursor == "" {
			break
		}
	}
	if got := strings.Join(seen, " "); got != "101 102 103" {
		t.Errorf("saw %s", got)
	}
}

// TestLimitWords refuses those that mean nothing.
func TestLimitWords(t *testing.T) {
	for _, c := range []struct{ limits, want string }{
		{`{"patch":"put"}`, "limit patch put: want on, off"},
		{`{"value_paths":"read"}`, "limit value_paths read"},
		{`{"filter":["like"]}`, "limit filter like"},
		{`{"filter":["eq","off"]}`, "or off alone"},
		{`{"page":{"style":"scroll"}}`, "limit page scroll"},
		{`{"patch_members":-1}`, "limit patch_members -1"},
		{`{"conflict":42}`, "limit conflict 42"},
		{`{"unavailable":{}}`, "limit unavailable"},
		{`{"unavailable":{"every":2,"status":200}}`, "limit unavailable"},
	} {
		var opt Options
		if err := json.Unmarshal([]byte(c.limits), &opt.Limits); err != nil {
			t.Fatal(err)
		}
		if _, err := New(opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.limits, err, c.want)
		}
	}
}
