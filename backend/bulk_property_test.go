package backend_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/internal/imitation"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Whatever operations refer to one another in whatever order, a Bulk request
// that is taken apart ends like one that a service provider takes as it is.
func TestBulkEndsAsIfItHadBeenTaken(t *testing.T) {
	for seed := range uint64(300) {
		body := randomBulk(rand.New(rand.NewPCG(seed, 7)))
		whole, apart := provider(t, imitation.Vendor{}), provider(t, noBulk)
		want := call(t, whole.Send, "POST", "/Bulk", body)
		got := call(t, adapted(t, withoutBulk(), apart.Send), "POST", "/Bulk", body)
		if statuses(got.Body) != statuses(want.Body) {
			t.Fatalf("seed %d: %s\nwant %s\n%s\n%s", seed, statuses(got.Body), statuses(want.Body), body, got.Body)
		}
		if got, want := state(t, apart), state(t, whole); got != want {
			t.Fatalf("seed %d: %s\nwant %s\n%s", seed, got, want, body)
		}
	}
}

// randomBulk is a request of creations that refer to any others, with some that
// fail, and of changes to them.
func randomBulk(r *rand.Rand) string {
	n := 1 + r.IntN(7)
	ref := func() string { return fmt.Sprintf("bulkId:x%d", r.IntN(n)) }
	var ops []string
	for i := range n {
		id, name := fmt.Sprintf("x%d", i), fmt.Sprintf("n%d@example.com", r.IntN(3*n))
		switch {
		case r.IntN(2) == 0:
			more := ""
			if r.IntN(2) == 0 {
				more = manager(ref())
			}
			ops = append(ops, newUser(id, name, more))
		default:
			var members []string
			for range r.IntN(3) {
				members = append(members, `{"value":"`+ref()+`"}`)
			}
			ops = append(ops, newGroup(id, name, strings.Join(members, ",")))
		}
		if r.IntN(4) == 0 {
			ops = append(ops, fmt.Sprintf(`{"method":"PATCH","path":"/Users/bulkId:x%d","data":%s}`, r.IntN(n), patchOp(`{"op":"add","path":"title","value":"Lead"}`)))
		}
	}
	r.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
	return operations(ops...)
}

// state is what a service provider holds, with names in the place of ids.
func state(t *testing.T, p *imitation.Provider) string {
	t.Helper()
	users := call(t, p.Send, "GET", "/Users", "").Body
	groups := call(t, p.Send, "GET", "/Groups", "").Body
	names := map[string]string{}
	each := func(body string, visit func(resource *scim.Value)) {
		doc := scim.Parse(body)
		list := doc.Get("Resources")
		for i := range list.Members() {
			visit(list.At(i))
		}
	}
	for _, body := range []string{users, groups} {
		each(body, func(v *scim.Value) {
			names[v.Get("id").Text()] = v.Get("userName").Text() + v.Get("displayName").Text() + v.Get("externalId").Text()
		})
	}
	var lines []string
	for _, body := range []string{users, groups} {
		each(body, func(v *scim.Value) {
			line := names[v.Get("id").Text()] + " " + v.Get("title").Text() + " " + names[v.Get(scim.EnterpriseUserURI).Get("manager").Get("value").Text()]
			var members []string
			for _, m := range v.Get("members").Parts() {
				members = append(members, names[m.Get("value").Text()])
			}
			slices.Sort(members)
			lines = append(lines, line+" "+strings.Join(members, ","))
		})
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
