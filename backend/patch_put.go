package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// attempts is how often a change that others get in the way of is made.
const attempts = 2

// errOvertaken says that a resource was changed by others whenever it was about
// to be written.
func errOvertaken() error {
	return scim.Errorf(http.StatusPreconditionFailed, "", "the resource is being changed by others; nothing was written")
}

// patchByPut carries out a PATCH where there is only PUT: the resource is read,
// changed and written back. What others change meanwhile must not get lost: the
// write depends on the version that was read, or where there is none, on a
// second look at the resource.
func (b *Backend) patchByPut(x *exchange, ops []scim.Operation, rt *scim.ResourceType, next step) (*scim.Response, error) {
	if b.membersHidden(rt) {
		return nil, scim.Errorf(http.StatusNotImplemented, "",
			"the service provider has no PATCH and does not show all members of a %s: writing it back could remove the others", rt.Name)
	}
	before, err := x.read(next)
	for attempt := 1; err == nil; attempt++ {
		body, changed, wrong := b.changed(&before.value, ops, rt)
		if wrong != nil {
			return nil, wrong
		}
		if !changed {
			return x.shown(before, next)
		}
		if before.version == "" {
			var now *reading
			if now, err = x.read(next); err != nil {
				break
			}
			if now.resp.Body != before.resp.Body && !sameResource(&before.value, &now.value, rt) {
				if before = now; attempt == attempts {
					return nil, errOvertaken()
				}
				continue
			}
		}
		write := x.sub(http.MethodPut, x.req.Path, x.req.Query, body)
		x.condition(write, before.version)
		resp, failed := next(write)
		switch {
		case failed != nil:
			return nil, failed
		case resp.Status != http.StatusPreconditionFailed || attempt == attempts:
			return resp, nil
		}
		before, err = x.read(next)
	}
	return settle(nil, err)
}

// changed is the resource as the operations leave it, for a PUT: without what a
// client must not write, and without what it cannot have read.
func (b *Backend) changed(resource *scim.Value, ops []scim.Operation, rt *scim.ResourceType) (body string, changed bool, err error) {
	drop(resource, rt, isHidden)
	after, changed, err := scim.Apply(resource, ops, rt)
	if err != nil || !changed {
		return "", false, err
	}
	drop(&after, rt, isReadOnly)
	b.flatten(&after)
	return after.Raw(), true, nil
}

// sameResource compares what a client can write of a resource. Values that a
// service provider makes anew for each answer are not changes.
func sameResource(a, b *scim.Value, rt *scim.ResourceType) bool {
	left, right := a.Clone(), b.Clone()
	for _, v := range []*scim.Value{&left, &right} {
		drop(v, rt, func(a *scim.Attribute) bool { return isReadOnly(a) || isHidden(a) })
	}
	if left.Len() != right.Len() {
		return false
	}
	for i := range left.Members() {
		if m := &left.Members()[i]; !sameValues(&m.Value, right.Get(m.Name)) {
			return false
		}
	}
	return true
}
