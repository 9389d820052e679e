package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Gates hold requests back until they may go. Each rate has a gate, and in front
// of the service provider is the door, through which only so many may be at a
// time and which its pressure slows down.
//
// All slots of one key are alike. When one falls due it is that of the waiting
// request whose class is the highest, whoever has reserved it: so a request that
// came last may go first, and still no more go than slots fall due. The slots of
// those that leave are there for others until they fall due.
//
// Gates know no configuration: that comes with each ticket. So they live on when
// it changes. They need no goroutine, and nothing is kept of a key for which
// nobody waits.
type Gates struct {
	holding atomic.Int64  // tickets that were issued and have not gone in
	issued  atomic.Uint64 // tickets
	slow    atomic.Bool   // the service provider has complained and not yet recovered

	mu    sync.Mutex
	epoch time.Time // of all times within
	rates map[string]*gate
	door  door
}

// NewGates makes gates for which nobody waits.
func NewGates() *Gates {
	return &Gates{epoch: time.Now(), rates: make(map[string]*gate)}
}

// ErrDisplaced ends the wait of a request whose place was given to one of a
// higher class. It was not forwarded.
var ErrDisplaced = errors.New("limit: displaced by a request that matters more")

// ErrCrowded ends a wait at the door that took longer than it may.
var ErrCrowded = errors.New("limit: the service provider is busy")

// slack is how late a slot may be used without those behind it being late, too.
const slack = 10 * time.Millisecond

// gate is what waits for the slots of one key.
type gate struct {
	key        string
	slots      []time.Duration // when they fall due, in order: one for each stand, and spare ones
	stands     int             // before the gate
	away, here crowd           // those that do something else first, and those that wait
	after      time.Duration   // before which no further slot is used
	timer      *time.Timer
}

// Reserve asks the store for a slot in each of the limits and returns a ticket
// that holds them, or nil and why not. Whoever gets a ticket has to Leave in the
// end. The limits must not be changed any more.
func (g *Gates) Reserve(ctx context.Context, store Store, class Class, limits []Limit) (*Ticket, Decision, error) {
	decision := Decision{OK: true, Refused: -1}
	if len(limits) > 0 {
		var err error
		if decision, err = store.Reserve(ctx, limits); err != nil || !decision.OK {
			return nil, decision, err
		}
	}
	t := g.issue(class, limits)
	if decision.Wait > 0 {
		g.mu.Lock()
		t.reserve(limits, &decision)
		g.mu.Unlock()
	}
	return t, decision, nil
}

// Holding is how many tickets were issued and have not yet gone in.
func (g *Gates) Holding() int { return int(g.holding.Load()) }

func (g *Gates) issue(class Class, limits []Limit) *Ticket {
	g.holding.Add(1)
	t := &Ticket{gates: g, number: g.issued.Add(1), class: class, limits: limits}
	t.stands = t.few[:0]
	return t
}

func (g *Gates) now() time.Duration { return time.Since(g.epoch) }

// reserve adds the slots that were granted later than now.
func (t *Ticket) reserve(limits []Limit, decision *Decision) {
	now := t.gates.now()
	for i := range limits {
		if wait := limits[i].Rate.Wait(decision.Backlog[i]); wait > 0 {
			gate := t.gates.gate(limits[i].Key)
			gate.insert(now + wait)
			t.stand(gate)
		}
	}
}

// gate is that of a key, which is made if nobody has come to it yet.
func (g *Gates) gate(key string) *gate {
	one := g.rates[key]
	if one == nil {
		one = &gate{key: key}
		g.rates[key] = one
	}
	return one
}

// insert adds a slot. Nearly always it is the last one.
func (g *gate) insert(due time.Duration) {
	g.slots = append(g.slots, due)
	for i := len(g.slots) - 1; i > 0 && g.slots[i-1] > due; i-- {
		g.slots[i-1], g.slots[i] = due, g.slots[i-1]
	}
}

// serve lets those go who have a slot by now, and has itself called again when
// the next one is due.
func (g *Gates) serve(at *gate) {
	now := g.now()
	at.forget(now)
	for s := at.here.next(); s != nil; s = at.here.next() {
		due := max(at.slots[0], at.after)
		if due > now {
			at.wake(g, due-now)
			return
		}
		at.slots = at.slots[1:]
		at.stands--
		at.after = max(due, now-slack) + s.ticket.emission(at.key)
		at.here.took(s)
		s.quit()
		s.ticket.grant()
	}
	switch at.forget(now); {
	case at.stands > 0: // and will come here
	case len(at.slots) > 0:
		at.wake(g, at.slots[len(at.slots)-1]-now+2*slack)
	default:
		if at.timer != nil {
			at.timer.Stop()
		}
		delete(g.rates, at.key)
	}
}

// forget drops spare slots that nobody has used in time: those that fell due,
// beyond what the stands that are there can use. What is not used is not made up
// for later.
func (g *gate) forget(now time.Duration) {
	for len(g.slots) > g.stands && g.slots[g.stands] < now-slack {
		g.slots = g.slots[1:]
	}
}

// spare reports whether a slot is left over that another request may have, one
// that falls due by then.
func (g *gate) spare(now, by time.Duration) bool {
	g.forget(now)
	return len(g.slots) > g.stands && g.slots[g.stands] <= by
}

func (g *gate) wake(gates *Gates, wait time.Duration) {
	if g.timer == nil {
		g.timer = time.AfterFunc(wait, func() {
			gates.mu.Lock()
			defer gates.mu.Unlock()
			if gates.rates[g.key] == g {
				gates.serve(g)
			}
		})
		return
	}
	g.timer.Reset(wait)
}
