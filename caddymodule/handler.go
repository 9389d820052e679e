package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/custom"
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

func init() {
	caddy.RegisterModule(Handler{})
}

// Handler is a gateway in front of a SCIM service provider. It recognises the
// identity provider that sends a request, turns what that one sends into strict
// RFC 7644, passes it on to the next handler, and repairs the answer so that the
// provider understands it. What cannot be given one meaning is refused with a
// SCIM error and never reaches the service provider.
//
// Requests whose path leads to no SCIM endpoint pass untouched, and so does
// `OPTIONS`.
//
// These placeholders are set for other handlers and for logs:
//
// Placeholder | Description
// ------------|-------------
// `{scim.provider}` | The name of the identity provider, such as `entra`, or `generic`
// `{scim.resource}` | The resource type, such as `User`, or the endpoint where there is none, such as `Bulk`
// `{scim.id}` | The id of the resource; empty for a collection
// `{scim.operation}` | `get`, `list`, `search`, `create`, `replace`, `patch`, `delete`, `bulk`, `discover` or `me`; empty if the method does not fit the path
// `{scim.changes}` | The ids of the rules that changed the request or its answer, separated by commas; set once there is an answer
// `{scim.error}` | The `scimType` of an error that the gateway answers itself, or its HTTP status where the RFC names no type; empty otherwise
// `{scim.outcome}` | What became of the request: `unchanged`, `rewritten`, `rejected` (by the gateway), `limited`, `backend_refused` (answered with a 4xx status), `backend_failed`, `canceled` or `panicked`, and in mode `observe` `observed_unchanged`, `observed_rewritten` or `observed_rejected`; set once there is an answer
//
// The access log gets the fields `scim_provider`, `scim_operation`,
// `scim_outcome`, `scim_exchanges` (the number of requests to the service
// provider) and, where there is something to say, `scim_changes` and
// `scim_error`. No value of an attribute and no filter is ever logged.
type Handler struct {
	// The path below which the SCIM endpoints stand, such as `/scim/v2`. A `*`
	// stands for any one segment: `/orgs/*/scim/v2`. They stand as well below the
	// path of a provider that is matched by one below it: `/scim/v2/entra/*`.
	// Default: whatever stands before the first segment that names an endpoint,
	// such as `Users`.
	BasePath string `json:"base_path,omitempty"`

	// The maximum size of a request body in bytes, after it is decompressed. A
	// larger one is answered with status 413. A Bulk request may always be as
	// large as 8 MiB. Default: `1048576` (1 MiB).
	MaxBody int64 `json:"max_body,omitempty"`

	// The maximum size in bytes of an answer that is held so that it can be
	// repaired, or changed and written back. A larger one passes to the client as
	// it is, if it is the answer to the client's own request, no `backend` is
	// configured, and none of your `rules` is for it; else the request fails with
	// status 502. Lists are read piece by piece where the gateway pages them itself.
	// Default: `8388608` (8 MiB).
	MaxAnswer int64 `json:"max_answer,omitempty"`

	// Identity providers with settings of their own, or for which a request is
	// taken when it matches. Every provider that is known is recognised without
	// being named here. Default: none.
	Providers []*Provider `json:"providers,omitempty"`

	// Extension schemas that the service provider has beside the enterprise user
	// of RFC 7643, so that the names and types of their attributes are known.
	// Default: none.
	Schemas []*Schema `json:"schemas,omitempty"`

	// Rules of your own for the requests of all providers. They are applied before
	// those of a provider. Default: none.
	Rules []*Rule `json:"rules,omitempty"`

	// What the service provider can do. Default: all of RFC 7644.
	Backend *Backend `json:"backend,omitempty"`

	// Whether the resources of a filtered search are tested with the filter, and
	// taken out of the answer when a value that they show does not match. Clients
	// act on the first resource of a look-up, whoever that is. What a resource does
	// not show is not judged. Default: `true`.
	VerifyFilter *bool `json:"verify_filter,omitempty"`

	// What is done with requests: `enforce` rewrites them and repairs the answers;
	// `observe` lets them and the answers pass as they came, and reports what would
	// have been done to the request: in the explain header, placeholders, logs,
	// metrics and events; `off` lets them pass and does nothing. A provider may
	// have a mode of its own. Default: `enforce`.
	Mode string `json:"mode,omitempty"`

	// The name of the service provider behind the gateway. Handlers with the same
	// name share what is counted for limits, who waits, and which resources are
	// being changed; so do replicas with a shared limiter. Default: `srv0-1` for
	// the first handler of the server `srv0` that has no name, `srv0-2` for the
	// next, and so on.
	Name string `json:"name,omitempty"`

	// The pace at which all requests go to the service provider, whoever sends
	// them. Those of the providers hold as well. Default: none.
	RateLimits []*RateLimit `json:"rate_limits,omitempty"`

	// How many requests may be on their way to the service provider at a time. The
	// others wait, leavers first. Default: any number.
	Concurrency int `json:"concurrency,omitempty"`

	// Turns on that additions to and removals from one group which wait for each
	// other go to the service provider as one PATCH, and how long the first of
	// them waits for others. Each sender is answered when it has succeeded.
	// Default: each goes alone.
	Coalesce caddy.Duration `json:"coalesce,omitempty"`

	// Where the state of limits is kept. Default: in the memory of this process.
	// A module of this namespace has to be a `Limiter` of this package.
	LimiterRaw json.RawMessage `json:"limiter,omitempty" caddy:"namespace=http.handlers.scim.limiters inline_key=limiter"`

	// Whether answers carry the headers `RateLimit` and `RateLimit-Policy` of
	// draft-ietf-httpapi-ratelimit-headers. Default: `false`.
	RateHeaders bool `json:"rate_headers,omitempty"`

	// The name of a response header that lists the ids of the rules that were
	// applied. It is not set on an answer that is too large to be held. Default:
	// no such header.
	Explain string `json:"explain,omitempty"`

	registry *scim.Registry
	base     scim.Base
	plans    map[string]*rewrite.Plan // by name of the provider
	custom   map[string]*custom.Rules // rules of the user by name of the provider; nil if there are none
	shared   *custom.Rules            // those of the handler; nil if there are none
	values   values                   // in rules of the user
	ledgers  map[string]*ledger       // by name of the provider
	pacing   pacing
	adapted  bool // the backend is not a full one
	mode     mode // of providers that have none of their own
	off      bool // every provider is in mode off
	watching bool // not every provider is in mode enforce
	applied  appliedRules
	events   *emitter // nil outside of a configuration
	logger   *zap.Logger
}

