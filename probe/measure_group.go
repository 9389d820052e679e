package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// measureGroups finds out whether there are groups, and how many members one may
// be created with.
func measureGroups(ctx context.Context, r *run) error {
	if len(r.people) < 4 {
		r.noGroups = true
		return errNotApplicable
	}
	if _, err := r.raw().exchange(ctx, http.MethodGet, "/Groups", "", ""); err != nil {
		r.noGroups = true
		r.warn("there are no groups: GET /Groups is answered with %v", err)
		return nil
	}
	var err error
	for n := 3; n >= 0; n-- {
		err = r.createsGroup(ctx, n)
		if err == nil {
			if n < 3 {
				r.caps.PatchMembers = max(n, 1)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	r.noGroups = true
	r.warn("no group could be created: %v", err)
	return nil
}

// createsGroup creates a group and looks at what it shows of its members.
func (r *run) createsGroup(ctx context.Context, n int) error {
	s := r.direct()
	g := &group{name: r.name + "-" + r.nextLetter()}
	a, err := s.create(ctx, r, "/Groups", r.groupBody(s, g.name, n))
	if err != nil {
		return err
	}
	g.id = idOf(a)
	shown, _, err := r.members(ctx, g)
	switch {
	case err != nil:
		return err
	case n < 2 || len(shown) == n:
		return nil
	case len(shown) == 0:
		r.caps.Members = "absent"
		r.warn("DANGER: a group does not show its members: a client that writes back what it has read removes them all")
	default:
		r.caps.Members = "truncated"
		r.warn("DANGER: a group shows %d of its %d members: a client that writes back what it has read removes the others", len(shown), n)
	}
	r.noMembers = true
	return nil
}

// measureMembers finds out how many members a PATCH may add.
func measureMembers(ctx context.Context, r *run) error {
	if !r.patches() || r.noGroups {
		return nil
	}
	for n := 3; n >= 1; n-- {
		err := r.direct().addMembers(ctx, r, n)
		if err == nil {
			if n < 3 {
				r.caps.PatchMembers = least(r.caps.PatchMembers, n)
			}
			return nil
		}
		if n == 1 {
			return r.putInstead(fmt.Errorf("no member can be added: %w", err))
		}
	}
	return nil
}

// least is the smaller of two limits, of which 0 is none.
func least(a, b int) int {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// putInstead gives up PATCH where it cannot do what is needed and PUT can.
func (r *run) putInstead(why error) error {
	if r.caps.Put != nil || r.noMembers {
		return why
	}
	r.caps.Patch = "put"
	r.warn("PATCH does not do for groups (%v); PUT does", why)
	return nil
}

// measureRemoval finds out how a member is removed without the others.
func measureRemoval(ctx context.Context, r *run) error {
	if !r.patches() || r.noGroups || r.caps.PatchPaths != nil { // without paths, all members are replaced
		return nil
	}
	s := r.direct()
	byFilter := s.removeMember(ctx, r, false)
	if byFilter == nil {
		return nil
	}
	byValue := s.removeMember(ctx, r, true)
	switch {
	case errors.Is(byValue, errUnchanged):
		r.warn("DANGER: removing one member by value leaves the group with others than the rest, with a status that says success")
	case byValue == nil:
		r.caps.MembersRemove = "value"
		return nil
	}
	if errors.Is(byFilter, errUnchanged) {
		r.warn("DANGER: removing one member by filter leaves the group with others than the rest, with a status that says success")
	}
	return r.putInstead(fmt.Errorf("a member cannot be removed: %w", byFilter))
}

func measurePutGroup(ctx context.Context, r *run) error {
	if r.noGroups || r.caps.Put != nil {
		return nil
	}
	err := r.direct().putGroup(ctx, r)
	if errors.Is(err, errNotApplicable) || err == nil {
		return nil
	}
	if r.caps.Patch == "" {
		r.caps.Put = new(false)
	}
	if errors.Is(err, errUnchanged) {
		r.warn("DANGER: PUT is answered with success, but does not replace the group")
	}
	return nil
}
