package rewrite

import (
	"context"
	"sync"

	"github.com/caddy-scim/caddy-scim/scim"
)

// session is the work on one request and its answer.
type session struct {
	plan          *Plan
	route         scim.Route
	called        string             // the base that the client called, if it is another than that of route
	old           bool               // the client speaks SCIM 1.1
	deletes       bool               // a PATCH of SCIM 1.1 that deletes values
	schemasWanted scim.Expression    // of a client of SCIM 1.1
	new           bool               // something around the body says SCIM 2.0
	rt            *scim.ResourceType // of the resource in the body; nil if unknown
	changes       []Change
	own           []Change // of the user's rules: they must not make a request look out of form
	refiltered    bool     // they have changed the filter

	// What a read of the resource needs (normal form P7, P9, P12).
	ctx  context.Context
	req  *scim.Request // what was made of it so far; nobody may keep it
	send scim.Send
	work scim.Request

	found *scim.Response // the resource, once it was read

	workspace
}

// workspace is memory that one request after another uses.
type workspace struct {
	reader     scim.Reader
	places     []place
	used       int // places that held something
	operations []operation
	out        []*operation
}

// A list that a large request has made larger than this is not kept.
const maxKept = 64

var sessions = sync.Pool{New: func() any { return new(session) }}

// newSession takes a session from the pool; free gives it back, empty.
func newSession(p *Plan, route scim.Route) *session {
	s := sessions.Get().(*session)
	s.plan, s.route, s.rt = p, route, p.resourceType(route)
	return s
}

func (s *session) free() {
	keep := s.workspace
	if cap(keep.out) > maxKept {
		keep.out = nil
	}
	keep.reader.Release()
	clear(keep.places[:min(max(keep.used, len(keep.places)), cap(keep.places))])
	clear(keep.operations)
	clear(keep.out)
	keep.places, keep.used, keep.operations, keep.out = keep.places[:0], 0, keep.operations[:0], keep.out[:0]
	*s = session{workspace: keep}
	sessions.Put(s)
}

// operation returns an empty operation.
func (s *session) operation() *operation {
	if len(s.operations) == cap(s.operations) {
		s.operations = make([]operation, 0, 8) // the full block lives as long as its operations
	}
	s.operations = s.operations[:len(s.operations)+1]
	return &s.operations[len(s.operations)-1]
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
