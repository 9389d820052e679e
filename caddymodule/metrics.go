package caddymodule

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-scim/caddy-scim/scim"
)

// The collectors exist once in a process. Each configuration has a registry of
// its own, and they are registered in every one: so they go on counting through
// a reload, and count for two handlers.
//
// The value of a label comes from the configuration or is a constant. Nothing
// that a client sends becomes one.
var (
	requestsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "requests_total",
		Help: "SCIM requests by identity provider, operation and what became of them.",
	}, []string{"provider", "operation", "outcome"})

	rulesAppliedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "rules_applied_total",
		Help: "Requests that a rule was applied to, or to their answer.",
	}, []string{"rule"})

	phaseSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "phase_seconds",
		Help:    "Time that a request spent in a phase. The gateway's own is plan and answer; exchange is the service provider's.",
		Buckets: []float64{1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
	}, []string{"phase"})

	requestExchanges = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "request_exchanges",
		Help:    "Exchanges with the service provider that one request took.",
		Buckets: []float64{0, 1, 2, 3, 5, 10, 20, 50, 100, 500},
	}, []string{"operation"})

	unheldAnswersTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "unheld_answers_total",
		Help: "Answers that passed to the client without being repaired, because they could not be held or read.",
	}, []string{"reason"})

	panicsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "panics_total",
		Help: "Panics in the treatment of a request, each of them an error of the gateway.",
	}, []string{"provider"})
)

// collectors are those that are registered.
func collectors() []prometheus.Collector {
	return []prometheus.Collector{
		requestsTotal, rulesAppliedTotal, phaseSeconds, requestExchanges, unheldAnswersTotal, panicsTotal,
		limitedTotal, waitSeconds, coalescedRequestsTotal, slowdownsTotal, leasesLostTotal, stateCollector{},
	}
}

// registerMetrics registers the collectors where another handler of the same
// configuration has not done so.
func registerMetrics(registry *prometheus.Registry) error {
	if registry == nil {
		return nil
	}
	for _, c := range collectors() {
		if err := registry.Register(c); err != nil {
			if _, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); !ok {
				return err
			}
		}
	}
	return nil
}

// The phases of a request. What they take adds up to the time from the first
// look at it to the last byte of its answer.
var (
	phaseRead     = phaseSeconds.WithLabelValues("read")     // its body coming in
	phaseWait     = phaseSeconds.WithLabelValues("wait")     // held back: for its limits, its lane, or others to go with
	phasePlan     = phaseSeconds.WithLabelValues("plan")     // the gateway's work on it and on its answer
	phaseExchange = phaseSeconds.WithLabelValues("exchange") // all exchanges together
	phaseAnswer   = phaseSeconds.WithLabelValues("answer")   // the answer being written
)

// The reasons for which an answer is not repaired (normal form R8).
var (
	unheldLarge   = unheldAnswersTotal.WithLabelValues("large")
	unheldEndless = unheldAnswersTotal.WithLabelValues("endless")
	unheldEncoded = unheldAnswersTotal.WithLabelValues("encoded")
	unheldForeign = unheldAnswersTotal.WithLabelValues("not_json")
)

// countUnread counts an answer that was held and yet could not be repaired.
func countUnread(answer *scim.Response) {
	if answer.Body == "" || answer.Status >= http.StatusMultipleChoices {
		return
	}
	if coding := answer.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		unheldEncoded.Inc()
		return
	}
	if start := strings.TrimLeft(answer.Body, "\ufeff \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' {
		unheldForeign.Inc()
	}
}

// countedOperations are the values of the label operation.
var countedOperations = [...]string{"get", "list", "search", "create", "replace", "patch", "delete", "bulk", "discover", "me", "other"}

// numOperation is the place of an operation among them.
func numOperation(name string) int {
	for i := range countedOperations {
		if countedOperations[i] == name {
			return i
		}
	}
	return len(countedOperations) - 1 // the method does not fit the path
}

// exchangesOf are the histograms of exchanges by operation.
var exchangesOf [len(countedOperations)]lazy[prometheus.Observer]

// observeExchanges notes how many exchanges a request took.
func observeExchanges(operation, n int) {
	o, known := exchangesOf[operation].get()
	if !known {
		o = exchangesOf[operation].set(requestExchanges.WithLabelValues(countedOperations[operation]))
	}
	o.Observe(float64(n))
}

// lazy is a metric that is looked up by its labels once, when it is first
// needed: doing so takes longer than counting, and a metric that is looked up is
// exported.
type lazy[T any] struct{ found atomic.Pointer[T] }

func (l *lazy[T]) get() (found T, known bool) {
	if p := l.found.Load(); p != nil {
		return *p, true
	}
	return found, false
}

func (l *lazy[T]) set(found T) T {
	l.found.Store(&found)
	return found
}

// appliedRules counts by id how often rules were applied.
type appliedRules map[string]*lazy[prometheus.Counter]

// countRules makes room for the rules of the catalogue and of the user.
func (h *Handler) countRules() appliedRules {
	counts := make(appliedRules)
	for _, id := range ruleIDs() {
		counts[id] = new(lazy[prometheus.Counter])
	}
	for _, r := range h.userRules() {
		counts[r.ID] = new(lazy[prometheus.Counter])
	}
	return counts
}

// userRules are the rules of the user, whosever requests they are for.
func (h *Handler) userRules() []*Rule {
	all := slices.Clone(h.Rules)
	for _, p := range h.Providers {
		all = append(all, p.Rules...)
	}
	return all
}

func (a appliedRules) count(id string) {
	l := a[id]
	if l == nil {
		return // every rule is in the catalogue or in the configuration
	}
	c, known := l.get()
	if !known {
		c = l.set(rulesAppliedTotal.WithLabelValues(id))
	}
	c.Inc()
}

// started is the moment that clock counts from. The difference to a fixed moment
// costs half of what time.Now does, which asks for the time of day too.
var started = time.Now()

// clock is a time that only differences are made of.
func clock() time.Duration { return time.Since(started) }
