package rewrite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// paged is a service provider that shows so many users at most, and may count the
// pages where it should count users.
type paged struct {
	users, most int
	rounds      bool
	reads       int
}

func (p *paged) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	p.reads++
	query, _ := url.ParseQuery(req.Query)
	start, most := 1, p.most
	if n, err := strconv.Atoi(query.Get("startIndex")); err == nil {
		start = n
	}
	if n, err := strconv.Atoi(query.Get("count")); err == nil {
		most = min(n, most)
	}
	if p.rounds {
		start = (start-1)/p.most*p.most + 1
	}
	var shown []string
	for id := start; id <= p.users && len(shown) < most; id++ {
		shown = append(shown, fmt.Sprintf(`{"id":"%d"}`, id))
	}
	return answer(http.StatusOK, pageOf(strconv.Itoa(p.users), shown...)), nil
}

// TestFillPagesWhole reads lists of every length from service providers that page in
// every way: each user is there once, in order, as far as was asked for, or it is an
// error.
func TestFillPagesWhole(t *testing.T) {
	ruleset, err := rewrite.NewRuleset([]*rewrite.Rule{{ID: "need", Do: rewrite.FillPages{}}})
	if err != nil {
		t.Fatal(err)
	}
	plan := &rewrite.Plan{Rules: ruleset, Registry: scim.Core()}
	whole := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 21))
		sp := &paged{users: r.IntN(40), most: 1 + r.IntN(12), rounds: r.IntN(4) == 0}
		start, count, query := 1, -1, ""
		if r.IntN(2) == 0 {
			count = 1 + r.IntN(20)
			query = "count=" + strconv.Itoa(count)
		}
		if r.IntN(3) == 0 && !sp.rounds {
			start = 1 + r.IntN(20)
			query += map[bool]string{true: "", false: "&"}[query == ""] + "startIndex=" + strconv.Itoa(start)
		}
		var want, got []string
		for id := start; id <= sp.users && (count < 0 || len(want) < count); id++ {
			want = append(want, strconv.Itoa(id))
		}
		req := &scim.Request{Method: "GET", Path: "/scim/v2/Users", Query: query, Header: http.Header{}}
		resp, _, err := plan.Do(t.Context(), req, sp.send)
		if err != nil && sp.rounds {
			continue // it is seen that it shows the same again
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		page := scim.Parse(resp.Body)
		for i := range page.Get("Resources").Members() {
			got = append(got, page.Get("Resources").At(i).Get("id").Text())
		}
		if diff := cmp.Diff(want, got); diff != "" || sp.reads > sp.users+2 {
			t.Fatalf("seed %d: %+v ?%s\n%s", seed, sp, query, diff)
		}
		whole++
	}
	if whole < 2000 {
		t.Errorf("only %d lists could be read", whole)
	}
}
