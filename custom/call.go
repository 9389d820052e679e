package custom

import (
	"context"
	"errors"
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
	for _, one := range r.rules {
		if !one.mayWork(r, route, req.Method) {
			continue
		}
		if one.match != nil {
			ok, err := one.match(ctx)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		selected = append(selected, one)
	}
	if len(selected) == 0 {
		return send, nil
	}
	c := &call{rules: r, route: route, method: req.Method, selected: selected, next: send, applied: applied}
	return c.send, nil
}

// Holds reports whether the answer to such a request may have to be changed, so
// that the transport has to hold it and must not let it pass.
func (r *Rules) Holds(route scim.Route, method string) bool {
	return slices.ContainsFunc(r.rules, func(one *rule) bool { return one.undoes && one.mayWork(r, route, method) })
}

// mayWork reports whether a rule works for such a request of a client, or for
// anything in it, if its matcher says so.
func (r *rule) mayWork(rules *Rules, route scim.Route, method string) bool {
	if r.works(rules, route, method) {
		return true
	}
	if route.Operation(method) != "bulk" {
		return false
	}
	return len(r.on) == 0 || slices.ContainsFunc(r.on, func(on string) bool {
		return on == "create" || on == "replace" || on == "patch" || on == "delete"
	})
}

// works reports whether a rule works for a request with that route and method, on
// its own or inside Bulk.
func (r *rule) works(rules *Rules, route scim.Route, method string) bool {
	if route.Endpoint == "Me" {
		return (r.worksOn("me") || r.worksOn(scim.AtMe(method))) && r.isFor(rules.registry.ByName("User"))
	}
	if !r.worksOn(route.Operation(method)) {
		return false
	}
	if ofNoType(route) {
		return !r.limited && slices.ContainsFunc(r.verbs, func(v verb) bool { return v.plain != nil })
	}
	return route.Type == nil || r.isFor(route.Type)
}

// ofNoType tells Bulk and discovery, which show no resources that a verb could be
// about.
func ofNoType(route scim.Route) bool {
	return route.Type == nil && route.Endpoint != "" && route.Endpoint != "Me"
}

func (r *rule) worksOn(operation string) bool {
	return operation != "" && (len(r.on) == 0 || slices.Contains(r.on, operation))
}

func (r *rule) isFor(rt *scim.ResourceType) bool {
	return r.types == nil || slices.Contains(r.types, rt)
}

// call is one request of a client: the rules that were selected for it, and to
// whom they report.
type call struct {
	rules    *Rules
	route    scim.Route // of the client
	method   string     // of the client
	selected []*rule
	headed   []*verb // those that have reported what they do to each exchange
	next     scim.Send
	applied  func(rewrite.Change)
}

// send makes one exchange of the call. A read that a PATCH needs is the PATCH's,
// and so is one that a Bulk request needs.
func (c *call) send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	route, ok := c.rules.registry.Route(c.rules.base, req.Path)
	if !ok {
		return c.next(ctx, req)
	}
	method := c.method
	if c.route.Endpoint == "Bulk" && route.Endpoint != "Bulk" {
		method = http.MethodPatch
	}
	m := c.message(ctx, req, route, method)
	exchange := m.exchange
	switch {
	case route.Operation(req.Method) == "bulk":
		exchange = m.exchangeBulk
	case len(m.turns) == 0:
		return c.next(ctx, req)
	}
	resp, err := exchange()
	if early, ok := errors.AsType[*answered](err); ok {
		return m.backward(early.resp)
	}
	return resp, err
}

// exchange is one request on its way to the service provider, and its answer on
// the way back.
func (m *message) exchange() (*scim.Response, error) {
	if err := m.read(); err != nil {
		return nil, err
	}
	if err := m.forward(); err != nil {
		return nil, err
	}
	if m.kind == patchBody && len(m.ops) == 0 {
		return m.unchanged()
	}
	m.print()
	resp, err := m.next(m.ctx, &m.req)
	if err != nil {
		return nil, err
	}
	return m.backward(resp)
}

// unchanged answers a PATCH of which nothing is left with the resource as it is.
func (m *message) unchanged() (*scim.Response, error) {
	read := m.readRequest()
	if read.Query = m.parameters.apply(m.query.print(m.req.Query)); read.Query == "" && m.state != nil && !m.state.unknown {
		return m.backward(m.state.resp)
	}
	resp, err := m.next(m.ctx, read)
	if errors.Is(err, rewrite.ErrNoState) {
		return &scim.Response{Status: http.StatusNoContent, Header: http.Header{}}, nil
	}
	if err != nil {
		return nil, err
	}
	return m.backward(resp)
}
