package backend

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestDirectoryLists puts the same questions to the embedded directory in each
// of its weaker modes. All get the answers that the full one gives.
func TestDirectoryLists(t *testing.T) {
	off := false
	eq := []string{"eq"}
	only := []string{"userName"}
	for name, mode := range map[string]struct {
		caps   Capabilities
		limits directory.Limits
	}{
		"full":                    {},
		"userName eq only":        {Capabilities{Filter: eq, FilterAttributes: only}, directory.Limits{Filter: eq, FilterAttributes: only}},
		"no filter":               {Capabilities{Filter: []string{"off"}}, directory.Limits{Filter: []string{"off"}}},
		"filters are ignored":     {Capabilities{Filter: []string{"off"}}, directory.Limits{Filter: []string{"off"}, FilterOther: "ignored"}},
		"offset":                  {Capabilities{Page: &Paging{Style: "offset", Size: "limit"}}, directory.Limits{Page: &directory.Paging{Style: "offset", Size: "limit"}}},
		"page":                    {Capabilities{Page: &Paging{Style: "page"}, PageSize: 8}, directory.Limits{Page: &directory.Paging{Style: "page"}, PageSize: 8, PageOver: "refused"}},
		"page, larger than it is": {Capabilities{Page: &Paging{Style: "page"}}, directory.Limits{Page: &directory.Paging{Style: "page"}, PageSize: 8}},
		"cursor":                  {Capabilities{Page: &Paging{Style: "cursor"}}, directory.Limits{Page: &directory.Paging{Style: "cursor"}}},
		"no pages":                {Capabilities{Page: &Paging{Style: "off"}}, directory.Limits{Page: &directory.Paging{Style: "off"}}},
		"small pages":             {Capabilities{PageSize: 6}, directory.Limits{PageSize: 6, PageOver: "refused"}},
		"no order":                {Capabilities{Sort: &off}, directory.Limits{Sort: &off}},
		"no projection":           {Capabilities{Projection: &off}, directory.Limits{Projection: &off}},
		"no search":               {Capabilities{Search: &off}, directory.Limits{Search: &off}},
		"bare lists":              {Capabilities{PageSize: 6}, directory.Limits{List: &directory.ListShape{}, PageSize: 6}},
		"bare lists, no pages": {
			Capabilities{Page: &Paging{Style: "off"}, Filter: []string{"off"}},
			directory.Limits{List: &directory.ListShape{}, Page: &directory.Paging{Style: "off"}, Filter: []string{"off"}},
		},
		"lists of its own": {
			Capabilities{List: &ListShape{Resources: "data.users", Total: "data.all"}, Page: &Paging{Style: "offset"}},
			directory.Limits{List: &directory.ListShape{Resources: "data.users", Total: "data.all"}, Page: &directory.Paging{Style: "offset"}},
		},
		"nothing found is 404": {Capabilities{Filter: eq}, directory.Limits{Filter: eq, Nothing: 404}},
		"nothing at all": {
			Capabilities{Filter: []string{"off"}, Page: &Paging{Style: "off"}, Sort: &off, Projection: &off, Search: &off},
			directory.Limits{Filter: []string{"off"}, Page: &directory.Paging{Style: "off"}, Sort: &off, Projection: &off, Search: &off, Errors: "html"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := listClient{t, directorySend(t, mode.caps, mode.limits, 30)}
			if !mode.caps.queriesLimited() {
				t.Log("nothing is limited")
			}
			for _, filter := range []string{
				"", `userName eq "MARA.lind.000007@example.com"`, `userName eq "nobody"`, `active eq true`,
				`userName eq "mara.lind.000007@example.com" and active eq true`,
				`userName eq "mara.lind.000008@example.com" or userName eq "mara.lind.000009@example.com"`,
				`emails[type eq "work" and value co "1@"]`, `not (active eq true)`, `title pr`,
			} {
				var pairs []string
				want := []string{}
				for i, raw := range numberedEmails(30) {
					v := scim.Parse(raw)
					if filter != "" {
						f, err := scim.ParseStrictFilter(filter)
						if err != nil {
							t.Fatal(err)
						}
						if ok, _ := scim.Matches(f, &v, scim.Core().ByName("User")); !ok {
							continue
						}
					}
					want = append(want, strconv.Itoa(i))
				}
				if filter != "" {
					pairs = append(pairs, "filter", filter)
				}
				sorted := append(slices.Clone(pairs), "sortBy", "userName", "sortOrder", "ascending")
				for way, walk := range map[string]func() ([]string, error){
					"index":            func() ([]string, error) { return c.byIndex(5, pairs...) },
					"long pages":       func() ([]string, error) { return c.byIndex(50, pairs...) },
					"cursor":           func() ([]string, error) { return c.byCursor(4, pairs...) },
					"sorted by index":  func() ([]string, error) { return c.byIndex(7, sorted...) },
					"sorted by cursor": func() ([]string, error) { return c.byCursor(7, sorted...) },
				} {
					got, err := walk()
					if got == nil {
						got = []string{}
					}
					if !strings.HasPrefix(way, "sorted") {
						slices.SortFunc(got, func(a, b string) int { return len(a)*100 - len(b)*100 + strings.Compare(a, b) })
					}
					if diff := cmp.Diff(want, got); diff != "" || err != nil {
						t.Errorf("%s, %s: %v (-want +got):\n%s", filter, way, err, diff)
					}
				}
			}
		})
	}
}

// numberedEmails is numbered with addresses.
func numberedEmails(n int) []string {
	users := numbered(n)
	for i := range users {
		users[i] = strings.TrimSuffix(users[i], "}") + fmt.Sprintf(`,"emails":[{"value":"m%d@example.com","type":"work"}]}`, i)
	}
	return users
}

// directorySend is a gateway in front of a directory with n users.
func directorySend(t *testing.T, caps Capabilities, limits directory.Limits, n int) scim.Send {
	t.Helper()
	d, err := directory.New(directory.Options{Seed: []byte(`{"Users":[` + strings.Join(numberedEmails(n), ",") + `]}`), Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Options{Capabilities: caps, Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	return b.Adapt(func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		in := httptest.NewRequestWithContext(ctx, req.Method, req.Path+"?"+req.Query, strings.NewReader(req.Body))
		in.Header = req.Header.Clone()
		rec := httptest.NewRecorder()
		d.ServeHTTP(rec, in)
		return &scim.Response{Status: rec.Code, Header: rec.Header(), Body: rec.Body.String()}, nil
	})
}
