package rewrite

import (
	"context"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// session is the work on one request and its answer.
type session struct {
	plan    *Plan
	route   scim.Route
	rt      *scim.ResourceType // of the resource in the body; nil if unknown
	changes []Change
	places  []place

	// What a read of the resource needs (normal form P7, P9, P12).
	ctx  context.Context
	req  *scim.Request
	send scim.Send
}

// did records that the rule of a shape is applied at a place and reports
// whether it may be: false means that the rule is disabled and the shape has to
// be left as it is.
func (s *session) did(shape Shape, at string) bool {
	r := s.plan.Rules.shapes[shape]
	if r == nil {
		return false
	}
	s.changes = append(s.changes, Change{Rule: r, At: at})
	return true
}

// didAt is did for a place that is written out only if the rule is enabled.
func (s *session) didAt(shape Shape, p *place) bool {
	r := s.plan.Rules.shapes[shape]
	if r == nil {
		return false
	}
	s.applied(r, p)
	return true
}

// applied records a rule that carries its own arguments.
func (s *session) applied(r *Rule, p *place) {
	if s.changes == nil {
		s.changes = make([]Change, 0, 8)
	}
	s.changes = append(s.changes, Change{Rule: r, At: p.String()})
}

func foldURI(uri string) string { return strings.ToLower(uri) }
