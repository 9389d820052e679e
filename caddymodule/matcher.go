package caddymodule

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

func init() {
	caddy.RegisterModule(MatchSCIM{})
}

// MatchSCIM matches SCIM requests by what they ask for and by who sends them. It
// can be used anywhere, in front of the `scim` handler and without one. Each
// field that is set has to fit; the values of a field are alternatives. With no
// field set, every SCIM request matches.
//
// The body is not looked at. The provider is the one that the handler has
// found, if the request has passed it, and else the one that the matchers of
// the configured providers and the head of the request show: a provider that
// only shows in the body is `generic` to a matcher in front of the handler. What
// the operations of a Bulk request do is not looked at either.
type MatchSCIM struct {
	// Names of identity providers, such as `entra`, `generic` or one that a `scim`
	// handler configures. Default: any.
	Provider []string `json:"provider,omitempty"`

	// Operations: `get`, `list`, `search`, `create`, `replace`, `patch`, `delete`,
	// `bulk`, `discover` or `me`. Default: any.
	Operation []string `json:"operation,omitempty"`

	// Resource types such as `User`, or endpoints where there is none, such as
	// `Bulk`. Default: any.
	Resource []string `json:"resource,omitempty"`

	// Ids of resources. Default: any.
	ID []string `json:"id,omitempty"`

	app *App // nil outside of a configuration
}

// CaddyModule returns the Caddy module information.
func (MatchSCIM) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.matchers.scim",
		New: func() caddy.Module { return new(MatchSCIM) },
	}
}

// UnmarshalCaddyfile sets up the matcher from Caddyfile tokens. Syntax:
//
//	scim [provider <names...>] [operation <operations...>] [resource <types...>] [id <ids...>] {
//	    provider  <names...>
//	    operation <operations...>
//	    resource  <types...>
//	    id        <ids...>
//	}
func (m *MatchSCIM) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	for d.Next() {
		if err := m.parseLine(d, d.RemainingArgs()); err != nil {
			return err
		}
		for d.NextBlock(0) {
			if err := m.parseLine(d, append([]string{d.Val()}, d.RemainingArgs()...)); err != nil {
				return err
			}
		}
	}
	return nil
}

