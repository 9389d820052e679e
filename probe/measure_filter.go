package probe

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// measureAttributes finds out by which attributes a filter with eq finds.
func measureAttributes(ctx context.Context, r *run) error {
	s := r.raw()
	var works, fails, minds []string
	for _, a := range attributes {
		err := s.attribute(ctx, r, a)
		if err == nil {
			if other := s.otherCase(ctx, r, a); errors.Is(other, errCase) {
				err = other
				minds = appendNew(minds, a.name)
			}
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errNotApplicable):
		case err == nil:
			works = appendNew(works, a.name)
		default:
			fails = appendNew(fails, a.name)
			r.danger(a.name+" eq", err)
		}
	}
	works = slices.DeleteFunc(works, func(name string) bool { return slices.Contains(fails, name) })
	if len(minds) > 0 {
		r.warn("a filter minds the case of %s, so that a client that writes it in another case does not find it; the gateway reads the whole collection instead", strings.Join(minds, ", "))
	}
	switch {
	case len(works) == 0 && len(fails) == 0:
		return errNotApplicable
	case len(works) == 0:
		r.caps.Filter = []string{"off"}
	case len(fails) > 0:
		r.caps.FilterAttributes = works
	}
	r.filterBy = works
	return nil
}

// danger notes a filter that is answered as if it were understood.
func (r *run) danger(filter string, err error) {
	switch {
	case errors.Is(err, errIgnored), errors.Is(err, errMistaken):
		r.ignored = appendNew(r.ignored, filter)
	case errors.Is(err, errNothing):
		r.nothing = appendNew(r.nothing, filter)
	}
}

// warnOfFilters warns of the filters that are answered as if they were
// understood.
func (r *run) warnOfFilters() {
	if len(r.ignored) > 0 {
		r.warn("DANGER: these in a filter are ignored, or find the wrong ones, with a status that says success: %s. Without a gateway, a client takes one user for another", strings.Join(r.ignored, ", "))
	}
	if len(r.nothing) > 0 {
		r.warn("DANGER: these in a filter find nothing where there is something, with a status that says success: %s. Without a gateway, a client creates a second one", strings.Join(r.nothing, ", "))
	}
}

// measureOperators finds out which operators a filter may have.
func measureOperators(ctx context.Context, r *run) error {
	if r.caps.Filter != nil || len(r.filterBy) == 0 {
		return nil
	}
	by := "userName"
	if !slices.Contains(r.filterBy, by) {
		by = r.filterBy[0]
	}
	s := r.raw()
	all := true
	var works []string
	for _, op := range operators {
		err := s.operator(ctx, r, op, by)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			works = append(works, op.name)
		default:
			all = false
			r.danger(op.name, err)
		}
	}
	switch {
	case len(works) == 0:
		r.caps.Filter = []string{"off"}
	case !all:
		r.caps.Filter = works
	}
	return nil
}
