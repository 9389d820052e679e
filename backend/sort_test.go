package backend

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestSort holds the order against SRT-01 to SRT-04 of RFC 7644 section 3.4.2.3.
func TestSort(t *testing.T) {
	users := []string{
		`{"id":"a","userName":"beta","title":"Ünal","externalId":"b","meta":{"created":"2026-01-01T12:00:00+02:00"},"emails":[{"value":"z@x"},{"value":"A@x","primary":true}]}`,
		`{"id":"b","userName":"Alpha","externalId":"B","meta":{"created":"2026-01-01T11:00:00Z"},"emails":[{"value":"m@x"},{"value":"a@x"}]}`,
		`{"id":"c","userName":"alpha","title":"Baker","externalId":"a","meta":{"created":"2026-01-01T10:30:00.5Z"}}`,
		`{"id":"d","userName":"gamma","title":null,"active":true}`,
		`{"id":"e","userName":"delta","title":"baker","active":false,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"x"}}`,
	}
	for _, test := range []struct{ by, ascending, descending string }{
		{"userName", "b c a e d", "d e a b c"},
		{"USERNAME", "b c a e d", "d e a b c"},
		{"urn:ietf:params:scim:schemas:core:2.0:User:userName", "b c a e d", "d e a b c"},
		{"title", "c e a b d", "b d a c e"},
		{"externalId", "b c a d e", "d e a c b"}, // case-exact
		{"meta.created", "a c b d e", "d e b c a"},
		{"emails", "a b c d e", "c d e b a"},
		{"emails.value", "a b c d e", "c d e b a"},
		{"active", "e d a b c", "a b c d e"},
		{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "e a b c d", "a b c d e"},
	} {
		for order, want := range map[string]string{"ascending": test.ascending, "descending": test.descending} {
			p := &listProvider{t: t, users: users, caps: Capabilities{Sort: new(bool)}}
			list, err := newListClient(t, p).get("sortBy", test.by, "sortOrder", order)
			if got := strings.Join(idsOf(&list), " "); err != nil || got != want {
				t.Errorf("%s %s: got %s, want %s (%v)", test.by, order, got, want, err)
			}
		}
	}
}

// TestSortedPages makes sure that the pages of a list that is sorted here are
// those of the whole list, sorted.
func TestSortedPages(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := someProvider(t, r, someUsers(r, r.IntN(40)))
		p.caps.Sort, p.ignoresFilter, p.ignoresStart, p.twice = new(bool), false, false, false
		by := []string{"userName", "title", "externalId", "emails", "name.familyName", "meta.created"}[r.IntN(6)]
		pairs := []string{"sortBy", by}
		if r.IntN(2) == 0 {
			pairs = append(pairs, "sortOrder", "descending")
		}
		want := idsInOrder(p.users, by, len(pairs) > 2)
		c := newListClient(t, p)
		byIndex, err1 := c.byIndex(1+r.IntN(10), pairs...)
		byCursor, err2 := c.byCursor(1+r.IntN(10), pairs...)
		if err1 != nil || err2 != nil || !slices.Equal(want, byIndex) || !slices.Equal(want, byCursor) {
			t.Fatalf("seed %d: %v\n%v %v\nwant %v\ngot  %v\nand  %v", seed, pairs, err1, err2, want, byIndex, byCursor)
		}
	}
}

// idsInOrder sorts in the plainest way.
func idsInOrder(users []string, by string, descending bool) []string {
	path, _ := scim.ParseAttrPath(by)
	target, _ := scim.Core().ByName("User").Resolve(path)
	key := sortKey{target, target.Leaf()}
	if by == "emails" {
		key.leaf = target.Attr.SubAttribute("value")
	}
	type pair struct {
		id  string
		key scim.Value
	}
	pairs := make([]pair, 0, len(users))
	for _, raw := range users {
		v := scim.Parse(raw)
		pairs = append(pairs, pair{v.Get("id").Text(), key.of(&v)})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		order := 0
		switch {
		case a.key.Empty() != b.key.Empty():
			order = boolInt(a.key.Empty()) - boolInt(b.key.Empty())
		case !a.key.Empty():
			order, _ = key.leaf.Compare(&a.key, &b.key)
		}
		if descending {
			return -order
		}
		return order
	})
	ids := make([]string, 0, len(pairs))
	for _, p := range pairs {
		ids = append(ids, p.id)
	}
	return ids
}

// TestSortLarge makes sure that a list of more bytes than are held while it is
// sorted comes out as well.
func TestSortLarge(t *testing.T) {
	const n = 600
	p := &listProvider{t: t, caps: Capabilities{Sort: new(bool), Page: &Paging{Style: "off"}}, streams: true}
	for i := range n {
		p.users = append(p.users, fmt.Sprintf(`{"id":"%d","userName":"u%06d","note":%q}`, i, n-i, strings.Repeat("x", 20_000)))
	}
	c := newListClient(t, p)
	list, err := c.get("sortBy", "userName", "startIndex", "501", "count", "3")
	if diff := cmp.Diff([]string{"99", "98", "97"}, idsOf(&list)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if rawOf(list.Get(keyTotal)) != "600" || len(p.requests) != 2 {
		t.Errorf("total %s, %d requests", rawOf(list.Get(keyTotal)), len(p.requests))
	}
	p.requests = nil
	if list, err = c.get("sortBy", "userName", "count", "2"); err != nil || len(p.requests) != 1 {
		t.Errorf("%v, %d requests for a first page", err, len(p.requests))
	}
	if diff := cmp.Diff([]string{"599", "598"}, idsOf(&list)); diff != "" {
		t.Error(diff)
	}
}
