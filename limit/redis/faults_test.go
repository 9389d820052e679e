package redis

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/limit"
)

// changes are what a store told of itself.
type changes struct {
	mu   sync.Mutex
	told []error
}

func (c *changes) add(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, err)
}

// expect compares with the changes until now: true for a failure.
func (c *changes) expect(t *testing.T, failures ...bool) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	same := len(c.told) == len(failures)
	for i := range min(len(c.told), len(failures)) {
		same = same && (c.told[i] != nil) == failures[i]
	}
	if !same {
		t.Errorf("told %v, want failures %v", c.told, failures)
	}
}

// fault is what can happen to a server, and how it is over.
type fault struct {
	name  string
	begin func(s *redistest.Server, p *redistest.Proxy)
	end   func(s *redistest.Server, p *redistest.Proxy)
}

var faults = []fault{
	{
		"killed and restarted",
		func(s *redistest.Server, _ *redistest.Proxy) { s.Kill() },
		func(s *redistest.Server, _ *redistest.Proxy) { s.Restart() },
	},
	{
		"paused",
		func(s *redistest.Server, _ *redistest.Proxy) { s.Pause() },
		func(s *redistest.Server, _ *redistest.Proxy) { s.Resume() },
	},
	{
		"slow",
		func(_ *redistest.Server, p *redistest.Proxy) { p.Delay(time.Minute) },
		func(_ *redistest.Server, p *redistest.Proxy) { p.Delay(0) },
	},
	{
		"full",
		func(s *redistest.Server, _ *redistest.Proxy) { s.Do("CONFIG", "SET", "maxmemory", "1") },
		func(s *redistest.Server, _ *redistest.Proxy) { s.Do("CONFIG", "SET", "maxmemory", "0") },
	},
}

// TestFaults has each fault under each policy: no request waits longer than the
// timeout, all but the first few do not wait at all, one change is told each way,
// and the server is used again when it can be.
func TestFaults(t *testing.T) {
	for _, f := range faults {
		for _, policy := range []OnError{Local, Allow, Reject} {
			t.Run(fmt.Sprint(f.name, ", ", policy), func(t *testing.T) {
				t.Parallel()
				server := redistest.Start(t)
				proxy := redistest.NewProxy(t, server)
				var told changes
				s := open(t, Options{Addresses: []string{proxy.Addr}, Timeout: 400 * time.Millisecond, OnError: policy, OnChange: told.add})
				rate := limit.Every(1, time.Hour, 10, 0)
				for range 6 {
					reserveOne(t, s, "key", rate)
				}
				told.expect(t)

				f.begin(server, proxy)
				passed, unavailable := underFault(t, s, rate)
				f.end(server, proxy)
				want := map[OnError]int{Local: 4, Allow: 60, Reject: 0}[policy]
				if passed != want || (unavailable == 60) != (policy == Reject) {
					t.Errorf("%d of 60 passed, for %d there was an error; want %d to pass", passed, unavailable, want)
				}

				eventually(t, "the server is in use again", func() bool { return s.Stats().Up })
				told.expect(t, true, false)
				before := s.Stats().Decisions
				reserveOne(t, s, "another key", rate)
				if s.Stats().Decisions != before+1 {
					t.Error("the server does not decide again")
				}
			})
		}
	}
}

// underFault makes 10 requests at a time, and then 50 one after the other.
func underFault(t *testing.T, s *Store, rate limit.Rate) (passed, unavailable int) {
	t.Helper()
	var mu sync.Mutex
	request := func() {
		began := time.Now()
		d, err := s.Reserve(t.Context(), []limit.Limit{{Key: "key", Rate: rate}})
		took := time.Since(began)
		mu.Lock()
		defer mu.Unlock()
		if took > s.options.Timeout+2*time.Second { // but for a busy machine
			t.Errorf("a decision took %v", took)
		}
		if d.OK {
			passed++
		}
		if errors.Is(err, limit.ErrUnavailable) && d.RetryAfter > 0 && !d.OK {
			unavailable++
		} else if err != nil {
			t.Error(err)
		}
	}
	var group sync.WaitGroup
	for range 10 {
		group.Go(request)
	}
	group.Wait()
	began := time.Now()
	for range 50 {
		request()
	}
	if took := time.Since(began); took > 50*s.options.Timeout/4 {
		t.Errorf("50 requests waited for %v in all for a server that is known to fail", took)
	}
	return passed, unavailable
}

