package limittest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
)

// Clocked is an empty store, with its clock.
type Clocked struct {
	limit.Store
	Advance    func(time.Duration)
	Resolution time.Duration // of its arithmetic
}

// Case is a test that each store has to pass.
type Case struct {
	Name string
	Test func(t *testing.T, s Clocked)
}

// Cases are all tests.
var Cases = []Case{
	{"burst, delays, refusal", delays},
	{"after a pause", afterPause},
	{"nothing to limit", nothing},
	{"too many limits", tooMany},
	{"context done", contextDone},
	{"keys do not meet", keysApart},
	{"all or none", allOrNone},
	{"the strictest decides", strictest},
	{"a new rate goes on with the old state", newRate},
	{"many at once", manyAtOnce},
	{"several limits, many at once", manyAtOnceSeveral},
	{"beside a model of the algorithm", besideModel},
	{"beside a bucket of tokens", besideBucket},
	{"no window holds too many", noWindow},
}

const ms = time.Millisecond

func reserve(t *testing.T, s Clocked, limits ...limit.Limit) limit.Decision {
	t.Helper()
	d, err := s.Reserve(t.Context(), limits)
	if err != nil {
		t.Fatal(err)
	}
	if d.OK != (d.Refused < 0) || d.OK != (d.RetryAfter == 0) || !d.OK && d.Wait != 0 {
		t.Fatalf("the decision contradicts itself: %+v", d)
	}
	return d
}

func delays(t *testing.T, s Clocked) {
	l := limit.Limit{Key: "key", Rate: limit.Every(10, time.Second, 3, 500*ms)}
	for i, want := range []struct {
		wait, backlog time.Duration
		remaining     int
	}{
		{0, 100 * ms, 2}, {0, 200 * ms, 1}, {0, 300 * ms, 0}, {100 * ms, 400 * ms, 0}, {200 * ms, 500 * ms, 0},
		{300 * ms, 600 * ms, 0}, {400 * ms, 700 * ms, 0}, {500 * ms, 800 * ms, 0},
	} {
		d := reserve(t, s, l)
		if !d.OK || d.Wait != want.wait || d.Backlog[0] != want.backlog || l.Rate.Remaining(d.Backlog[0]) != want.remaining {
			t.Errorf("%d: %+v, want %+v", i, d, want)
		}
		if l.Rate.Wait(d.Backlog[0]) != want.wait {
			t.Errorf("%d: Wait says %v of the backlog", i, l.Rate.Wait(d.Backlog[0]))
		}
	}
	for range 3 {
		if d := reserve(t, s, l); d.OK || d.Refused != 0 || d.RetryAfter != 100*ms || d.Backlog[0] != 800*ms {
			t.Errorf("over the limit: %+v", d)
		}
	}
	s.Advance(99 * ms)
	if d := reserve(t, s, l); d.OK || d.RetryAfter != ms {
		t.Errorf("right before a slot is free: %+v", d)
	}
	s.Advance(ms)
	if d := reserve(t, s, l); !d.OK || d.Wait != 500*ms {
		t.Errorf("when it is: %+v", d)
	}
}

func afterPause(t *testing.T, s Clocked) {
	l := limit.Limit{Key: "key", Rate: limit.Every(1, time.Second, 2, 0)}
	for i, pause := range []time.Duration{0, time.Second, 2 * time.Second, time.Hour, 300 * 24 * time.Hour} {
		s.Advance(pause)
		taken := 0
		for reserve(t, s, l).OK {
			taken++
		}
		if want := []int{2, 1, 2, 2, 2}[i]; taken != want {
			t.Errorf("%d at once after %v, want %d", taken, pause, want)
		}
	}
}

func nothing(t *testing.T, s Clocked) {
	if d := reserve(t, s); !d.OK || d.Wait != 0 {
		t.Errorf("%+v", d)
	}
}

func tooMany(t *testing.T, s Clocked) {
	limits := make([]limit.Limit, limit.MaxLimits+1)
	for i := range limits {
		limits[i] = limit.Limit{Key: fmt.Sprint(i), Rate: limit.Every(1, time.Hour, 1, 0)}
	}
	if d, err := s.Reserve(t.Context(), limits); !errors.Is(err, limit.ErrTooMany) || d.OK {
		t.Errorf("%+v, %v", d, err)
	}
	if d := reserve(t, s, limits[1:]...); !d.OK {
		t.Errorf("as many as there can be: %+v", d)
	}
	if d := reserve(t, s, limits[0]); !d.OK {
		t.Errorf("too many took a slot: %+v", d)
	}
}

