package backend

import (
	"context"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Lanes let the changes of one resource follow each other. They may know of
// changes that do not come through this Backend.
type Lanes interface {
	// Enter waits until nobody else changes the resource of that name
	// (scim.Route.Resource). It returns the context of what is done then, and what
	// lets others in again. Whoever is in already is let through.
	Enter(ctx context.Context, resource string) (context.Context, func(), error)
}

// ownLanes are those of a Backend that was given none.
type ownLanes struct{ limit.Lanes }

func (l *ownLanes) Enter(ctx context.Context, resource string) (context.Context, func(), error) {
	leave, err := l.Lanes.Enter(ctx, resource)
	return ctx, leave, err
}

// serial lets the changes of one resource follow each other where a change may
// take several exchanges: what is read for one must not be overtaken by another.
// It knows only what comes through this gateway; ETags guard against the rest.
func (b *Backend) serial(next step) step {
	if !b.caps.takesSteps() {
		return next
	}
	return func(x *exchange) (*scim.Response, error) {
		switch operation, _ := x.kind(); operation {
		case "replace", "patch", "delete":
		default:
			return next(x)
		}
		in, leave, err := x.enter(x.route.ID)
		if err != nil {
			return nil, err
		}
		defer leave()
		return next(in)
	}
}

// takesSteps reports whether there are changes that take more than one exchange.
func (c *Capabilities) takesSteps() bool {
	return c.Patch == "put" || !on(c.Put) || !on(c.PatchPaths) || c.PatchOperations > 0 || c.PatchMembers > 0 ||
		c.NameFormatted || len(c.SingleValued) > 0 || c.MembersRemove == "value" || c.ValuePaths != "" && c.ValuePaths != "send"
}

// enter waits for the lane of a resource beside the addressed one, or of that one
// itself. The exchange that it returns is the same, in the lane.
func (x *exchange) enter(id string) (*exchange, func(), error) {
	route := x.route
	route.ID = id
	ctx, leave, err := x.b.lanes.Enter(x, route.Resource())
	if err != nil {
		return nil, nil, err
	}
	in := *x
	in.Context = ctx
	return &in, leave, nil
}