// TestFailover promotes a replica, to which an address leads from then on. The
// replica knows the state.
func TestFailover(t *testing.T) {
	for name, end := range map[string]func(old, promoted *redistest.Server){
		"the old one is dead": func(old, promoted *redistest.Server) { old.Kill(); promoted.Promote() },
		"the old one refuses": func(old, promoted *redistest.Server) { promoted.Promote(); old.Follow(promoted) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			replica := server.Replica()
			proxy := redistest.NewProxy(t, server)
			var told changes
			s := open(t, Options{Addresses: []string{proxy.Addr}, Timeout: time.Second, OnChange: told.add, OnError: Allow})
			rate := limit.Every(1, time.Hour, 2, 0)
			reserveOne(t, s, "key", rate)
			eventually(t, "the replica has it, too", func() bool { return replica.Do("GET", s.key("limit", "key")) != "" })

			end(server, replica)
			if d := reserveOne(t, s, "key", rate); !d.OK || s.Stats().Fallbacks != 1 {
				t.Errorf("while there is no server: %+v, %+v", d, s.Stats())
			}
			proxy.Lead(replica)
			eventually(t, "the replica is in use", func() bool { return s.Stats().Up })
			if d := reserveOne(t, s, "key", rate); !d.OK || rate.Remaining(d.Backlog[0]) != 0 {
				t.Errorf("the replica does not know the state: %+v", d)
			}
			told.expect(t, true, false)
		})
	}
}

// TestSentinel has a sentinel notice the death of a server, and promote the
// replica.
func TestSentinel(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	replica := server.Replica()
	sentinel := server.Sentinel("limits")
	var told changes
	s := open(t, Options{Addresses: []string{sentinel.Addr}, Master: "limits", Timeout: time.Second, OnChange: told.add})
	rate := limit.Every(1, time.Hour, 1, 0)
	reserveOne(t, s, "key", rate)
	eventually(t, "the replica has it, too", func() bool { return replica.Do("GET", s.key("limit", "key")) != "" })
	server.Kill()
	for s.Stats().Up {
		reserveOne(t, s, "key", rate)
	}
	eventually(t, "the replica is in use", func() bool { return s.Stats().Up })
	if d := reserveOne(t, s, "key", rate); d.OK {
		t.Error("the replica does not know the state")
	}
	if replica.Do("GET", s.key("limit", "key")) == "" {
		t.Error("the replica is not the one in use")
	}
	told.expect(t, true, false)
}

// TestNoServerFromTheStart needs none to start, and finds it when it comes.
func TestNoServerFromTheStart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Kill()
	var told changes
	s := open(t, Options{Addresses: []string{server.Addr}, Timeout: time.Second, OnChange: told.add})
	rate := limit.Every(1, time.Hour, 1, 0)
	if d := reserveOne(t, s, "key", rate); !d.OK {
		t.Errorf("%+v", d)
	}
	if d := reserveOne(t, s, "key", rate); d.OK {
		t.Errorf("over the limit of this process: %+v", d)
	}
	server.Restart()
	eventually(t, "the server is in use", func() bool { return s.Stats().Up })
	told.expect(t, true, false)
}

// TestClosed decides without a server, and tells nobody.
func TestClosed(t *testing.T) {
	server := redistest.Start(t)
	var told changes
	s := open(t, Options{Addresses: []string{server.Addr}, OnChange: told.add})
	s.Close()
	if d := reserveOne(t, s, "key", limit.Every(1, time.Hour, 1, 0)); !d.OK {
		t.Errorf("%+v", d)
	}
	told.expect(t)
}
