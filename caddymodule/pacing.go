package caddymodule

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/limit/redis"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// pacing is what a handler holds its requests back with.
type pacing struct {
	pacer *pace.Pacer
	total []*policy            // of the handler
	own   map[string][]*policy // by name of the provider
	// byBody says that some provider which is recognised has a pace or a mode of
	// its own. So what holds for a request may be known after its body only.
	byBody bool
	name   string       // in states; empty if there is none
	store  string       // in stores
	redis  *redis.Store // that store, if it is one of these
}

// policy is a rate limit as it is applied.
type policy struct {
	*RateLimit
	name string // for the client and for people
	key  string // that all keys begin with
}

// states are those of the handlers: who waits, who is inside, and which resources
// are being changed. A handler of a new configuration goes on with the state of
// the one that it takes the place of.
var states = caddy.NewUsagePool()

// pace sets up how requests are held back. Outside of a configuration nothing is.
func (h *Handler) pace(ctx caddy.Context) error {
	for _, l := range h.rateLimits() {
		if err := l.provision(ctx); err != nil {
			return err
		}
	}
	if !configured(ctx) {
		return nil
	}
	name, err := h.poolName(ctx)
	if err != nil {
		return err
	}
	store, err := h.openStore(ctx)
	if err != nil {
		return fmt.Errorf("limiter: %w", err)
	}
	state, _, err := states.LoadOrNew(name, func() (caddy.Destructor, error) { return pace.NewState(), nil })
	if err != nil {
		return err
	}
	h.pacing.name = name
	leaser, _ := store.(limit.Leaser)
	h.pacing.redis, _ = store.(*redis.Store)
	h.pacing.pacer = pace.New(state.(*pace.State), pace.Settings{
		Store:       store,
		Leaser:      leaser,
		LeasePrefix: name + "/",
		Concurrency: h.Concurrency,
		Coalesce:    time.Duration(h.Coalesce),
		Report:      h.paceReport(),
	})
	return h.policies(name)
}

// rateLimits are those of the handler and of its providers.
func (h *Handler) rateLimits() []*RateLimit {
	all := h.RateLimits
	for _, p := range h.Providers {
		all = append(all[:len(all):len(all)], p.RateLimits...)
	}
	return all
}

// poolName is what the state of the handler is kept under: its own name, or its
// place in its server. Servers are set up in no particular order, so its place in
// the configuration would be another one after a reload, and on another replica.
func (h *Handler) poolName(ctx caddy.Context) (string, error) {
	if h.Name != "" {
		return h.Name, nil
	}
	app, err := appOf(ctx)
	if err != nil {
		return "", err
	}
	server := serverOf(ctx)
	app.places[server]++
	return server + "-" + strconv.Itoa(app.places[server]), nil
}

// serverOf is the name of the server that is being set up.
func serverOf(ctx caddy.Context) string {
	if server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server); ok {
		return server.Name()
	}
	return "scim"
}

// policies arranges the rate limits by provider. Those of the provider come
// before those of the handler: so what waits for its own pace does not use up
// that of others.
func (h *Handler) policies(name string) error {
	h.pacing.total = named(h.RateLimits, "total", name+"/total")
	h.pacing.own = make(map[string][]*policy)
	for _, p := range h.Providers {
		own := named(p.RateLimits, p.Name, name+"/provider/"+p.Name)
		if n := len(own) + len(h.pacing.total); n > limit.MaxLimits {
			return fmt.Errorf("provider %s: %d rate limits hold for one request; at most %d can", p.Name, n, limit.MaxLimits)
		}
		h.pacing.own[p.Name] = own
		h.pacing.byBody = h.pacing.byBody || p.Extends == "" && (len(own) > 0 || p.Mode != "")
	}
	if n := len(h.pacing.total); n > limit.MaxLimits {
		return fmt.Errorf("%d rate limits hold for one request; at most %d can", n, limit.MaxLimits)
	}
	return nil
}

func named(limits []*RateLimit, name, key string) []*policy {
	policies := make([]*policy, len(limits))
	for i, l := range limits {
		policies[i] = &policy{RateLimit: l, name: name, key: key}
		if i > 0 {
			number := strconv.Itoa(i + 1)
			policies[i].name += "-" + number
			policies[i].key += "#" + number
		}
	}
	return policies
}

// pressure is what the backend tells of the pressure that it is under; nil where
// nothing is held back.
func (p *pacing) pressure() backend.Pressure {
	if p.pacer == nil {
		return nil
	}
	return p.pacer
}

// layer holds requests back in front of the adaptation to the backend.
func (p *pacing) layer(adapt func(scim.Send) scim.Send) func(scim.Send) scim.Send {
	if p.pacer == nil {
		return adapt
	}
	return p.pacer.Layer(adapt)
}

// Cleanup gives back what other configurations may go on with.
func (h *Handler) Cleanup() error {
	var errs []error
	if h.pacing.name != "" {
		_, err := states.Delete(h.pacing.name)
		errs = append(errs, err)
	}
	if h.pacing.store != "" {
		_, err := stores.Delete(h.pacing.store)
		errs = append(errs, err)
	}
	h.pacing.name, h.pacing.store = "", ""
	return errors.Join(errs...)
}

// paceReport counts and logs what the pacer tells.
func (h *Handler) paceReport() pace.Report {
	return pace.Report{
		Waited: func(stage pace.Stage, class limit.Class, waited time.Duration) {
			observeWait(stage, class, waited)
		},
		Together: func(requests int, ok bool) {
			coalescedRequestsTotal.WithLabelValues(strconv.FormatBool(ok)).Add(float64(requests))
		},
		Slowed: func(s limit.Slowdown) {
			slowdownsTotal.Inc()
			h.logger.Warn("the service provider is under pressure and is spoken to more slowly",
				zap.Duration("hold", s.Hold), zap.Duration("gap", s.Gap))
		},
		Recovered: func() { h.logger.Info("the service provider is no longer under pressure") },
		LeaseLost: func() { leasesLostTotal.Inc() },
	}
}
