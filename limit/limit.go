package limit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// MaxLimits is how many limits can hold for one request.
const MaxLimits = 8

// longest is the longest time that a rate may speak of. It keeps all sums of
// durations far away from overflow, and all times in microseconds within the 53
// bits that a number has in Lua.
const longest = 366 * 24 * time.Hour

// ErrTooMany is returned for a request that more than MaxLimits limits hold for.
var ErrTooMany = errors.New("limit: too many limits for one request")

// ErrUnavailable is returned by a Store that cannot decide and was told to let
// nothing pass then.
var ErrUnavailable = errors.New("limit: the store cannot be reached")

// Rate says how fast requests may go.
type Rate struct {
	// Emission is the time between two slots.
	Emission time.Duration

	// Burst is how many requests may go at once after a pause, at least 1.
	Burst int

	// MaxDelay is how long a request may wait for its slot. With 0 it is
	// refused rather than held.
	MaxDelay time.Duration
}

// Every is n requests in each period, evenly spaced but for burst of them.
func Every(n int, per time.Duration, burst int, maxDelay time.Duration) Rate {
	rate := Rate{Burst: burst, MaxDelay: maxDelay}
	if n > 0 {
		rate.Emission = per / time.Duration(n)
	}
	return rate
}

// Validate says what is wrong with a rate. A Store takes only valid ones.
func (r Rate) Validate() error {
	switch {
	case r.Emission <= 0:
		return errors.New("a rate needs a positive number of requests, and no more than one in a nanosecond")
	case r.Burst < 1:
		return fmt.Errorf("a burst of %d: must be at least 1", r.Burst)
	case r.MaxDelay < 0:
		return fmt.Errorf("a delay of %v: must not be negative", r.MaxDelay)
	case r.MaxDelay > longest:
		return fmt.Errorf("a delay of %v: must not be longer than a year", r.MaxDelay)
	case r.Emission > longest/time.Duration(r.Burst):
		return fmt.Errorf("a burst of %d at one request in %v: must not take longer than a year to come back", r.Burst, r.Emission)
	}
	return nil
}

// Wait is how long a request waits that brought a key to this backlog.
func (r Rate) Wait(backlog time.Duration) time.Duration {
	return max(0, backlog-r.tolerance())
}

// Remaining is how many requests may go at once at this backlog.
func (r Rate) Remaining(backlog time.Duration) int {
	return int(max(0, r.tolerance()-backlog) / r.Emission)
}

// tolerance is the backlog up to which nothing waits.
func (r Rate) tolerance() time.Duration { return time.Duration(r.Burst) * r.Emission }

// Limit is a rate for all requests with the same key. The limits of a request
// have different keys: a rate needs a state of its own.
type Limit struct {
	Key  string
	Rate Rate
}

// Decision is what a Store says to a request.
type Decision struct {
	// OK says that the request has a slot in each of its limits. It may go after
	// Wait, when the last of them is due.
	OK   bool
	Wait time.Duration

	// Refused is the limit that holds a refused request back the longest, by its
	// place in what was asked for, and -1 if it has its slots. RetryAfter is when
	// a slot within MaxDelay is free, if nobody takes it before.
	Refused    int
	RetryAfter time.Duration

	// Backlog is, for each limit, how long it takes until the key is as if it
	// had never been used: with this request if it has its slots, else without.
	// Rate.Wait and Rate.Remaining read it.
	Backlog [MaxLimits]time.Duration
}

// Store holds the state of limits.
type Store interface {
	// Reserve takes a slot in each of the limits, or in none. The rates are
	// valid. A decision is made even if the store has troubles of its own, as it
	// was told to; there is an error only if there are too many limits, if the
	// context is done, or if it is told to decide nothing then (ErrUnavailable).
	Reserve(ctx context.Context, limits []Limit) (Decision, error)
}

// Decide makes the decision on a request whose keys have the backlogs that stand
// in it, in the order of the limits. If it is OK, the store has to make those its
// own that stand in it then. All stores decide by this or by the very same
// arithmetic.
func (d *Decision) Decide(limits []Limit) {
	d.OK, d.Wait, d.Refused, d.RetryAfter = true, 0, -1, 0
	for i := range limits {
		rate := &limits[i].Rate
		wait := rate.Wait(d.Backlog[i] + rate.Emission)
		if over := wait - rate.MaxDelay; over > d.RetryAfter {
			d.OK, d.Refused, d.RetryAfter = false, i, over
		}
		d.Wait = max(d.Wait, wait)
	}
	if !d.OK {
		d.Wait = 0
		return
	}
	for i := range limits {
		d.Backlog[i] += limits[i].Rate.Emission
	}
}
