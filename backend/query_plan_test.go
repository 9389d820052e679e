package backend

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestListsOfThePlan takes lists the whole way: what the adaptation had to see
// and the client did not ask for is pruned, and no number is invented.
func TestListsOfThePlan(t *testing.T) {
	off := false
	caps := Capabilities{Filter: []string{"off"}, Page: &Paging{Style: "offset"}, PageSize: 8}
	limits := directory.Limits{Filter: []string{"off"}, Page: &directory.Paging{Style: "offset"}, PageSize: 8, List: &directory.ListShape{}, Search: &off}
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName("generic")})
	if err != nil {
		t.Fatal(err)
	}
	send := directorySend(t, caps, limits, 30)
	ask := func(method, path, query, body string) scim.Value {
		t.Helper()
		header := http.Header{"Authorization": {"Bearer x"}}
		if body != "" {
			header.Set("Content-Type", scim.MediaType)
		}
		resp, _, err := plan.Do(t.Context(), &scim.Request{Method: method, Path: path, Query: query, Body: body, Header: header, Origin: "https://gw.example.com"}, send)
		if err != nil || resp.Status != http.StatusOK {
			t.Fatal(query, err, resp)
		}
		return scim.Parse(resp.Body)
	}
	list := ask(http.MethodGet, "/scim/v2/Users", "attributes=userName&filter=emails.value+eq+%22M7@example.com%22", "")
	found := list.Get(keyResources).At(0)
	names := make([]string, 0, found.Len())
	for _, m := range found.Members() {
		names = append(names, m.Name)
	}
	if diff := cmp.Diff([]string{"schemas", "id", "userName"}, names); diff != "" {
		t.Errorf("members of the resource: %s", diff)
	}
	var ids []string
	cursor, pages := "", 0
	for {
		body := `{"schemas":["` + scim.SearchRequestURI + `"],"filter":"active eq true","count":4,"cursor":` + scim.Quote(cursor) + `}`
		list = ask(http.MethodPost, "/scim/v2/Users/.search", "", body)
		ids = append(ids, idsOf(&list)...)
		if pages++; pages > 1 && (list.Get(keyTotal).Exists() || list.Get("startIndex").Exists()) {
			t.Errorf("page %d: %s", pages, list.Raw()[:100])
		}
		if cursor = list.Get("nextCursor").Text(); cursor == "" {
			break
		}
	}
	if got := strings.Join(ids, " "); got != "0 2 4 6 8 10 12 14 16 18 20 22 24 26 28" {
		t.Errorf("got %s", got)
	}
}

// TestBrokenLists makes sure that what stops in the middle, or is no list, is
// never taken for all there is, and that what refuses a call refuses the
// request.
func TestBrokenLists(t *testing.T) {
	const head = `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":2,"Resources":[{"id":"1","userName":"a"},`
	for name, test := range map[string]struct {
		status int
		body   string
		want   int
	}{
		"half a list":                {200, head + `{"id":"2"`, 502},
		"no end":                     {200, head + `{"id":"2"}]`, 502},
		"an element of no kind":      {200, head + `7]}`, 502},
		"a page of the web":          {200, `<html>`, 502},
		"two documents":              {200, head + `{"id":"2"}]}{}`, 502},
		"a name that is there twice": {200, head + `{"id":"2","ID":"3"}]}`, 502},
		"an object that is no list":  {200, `{"users":[]}`, 502},
		"under pressure":             {429, ``, 429},
		"not allowed":                {403, ``, 403},
		"a filter that is refused":   {400, `{"schemas":["` + scim.ErrorURI + `"],"status":"400","scimType":"invalidFilter"}`, 400},
		"nothing":                    {204, ``, 200},
		"nothing, said by 404":       {404, `{"schemas":["` + scim.ErrorURI + `"],"status":"404"}`, 200},
	} {
		for _, streams := range []bool{false, true} {
			b, err := New(Options{Capabilities: Capabilities{Filter: []string{"eq"}, PageSize: 10}, Registry: scim.Core()})
			if err != nil {
				t.Fatal(err)
			}
			send := b.Adapt(func(_ context.Context, req *scim.Request) (*scim.Response, error) {
				resp := &scim.Response{Status: test.status, Header: http.Header{"Content-Type": {scim.MediaType}, "Retry-After": {"100"}}}
				if streams && test.status == http.StatusOK {
					return resp, req.Stream(little{strings.NewReader(test.body)})
				}
				resp.Body = test.body
				return resp, nil
			})
			resp, err := send(t.Context(), &scim.Request{
				Method: http.MethodGet, Path: "/Users", Query: "filter=userName%20eq%20%22b%22", Header: http.Header{},
			})
			status := 0
			if e, ok := errors.AsType[*scim.Error](err); ok {
				status = e.Status
			} else if err == nil {
				status = resp.Status
			}
			if status != test.want {
				t.Errorf("%s (streams %t): got %v %v, want %d", name, streams, resp, err, test.want)
			}
		}
	}
}
