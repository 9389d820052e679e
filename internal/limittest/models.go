package limittest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
)

const steps = 2000 // of a random walk

// walk asks the store for random limits at random times, most of which are
// close to what the rates allow, and hands each decision to check.
func walk(t *testing.T, s Clocked, rates []limit.Rate, most int, check func(now time.Duration, limits []limit.Limit, d limit.Decision) error) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	var now time.Duration
	for step := range steps {
		if random.IntN(3) > 0 {
			rate := rates[random.IntN(len(rates))]
			pause := time.Duration(random.Int64N(int64(2 * rate.Emission))).Truncate(s.Resolution)
			if random.IntN(50) == 0 {
				pause *= 20
			}
			s.Advance(pause)
			now += pause
		}
		var limits []limit.Limit
		for _, i := range random.Perm(len(rates))[:1+random.IntN(most)] {
			limits = append(limits, limit.Limit{Key: fmt.Sprint("walk ", i), Rate: rates[i]})
		}
		if err := check(now, limits, reserve(t, s, limits...)); err != nil {
			t.Fatalf("seed %d, step %d, at %v, %v: %v", seed, step, now, limits, err)
		}
	}
}

// exact is a rate as the store reckons.
func (s Clocked) exact(r limit.Rate) limit.Rate {
	r.Emission = r.Emission.Truncate(s.Resolution)
	return r
}

// besideModel compares with the generic cell rate algorithm as it is written
// down: t = max(TAT, now), wait = max(0, t + T - burst*T - now).
func besideModel(t *testing.T, s Clocked) {
	rates := []limit.Rate{
		limit.Every(25, time.Second, 50, 5*time.Second), limit.Every(3, time.Second, 1, 0), limit.Every(7, time.Second, 4, 300*ms),
		limit.Every(1, time.Second, 1, 2*time.Second), limit.Every(600, time.Minute, 10, 250*ms),
	}
	tats := map[string]time.Duration{}
	walk(t, s, rates, 4, func(now time.Duration, limits []limit.Limit, d limit.Decision) error {
		want := limit.Decision{OK: true, Refused: -1}
		for i, l := range limits {
			r := s.exact(l.Rate)
			start := max(tats[l.Key], now)
			wait := max(0, start+r.Emission-time.Duration(r.Burst)*r.Emission-now)
			if wait > r.MaxDelay && wait-r.MaxDelay > want.RetryAfter {
				want.OK, want.Refused, want.RetryAfter = false, i, wait-r.MaxDelay
			}
			want.Wait = max(want.Wait, wait)
			want.Backlog[i] = start - now
		}
		for i, l := range limits {
			if want.OK {
				want.Backlog[i] += s.exact(l.Rate).Emission
				tats[l.Key] = now + want.Backlog[i]
			}
		}
		if !want.OK {
			want.Wait = 0
		}
		if d != want {
			return fmt.Errorf("got %+v, want %+v", d, want)
		}
		return nil
	})
}

// besideBucket compares with what golang.org/x/time/rate does for Reserve, and
// for Cancel of what is too far away: a bucket fills up with time, each request
// takes a token out of it, and may leave it in debt.
func besideBucket(t *testing.T, s Clocked) {
	rate := limit.Every(20, time.Second, 8, 400*ms)
	type bucket struct{ filled, last time.Duration } // a token is as much as one emission interval
	full := time.Duration(rate.Burst) * rate.Emission
	b := bucket{filled: full}
	walk(t, s, []limit.Rate{rate}, 1, func(now time.Duration, _ []limit.Limit, d limit.Decision) error {
		after := bucket{min(full, b.filled+now-b.last) - rate.Emission, now}
		wait := max(0, -after.filled)
		if wait > rate.MaxDelay {
			if d.OK || d.RetryAfter != wait-rate.MaxDelay {
				return fmt.Errorf("got %+v, want a refusal for %v", d, wait-rate.MaxDelay)
			}
			return nil
		}
		b = after
		if !d.OK || d.Wait != wait {
			return fmt.Errorf("got %+v, want a wait of %v", d, wait)
		}
		return nil
	})
}

// noWindow knows nothing of an algorithm, only when requests went: the next one
// may go as soon as no window of time holds more than the burst and what the
// rate allows in it.
func noWindow(t *testing.T, s Clocked) {
	rate := limit.Every(50, time.Second, 5, 200*ms)
	var slots []time.Duration
	walk(t, s, []limit.Rate{rate}, 1, func(now time.Duration, _ []limit.Limit, d limit.Decision) error {
		earliest := now
		for i, slot := range slots {
			window := time.Duration(len(slots)-i+1-rate.Burst) * rate.Emission // for all since that slot, and the next
			earliest = max(earliest, slot+window)
		}
		if wait := earliest - now; d.OK != (wait <= rate.MaxDelay) || d.OK && d.Wait != wait {
			return fmt.Errorf("got %+v, though the next request could go after %v", d, wait)
		}
		if d.OK {
			slots = append(slots, earliest)
		}
		return nil
	})
}
