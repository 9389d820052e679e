package redis

import (
	"context"
	"crypto/rand"
	_ "embed" // the scripts
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/caddy-scim/caddy-scim/limit"
)

//go:embed acquire.lua
var acquireLua string

//go:embed renew.lua
var renewLua string

//go:embed release.lua
var releaseLua string

var (
	acquire = goredis.NewScript(acquireLua)
	renew   = goredis.NewScript(renewLua)
	release = goredis.NewScript(releaseLua)
)

const (
	firstPoll = time.Millisecond
	lastPoll  = 25 * time.Millisecond
	patience  = 2 * time.Second // with a waiting one that does not ask any more
)

// lease is a limit.Lease in the server.
type lease struct {
	store *Store
	key   string
	who   string
	ttl   time.Duration
	fence int64
	lost  chan struct{}

	mu    sync.Mutex
	ends  time.Time // at the latest, by the clock of this process
	over  bool
	timer *time.Timer
}

// Acquire implements limit.Leaser.
func (s *Store) Acquire(ctx context.Context, key string, ttl time.Duration) (limit.Lease, error) {
	l := &lease{store: s, key: key, who: rand.Text(), ttl: max(ttl, time.Millisecond), lost: make(chan struct{})}
	for poll := firstPoll; ; poll = min(poll*3/2, lastPoll) {
		if err := ctx.Err(); err != nil {
			l.leave()
			return nil, err
		}
		if !s.health.up() {
			return s.leaseWithout()
		}
		asked := time.Now()
		fence, err := s.run(ctx, acquire, l.keys("lease", "fence", "queue", "gone"), l.who, l.ttl.Milliseconds(), patience.Milliseconds()).Int64()
		if err != nil {
			s.health.failed(err)
			l.ends = asked.Add(s.options.Timeout + l.ttl + patience)
			time.AfterFunc(retry, l.abandon)
			return s.leaseWithout()
		}
		if fence > 0 {
			l.fence = fence
			l.hold(asked)
			return l, nil
		}
		wait := time.NewTimer(poll)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
		}
	}
}

// leaseWithout is the lease while there is no server.
func (s *Store) leaseWithout() (limit.Lease, error) {
	s.fallbacks.Add(1)
	if s.options.OnError == Reject {
		return nil, limit.ErrUnavailable
	}
	return localLease{}, nil
}

// keys are those of a lease, by what they hold.
func (l *lease) keys(things ...string) []string {
	keys := make([]string, len(things))
	for i, thing := range things {
		keys[i] = l.store.key(thing, l.key)
	}
	return keys
}

// hold says that the server has granted the lease after it was asked at that
// time, so no earlier than that: it ends here before it ends there.
func (l *lease) hold(asked time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.ends = asked.Add(l.ttl)
	l.timer = time.AfterFunc(l.ttl/3, l.renew)
}

// renew asks for more time, until the lease is over.
func (l *lease) renew() {
	asked := time.Now()
	held := int64(-1) // not known
	if l.store.health.up() {
		var err error
		held, err = l.store.run(context.Background(), renew, l.keys("lease", "fence"), l.who, l.fence, l.ttl.Milliseconds()).Int64()
		if err != nil {
			l.store.health.failed(err)
			held = -1
		}
	}
	if held == 1 {
		l.hold(asked)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	left := time.Until(l.ends)
	switch {
	case l.over:
	case held == 0 || left <= 0:
		l.over = true
		close(l.lost)
	default:
		l.timer = time.AfterFunc(min(left, l.ttl/10), l.renew)
	}
}

// Fence implements limit.Lease.
func (l *lease) Fence() int64 { return l.fence }

// Lost implements limit.Lease.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Release implements limit.Lease.
func (l *lease) Release() {
	l.mu.Lock()
	over := l.over
	l.over = true
	l.timer.Stop()
	l.mu.Unlock()
	if !over {
		l.leave()
	}
}

// leave takes the lease, or the place in the queue for it, out of the server. If
// that fails, time will do it.
func (l *lease) leave() {
	if !l.store.health.up() {
		return
	}
	if err := l.store.run(context.Background(), release, l.keys("lease", "fence", "queue", "gone"), l.who, l.fence).Err(); err != nil {
		l.store.health.failed(err)
	}
}

// abandon is leave for a lease that may or may not be granted: the server did not
// answer in time, but it may do what it was asked for later. It waits for it to
// be of use again, but no longer than until the lease has ended anyway.
func (l *lease) abandon() {
	switch {
	case l.store.health.up():
		l.leave()
	case time.Now().Before(l.ends):
		time.AfterFunc(retry, l.abandon)
	}
}

// localLease is a lease that nobody else knows of.
type localLease struct{}

func (localLease) Fence() int64          { return 0 }
func (localLease) Lost() <-chan struct{} { return nil }
func (localLease) Release()              {}
