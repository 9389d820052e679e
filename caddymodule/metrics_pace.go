package caddymodule

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
)

// The collectors of limits, queues and lanes.
var (
	limitedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "limited_total",
		Help: "Requests that were refused because they would have had to wait too long, by what for.",
	}, []string{"provider", "reason"})

	waitSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "wait_seconds",
		Help:    "Time that requests were held back, by what they waited for and how urgent they were.",
		Buckets: []float64{1e-3, 1e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
	}, []string{"stage", "class"})

	coalescedRequestsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "coalesced_requests_total",
		Help: "Changes of groups that went to the service provider together with others, and whether it took them.",
	}, []string{"ok"})

	slowdownsTotal = prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "slowdowns_total",
		Help: "Times that a service provider came under pressure (429, 503) and was spoken to more slowly.",
	})

	leasesLostTotal = prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "scim", Name: "leases_lost_total",
		Help: "Changes that were not written because another replica may have taken the resource meanwhile.",
	})

	waitingRequests = stateDesc("waiting_requests", "Requests that are held back at present, or about to go.")
	insideRequests  = stateDesc("inside_requests", "Requests that are with the service provider at present.")
	changedLanes    = stateDesc("lanes", "Resources that are being changed at present.")
	slowdownHold    = stateDesc("slowdown_hold_seconds", "For how long nothing goes to the service provider because it asks for that.")
	slowdownGap     = stateDesc("slowdown_gap_seconds", "Time between two requests because of pressure; 0 if there is none.")

	limiterUp = prometheus.NewDesc(prometheus.BuildFQName("caddy", "scim", "limiter_up"),
		"Whether the server of a shared limiter is in use; of several, whether all are.", []string{"limiter"}, nil)
)

func stateDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName("caddy", "scim", name), help, []string{"handler"}, nil)
}

// waits are the histograms of waitSeconds: each request uses some.
var waits = map[pace.Stage]*[limit.Read + 1]lazy[prometheus.Observer]{pace.Lane: {}, pace.Lease: {}, pace.Gates: {}}

// observeWait notes how long a request was held back.
func observeWait(stage pace.Stage, class limit.Class, waited time.Duration) {
	o, known := waits[stage][class].get()
	if !known {
		o = waits[stage][class].set(waitSeconds.WithLabelValues(string(stage), class.String()))
	}
	o.Observe(waited.Seconds())
}

// stateCollector looks at the queues of the handlers that are in force.
type stateCollector struct{}

// Describe implements prometheus.Collector.
func (stateCollector) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{waitingRequests, insideRequests, changedLanes, slowdownHold, slowdownGap, limiterUp} {
		descs <- d
	}
}

// Collect implements prometheus.Collector. Handlers of one name share a state,
// which is shown once.
func (stateCollector) Collect(metrics chan<- prometheus.Metric) {
	seen, shared, redisUp := map[string]bool{}, false, 1.0
	for _, h := range inForce() {
		if server := h.pacing.redis; server != nil {
			shared = true
			if !server.Stats().Up {
				redisUp = 0
			}
		}
		if name := h.pacing.name; h.pacing.pacer != nil && !seen[name] {
			seen[name] = true
			collectState(metrics, name, h.pacing.pacer.Stats())
		}
	}
	if shared {
		metrics <- prometheus.MustNewConstMetric(limiterUp, prometheus.GaugeValue, redisUp, "redis")
	}
}

func collectState(metrics chan<- prometheus.Metric, name string, s pace.Stats) {
	for desc, value := range map[*prometheus.Desc]float64{
		waitingRequests: float64(s.Holding),
		insideRequests:  float64(s.Inside),
		changedLanes:    float64(s.Lanes),
		slowdownHold:    s.Slowdown.Hold.Seconds(),
		slowdownGap:     s.Slowdown.Gap.Seconds(),
	} {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, name)
	}
}
