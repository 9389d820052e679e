package custom

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestVerified is about look-ups whose filter a rule has changed and whose answer
// shows what the service provider has: what was asked for is found, and nothing
// else is, though the service provider answers with all that it has.
func TestVerified(t *testing.T) {
	const all = `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[` +
		`{"schemas":["` + scim.UserURI + `"],"id":"1","userName":"ada","externalId":"abc","title":"x","userType":"internal"},` +
		`{"schemas":["` + scim.UserURI + `"],"id":"2","userName":"bob","externalId":"abd","title":"y","userType":"external"}]}`
	for _, c := range []struct {
		verbs  []Verb
		filter string
	}{
		{[]Verb{Replace{Attribute: "userName", Pattern: "@corp$"}}, `userName eq "ada@corp"`},
		{[]Verb{Replace{Attribute: "userName", Pattern: "@corp$", UndoPattern: "$", UndoWith: "@corp"}}, `userName eq "ada@corp"`},
		{[]Verb{Lowercase{"externalId"}}, `externalId eq "ABC"`},
		{[]Verb{Trim{"title"}}, `title eq " x "`},
		{[]Verb{Map{"userType", []Pair{{"Employee", "internal"}, {"Staff", "internal"}}}}, `userType eq "Staff"`},
		{[]Verb{Rename{"login", "userName"}, Trim{"userName"}}, `login eq " ada"`},
		{[]Verb{FilterOp{"userName", "eq", "sw"}}, `userName eq "ada"`},
		{[]Verb{FilterOp{"externalId", "eq", "sw"}, Lowercase{"externalId"}}, `externalId eq "ABC"`},
		{[]Verb{Set{"nickName", "x"}}, `userName eq "ada"`},
	} {
		for _, search := range []bool{false, true} {
			plan := newPlan(t, "generic", Rule{ID: "acme.x", Resource: []string{"User"}, Verbs: c.verbs})
			req := request(http.MethodGet, "filter="+url.PathEscape(c.filter), "")
			if search {
				req = request(http.MethodPost, "", "")
				req.Path, req.Body = "/Users/.search", `{"schemas":["`+scim.SearchRequestURI+`"],"filter":`+scim.Quote(c.filter)+`}`
			}
			resp, _, err := plan.Do(t.Context(), req, func(context.Context, *scim.Request) (*scim.Response, error) {
				return &scim.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: all}, nil
			})
			if err != nil {
				t.Errorf("%v %s: %v", c.verbs, c.filter, err)
				continue
			}
			if !strings.Contains(resp.Body, `"id":"1"`) || strings.Contains(resp.Body, `"id":"2"`) || !strings.Contains(resp.Body, `"totalResults":1`) {
				t.Errorf("%v %s: %s", c.verbs, c.filter, resp.Body)
			}
		}
	}
}
