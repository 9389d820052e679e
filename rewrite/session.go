package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// session is the work on one request and its answer.
type session struct {
	plan    *Plan
	route   scim.Route
	changes []Change
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

// applied records a rule that carries its own arguments.
func (s *session) applied(r *Rule, at string) {
	s.changes = append(s.changes, Change{Rule: r, At: at})
}

func foldURI(uri string) string { return strings.ToLower(uri) }
