package backend

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// numbered makes n users, with the ids 0 to n-1.
func numbered(n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"%d","userName":"mara.lind.%06d@example.com","active":%t}`, i, i, i%2 == 0)
	}
	return users
}

func idsFrom(from, to int) []string {
	ids := []string{}
	for i := from; i < to; i++ {
		ids = append(ids, strconv.Itoa(i))
	}
	return ids
}

// TestPage asks for one page of 25 users in front of service providers that page
// in their own ways.
func TestPage(t *testing.T) {
	for _, test := range []struct {
		name     string
		provider listProvider
		ask      []string
		want     []string
		total    string
		requests []string
	}{
		{
			"index",
			listProvider{caps: Capabilities{Page: &Paging{}}},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"startIndex=6&count=5"},
		},
		{
			"nothing is asked",
			listProvider{caps: Capabilities{Page: &Paging{}}},
			nil, idsFrom(0, 7), "25",
			[]string{""},
		},
		{
			"index from zero",
			listProvider{caps: Capabilities{Page: &Paging{ZeroBased: true}}},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"startIndex=5&count=5"},
		},
		{
			"offset and limit",
			listProvider{caps: Capabilities{Page: &Paging{Style: "offset", Size: "limit"}}},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"offset=5&limit=5"},
		},
		{
			"a page by its number",
			listProvider{caps: Capabilities{Page: &Paging{Style: "page", Size: "per_page"}}},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"page=2&per_page=5", "page=1&per_page=1"},
		},
		{
			"two pages for one",
			listProvider{caps: Capabilities{Page: &Paging{Style: "page"}}},
			[]string{"startIndex", "4", "count", "5"},
			idsFrom(3, 8), "25",
			[]string{"page=1&count=5", "page=2&count=5"},
		},
		{
			"by cursor",
			listProvider{caps: Capabilities{Page: &Paging{Style: "cursor"}}},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"cursor=&count=5", "cursor=at%2B5&count=5"},
		},
		{
			"not at all",
			listProvider{caps: Capabilities{Page: &Paging{Style: "off"}}},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{""},
		},
		{
			"the largest page",
			listProvider{caps: Capabilities{PageSize: 4}},
			[]string{"count", "1000"},
			idsFrom(0, 4), "25",
			[]string{"count=4"},
		},
		{
			"a page that is filled from smaller ones",
			listProvider{caps: Capabilities{Page: &Paging{}}},
			[]string{"count", "10"},
			idsFrom(0, 10), "25",
			[]string{"count=10", "startIndex=8&count=10"},
		},
		{
			"how many there are",
			listProvider{caps: Capabilities{PageSize: 4}},
			[]string{"count", "0"},
			[]string{},
			"25",
			[]string{"count=1"},
		},
		{
			"how many there are, which is not said",
			listProvider{caps: Capabilities{PageSize: 20}, noTotal: true},
			[]string{"count", "0"},
			[]string{},
			"25",
			[]string{"count=1", "count=20", "startIndex=21&count=20", "startIndex=26&count=20"},
		},
		{
			"behind the end",
			listProvider{caps: Capabilities{Page: &Paging{}}},
			[]string{"startIndex", "100", "count", "5"},
			[]string{},
			"25",
			[]string{"startIndex=100&count=5"},
		},
		{
			"behind the end, by offset and without a total",
			listProvider{caps: Capabilities{Page: &Paging{Style: "offset"}, PageSize: 20}, noTotal: true},
			[]string{"startIndex", "100", "count", "5"},
			[]string{},
			"25",
			[]string{"offset=99&count=5", "offset=0&count=20", "offset=20&count=20", "offset=25&count=20"},
		},
		{
			"startIndex is ignored",
			listProvider{caps: Capabilities{PageSize: 30}, ignoresStart: true},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"startIndex=6&count=5", "count=1", "count=30"},
		},
		{
			"startIndex and count are ignored",
			listProvider{caps: Capabilities{Page: &Paging{}}, ignoresStart: true, ignoresCount: true},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"startIndex=6&count=5", "count=100"},
		},
		{
			"startIndex and count are ignored and the total is not said",
			listProvider{caps: Capabilities{Page: &Paging{}}, ignoresStart: true, ignoresCount: true, noTotal: true},
			[]string{"startIndex", "6", "count", "5"},
			idsFrom(5, 10), "25",
			[]string{"startIndex=6&count=5", "count=1", "count=100", "startIndex=26&count=100"},
		},
		{
			"a look-up that may find one only",
			listProvider{caps: Capabilities{Filter: []string{"eq"}}, noTotal: true},
			[]string{"filter", `userName eq "MARA.lind.000003@example.com"`},
			idsFrom(3, 4), "1",
			[]string{"filter=userName%20eq%20%22MARA.lind.000003%40example.com%22"},
		},
		{
			"id",
			listProvider{caps: Capabilities{Filter: []string{"off"}}},
			[]string{"filter", `id eq "3"`},
			idsFrom(3, 4), "1",
			[]string{"3"},
		},
		{
			"id, which there is not",
			listProvider{caps: Capabilities{Filter: []string{"off"}}},
			[]string{"filter", `id eq "../3"`},
			[]string{},
			"0",
			[]string{"..%2F3"},
		},
		{
			"id that is no segment of a path",
			listProvider{caps: Capabilities{Filter: []string{"off"}}},
			[]string{"filter", `id eq ".."`},
			[]string{},
			"0",
			[]string{},
		},
		{
			"the attributes that a filter needs",
			listProvider{caps: Capabilities{Filter: []string{"off"}, PageSize: 30}},
			[]string{"filter", `active eq true`, "attributes", "userName", "count", "2"},
			[]string{"0", "2"},
			"13",
			[]string{"attributes=userName,active&count=30"},
		},
		{
			"no attributes",
			listProvider{caps: Capabilities{Projection: new(bool)}},
			[]string{"attributes", "userName", "count", "2"},
			idsFrom(0, 2), "25",
			[]string{"count=2"},
		},
		{
			"an ignored filter",
			listProvider{caps: Capabilities{Filter: []string{"eq"}, PageSize: 30}, ignoresFilter: true},
			[]string{"filter", `userName eq "mara.lind.000020@example.com"`},
			idsFrom(20, 21), "1",
			[]string{
				"filter=userName%20eq%20%22mara.lind.000020%40example.com%22&count=30",
				"filter=userName%20eq%20%22mara.lind.000020%40example.com%22&count=30",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := test.provider
			p.t, p.users = t, numbered(25)
			list, err := newListClient(t, &p).get(test.ask...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, idsOf(&list)); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if got := rawOf(list.Get(keyTotal)); got != test.total {
				t.Errorf("totalResults is %s, want %s", got, test.total)
			}
			got := []string{}
			for _, request := range p.requests {
				request = strings.TrimPrefix(request, "GET /scim/v2/Users")
				got = append(got, strings.Trim(request, "?/"))
			}
			if diff := cmp.Diff(test.requests, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNeverIncomplete makes sure that a list that cannot be read to the end is
// refused.
func TestNeverIncomplete(t *testing.T) {
	for name, test := range map[string]struct {
		provider listProvider
		ask      []string
		status   int
		typ      scim.ErrorType
	}{
		"too many pages": {
			listProvider{caps: Capabilities{Filter: []string{"off"}, PageSize: 5, ScanPages: 4}},
			[]string{"filter", "active eq true"},
			400, scim.TooMany,
		},
		"too many resources": {
			listProvider{caps: Capabilities{Filter: []string{"off"}, Page: &Paging{Style: "off"}, ScanResources: 24}, streams: true},
			[]string{"filter", "active eq true"},
			400, scim.TooMany,
		},
		"too many to sort": {
			listProvider{caps: Capabilities{Sort: new(bool), PageSize: 5, ScanPages: 4}},
			[]string{"sortBy", "userName"},
			400, scim.TooMany,
		},
		"only ever the first page": {
			listProvider{caps: Capabilities{Filter: []string{"off"}, PageSize: 5}, ignoresStart: true},
			[]string{"filter", "active eq true"},
			502, "",
		},
		"only ever the first page, of who knows how many": {
			listProvider{caps: Capabilities{Filter: []string{"off"}, PageSize: 5}, ignoresStart: true, noTotal: true},
			[]string{"filter", "active eq true"},
			502, "",
		},
		"an attribute that cannot be searched": {
			listProvider{caps: Capabilities{Filter: []string{"off"}}},
			[]string{"filter", `password eq "x"`},
			400, scim.InvalidFilter,
		},
		"an order of booleans": {
			listProvider{caps: Capabilities{Filter: []string{"off"}}},
			[]string{"filter", `active gt true`},
			400, scim.InvalidFilter,
		},
		"sorting by nothing": {
			listProvider{caps: Capabilities{Sort: new(bool)}},
			[]string{"sortBy", "height"},
			400, scim.InvalidValue,
		},
		"sorting by a complex attribute": {
			listProvider{caps: Capabilities{Sort: new(bool)}},
			[]string{"sortBy", "name"},
			400, scim.InvalidValue,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := test.provider
			p.t, p.users = t, numbered(25)
			list, err := newListClient(t, &p).get(test.ask...)
			e, ok := errors.AsType[*scim.Error](err)
			if !ok || e.Status != test.status || e.Type != test.typ {
				t.Errorf("got %v, %s", err, list.Raw())
			}
			if len(p.requests) > 6 {
				t.Errorf("%d requests were made", len(p.requests))
			}
		})
	}
}

// TestCursorBeyondBudget makes sure that a client that pages by cursor gets all
// of what is too much for one answer.
func TestCursorBeyondBudget(t *testing.T) {
	for _, style := range []string{"index", "offset", "page", "cursor", "off"} {
		p := &listProvider{t: t, users: numbered(100), caps: Capabilities{
			Filter: []string{"off"}, Page: &Paging{Style: style}, PageSize: 5, ScanPages: 2, ScanResources: 8,
		}}
		got, err := newListClient(t, p).byCursor(3, "filter", `userName ew "7@example.com"`)
		want := []string{"7", "17", "27", "37", "47", "57", "67", "77", "87", "97"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", style, err, diff)
		}
	}
}

// TestBudgetOfTime makes sure that nothing is begun when the time is over.
func TestBudgetOfTime(t *testing.T) {
	b, err := New(Options{Capabilities: Capabilities{Filter: []string{"off"}, PageSize: 5, ScanSeconds: 10}, Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	b.seal.now = func() time.Time { now = now.Add(time.Second); return now }
	p := &listProvider{t: t, users: numbered(1000), caps: b.caps}
	_, err = listClient{t, b.Adapt(p.send)}.get("filter", "active eq true")
	if scim.AsError(err).Type != scim.TooMany || len(p.requests) > 10 {
		t.Errorf("%v after %d requests", err, len(p.requests))
	}
}

// TestCursorsOfOthers puts the client's cursors in front of service providers of
// which nothing is known.
func TestCursorsOfOthers(t *testing.T) {
	t.Run("pages by index", func(t *testing.T) {
		p := &listProvider{t: t, users: numbered(25)}
		got, err := newListClient(t, p).byCursor(4)
		if diff := cmp.Diff(idsFrom(0, 25), got); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		if first := p.requests[0]; first != "GET /scim/v2/Users?count=4&cursor=" {
			t.Error(first)
		}
	})
	t.Run("is searched and pages by index", func(t *testing.T) {
		p := &listProvider{t: t, users: numbered(25)}
		c := newListClient(t, p)
		list, err := c.search(`{"count":4,"cursor":""}`)
		if err != nil {
			t.Fatal(err)
		}
		next := list.Get("nextCursor")
		if diff := cmp.Diff(idsFrom(0, 4), idsOf(&list)); diff != "" || next.Empty() {
			t.Fatal(diff, list.Raw())
		}
		list, err = c.search(`{"count":4,"cursor":` + next.Raw() + `}`)
		if diff := cmp.Diff(idsFrom(4, 8), idsOf(&list)); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	})
	t.Run("pages by cursor", func(t *testing.T) {
		p := &listProvider{t: t, users: numbered(25), caps: Capabilities{Page: &Paging{Style: "cursor"}}}
		b, err := New(Options{Registry: scim.Core()})
		if err != nil {
			t.Fatal(err)
		}
		c := listClient{t, b.Adapt(p.send)}
		list, err := c.get("cursor", "", "count", "5")
		if next := list.Get("nextCursor").Text(); next != "at+5" || err != nil {
			t.Errorf("%q %v", next, err)
		}
		list, err = c.get("cursor", "at+5", "count", "5")
		if diff := cmp.Diff(idsFrom(5, 10), idsOf(&list)); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	})
	t.Run("a cursor of ours that was changed", func(t *testing.T) {
		c := newListClient(t, &listProvider{t: t, users: numbered(25)})
		_, err := c.get("cursor", cursorMark+"abc")
		if scim.AsError(err).Type != scim.InvalidCursor {
			t.Error(err)
		}
	})
}

// TestFullListsPass makes sure that nothing is done for a service provider that
// lacks nothing.
func TestFullListsPass(t *testing.T) {
	b, err := New(Options{Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	x := &exchange{Context: t.Context(), b: b, operation: "list", req: &scim.Request{Method: "GET", Path: "/Users", Query: "filter=x"}}
	var seen *exchange
	next := func(x *exchange) (*scim.Response, error) { seen = x; return nil, nil }
	run := b.search(b.queries(next))
	if allocs := testing.AllocsPerRun(100, func() { _, _ = run(x) }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	if seen != x {
		t.Error("another request was made")
	}
}

// TestStableOrder makes sure that pages of different lengths tell the same
// order.
func TestStableOrder(t *testing.T) {
	p := &listProvider{t: t, users: numbered(40), caps: Capabilities{Filter: []string{"eq"}, PageSize: 12}}
	c := newListClient(t, p)
	filter := `id eq "30" or userName eq "mara.lind.000005@example.com" or id eq "5" or active eq true`
	all, err := c.byIndex(12, "filter", filter)
	if err != nil {
		t.Fatal(err)
	}
	for count := 1; count < 12; count++ {
		byIndex, err1 := c.byIndex(count, "filter", filter)
		byCursor, err2 := c.byCursor(count, "filter", filter)
		if err1 != nil || err2 != nil || !slices.Equal(all, byIndex) || !slices.Equal(all, byCursor) {
			t.Errorf("pages of %d: %v %v\n%v\n%v\n%v", count, err1, err2, all, byIndex, byCursor)
		}
	}
}
