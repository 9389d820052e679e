package explain

import (
	"context"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Foresee carries a plan out for a request that goes on without it. It returns
// what would have been changed, and the error that the client would have got.
// Nobody is asked for anything: reads that the plan would have made are answered
// with rewrite.ErrNoState.
func Foresee(ctx context.Context, plan *rewrite.Plan, req *scim.Request) ([]rewrite.Change, error) {
	imagined := &imagined{gateway: &Gateway{Registry: plan.Registry, Base: plan.Base}, method: req.Method}
	_, changes, err := imagined.adapted(plan).Do(ctx, req, imagined.send)
	return ofRequest(changes), err
}

// ofRequest leaves out what was done to an answer that is imagined.
func ofRequest(changes []rewrite.Change) []rewrite.Change {
	var own []rewrite.Change
	for _, c := range changes {
		if !strings.HasPrefix(c.At, "answer") {
			own = append(own, c)
		}
	}
	return own
}
