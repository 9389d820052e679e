package limit

import (
	"context"
	"errors"
	"sync"
)

// Lanes keep changes of one resource from interleaving: who changes it has its
// lane for as long as that takes, and the others follow in the order in which
// they came. A lane exists only while somebody is in it or waits for it, so that
// there are never more of them than requests. The zero value is ready for use.
type Lanes struct {
	mu   sync.Mutex
	busy map[string]*lane
}

// ErrTaken ends the wait of a turn that was taken by the one ahead (Turn.Take).
var ErrTaken = errors.New("limit: taken along by the one ahead")

// lane lets one at a time pass.
type lane struct {
	first, last *Turn // the first has the lane
	left        any   // what the one before has left behind for it
}

// Turn is a place in a lane.
type Turn struct {
	lanes  *Lanes
	lane   *lane
	name   string
	ticket *Ticket // nil if it waits for no gates
	class  Class   // of the ticket, as far as the lane knows

	// Load is for whoever waits in the lane. It is read by the one ahead.
	Load any

	ready      chan struct{} // is sent to when there is news; nil if never needed
	taken      bool
	rest       any // what was left in the lane when it became empty
	prev, next *Turn
}

// Join takes a place in the lane of that name, at its end. Whoever is ahead and
// would let it wait at the gates is lent the class of its ticket: the lane would
// come no sooner otherwise. The turn has to Leave in the end.
func (l *Lanes) Join(name string, ticket *Ticket, load any) *Turn {
	t := &Turn{lanes: l, name: name, ticket: ticket, class: Read, Load: load}
	if ticket != nil {
		t.class = ticket.Class()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.lane = l.busy[name]; t.lane == nil {
		if l.busy == nil {
			l.busy = make(map[string]*lane)
		}
		t.lane = &lane{first: t}
		l.busy[name] = t.lane
	} else {
		t.prev, t.lane.last.next = t.lane.last, t
	}
	t.lane.last = t
	t.lend()
	return t
}

// lend raises all that are ahead. Those ahead of one of this class or a higher
// one were raised by that one.
func (t *Turn) lend() {
	for ahead := t.prev; ahead != nil && ahead.class > t.class; ahead = ahead.prev {
		ahead.class = t.class
		if ahead.ticket != nil {
			ahead.ticket.Raise(t.class)
		}
	}
}

// Wait waits until the turn has the lane to itself. It ends early with the error
// of the context, with ErrDisplaced if its ticket is displaced, or with ErrTaken.
func (t *Turn) Wait(ctx context.Context) error {
	t.lanes.mu.Lock()
	if done, err := t.state(); done {
		t.lanes.mu.Unlock()
		return err
	}
	if t.ready == nil {
		t.ready = make(chan struct{}, 1)
	}
	t.lanes.mu.Unlock()
	var lost <-chan struct{}
	if t.ticket != nil {
		lost = t.ticket.Lost()
	}
	for {
		var err error
		select {
		case <-t.ready:
		case <-lost:
			err = ErrDisplaced
		case <-ctx.Done():
			err = ctx.Err()
		}
		t.lanes.mu.Lock()
		done, end := t.state()
		t.lanes.mu.Unlock()
		if done {
			return end
		}
		if err != nil {
			return err
		}
	}
}

// state reports whether the wait is over.
func (t *Turn) state() (bool, error) {
	if t.taken {
		return true, ErrTaken
	}
	return t.lane.first == t, nil
}

// Ahead reports whether nobody is ahead: the turn has the lane.
func (t *Turn) Ahead() bool {
	t.lanes.mu.Lock()
	defer t.lanes.mu.Unlock()
	return t.lane.first == t
}

// Leave gives the place up, or the lane to the next one. If something was handed
// over that nobody is left for, it returns that.
func (t *Turn) Leave() (unclaimed any) {
	t.leave(nil, false)
	return t.rest
}

// Hand gives the lane to the next one together with something of use for it
// (see Left). It reports false, and nothing has happened, if there is no next
// one.
func (t *Turn) Hand(something any) bool { return t.leave(something, true) }

func (t *Turn) leave(something any, onlyHand bool) bool {
	t.lanes.mu.Lock()
	defer t.lanes.mu.Unlock()
	switch {
	case t.lane == nil || t.taken:
		t.lane, t.taken = nil, false
		return true
	case onlyHand && (t.lane.first != t || t.next == nil):
		return false
	}
	here := t.lane
	if onlyHand {
		here.left = something
	}
	had := here.first == t
	t.unlink()
	t.lane = nil
	switch {
	case here.first == nil:
		delete(t.lanes.busy, t.name)
		t.rest = here.left
	case had:
		here.first.tell()
	}
	return true
}

// Left is what the turn before has handed over, once.
func (t *Turn) Left() any {
	t.lanes.mu.Lock()
	defer t.lanes.mu.Unlock()
	something := t.lane.left
	t.lane.left = nil
	return something
}

func (t *Turn) unlink() {
	if t.prev == nil {
		t.lane.first = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next == nil {
		t.lane.last = t.prev
	} else {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
}

func (t *Turn) tell() {
	if t.ready == nil {
		return
	}
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

// Take takes those along that wait right behind the turn, which has to have the
// lane: one after the other as long as accept says so. It stops at the first
// that it does not accept, so that nobody is overtaken. Their tickets cannot be
// displaced any more. accept must not call the lanes.
func (t *Turn) Take(accept func(load any) bool) []*Turn {
	t.lanes.mu.Lock()
	defer t.lanes.mu.Unlock()
	var along []*Turn
	for next, after := t.next, (*Turn)(nil); next != nil; next = after {
		after = next.next
		if next.ticket != nil && !next.ticket.Claim() {
			continue // displaced, and about to leave
		}
		if !accept(next.Load) {
			if next.ticket != nil {
				next.ticket.Unclaim()
			}
			break
		}
		next.unlink()
		next.taken = true
		along = append(along, next)
		next.tell()
	}
	return along
}

// GiveBack puts those that were taken along back into the lane, where they were
// before. The turn has to have the lane still.
func (t *Turn) GiveBack(along []*Turn) {
	t.lanes.mu.Lock()
	defer t.lanes.mu.Unlock()
	behind := t
	for _, back := range along {
		if !back.taken || back.lane == nil { // has left
			continue
		}
		back.taken = false
		if back.ticket != nil {
			back.ticket.Unclaim()
		}
		back.prev, back.next = behind, behind.next
		if behind.next == nil {
			t.lane.last = back
		} else {
			behind.next.prev = back
		}
		behind.next = back
		behind = back
	}
}

// Enter waits for the lane of that name and returns what leaves it.
func (l *Lanes) Enter(ctx context.Context, name string) (leave func(), err error) {
	turn := l.Join(name, nil, nil)
	if err := turn.Wait(ctx); err != nil {
		turn.Leave()
		return nil, err
	}
	return func() { turn.Leave() }, nil
}

// Busy is how many lanes somebody is in.
func (l *Lanes) Busy() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.busy)
}
