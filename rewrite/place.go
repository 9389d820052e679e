package rewrite

import "strconv"

// place is where in a message something stands. It is made on the way down and
// written out only when there is something to report.
type place struct {
	up   *place
	name string // member name; empty for an element
	i    int    // index of an element
}

// below returns the place of a member of what stands at p. Places live in a
// block of the session, so that going down costs nothing while there is nothing
// to report; release gives back those made since mark.
func (s *session) below(p *place, name string) *place { return s.place(place{up: p, name: name}) }

// nth returns the place of the i-th element of what stands at p.
func (s *session) nth(p *place, i int) *place { return s.place(place{up: p, i: i}) }

func (s *session) place(p place) *place {
	if len(s.places) == cap(s.places) {
		s.places = make([]place, 0, 24) // who holds a place of the full block keeps it alive
	}
	s.places = append(s.places, p)
	return &s.places[len(s.places)-1]
}

func (s *session) mark() int { return len(s.places) }

func (s *session) release(mark int) {
	if mark < len(s.places) {
		s.used = max(s.used, len(s.places))
		s.places = s.places[:mark]
	}
}

// String writes the place as in Operations[2].value.
func (p *place) String() string { return string(p.appendTo(make([]byte, 0, 48))) }

func (p *place) appendTo(dst []byte) []byte {
	if p == nil {
		return dst
	}
	dst = p.up.appendTo(dst)
	if p.name == "" {
		dst = strconv.AppendInt(append(dst, '['), int64(p.i), 10)
		return append(dst, ']')
	}
	switch {
	case len(dst) == 0:
	case isURI(p.up.name):
		dst = append(dst, ':') // as in an attribute path (RFC 7644 section 3.10)
	default:
		dst = append(dst, '.')
	}
	return append(dst, p.name...)
}
