package probe

import (
	"context"
	"errors"

	"github.com/caddy-scim/caddy-scim/scim"
)

func measurePut(ctx context.Context, r *run) error {
	if len(r.people) < 4 {
		return errNotApplicable
	}
	if err := r.direct().putUser(ctx, r); err != nil {
		r.caps.Put = new(false)
		if errors.Is(err, errUnchanged) {
			r.warn("DANGER: PUT is answered with success, but does not replace the user")
		}
	}
	return nil
}

// measurePatch finds out in which form an operation is understood.
func measurePatch(ctx context.Context, r *run) error {
	if len(r.people) < 4 {
		return errNotApplicable
	}
	if r.caps.SCIM == "1.1" {
		if r.direct().setsName(ctx, r, 1) != nil {
			r.withoutPatch()
		}
		return nil
	}
	works := map[[2]bool]bool{} // by title case and pathless
	var why error
	for _, title := range [...]bool{false, true} {
		for _, pathless := range [...]bool{false, true} {
			s := r.direct()
			s.title, s.pathless = title, pathless
			err := s.setsName(ctx, r, 1)
			if works[[2]bool{title, pathless}] = err == nil; err != nil {
				why = err
			}
		}
		if works[[2]bool{title, false}] || works[[2]bool{title, true}] {
			r.dialect.title = title
			break
		}
	}
	paths, pathless := works[[2]bool{r.dialect.title, false}], works[[2]bool{r.dialect.title, true}]
	if !paths && !pathless {
		if errors.Is(why, errUnchanged) {
			r.warn("DANGER: PATCH is answered with success, but changes nothing")
		}
		r.withoutPatch()
		return nil
	}
	if r.dialect.title {
		r.caps.OpCase = "title"
	}
	if !paths {
		r.caps.PatchPaths, r.dialect.pathless = new(false), true
	}
	if !pathless {
		r.caps.PatchPathless = new(false)
	}
	return nil
}

// withoutPatch notes that there is no PATCH that could be used.
func (r *run) withoutPatch() {
	r.caps.Patch = "put"
	if r.caps.Put != nil {
		r.caps.Patch = "off"
		r.warn("neither PATCH nor PUT changes a user")
	}
}

// patches reports whether there is a PATCH whose dialect can be looked into.
func (r *run) patches() bool { return r.caps.Patch == "" && r.caps.SCIM != "1.1" && len(r.people) >= 4 }

// numbers of operations that are tried one after the other.
var operationCounts = []int{101, 20, 10, 5, 3, 2}

// measureOperations finds out how many operations a PATCH may have.
func measureOperations(ctx context.Context, r *run) error {
	if !r.patches() {
		return nil
	}
	taken := func(n int) bool { return r.direct().setsName(ctx, r, n) == nil }
	high := 0
	for _, n := range operationCounts {
		if !taken(n) {
			high = n
			continue
		}
		if high == 0 {
			return nil // no limit
		}
		for low := n; ; {
			if high-low <= 1 {
				r.caps.PatchOperations = low
				return nil
			}
			if middle := (low + high) / 2; taken(middle) {
				low = middle
			} else {
				high = middle
			}
		}
	}
	r.caps.PatchOperations = 1
	return nil
}

func measureValuePaths(ctx context.Context, r *run) error {
	if !r.patches() || r.caps.PatchPaths != nil {
		return nil
	}
	s := r.direct()
	for _, try := range [...]func(context.Context, *run) error{s.valuePath, s.removeValue} {
		err := try(ctx, r)
		if errors.Is(err, errNotApplicable) {
			r.caps.ValuePaths = "read" // which is always right
			return err
		}
		if errors.Is(err, errUnchanged) {
			r.warn("DANGER: an operation at a value filter is answered with success, but not done")
		}
		if err != nil {
			r.caps.ValuePaths = "read"
		}
	}
	return nil
}

func measureNames(ctx context.Context, r *run) error {
	if !r.patches() {
		return nil
	}
	for _, c := range userChecks {
		if c.name != "PATCH: a part of the name" {
			continue
		}
		if c.try(ctx, r, r.direct()) == nil {
			return nil
		}
	}
	name := "Probe " + r.nextLetter()
	err := r.direct().changes(ctx, r, r.people[1], []op{{"replace", "name.formatted", scim.Quote(name)}}, func(v *scim.Value) error {
		return wants(v.Get("name").Get("formatted"), name)
	})
	if err == nil {
		r.caps.NameFormatted = true
		return nil
	}
	return errors.New("neither a part of the name nor the whole can be changed")
}

// measureExtension finds out whether PATCH reaches the attributes of an
// extension. There is no other way to say what it says.
func measureExtension(ctx context.Context, r *run) error {
	if !r.patches() {
		return nil
	}
	if err := r.direct().extension(ctx, r); errors.Is(err, errUnchanged) {
		r.warn("DANGER: a PATCH of an attribute of an extension is answered with success, but not done")
	} else if err != nil {
		r.warn("a PATCH of an attribute of an extension is refused: %v", err)
	}
	return nil
}

// measureSingleValued finds out whether the second of two addresses was kept.
func measureSingleValued(_ context.Context, r *run) error {
	v := &r.people[0].resource
	if v.Get("externalId").Exists() && v.Get("emails").Len() == 1 {
		r.caps.SingleValued = []string{"emails"}
		r.warn("of two e-mail addresses, one is kept")
	}
	return nil
}
