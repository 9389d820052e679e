package custom

import (
	"context"
	"net/http"
	"slices"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Wrap returns the Send of one request of a client: that through which it goes
// while the rules change it and its answer. It is send itself if no rule is
// selected. applied is told of each thing that was changed.
func (r *Rules) Wrap(ctx context.Context, route scim.Route, req *scim.Request, send scim.Send, applied func(rewrite.Change)) (scim.Send, error) {
	var selected []*rule
	operation := route.Operation(req.Method)
	for _, one := range r.rules {
		ok, err := one.selects(ctx, r, route, operation, req.Method)
		if err != nil {
			return nil, err
		}
		if ok {
			selected = append(selected, one)
		}
	}
	if len(selected) == 0 {
		return send, nil
	}
	c := &call{rules: r, ctx: ctx, operation: operation, method: req.Method, selected: selected, next: send, applied: applied}
	return c.send, nil
}

// selects reports whether a rule works for a request.
func (r *rule) selects(ctx context.Context, rules *Rules, route scim.Route, operation, method string) (bool, error) {
	if !r.worksOn(operation) || !r.worksFor(rules, route) {
		return false, nil
	}
	if r.match == nil {
		return true, nil
	}
	return r.match(ctx)
}

func (r *rule) worksOn(operation string) bool {
	return len(r.on) == 0 || slices.Contains(r.on, operation)
}

func (r *rule) worksFor(rules *Rules, route scim.Route) bool {
	rt := route.Type
	switch {
	case route.Endpoint == "Me":
		rt = rules.registry.ByName("User")
	case rt == nil:
		return true
	}
	return r.types == nil || slices.Contains(r.types, rt)
}

// Holds reports whether the answer of such a request may have to be changed, so
// that the transport has to hold it.
func (r *Rules) Holds(route scim.Route, method string) bool {
	operation := route.Operation(method)
	for _, one := range r.rules {
		if one.worksOn(operation) && one.worksFor(r, route) {
			return true
		}
	}
	return false
}

// send makes one exchange of the call.
func (c *call) send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	route, ok := c.rules.registry.Route(c.rules.base, req.Path)
	if !ok {
		return c.next(ctx, req)
	}
	m := newMessage(c, req, route)
	if err := m.read(); err != nil {
		return nil, err
	}
	if err := m.forward(); err != nil {
		return nil, err
	}
	resp, err := c.next(ctx, &m.req)
	if err != nil {
		return nil, err
	}
	return m.backward(resp)
}

// backward undoes in the answer what was done to the request.
func (m *message) backward(resp *scim.Response) (*scim.Response, error) {
	if m.req.Method == http.MethodHead {
		return resp, nil
	}
	out := *resp
	for i := len(m.turns) - 1; i >= 0; i-- {
		t := &m.turns[i]
		if err := t.worker.response(t, &out); err != nil {
			return nil, err
		}
	}
	if err := m.undo(&out); err != nil {
		return nil, err
	}
	return &out, nil
}
