package pace

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
)

// mostHanded is for how long a lease goes from one to the next in this process
// before those of others get their turn.
const mostHanded = time.Second

// place is where a request stands, or goes, among the changes of a resource.
type place struct {
	name string
	turn *limit.Turn // nil if the request needs no lane
	hold *hold       // once it has the lane
}

// hold is the right to change a resource.
type hold struct {
	name  string
	lease limit.Lease // nil if the lane is of this process alone
	since time.Time   // when the lease was acquired
	up    *hold       // which the request had before
}

func (h *hold) isLost() bool {
	for ; h != nil; h = h.up {
		if h.lease == nil {
			continue
		}
		select {
		case <-h.lease.Lost():
			return true
		default:
		}
	}
	return false
}

type holdKey struct{}

func holdOf(ctx context.Context) *hold {
	h, _ := ctx.Value(holdKey{}).(*hold)
	return h
}

// in is the context for the exchanges of a request that has its place.
func (p *place) in(ctx context.Context) context.Context {
	if p.hold == nil {
		return ctx
	}
	return context.WithValue(ctx, holdKey{}, p.hold)
}

// lane waits until the ticket has its lane to itself, if it needs one.
func (t *Ticket) lane(ctx context.Context) error {
	turn := t.place.turn
	if turn == nil {
		return ctx.Err()
	}
	began := t.pacer.clock()
	if err := turn.Wait(ctx); err != nil {
		return err
	}
	t.pacer.waited(Lane, t.class, began)
	return t.acquire(ctx)
}

// acquire takes the lease on the lane, for those who share it.
func (t *Ticket) acquire(ctx context.Context) error {
	began := t.pacer.clock()
	held, err := t.pacer.lease(ctx, t.place.name, t.place.turn)
	if err != nil {
		return t.unleased(ctx, err)
	}
	t.place.hold = held
	if held.lease != nil {
		t.pacer.waited(Lease, t.class, began)
	}
	return nil
}

// unleased is what it means that there was no lease.
func (t *Ticket) unleased(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, limit.ErrUnavailable):
		return t.refuse(&Refusal{Reason: StoreDown, RetryAfter: time.Second, Limit: -1})
	}
	return t.refuse(&Refusal{Reason: LaneHeld, RetryAfter: time.Second, Limit: -1})
}

// lease takes over the lease of the turn before, or acquires one.
func (p *Pacer) lease(ctx context.Context, name string, turn *limit.Turn) (*hold, error) {
	if p.settings.Leaser == nil {
		return &hold{name: name}, nil
	}
	if handed, ok := turn.Left().(*hold); ok {
		if !handed.isLost() {
			return handed, nil
		}
		handed.lease.Release()
	}
	ctx, cancel := context.WithTimeout(ctx, p.settings.LeaseWait)
	defer cancel()
	for {
		lease, err := p.settings.Leaser.Acquire(ctx, p.settings.LeasePrefix+name, p.settings.LeaseTime)
		if err != nil {
			return nil, err
		}
		if p.state.outage.tells(lease) {
			return &hold{name: name, lease: lease, since: time.Now()}, nil
		}
		lease.Release()
		if err := pause(ctx, leasePoll); err != nil {
			return nil, err
		}
	}
}

const (
	// leaseGrace is for how long a lease that holds in this process only is not
	// good enough. A store that was slow once is there again by then, and
	// others may hold the real one.
	leaseGrace = 3 * time.Second
	leasePoll  = 50 * time.Millisecond
)

// outage is the time since when leases hold in this process only, in nanoseconds
// of the Unix time; 0 while they are real.
type outage struct{ since atomic.Int64 }

// tells reports whether a lease is the best that can be had.
func (o *outage) tells(lease limit.Lease) bool {
	if lease.Fence() > 0 {
		if o.since.Load() != 0 {
			o.since.Store(0)
		}
		return true
	}
	now := time.Now().UnixNano()
	o.since.CompareAndSwap(0, now)
	return now-o.since.Load() >= int64(leaseGrace)
}

func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leaveLane gives the lane to the next one.
func (t *Ticket) leaveLane() {
	if t.place.turn != nil {
		leave(t.place.turn, t.place.hold)
		t.place.turn, t.place.hold = nil, nil
	}
}

// leave ends a turn, and hands the lease on or releases it.
func leave(turn *limit.Turn, held *hold) {
	if held != nil && held.lease != nil {
		next := &hold{name: held.name, lease: held.lease, since: held.since}
		if held.lease.Fence() > 0 && time.Since(held.since) < mostHanded && !next.isLost() && turn.Hand(next) {
			return
		}
		held.lease.Release()
	}
	if unclaimed, ok := turn.Leave().(*hold); ok {
		unclaimed.lease.Release()
	}
}

// Enter is for a request that comes to change a resource when it is with the
// service provider already, such as an operation of a Bulk request. It waits for
// the lane of the resource and returns the context of what is done in it, and
// what leaves it. Whoever has the lane already is let through.
//
// While it waits another request may go in: the one that has the lane may wait
// for just that.
func (p *Pacer) Enter(ctx context.Context, name string) (context.Context, func(), error) {
	up := holdOf(ctx)
	for h := up; h != nil; h = h.up {
		if h.name == name {
			return ctx, func() {}, nil
		}
	}
	var held *limit.Ticket
	if t := ticketOf(ctx); t != nil && t.pacer != nil {
		held = t.held
	}
	turn := p.state.lanes.Join(name, held, nil)
	outside := (p.settings.Leaser != nil || !turn.Ahead()) && held != nil && held.StepOut()
	here, err := p.enter(ctx, name, turn)
	if outside && err == nil {
		err = held.StepIn(ctx)
	}
	if err != nil {
		leave(turn, here)
		return nil, nil, err
	}
	here.up = up
	return context.WithValue(ctx, holdKey{}, here), func() { leave(turn, here) }, nil
}

func (p *Pacer) enter(ctx context.Context, name string, turn *limit.Turn) (*hold, error) {
	if err := turn.Wait(ctx); err != nil {
		return nil, err
	}
	here, err := p.lease(ctx, name, turn)
	switch {
	case err == nil || ctx.Err() != nil:
		return here, err
	case errors.Is(err, limit.ErrUnavailable):
		return nil, &Refusal{Reason: StoreDown, RetryAfter: time.Second, Limit: -1}
	}
	return nil, &Refusal{Reason: LaneHeld, RetryAfter: time.Second, Limit: -1}
}
