package custom

import (
	"errors"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Rename calls an attribute by another name on the way to the service provider.
//
// Each From, with all that is under it, becomes To: in bodies, in the paths and
// path-less values of a PATCH, in filters, sortBy, attributes and
// excludedAttributes. In answers, lists and the texts of errors each To becomes
// From again. An attribute may move into an extension or out of it; schemas is
// kept in step. A body that gives both with different values is refused with 400
// invalidValue.
type Rename struct{ From, To string }

func (v Rename) String() string       { return "rename " + v.From + " " + v.To }
func (v Rename) attributes() []string { return []string{v.From, v.To} }

func (v Rename) compile(c *compiler) (worker, error) {
	from, err := c.spot(v.From)
	if err != nil {
		return nil, err
	}
	to, err := c.spot(v.To)
	if err != nil {
		return nil, err
	}
	if from.is(to) {
		return nil, errors.New("an attribute cannot be renamed to itself")
	}
	return &rename{from: from, to: to}, nil
}

type rename struct {
	still
	from, to spot
}

func (*rename) undoes() bool { return true }

func (r *rename) resource(t *turn, v *scim.Value) error {
	moved, err := r.move(v, r.from, r.to)
	if moved {
		t.did("body." + r.from.String())
	}
	return err
}

func (r *rename) answer(t *turn, v *scim.Value) error {
	if taken, ok := r.to.take(v); ok {
		r.from.put(v, taken)
		keepSchemas(v, r.from.uri)
		keepSchemas(v, r.to.uri)
		t.undid(r.to.String())
	}
	return nil
}

// move puts what stands at from to where to is.
func (r *rename) move(v *scim.Value, from, to spot) (bool, error) {
	taken, ok := from.take(v)
	if !ok {
		return false, nil
	}
	if present := to.get(v); present != nil && !scim.SameValue(present, &taken) {
		return false, scim.BadRequest(scim.InvalidValue, "body.%s: %s, which it is renamed to, is given too, with another value", from, to)
	}
	to.put(v, taken)
	keepSchemas(v, from.uri)
	keepSchemas(v, to.uri)
	return true, nil
}

func (r *rename) problem(_ *turn, text string) string {
	return strings.ReplaceAll(text, r.to.String(), r.from.String())
}
