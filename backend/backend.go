package backend

import (
	"context"
	"net/http"
	"reflect"
	"sync/atomic"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Backend is a service provider as it is adapted to. It is compiled once and
// safe for concurrent use; what it holds beside configuration is the lanes in
// which changes of one resource follow each other, if it was given none.
type Backend struct {
	caps     Capabilities
	full     bool // no capability is denied
	registry *scim.Registry
	base     scim.Base
	lanes    Lanes
	pressure Pressure
	seal     *sealer

	descriptions descriptions
}

// Options is what a Backend is compiled from.
type Options struct {
	Capabilities
	Registry *scim.Registry
	Base     scim.Base
	// Key seals the cursors that the gateway issues: any secret text, the same on
	// every replica. Empty means a key that is made at the start.
	Key string

	// Lanes are those in which changes of one resource follow each other. Nil
	// means lanes that only this Backend knows of.
	Lanes Lanes
	// Pressure, if set, is told what exchanges show of the service provider's.
	Pressure Pressure
}

// New compiles a backend. It fails on a capability that has no such value.
func New(o Options) (*Backend, error) {
	if err := o.Capabilities.validate(); err != nil {
		return nil, err
	}
	seal, err := newSealer(o.Key)
	if err != nil {
		return nil, err
	}
	full := reflect.ValueOf(o.Capabilities).IsZero()
	if o.SCIM == version11 {
		o.Capabilities = o.implied11()
	}
	if o.Lanes == nil {
		o.Lanes = new(ownLanes)
	}
	return &Backend{
		caps: o.Capabilities, full: full, registry: o.Registry, base: o.Base, seal: seal,
		lanes: o.Lanes, pressure: o.Pressure,
	}, nil
}

// Adapt returns a Send that takes requests in normal form and speaks to the
// service provider behind send as its capabilities say. A full service provider
// is spoken to as it is.
//
// From the client's side to the service provider's: Bulk is taken apart,
// discovery is answered, .search becomes GET, changes of one resource wait for
// each other, a DELETE may become a deactivation, PATCH and PUT are turned into
// what there is, what became of a doubtful write is found out, queries are
// lowered, paged and completed, and at the bottom each exchange is put into the
// service provider's own shapes.
func (b *Backend) Adapt(send scim.Send) scim.Send {
	bottom := b.exchanges(send)
	run := b.conditions(b.bulk(b.discovery(b.search(b.serial(b.deletion(b.puts(b.patches(b.doubts(b.queries(bottom))))))))))
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		route, ok := b.registry.Route(b.base, req.Path)
		if !ok {
			return send(ctx, req)
		}
		return run(&exchange{Context: ctx, b: b, req: req, route: route, operation: route.Operation(req.Method), waited: new(atomic.Int64)})
	}
}

// step is one layer of the adaptation.
type step func(*exchange) (*scim.Response, error)

// exchange is one request on its way down.
type exchange struct {
	context.Context
	b         *Backend
	req       *scim.Request
	route     scim.Route
	operation string        // of scim.Route.Operation
	waited    *atomic.Int64 // nanoseconds for which the client's request has waited; see pause
}

// sub is another request on behalf of the same client: to path, which is below
// the same base, with a body or without. Conditions and the body's description
// do not go with it.
func (x *exchange) sub(method, path, query, body string) *exchange {
	req := *x.req
	req.Method, req.Path, req.Query, req.Body = method, path, query, body
	req.Header = x.req.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	for _, name := range [...]string{"If-Match", "If-None-Match", "Prefer", "Content-Length"} {
		req.Header.Del(name)
	}
	req.Header.Del("Content-Type")
	if body != "" {
		req.Header.Set("Content-Type", scim.MediaType)
	}
	req.Header.Set("Accept", scim.MediaType)
	route, _ := x.b.registry.Route(x.b.base, path)
	return &exchange{Context: x.Context, b: x.b, req: &req, route: route, operation: route.Operation(method), waited: x.waited}
}

// on reads a capability that is there unless it is denied.
func on(flag *bool) bool { return flag == nil || *flag }
