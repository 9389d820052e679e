package backend

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// someProvider makes a service provider that lacks this and that.
func someProvider(t testing.TB, r *rand.Rand, users []string) *listProvider {
	p := &listProvider{t: t, users: users, streams: r.IntN(2) == 0}
	switch all := []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not", "[]"}; r.IntN(5) {
	case 0:
	case 1:
		p.caps.Filter = []string{"off"}
	case 2:
		p.caps.Filter = []string{"eq"}
	case 3:
		p.caps.Filter = []string{"eq", "and"}
	default:
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		p.caps.Filter = all[:1+r.IntN(len(all)-1)]
	}
	switch r.IntN(3) {
	case 0:
		p.caps.FilterAttributes = []string{"userName", "externalId"}
	case 1:
		p.caps.FilterAttributes = []string{"id", "userName", "emails.value", "emails.type", "title", "active"}
	}
	styles := []string{"", pageIndex, pageOffset, pageNumber, pageCursor, pageOff}
	if style := styles[r.IntN(len(styles))]; style != "" {
		p.caps.Page = &Paging{Style: style}
		p.caps.Page.ZeroBased = (style == pageIndex || style == pageNumber) && r.IntN(3) == 0
		if style != pageOff && r.IntN(3) == 0 {
			p.caps.Page.Start, p.caps.Page.Size = "from", "limit"
		}
	}
	if r.IntN(2) == 0 {
		p.caps.PageSize = 1 + r.IntN(12)
	}
	no := false
	if r.IntN(3) == 0 {
		p.caps.Sort = &no
	}
	if r.IntN(3) == 0 {
		p.caps.Projection = &no
	}
	if !p.caps.queriesLimited() {
		p.caps.Page = &Paging{}
	}
	style := ""
	if p.caps.Page != nil {
		style = p.caps.Page.Style
	}
	p.noTotal = r.IntN(3) == 0
	p.ignoresFilter = r.IntN(6) == 0
	switch r.IntN(8) {
	case 0:
		p.ignoresStart = style == "" || style == pageIndex || style == pageOffset
		p.ignoresCount = p.ignoresStart
	case 1:
		p.twice = style == pageCursor
	}
	return p
}

// TestQueryIsLaw holds lists through the adaptation against the filter evaluated
// over the whole collection, whatever the service provider lacks and however
// the client pages.
func TestQueryIsLaw(t *testing.T) {
	rounds := 1500
	if testing.Short() {
		rounds = 300
	}
	user := scim.Core().ByName("User")
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 26))
		n := r.IntN(40)
		p := someProvider(t, r, someUsers(r, n))
		c := newListClient(t, p)
		var pairs []string
		want := p.users
		if r.IntN(5) > 0 {
			text := someFilter(r, n, 3)
			f, err := scim.ParseStrictFilter(text)
			if err != nil {
				t.Fatal(text, err)
			}
			want = matching(t, want, f)
			pairs = append(pairs, "filter", text)
			if scim.CheckFilter(f, user) != nil {
				t.Fatal(text)
			}
		}
		if r.IntN(3) == 0 {
			pairs = append(pairs, "attributes", "userName")
		}
		var wanted []string
		for _, raw := range want {
			v := scim.Parse(raw)
			wanted = append(wanted, v.Get("id").Text())
		}
		walk := c.byIndex
		// A page of an ignored filter may by chance hold what the filter finds.
		if r.IntN(2) == 0 || p.ignoresFilter {
			walk = c.byCursor
		}
		got, err := walk(1+r.IntN(10), pairs...)
		if err != nil {
			t.Errorf("seed %d: %v: %v", seed, pairs, err)
		}
		slices.Sort(wanted)
		if slices.Sort(got); p.twice { // no cursor remembers what other pages have shown
			got = slices.Compact(got)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("seed %d: %v\n(-want +got):\n%s", seed, pairs, diff)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %+v page %+v\nignores filter %t, start %t, count %t, no total %t, twice %t\n%v", seed, p.caps, p.caps.Page, p.ignoresFilter, p.ignoresStart, p.ignoresCount, p.noTotal, p.twice, p.requests[:min(len(p.requests), 20)])
		}
	}
}
