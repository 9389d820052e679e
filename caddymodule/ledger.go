package caddymodule

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-scim/caddy-scim/rewrite"
)

// ledger is what a handler keeps about one provider beside its plan.
type ledger struct {
	provider string
	mode     mode
	imagined *rewrite.Plan // the plan without the service provider

	requests [len(countedOperations)][numOutcomes]lazy[prometheus.Counter]
}

// count counts a request.
func (l *ledger) count(operation int, o outcome) {
	c, known := l.requests[operation][o].get()
	if !known {
		c = l.requests[operation][o].set(requestsTotal.WithLabelValues(l.provider, countedOperations[operation], o.String()))
	}
	c.Inc()
}

// keep opens the ledger of each provider.
func (h *Handler) keep() error {
	var err error
	if h.mode, err = parseMode(h.Mode); err != nil {
		return err
	}
	h.ledgers = make(map[string]*ledger, len(h.plans))
	for name, plan := range h.plans {
		h.ledgers[name] = &ledger{provider: name, mode: h.mode, imagined: imagined(plan)}
		panicsTotal.WithLabelValues(name) // exported from the start: a rise from nothing would not be seen
	}
	for _, p := range h.Providers {
		if p.Mode == "" {
			continue
		}
		if h.ledgers[p.Name].mode, err = parseMode(p.Mode); err != nil {
			return err
		}
	}
	h.off, h.watching = true, false
	for _, l := range h.ledgers {
		h.off = h.off && l.mode == modeOff
		h.watching = h.watching || l.mode != modeEnforce
	}
	return nil
}
