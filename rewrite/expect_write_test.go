package rewrite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// crew is a group of a service provider that minds when something is said twice, and
// shows the first members only.
type crew struct {
	members []int
	shown   int
}

func (c *crew) text(n int) string {
	var members []string
	for _, id := range c.members[:min(n, len(c.members))] {
		members = append(members, fmt.Sprintf(`{"value":"%d"}`, id))
	}
	return `{"id":"1","members":[` + strings.Join(members, ",") + `]}`
}

// change carries one operation out: + for a member who comes, - for one who leaves, =
// for one who shall be the only one. It returns the type of the error.
func (c *crew) change(op string, id int) (failed string) {
	i := slices.Index(c.members, id)
	switch {
	case op == "-" && i < 0:
		return "noTarget"
	case op == "-":
		c.members = slices.Delete(slices.Clone(c.members), i, i+1)
	case op == "=" && len(c.members) > 1:
		return "mutability" // it has no such PATCH
	case op == "=":
		c.members = []int{id}
	case i >= 0:
		return "uniqueness"
	default:
		c.members = append(slices.Clone(c.members), id)
	}
	return ""
}

// patch makes random operations: the body, who is wanted in the group then, and why the
// service provider refuses them, if it does.
func (c *crew) patch(r *rand.Rand) (body string, wanted []int, failed string) {
	wanted = slices.Clone(c.members)
	var ops []string
	after := *c
	for range 1 + r.IntN(3) {
		op, id := []string{"+", "-", "="}[r.IntN(3)], r.IntN(5)
		if failed == "" {
			failed = after.change(op, id)
		}
		text := fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"%d"}]}`, id)
		switch i := slices.Index(wanted, id); op {
		case "-":
			text = fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%d\"]"}`, id)
			wanted = slices.DeleteFunc(wanted, func(w int) bool { return w == id })
		case "=":
			text, wanted = fmt.Sprintf(`{"op":"replace","path":"members","value":[{"value":"%d"}]}`, id), []int{id}
		default:
			if i < 0 {
				wanted = append(wanted, id)
			}
		}
		ops = append(ops, text)
	}
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + strings.Join(ops, ",") + `]}`, wanted, failed
}

// TestDoneIsDone sends random changes of a group. Where a refusal is taken for a
// success, the group is in truth as the PATCH would have it, though not all of it is
// shown.
func TestDoneIsDone(t *testing.T) {
	ruleset, err := rewrite.NewRuleset([]*rewrite.Rule{{ID: "need", Do: rewrite.AlreadyDone{}}})
	if err != nil {
		t.Fatal(err)
	}
	plan := &rewrite.Plan{Rules: ruleset, Registry: scim.Core()}
	taken := 0
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 31))
		group := crew{members: r.Perm(5)[:r.IntN(5)], shown: r.IntN(5)}
		body, wanted, failed := group.patch(r)
		if failed == "" {
			continue
		}
		send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
			if out.Method == http.MethodGet {
				return answer(http.StatusOK, group.text(group.shown)), nil
			}
			return answer(http.StatusBadRequest, scim.BadRequest(scim.ErrorType(failed), "no").Body()), nil
		}
		req := &scim.Request{Method: "PATCH", Path: "/scim/v2/Groups/1", Header: http.Header{}, Body: body}
		resp, _, err := plan.Do(t.Context(), req, send)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Status != http.StatusOK {
			continue
		}
		taken++
		slices.Sort(wanted)
		if slices.Sort(group.members); !slices.Equal(wanted, group.members) {
			t.Fatalf("seed %d: taken for done: %s\nwanted %v, there are %v, of which %d are shown", seed, body, wanted, group.members, group.shown)
		}
	}
	if taken < 100 {
		t.Errorf("only %d were taken for done", taken)
	}
}