// parseLine reads fields, each with its values behind it.
func (m *MatchSCIM) parseLine(d *caddyfile.Dispenser, words []string) error {
	var field string
	for i, word := range words {
		if into := m.field(word); into != nil {
			if i+1 == len(words) || m.field(words[i+1]) != nil {
				return d.Errf("%s: a value is missing", word)
			}
			field = word
			continue
		}
		if field == "" {
			return d.WrapErr(unknown("field", word, matchFields))
		}
		into := m.field(field)
		*into = append(*into, word)
	}
	if err := m.check(); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

// matchFields are the names of the fields.
var matchFields = []string{"provider", "operation", "resource", "id"}

// field returns the field of that name, nil if there is none.
func (m *MatchSCIM) field(name string) *[]string {
	switch name {
	case "provider":
		return &m.Provider
	case "operation":
		return &m.Operation
	case "resource":
		return &m.Resource
	case "id":
		return &m.ID
	default:
		return nil
	}
}

// check finds words that mean nothing. The names of providers are checked when
// all handlers are set up.
func (m *MatchSCIM) check() error {
	for _, name := range m.Operation {
		if !slices.Contains(operations, name) {
			return unknown("operation", name, operations)
		}
	}
	for _, name := range m.Resource {
		if !slices.Contains(matchResources(), name) {
			return unknown("resource", name, matchResources())
		}
	}
	return nil
}

// matchResources are the resource types, and the endpoints that have none.
func matchResources() []string {
	return append(resourceNames(), "Me", "Bulk", scim.EndpointConfig, scim.EndpointResourceTypes, scim.EndpointSchemas)
}

// Provision sets up the matcher.
func (m *MatchSCIM) Provision(ctx caddy.Context) error {
	app, err := appOf(ctx)
	if err != nil || app == nil {
		return err
	}
	m.app = app
	app.expect(m)
	return nil
}

// Validate checks the words of the matcher.
func (m *MatchSCIM) Validate() error { return m.check() }

// Match implements caddyhttp.RequestMatcher.
func (m *MatchSCIM) Match(r *http.Request) bool {
	match, err := m.MatchWithError(r)
	if err != nil {
		caddyhttp.SetVar(r.Context(), caddyhttp.MatcherErrorVarKey, err)
	}
	return match
}

// MatchWithError implements caddyhttp.RequestMatcherWithError.
func (m *MatchSCIM) MatchWithError(r *http.Request) (bool, error) {
	route, handlers, ok := m.route(r)
	if !ok || !fits(m.Resource, resourceOf(route)) || !m.fitsID(route) {
		return false, nil
	}
	operation := route.Operation(r.Method)
	switch {
	case operation != "" && !fits(m.Operation, operation):
		return false, nil
	case len(m.Provider) == 0 && (operation != "" || len(m.Operation) == 0):
		return true, nil
	}
	name, err := m.sender(r, handlers)
	if err != nil || !fits(m.Provider, name) {
		return false, err
	}
	return fits(m.Operation, meant(operation, name, r, route, handlers)), nil
}

// meant is the operation of a request whose method does not fit the path. It may
// say in its head what it means: clients of SCIM 1.1 do.
func meant(operation, name string, r *http.Request, route scim.Route, handlers []*Handler) string {
	if operation != "" || len(handlers) == 0 || handlers[0].plans[name] == nil {
		return operation
	}
	return route.Operation(handlers[0].plans[name].Method(route, headOfHTTP(r)))
}

// fits reports whether a field takes a value.
func fits(alternatives []string, value string) bool {
	return len(alternatives) == 0 || slices.Contains(alternatives, value)
}

func (m *MatchSCIM) fitsID(route scim.Route) bool {
	if len(m.ID) == 0 {
		return true
	}
	id, err := url.PathUnescape(route.ID)
	return err == nil && slices.Contains(m.ID, id)
}

// route takes the path apart as the first handler does that takes it for one of
// its own. Without any handler it is one of SCIM with any base.
func (m *MatchSCIM) route(r *http.Request) (scim.Route, []*Handler, bool) {
	path := r.URL.EscapedPath()
	if m.app == nil || len(m.app.handlers) == 0 {
		route, ok := routeOf(coreRegistry, scim.Base{}, path)
		return route, nil, ok
	}
	for i, h := range m.app.handlers {
		if route, ok := routeOf(h.registry, h.base, path); ok {
			return route, m.app.handlers[i:], true
		}
	}
	return scim.Route{}, nil, false
}

// routeOf also takes a path apart that is written in disguise: whoever serves it
// may know where it leads.
func routeOf(registry *scim.Registry, base scim.Base, path string) (scim.Route, bool) {
	if route, ok := registry.Undisguise(base, path); ok {
		return route, true
	}
	return registry.Route11(base, path)
}

var coreRegistry = scim.Core()

// sender names the provider as the handler would. Where there are several
// handlers, whose request this is cannot be told: what one of them matches is
// taken for its own.
func (m *MatchSCIM) sender(r *http.Request, handlers []*Handler) (string, error) {
	if repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		if name, found := repl.GetString("scim.provider"); found {
			return name, nil
		}
	}
	for _, h := range handlers {
		if _, ours := routeOf(h.registry, h.base, r.URL.EscapedPath()); !ours {
			continue
		}
		if name, err := h.matched(r); name != "" || err != nil {
			return name, err
		}
	}
	return rules.Detect(headOfHTTP(r)).Name, nil
}

// headOfHTTP is a request without its body.
func headOfHTTP(r *http.Request) *scim.Request {
	return &scim.Request{
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		Header: r.Header,
	}
}

// Interface guards.
var (
	_ caddy.Provisioner                 = (*MatchSCIM)(nil)
	_ caddy.Validator                   = (*MatchSCIM)(nil)
	_ caddyfile.Unmarshaler             = (*MatchSCIM)(nil)
	_ caddyhttp.RequestMatcher          = (*MatchSCIM)(nil)
	_ caddyhttp.RequestMatcherWithError = (*MatchSCIM)(nil)
)
