package pace

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Refusal is why a request does not go. Nothing of it was forwarded, unless its
// Reason is LeaseLost. It unwraps to the SCIM error that is the answer, which has
// to go with a Retry-After of Seconds.
type Refusal struct {
	Reason     Reason
	RetryAfter time.Duration
	Limit      int            // for Rate: which of Facts.Limits; else -1
	Decision   limit.Decision // for Rate
}

// Reason is what a refusal is about, as it stands in metrics.
type Reason string

// The reasons for refusals.
const (
	Rate      Reason = "rate"       // its slot would be too late
	Displaced Reason = "displaced"  // its place went to one that matters more
	Crowded   Reason = "crowded"    // too many wait
	Busy      Reason = "busy"       // it waited too long at the door
	Pressure  Reason = "pressure"   // the service provider asks to be left alone
	LaneHeld  Reason = "lane"       // another process has the resource for too long
	LeaseLost Reason = "lease_lost" // another process may have taken the resource meanwhile
	StoreDown Reason = "store"      // the counters cannot be reached, and nothing is to pass then
)

// Error implements the error interface.
func (r *Refusal) Error() string { return r.scim().Error() }

// Unwrap returns the *scim.Error that is the answer.
func (r *Refusal) Unwrap() error { return r.scim() }

// Seconds is the value for Retry-After: whole seconds, rounded up, at least 1.
func (r *Refusal) Seconds() int {
	return int(max(1, (r.RetryAfter+time.Second-1)/time.Second))
}

func (r *Refusal) scim() *scim.Error {
	status, why := http.StatusServiceUnavailable, ""
	switch r.Reason {
	case Rate:
		status, why = http.StatusTooManyRequests, "too many requests"
	case Displaced:
		status, why = http.StatusTooManyRequests, "too many requests; one that withdraws access goes first"
	case Crowded:
		status, why = http.StatusTooManyRequests, "too many requests are waiting"
	case Busy:
		why = "the service provider is busy"
	case Pressure:
		why = "the service provider asks to be left alone"
	case LaneHeld:
		why = "the resource is being changed for too long"
	case LeaseLost:
		why = "the resource may have been changed by others meanwhile"
	default:
		why = "the rate of requests cannot be checked"
	}
	seconds := r.Seconds()
	unit := " seconds"
	if seconds == 1 {
		unit = " second"
	}
	return scim.Errorf(status, "", "%s; try again in %s", why, strconv.Itoa(seconds)+unit)
}

// ended turns the end of a wait into what it means.
func (t *Ticket) ended(err error) error {
	switch {
	case errors.Is(err, limit.ErrDisplaced):
		return t.refuse(&Refusal{Reason: Displaced, RetryAfter: t.held.RetryAfter(), Limit: -1})
	case errors.Is(err, limit.ErrCrowded):
		hold := t.pacer.state.gates.Slowdown().Hold
		if hold > 0 {
			return t.refuse(&Refusal{Reason: Pressure, RetryAfter: hold, Limit: -1})
		}
		return t.refuse(&Refusal{Reason: Busy, RetryAfter: time.Second, Limit: -1})
	}
	return err
}

func (t *Ticket) refuse(r *Refusal) *Refusal {
	if report := t.pacer.settings.Report.Refused; report != nil {
		report(r, t.class)
	}
	return r
}
