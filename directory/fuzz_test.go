package directory

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// FuzzServeHTTP sends whatever comes and wants an answer that is one: no panic,
// no 500, and JSON that passes the door; and a directory that still stands.
func FuzzServeHTTP(f *testing.F) {
	f.Add("POST", "/Users", "", `{"schemas":["`+userURI+`"],"userName":"a","emails":[{"value":"a","primary":true}]}`)
	f.Add("PUT", "/Groups/tools", "attributes=members.value", `{"schemas":["`+groupURI+`"],"displayName":"a","members":[{"value":"tools"}]}`)
	f.Add("PATCH", "/Users/mara", "", patch(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}`))
	f.Add("PATCH", "/Groups/staff", "excludedAttributes=members", patch(`{"op":"remove","path":"members[value eq \"nils\"]"}`))
	f.Add("GET", "/Users", "filter=groups[type%20eq%20%22direct%22]&sortBy=meta.created&count=1", "")
	f.Add("POST", "/.search", "", search(`"filter":"meta.version pr and not (title pr)","sortBy":"emails"`))
	f.Add("POST", "/Bulk", "", bulk(`"failOnErrors":1,"Operations":[`+newGroup("a", "A", `{"value":"bulkId:b"}`)+","+newGroup("b", "B", `{"value":"bulkId:a"}`)+`]`))
	f.Add("DELETE", "/Users/mara", "", "")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		d := seeded(t)
		r := httptest.NewRequest("GET", "http://scim.example.com/", strings.NewReader(body))
		r.Method = method
		r.URL = &url.URL{Path: path, RawQuery: query}
		r.Header.Set("Content-Type", scim.MediaType)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError {
			t.Errorf("%s", w.Body)
		}
		for _, answer := range []*httptest.ResponseRecorder{w, do(d, "GET", "/Users", ""), do(d, "GET", "/Groups", "")} {
			if answer.Body.Len() == 0 {
				continue
			}
			if _, err := scim.Check(answer.Body.String(), scim.Limits{Depth: 100}); err != nil {
				t.Errorf("%v: %s", err, answer.Body)
			}
		}
	})
}
