package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/limit"
)

func take(t *testing.T, s *Store, ttl time.Duration) limit.Lease {
	t.Helper()
	l, err := s.Acquire(t.Context(), "group", ttl)
	if err != nil || l.Fence() == 0 {
		t.Fatalf("%+v, %v", l, err)
	}
	return l
}

// held says that nobody can take the lease now.
func held(t *testing.T, s *Store) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	l, err := s.Acquire(ctx, "group", time.Minute)
	if err == nil {
		l.Release()
	} else if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return err != nil
}

func lost(l limit.Lease) bool {
	select {
	case <-l.Lost():
		return true
	default:
		return false
	}
}

// TestLeaseExcludes has holders in several replicas read and write one number.
func TestLeaseExcludes(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	const replicas, each = 4, 25
	number, last := 0, int64(0)
	var group sync.WaitGroup
	for range replicas {
		s := open(t, Options{Addresses: []string{server.Addr}})
		group.Go(func() {
			for range each {
				l, err := s.Acquire(t.Context(), "group", time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				read := number
				time.Sleep(time.Millisecond)
				number = read + 1
				if l.Fence() <= last {
					t.Errorf("fence %d after %d", l.Fence(), last)
				}
				last = l.Fence()
				l.Release()
			}
		})
	}
	group.Wait()
	if number != replicas*each {
		t.Errorf("%d of %d writes are there", number, replicas*each)
	}
}

// TestLeaseInTurn has those who wait come in the order in which they came, also
// if the holder asks again at once.
func TestLeaseInTurn(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	first := take(t, s, time.Minute)
	order := make(chan int, 5)
	for n := range 5 {
		go func() {
			l, err := s.Acquire(t.Context(), "group", time.Minute)
			order <- n
			if err == nil {
				l.Release()
			}
		}()
		eventually(t, "the next one waits", func() bool { return s.client.ZCard(t.Context(), s.key("queue", "group")).Val() == int64(n+1) })
	}
	first.Release()
	again := take(t, s, time.Minute)
	if len(order) != 5 {
		t.Errorf("%d of 5 had the lease before the first one had it again", len(order))
	}
	again.Release()
	for want := range 5 {
		if n := <-order; n != want {
			t.Errorf("%d has the lease, want %d", n, want)
		}
	}
}

// TestLeaseIsRenewed holds it for several times as long as it was asked for.
func TestLeaseIsRenewed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, other := open(t, Options{Addresses: []string{server.Addr}}), open(t, Options{Addresses: []string{server.Addr}})
	l := take(t, s, 500*time.Millisecond)
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
		if !held(t, other) || lost(l) {
			t.Fatal("the lease was not renewed")
		}
	}
	l.Release()
	l.Release()
	if held(t, other) {
		t.Error("released, and yet held")
	}
}

// TestHolderDies has the lease end by itself, and no earlier than it may.
func TestHolderDies(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, other := open(t, Options{Addresses: []string{server.Addr}}), open(t, Options{Addresses: []string{server.Addr}})
	const ttl = 700 * time.Millisecond
	dead := take(t, s, ttl)
	s.Close() // nothing is renewed from now on
	began := time.Now()
	l := take(t, other, time.Minute)
	if waited := time.Since(began); waited < ttl/2 || waited > ttl+5*time.Second {
		t.Errorf("the next holder waited for %v", waited)
	}
	eventually(t, "the holder is told", func() bool { return lost(dead) })
	dead.Release()
	if !held(t, other) || lost(l) {
		t.Error("a dead holder gave away the lease of another")
	}
}

// TestOldHolder has a holder that was held up until its lease had gone to
// another: it is told, and it cannot give away or renew what is not its own.
func TestOldHolder(t *testing.T) {
	server := redistest.Start(t)
	s, other := open(t, Options{Addresses: []string{server.Addr}}), open(t, Options{Addresses: []string{server.Addr}})
	old := take(t, s, time.Minute).(*lease)
	server.Do("DEL", s.key("lease", "group")) // as when it has expired
	next := take(t, other, time.Minute)
	if next.Fence() <= old.fence {
		t.Errorf("fence %d after %d", next.Fence(), old.fence)
	}
	old.renew()
	if !lost(old) {
		t.Error("the old holder is not told")
	}
	old.leave()
	old.Release()
	if !held(t, s) {
		t.Error("the old holder gave away the lease of the next")
	}
	next.Release()
	next.(*lease).renew() // on its way when it was released
	if held(t, s) {
		t.Error("a late renewal took the lease again")
	}
}

