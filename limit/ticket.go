package limit

import (
	"context"
	"time"
)

// Ticket is a request's right to go, sooner or later. It belongs to one
// goroutine; only Raise may be called by others.
type Ticket struct {
	gates  *Gates
	number uint64 // the order of tickets
	limits []Limit

	// All that follows is guarded by gates.mu.
	class     Class
	stands    []stand // at the gates of its limits, those that are behind it included
	few       [2]stand
	door      stand
	passing   bool          // at a gate and waiting
	granted   chan struct{} // is sent to when the gate opens; nil if never needed
	lost      chan struct{} // is closed when it is displaced; nil if never needed
	claimed   bool          // may not be displaced any more
	displaced bool
	inside    bool
	left      bool
	settled   bool          // is not counted as holding
	crowded   int           // how many may be inside when it goes in; 0 for any number
	retry     time.Duration // for one that was displaced: when to come again
}

// Pass waits until the request may go: until a slot is its own in each of its
// limits, one after the other, and then the door is open. It ends early with the
// error of the context, with ErrDisplaced or with ErrCrowded.
func (t *Ticket) Pass(ctx context.Context, terms Terms) error {
	g := t.gates
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range t.stands {
		s := &t.stands[i]
		if s.in == nil { // passed already
			continue
		}
		if t.displaced {
			return ErrDisplaced
		}
		s.quit()
		s.gate.here.join(s)
		t.passing = true
		g.serve(s.gate)
		if err := t.wait(ctx, nil); err != nil {
			return err
		}
	}
	return t.goIn(ctx, terms)
}

// wait lets go of the lock until the ticket has passed the gate that it stands
// at. Who is let through while its context ends is through.
func (t *Ticket) wait(ctx context.Context, over <-chan time.Time) error {
	if !t.passing {
		return nil
	}
	if t.granted == nil {
		t.granted = make(chan struct{}, 1)
	}
	select {
	case <-t.granted: // of a wait that ended before
	default:
	}
	lost := t.lostChannel()
	t.gates.mu.Unlock()
	var err error
	select {
	case <-t.granted:
	case <-lost:
	case <-ctx.Done():
		err = ctx.Err()
	case <-over:
		err = ErrCrowded
	}
	t.gates.mu.Lock()
	switch {
	case t.displaced:
		err = ErrDisplaced
	case !t.passing:
		err = nil
	}
	t.passing = false
	return err
}

// grant lets a ticket that waits go on.
func (t *Ticket) grant() {
	t.passing = false
	if t.granted == nil {
		return
	}
	select {
	case t.granted <- struct{}{}:
	default:
	}
}

// Leave ends what the ticket is for. What it did not use is there for others.
func (t *Ticket) Leave() {
	g := t.gates
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.left {
		return
	}
	t.left = true
	t.giveBack()
	t.goOut()
	t.settle()
}

// settle notes that a ticket no longer waits for anything.
func (t *Ticket) settle() {
	if !t.settled {
		t.settled = true
		t.gates.holding.Add(-1)
	}
}

// giveBack takes the ticket away from all gates that are still before it. Its
// slots are spare then, and everybody moves up.
func (t *Ticket) giveBack() {
	for i := range t.stands {
		s := &t.stands[i]
		if s.in == nil {
			continue
		}
		s.quit()
		s.gate.stands--
		t.gates.serve(s.gate)
	}
}

// Raise gives a ticket a higher class. It never takes one away: so who waits
// behind it for what it holds may lend it its own.
func (t *Ticket) Raise(to Class) {
	g := t.gates
	g.mu.Lock()
	defer g.mu.Unlock()
	if to >= t.class {
		return
	}
	t.class = to
	for i := range t.stands {
		t.stands[i].move()
	}
	t.door.move()
}

// Class is the class of the ticket, which may have been lent to it.
func (t *Ticket) Class() Class {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	return t.class
}

// Claim says that the request is about to be forwarded together with others. It
// reports false if it was displaced before.
func (t *Ticket) Claim() bool {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	t.claimed = !t.displaced
	return t.claimed
}

// Unclaim takes Claim back: the request has to wait again.
func (t *Ticket) Unclaim() {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	t.claimed = false
}

// Lost is closed when the ticket is displaced. Whoever waits for something else
// before it comes to the gates listens to it.
func (t *Ticket) Lost() <-chan struct{} {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	return t.lostChannel()
}

// RetryAfter is when a request that was displaced may come again.
func (t *Ticket) RetryAfter() time.Duration {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	return t.retry
}

func (t *Ticket) lostChannel() <-chan struct{} {
	if t.lost == nil {
		t.lost = make(chan struct{})
		if t.displaced {
			close(t.lost)
		}
	}
	return t.lost
}

// stand adds a place at a gate, which it comes to later.
func (t *Ticket) stand(at *gate) {
	if len(t.stands) == cap(t.stands) {
		t.grow()
	}
	t.stands = append(t.stands, stand{})
	s := &t.stands[len(t.stands)-1]
	s.ticket, s.gate = t, at
	at.stands++
	at.away.join(s)
}

// grow makes room for more stands. Others point to those that are there.
func (t *Ticket) grow() {
	more := make([]stand, len(t.stands), MaxLimits)
	for i := range t.stands {
		old := &t.stands[i]
		in := old.in
		old.quit()
		more[i] = stand{ticket: t, gate: old.gate}
		if in != nil {
			in.join(&more[i])
		}
	}
	t.stands = more
}

// emission is the time between two slots of a key.
func (t *Ticket) emission(key string) time.Duration {
	for i := range t.limits {
		if t.limits[i].Key == key {
			return t.limits[i].Rate.Emission
		}
	}
	return 0
}

// move puts a stand into the line of its ticket's new class.
func (s *stand) move() {
	if in := s.in; in != nil {
		s.quit()
		in.join(s)
	}
}
