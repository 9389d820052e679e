package backend

import (
	"errors"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patches puts a PATCH into the dialect of the service provider, or does without
// it where there is none.
func (b *Backend) patches(next step) step {
	switch {
	case b.caps.Patch == "off":
		return b.eachPatch(next, func(*exchange, []scim.Operation, *scim.ResourceType) (*scim.Response, error) {
			return nil, scim.Errorf(http.StatusNotImplemented, "", "the service provider has no PATCH")
		})
	case b.caps.Patch == "put":
		return b.eachPatch(next, func(x *exchange, ops []scim.Operation, rt *scim.ResourceType) (*scim.Response, error) {
			return b.patchByPut(x, ops, rt, next)
		})
	case b.caps.patchesFully():
		return next
	}
	return b.eachPatch(next, func(x *exchange, ops []scim.Operation, rt *scim.ResourceType) (*scim.Response, error) {
		return b.patchInDialect(x, ops, rt, next)
	})
}

// patchesFully reports whether every PATCH of the normal form is understood as
// it is.
func (c *Capabilities) patchesFully() bool {
	return on(c.PatchPaths) && on(c.PatchPathless) && c.PatchOperations == 0 && c.PatchMembers == 0 && !c.NameFormatted &&
		len(c.SingleValued) == 0 && (c.ValuePaths == "" || c.ValuePaths == "send") &&
		(c.MembersRemove == "" || c.MembersRemove == "filter") && (c.OpCase == "" || c.OpCase == "lower")
}

// eachPatch reads the body of every PATCH of a resource.
func (b *Backend) eachPatch(next step, do func(*exchange, []scim.Operation, *scim.ResourceType) (*scim.Response, error)) step {
	return func(x *exchange) (*scim.Response, error) {
		operation, rt := x.kind()
		if operation != "patch" || rt == nil {
			return next(x)
		}
		body := scim.Parse(x.req.Body)
		ops, err := scim.ParsePatch(&body)
		if err != nil {
			return nil, err
		}
		return do(x, ops, rt)
	}
}

// errStale says that a resource changed between its reading and the first
// request that builds on that.
var errStale = errors.New("the resource was changed after it was read")

// patchInDialect compiles a PATCH and sends what comes of it. Nothing is sent
// before all is compiled, so that a PATCH that cannot be put into the dialect
// changes nothing.
func (b *Backend) patchInDialect(x *exchange, ops []scim.Operation, rt *scim.ResourceType, next step) (*scim.Response, error) {
	for attempt := 1; ; attempt++ {
		p := &patchPlan{Backend: b, x: x, next: next, rt: rt, values: b.caps.ValuePaths}
		if !on(b.caps.PatchPaths) && p.values != "off" {
			p.values = "read"
		}
		if err := p.compile(ops); err != nil {
			return settle(nil, err)
		}
		resp, err := p.run()
		if !errors.Is(err, errStale) {
			return settle(resp, err)
		}
		if attempt == attempts {
			return nil, errOvertaken()
		}
	}
}
