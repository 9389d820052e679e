package rewrite

import (
	"context"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// verifying is R9 in front of the user's own rules, for a filter that they have
// changed: it is held against the values that it was changed for. Behind them it
// would take out whatever a rule does not undo, such as a name that was trimmed,
// and the client would create who is there already.
func (s *session) verifying(send scim.Send) scim.Send {
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		resp, err := send(ctx, req)
		if err != nil || !s.refiltered || resp.Status < http.StatusOK || resp.Status >= http.StatusMultipleChoices {
			return resp, err
		}
		out := *resp
		a := answer{s: s, req: req, resp: &out, operation: s.route.Operation(req.Method), refiltered: true}
		if !a.isList() || a.encoded() || len(out.Body) > s.plan.maxAnswer() {
			return resp, nil
		}
		if doc, ok := a.parse(); ok && a.listResponse(&doc) {
			a.verify(&doc)
			if doc.Changed() {
				a.rewrite(doc.Raw())
			}
		}
		return &out, nil
	}
}

// noteFilter remembers that a rule of the user has changed the filter.
func (s *session) noteFilter(c Change) {
	if c.At == "query.filter" || c.At == "body.filter" {
		s.refiltered = true
	}
}
