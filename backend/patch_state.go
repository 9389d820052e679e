package backend

import (
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// part is one attribute of the resource as the operations so far leave it. Each
// is kept apart, so that a change of one costs nothing for the others.
type part struct {
	path   scim.AttrPath
	holder scim.Value // an object with that attribute only
	known  int        // operations of patchPlan.known that are in it
}

// value is the attribute's; nil if it has none.
func (s *part) value() *scim.Value { return lookUp(&s.holder, s.path) }

// part brings the state of an attribute up to date. The resource is read once,
// when that is first needed.
func (p *patchPlan) part(path scim.AttrPath) (*part, error) {
	if p.reading == nil {
		r, err := p.x.read(p.next)
		if err != nil {
			return nil, err
		}
		p.reading = r
	}
	var s *part
	for _, have := range p.parts {
		if sameAttribute(have.path, path) {
			s = have
		}
	}
	if s == nil {
		s = &part{path: path, holder: only(&p.reading.value, path)}
		p.parts = append(p.parts, s)
	}
	var ops []scim.Operation
	for i := s.known; i < len(p.known); i++ {
		if concerns(&p.known[i], path) {
			ops = append(ops, p.known[i])
		}
	}
	s.known = len(p.known)
	if len(ops) == 0 {
		return s, nil
	}
	after, _, err := scim.Apply(&s.holder, ops, p.rt)
	if err != nil {
		e := *scim.AsError(err)
		e.Detail = "an operation before Operations[" + strconv.Itoa(p.at) + "]: " + e.Detail
		return nil, &e
	}
	s.holder = after
	return s, nil
}

// after carries out an operation on the state of its attribute. It reports
// whether that changes anything.
func (p *patchPlan) after(s *part, op *scim.Operation) (bool, error) {
	after, changed, err := scim.Apply(&s.holder, []scim.Operation{*op}, p.rt)
	if err != nil {
		return false, p.located(err)
	}
	p.note(op)
	s.holder, s.known = after, len(p.known)
	return changed, nil
}
