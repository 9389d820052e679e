package backend

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestSearchByGet makes sure that a search asks what a query asks.
func TestSearchByGet(t *testing.T) {
	p := &listProvider{t: t, users: numbered(25), caps: Capabilities{Search: new(bool)}}
	list, err := newListClient(t, p).search(`{"schemas":["` + scim.SearchRequestURI + `"],"filter":"userName sw \"mara\"",
		"attributes":["userName","active"],"sortBy":"userName","sortOrder":"descending","startIndex":2,"count":3}`)
	if diff := cmp.Diff([]string{"23", "22", "21"}, idsOf(&list)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	want := []string{"GET /scim/v2/Users?filter=userName%20sw%20%22mara%22&attributes=userName,active&sortBy=userName&sortOrder=descending&startIndex=2&count=3"}
	if diff := cmp.Diff(want, p.requests); diff != "" {
		t.Error(diff)
	}
	// by cursor, which a query can go on with
	list, err = newListClient(t, p).search(`{"count":5,"cursor":""}`)
	if err != nil || list.Get("nextCursor").Empty() {
		t.Fatalf("%v %s", err, list.Raw())
	}
	list, err = newListClient(t, p).search(`{"count":5,"cursor":` + list.Get("nextCursor").Raw() + `}`)
	if diff := cmp.Diff(idsFrom(5, 10), idsOf(&list)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for _, wrong := range []string{`[]`, `{`, `{"count":"x"}`, `{"filter":"x"}`} {
		if _, err := newListClient(t, p).search(wrong); scim.AsError(err).Status != http.StatusBadRequest {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// rootProvider has users and groups and no list of both.
type rootProvider struct {
	listProvider
	groups listProvider
	asked  []string
}

func (p *rootProvider) send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	p.asked = append(p.asked, req.Path+"?"+req.Query)
	if rest, ok := strings.CutPrefix(req.Path, "/scim/v2/Groups"); ok {
		in := *req
		in.Path = "/scim/v2/Users" + rest
		return p.groups.send(ctx, &in)
	}
	return p.listProvider.send(ctx, req)
}

// TestSearchEverything searches at the root, over all types of resources (RFC
// 7644 section 3.4.2.1).
func TestSearchEverything(t *testing.T) {
	caps := Capabilities{Search: new(bool), Filter: []string{"eq"}, Page: &Paging{Style: "offset"}, PageSize: 10}
	p := &rootProvider{listProvider: listProvider{t: t, caps: caps, users: numbered(25)}, groups: listProvider{t: t, caps: caps}}
	for _, id := range []string{"1", "2", "3"} {
		p.groups.users = append(p.groups.users, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"`+id+`","displayName":"Bakers `+id+`","meta":{"resourceType":"Group"}}`)
	}
	base, err := scim.ParseBase("/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Base: base}, {}} {
		o.Capabilities, o.Registry = caps, scim.Core()
		b, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		c := listClient{t, b.Adapt(p.send)}
		for _, test := range []struct {
			filter string
			want   []string
			asked  string
		}{
			{`userName eq "mara.lind.000002@example.com"`, []string{"2"}, "Users"},
			{`displayName eq "Bakers 2"`, []string{"2"}, "Users Groups"},
			{`displayName eq "Bakers 2" or userName eq "mara.lind.000007@example.com"`, []string{"7", "2"}, "Users Groups"},
			{`meta.resourceType eq "Group"`, []string{"1", "2", "3"}, "Groups"},
			{`id eq "2"`, []string{"2", "2"}, "Users Groups"},
			{`meta.resourceType eq "Printer"`, []string{}, ""},
		} {
			p.asked = nil
			list, err := c.post("/scim/v2/.search", `{"filter":`+scim.Quote(test.filter)+`}`)
			if diff := cmp.Diff(test.want, idsOf(&list)); diff != "" || err != nil {
				t.Errorf("%s: %v %s", test.filter, err, diff)
			}
			var asked []string
			for _, path := range p.asked {
				name, _, _ := strings.Cut(strings.TrimPrefix(path, "/scim/v2/"), "?")
				if name, _, _ = strings.Cut(name, "/"); !slices.Contains(asked, name) {
					asked = append(asked, name)
				}
			}
			if got := strings.Join(asked, " "); got != test.asked {
				t.Errorf("%s: asked %s, want %s", test.filter, got, test.asked)
			}
		}
		list, err := c.post("/scim/v2/.search", `{"startIndex":24,"count":4,"sortBy":"id"}`)
		if err != nil || rawOf(list.Get(keyTotal)) != "28" {
			t.Errorf("%v %s", err, list.Raw())
		}
		list, err = c.post("/scim/v2/.search", `{"startIndex":24,"count":4}`)
		if diff := cmp.Diff([]string{"23", "24", "1", "2"}, idsOf(&list)); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
}

// TestProjectionOff makes sure that attributes are named to nobody who does not
// know what that means, and that the rest of a query stays.
func TestProjectionOff(t *testing.T) {
	b, err := New(Options{Capabilities: Capabilities{Projection: new(bool)}, Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	var got string
	send := b.Adapt(func(_ context.Context, req *scim.Request) (*scim.Response, error) {
		got = req.Query
		return &scim.Response{Status: 200, Header: http.Header{}, Body: `{"id":"1"}`}, nil
	})
	for query, want := range map[string]string{
		"":                                      "",
		"attributes=userName":                   "",
		"x=y&attributes=userName&z=%20":         "x=y&z=%20",
		"excludedAttributes=members&dry_run=on": "dry_run=on",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}`
			if method == http.MethodGet {
				body = ""
			}
			_, err := send(t.Context(), &scim.Request{Method: method, Path: "/Users/1", Query: query, Body: body, Header: http.Header{}})
			if err != nil || got != want {
				t.Errorf("%s %s: got %q, want %q (%v)", method, query, got, want, err)
			}
		}
	}
}

// TestProjectionOfGroups makes sure that the members of groups are not read when
// nobody needs them.
func TestProjectionOfGroups(t *testing.T) {
	for _, test := range []struct{ query, filter, want string }{
		{"excludedAttributes=members", `displayName co "x"`, "excludedAttributes=members"},
		{"excludedAttributes=members,displayName", `displayName co "x"`, "excludedAttributes=members"},
		{"excludedAttributes=members", `members.value sw "x"`, ""},
		{"excludedAttributes=members.display", `members.value sw "x"`, ""},
		{"attributes=id", `displayName co "x"`, "attributes=id,displayName"},
		{"attributes=members", `displayName co "x" and members.type pr`, "attributes=members,displayName"},
		{"attributes=members.value", `members.type pr`, "attributes=members.value,members"},
	} {
		q, err := readQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		if q.filter, err = scim.ParseStrictFilter(test.filter); err != nil {
			t.Fatal(err)
		}
		l := &listing{b: &Backend{}, q: q}
		var p parameters
		if l.project(&p, scim.Core().ByName("Group")); string(p) != test.want {
			t.Errorf("%s for %s: got %s, want %s", test.query, test.filter, p, test.want)
		}
	}
}
