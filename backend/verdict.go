package backend

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// truth is what can be known of a filter and a resource that was shown.
type truth uint8

const (
	isFalse truth = iota
	isOpen
	isTrue
)

// verdict holds the client's filter against a resource that a call has found.
// It is always held, also where the service provider was asked for exactly
// that: some ignore what they do not understand, and a client that gets a
// resource it did not ask for takes it for the one it looked for.
//
// An attribute that is not shown has no value, with one exception: a comparison
// that the service provider was asked for is believed where it names what the
// service provider is not bound to show (see unseen).
type verdict struct {
	rt     *scim.ResourceType
	caps   *Capabilities
	pushed []scim.Expression
}

// keeps reports whether a resource is one that the filter finds.
func (vd verdict) keeps(e scim.Expression, v *scim.Value) (bool, error) {
	t, err := vd.of(e, v, false)
	return t != isFalse, err
}

func (vd verdict) of(e scim.Expression, v *scim.Value, asked bool) (truth, error) {
	asked = asked || slices.Contains(vd.pushed, e)
	switch e := e.(type) {
	case *scim.LogicalExpression:
		left, err := vd.of(e.Left, v, asked)
		if err != nil {
			return isFalse, err
		}
		right, err := vd.of(e.Right, v, asked)
		if e.Op == scim.And {
			return min(left, right), err
		}
		return max(left, right), err
	case *scim.NotExpression:
		t, err := vd.of(e.Expression, v, asked)
		return isTrue - t, err
	case *scim.AttributeExpression:
		if asked && vd.unseen(e.Path) && !vd.shown(e.Path, v) {
			return isOpen, nil
		}
	case *scim.ValuePath:
		if asked && vd.unseen(e.Path) && !vd.shown(e.Path, v) {
			return isOpen, nil
		}
	}
	ok, err := scim.Matches(e, v, vd.rt)
	if ok {
		return isTrue, err
	}
	return isFalse, err
}

// hides reports whether a filter names what need not be shown.
func (vd verdict) hides(e scim.Expression) bool {
	hidden := false
	eachPath(e, func(p scim.AttrPath) { hidden = hidden || vd.unseen(p) })
	return hidden
}

// unseen tells the attributes that a service provider may search for and not
// show: members, where it is known to hold them back, the groups of a user,
// which are of its own making, what is shown on request only, and what no
// schema knows.
func (vd verdict) unseen(p scim.AttrPath) bool {
	t, ok := vd.rt.Resolve(p)
	if !ok || t.Attr == nil {
		return !ok
	}
	switch t.Attr.Returned {
	case scim.ReturnedNever, scim.ReturnedRequest:
		return true
	}
	return t.Path.URI == "" && (t.Path.Name == "groups" || vd.withheld(p))
}

// withheld tells the members of groups where they are not shown in full.
func (vd verdict) withheld(p scim.AttrPath) bool {
	return vd.caps.Members != "" && vd.caps.Members != "full" && p.URI == "" && strings.EqualFold(p.Name, "members")
}

// shown reports whether a resource shows an attribute. Members that are cut off
// are not.
func (vd verdict) shown(p scim.AttrPath, v *scim.Value) bool {
	if vd.withheld(p) {
		return false
	}
	if t, ok := vd.rt.Resolve(p); ok {
		p = t.Path
	}
	if p.URI != "" {
		v = v.Get(p.URI)
	}
	return !v.Get(p.Name).Empty()
}

// answerable refuses a filter that asks for members that neither the service
// provider finds nor its answers show.
func (vd verdict) answerable(e scim.Expression) error {
	if slices.Contains(vd.pushed, e) {
		return nil
	}
	switch e := e.(type) {
	case *scim.LogicalExpression:
		if err := vd.answerable(e.Left); err != nil {
			return err
		}
		return vd.answerable(e.Right)
	case *scim.NotExpression:
		return vd.answerable(e.Expression)
	case *scim.AttributeExpression:
		return vd.answerablePath(e.Path)
	case *scim.ValuePath:
		return vd.answerablePath(e.Path)
	}
	return nil
}

func (vd verdict) answerablePath(p scim.AttrPath) error {
	if !vd.withheld(p) {
		return nil
	}
	return scim.BadRequest(scim.InvalidFilter, "filter: the service provider neither searches for %s in this way nor shows all of them", p.String())
}