func contextDone(t *testing.T, s Clocked) {
	l := limit.Limit{Key: "key", Rate: limit.Every(1, time.Hour, 1, 0)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := s.Reserve(ctx, []limit.Limit{l}); !errors.Is(err, context.Canceled) || d.OK {
		t.Errorf("%+v, %v", d, err)
	}
	if d := reserve(t, s, l); !d.OK {
		t.Error("who is gone took a slot")
	}
}

func keysApart(t *testing.T, s Clocked) {
	rate := limit.Every(1, time.Hour, 1, 0)
	for _, key := range []string{"", "a", "A", "a ", "a\x00", "é", "{a}", "a:b", "a\nb", strings.Repeat("a", 100_000), strings.Repeat("a", 100_001)} {
		for _, want := range []bool{true, false} {
			if d := reserve(t, s, limit.Limit{Key: key, Rate: rate}); d.OK != want {
				t.Errorf("%.10q (%d bytes): %v, want %v", key, len(key), d.OK, want)
			}
		}
	}
}

func allOrNone(t *testing.T, s Clocked) {
	tight := limit.Limit{Key: "tight", Rate: limit.Every(1, time.Hour, 1, 0)}
	wide := limit.Limit{Key: "wide", Rate: limit.Every(1, time.Hour, 3, 0)}
	if d := reserve(t, s, wide, tight); !d.OK || wide.Rate.Remaining(d.Backlog[0]) != 2 || tight.Rate.Remaining(d.Backlog[1]) != 0 {
		t.Errorf("the first: %+v", d)
	}
	for range 5 {
		if d := reserve(t, s, wide, tight); d.OK || d.Refused != 1 || d.RetryAfter != time.Hour || wide.Rate.Remaining(d.Backlog[0]) != 2 {
			t.Errorf("refused by the second: %+v", d)
		}
		if d := reserve(t, s, tight, wide); d.OK || d.Refused != 0 {
			t.Errorf("refused by the first: %+v", d)
		}
	}
	for i := range 3 {
		if d := reserve(t, s, wide); d.OK != (i < 2) {
			t.Errorf("%d: refused requests took slots: %+v", i, d)
		}
	}
}

func strictest(t *testing.T, s Clocked) {
	a := limit.Limit{Key: "a", Rate: limit.Every(10, time.Second, 1, time.Second)}
	b := limit.Limit{Key: "b", Rate: limit.Every(5, time.Second, 1, time.Second)}
	reserve(t, s, a, b)
	d := reserve(t, s, a, b)
	if !d.OK || d.Wait != 200*ms || a.Rate.Wait(d.Backlog[0]) != 100*ms || b.Rate.Wait(d.Backlog[1]) != 200*ms {
		t.Errorf("a wait for both: %+v", d)
	}
	for range 4 {
		reserve(t, s, a, b)
	}
	a.Rate.MaxDelay, b.Rate.MaxDelay = 100*ms, 100*ms
	if d := reserve(t, s, a, b); d.OK || d.Refused != 1 || d.RetryAfter != 1100*ms {
		t.Errorf("refused by both, longer by the second: %+v", d)
	}
}

func newRate(t *testing.T, s Clocked) {
	old := limit.Limit{Key: "key", Rate: limit.Every(10, time.Second, 1, time.Second)}
	for range 6 {
		reserve(t, s, old)
	}
	slower := limit.Limit{Key: "key", Rate: limit.Every(2, time.Second, 1, time.Second)}
	if d := reserve(t, s, slower); !d.OK || d.Wait != 600*ms || d.Backlog[0] != 1100*ms {
		t.Errorf("slower: %+v", d)
	}
	faster := limit.Limit{Key: "key", Rate: limit.Every(100, time.Second, 200, 0)}
	if d := reserve(t, s, faster); !d.OK || d.Wait != 0 || d.Backlog[0] != 1110*ms {
		t.Errorf("faster: %+v", d)
	}
	shorter := limit.Limit{Key: "key", Rate: limit.Every(10, time.Second, 1, 0)}
	if d := reserve(t, s, shorter); d.OK || d.RetryAfter != 1110*ms {
		t.Errorf("no delay any more: %+v", d)
	}
}

func manyAtOnce(t *testing.T, s Clocked) {
	l := limit.Limit{Key: "key", Rate: limit.Every(100, time.Second, 10, 900*ms)}
	waits := atOnce(t, s, 20, 10, func(int) []limit.Limit { return []limit.Limit{l} })
	var want []time.Duration
	for i := range 100 {
		want = append(want, max(0, time.Duration(i-9)*10*ms))
	}
	if slices.Sort(waits); !slices.Equal(waits, want) {
		t.Errorf("%d of 200 have slots %v, want %v", len(waits), waits, want)
	}
}

// manyAtOnceSeveral has requests name the same keys in different orders.
func manyAtOnceSeveral(t *testing.T, s Clocked) {
	var limits []limit.Limit
	for i := range 4 {
		limits = append(limits, limit.Limit{Key: fmt.Sprint("key ", i), Rate: limit.Every(1, time.Hour, 30+10*i, 0)})
	}
	waits := atOnce(t, s, 16, 10, func(n int) []limit.Limit {
		mine := slices.Clone(limits)
		for i := range mine {
			j := (i*7 + n) % len(mine)
			mine[i], mine[j] = mine[j], mine[i]
		}
		return mine
	})
	if len(waits) != 30 {
		t.Errorf("%d have slots in all limits, want 30", len(waits))
	}
	for i := range limits {
		left := 0
		for reserve(t, s, limits[i]).OK {
			left++
		}
		if left != 10*i {
			t.Errorf("limit %d has %d slots left, want %d", i, left, 10*i)
		}
	}
}

// atOnce makes requests from several goroutines. It returns how long those have
// to wait that may go.
func atOnce(t *testing.T, s Clocked, goroutines, each int, limits func(n int) []limit.Limit) []time.Duration {
	var mu sync.Mutex
	var waits []time.Duration
	var group sync.WaitGroup
	for n := range goroutines {
		group.Go(func() {
			for range each {
				d, err := s.Reserve(t.Context(), limits(n))
				mu.Lock()
				if err != nil {
					t.Error(err)
				}
				if d.OK {
					waits = append(waits, d.Wait)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return waits
}