// TestLeaseOverRestart has the server lose all it held, and the holder keep the
// lease all the same, unless another was faster.
func TestLeaseOverRestart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, other := open(t, Options{Addresses: []string{server.Addr}}), open(t, Options{Addresses: []string{server.Addr}})
	l := take(t, s, time.Minute).(*lease)
	server.Kill()
	server.Restart()
	l.renew() // finds out that the connection is gone
	eventually(t, "the server is in use", func() bool { return s.Stats().Up })
	l.renew()
	if !held(t, other) || lost(l) {
		t.Error("the lease is gone")
	}
	server.Do("FLUSHALL")
	next := take(t, other, time.Minute)
	if next.Fence() <= l.fence {
		t.Errorf("fence %d after %d", next.Fence(), l.fence)
	}
	if l.renew(); !lost(l) {
		t.Error("two have the lease")
	}
}

// TestAnswerLost asks again for what was granted already.
func TestAnswerLost(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	l := take(t, s, time.Minute).(*lease)
	fence, err := s.run(t.Context(), acquire, l.keys("lease", "fence", "queue", "gone"), l.who, 1000, 1000).Int64()
	if err != nil || fence != l.fence {
		t.Errorf("%d, %v; want the fence %d", fence, err, l.fence)
	}
}

// TestWaitingOneLeaves has the first of those who wait give up, or die.
func TestWaitingOneLeaves(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	l := take(t, s, time.Minute)
	if !held(t, s) { // waits, and gives up
		t.Fatal("not held")
	}
	if n := s.client.ZCard(t.Context(), s.key("queue", "group")).Val(); n != 0 {
		t.Errorf("%d are still in the queue", n)
	}
	dead := &lease{store: s, key: "group", who: "dead"}
	if err := s.run(t.Context(), acquire, dead.keys("lease", "fence", "queue", "gone"), dead.who, 1000, patience.Milliseconds()).Err(); err != nil {
		t.Fatal(err)
	}
	l.Release()
	began := time.Now()
	take(t, s, time.Minute).Release()
	if waited := time.Since(began); waited > patience+5*time.Second {
		t.Errorf("waited for %v for one that is dead", waited)
	}
}

// TestLeaseUnderFault has the server fail while a lease is held, while others
// wait for it, and when one is asked for.
func TestLeaseUnderFault(t *testing.T) {
	for _, policy := range []OnError{Local, Allow, Reject} {
		t.Run(fmt.Sprint(policy), func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			options := Options{Addresses: []string{server.Addr}, Timeout: 500 * time.Millisecond, OnError: policy}
			s, other := open(t, options), open(t, options)
			l := take(t, s, 1500*time.Millisecond)
			type result struct {
				lease limit.Lease
				err   error
			}
			waiting := make(chan result)
			go func() {
				l, err := other.Acquire(t.Context(), "group", time.Minute)
				waiting <- result{l, err}
			}()
			eventually(t, "another waits", func() bool { return s.client.ZCard(t.Context(), s.key("queue", "group")).Val() == 1 })
			server.Pause()
			check := func(r result) {
				t.Helper()
				if policy == Reject {
					if !errors.Is(r.err, limit.ErrUnavailable) {
						t.Errorf("%+v", r)
					}
				} else if r.err != nil || r.lease.Fence() != 0 {
					t.Errorf("%+v", r)
				} else {
					r.lease.Release()
				}
			}
			check(<-waiting)
			again, err := other.Acquire(t.Context(), "group", time.Minute)
			check(result{again, err})
			eventually(t, "the holder is told that the lease is not renewed", func() bool { return lost(l) })
			l.Release()
			server.Resume()
			eventually(t, "the server is in use", func() bool { return s.Stats().Up && other.Stats().Up })
			take(t, other, time.Minute).Release()
		})
	}
}