// CaddyModule returns the Caddy module information.
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.scim",
		New: func() caddy.Module { return new(Handler) },
	}
}

// Provision compiles the plan of each provider and sets up the matchers.
func (h *Handler) Provision(ctx caddy.Context) error {
	if h.logger == nil {
		h.logger = ctx.Logger()
	}
	if err := h.orient(); err != nil {
		return err
	}
	if err := provisionRules(ctx, h.Rules); err != nil {
		return err
	}
	for _, p := range h.Providers {
		if err := p.reachable(); err != nil { // before its raw matchers are taken away
			return err
		}
		if err := p.provision(ctx); err != nil {
			return fmt.Errorf("provider %s: %w", p.Name, err)
		}
	}
	if err := h.pace(ctx); err != nil {
		return err
	}
	if err := h.compile(); err != nil {
		return err
	}
	h.warn()
	return h.watch(ctx)
}

// orient finds out which resources there are, and where.
func (h *Handler) orient() (err error) {
	if h.base, err = scim.ParseBase(h.BasePath); err != nil {
		return err
	}
	if h.registry, err = extend(scim.Core(), h.Schemas); err != nil {
		return err
	}
	for _, p := range h.Providers {
		for _, path := range p.paths() {
			if _, ours := h.registry.Route(h.base, path); ours {
				continue // it is that of an endpoint
			}
			if h.base, err = h.base.Branch(path); err != nil {
				return fmt.Errorf("provider %s: %w", p.Name, err)
			}
		}
	}
	return nil
}

// watch sets up what the handler reports by.
func (h *Handler) watch(ctx caddy.Context) error {
	if err := h.keep(); err != nil {
		return err
	}
	h.applied = h.countRules()
	if err := registerMetrics(ctx.GetMetricsRegistry()); err != nil {
		return err
	}
	var err error
	if h.events, err = newEmitter(ctx); err != nil {
		return err
	}
	return join(ctx, h)
}

// Validate checks what does not need to be compiled.
func (h *Handler) Validate() error {
	if h.MaxBody < 0 {
		return errors.New("max_body must not be negative")
	}
	if h.MaxAnswer < 0 {
		return errors.New("max_answer must not be negative")
	}
	if h.Explain != "" && !isToken(h.Explain) {
		return fmt.Errorf("explain: %q is not the name of a header", h.Explain)
	}
	return nil
}

// Interface guards.
var (
	_ caddy.Provisioner           = (*Handler)(nil)
	_ caddy.Validator             = (*Handler)(nil)
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)
	_ caddyfile.Unmarshaler       = (*Handler)(nil)
)
