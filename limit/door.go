package limit

import (
	"context"
	"time"
)

// Terms are what holds at the door for one request.
type Terms struct {
	// Concurrency is how many requests may be inside when this one goes in, with
	// itself. With 0 there may be any number.
	Concurrency int

	// MaxWait is how long it may wait at the door. With 0 it may wait for as long
	// as its context lasts.
	MaxWait time.Duration
}

// door is where requests go in to the service provider, and how many are inside.
type door struct {
	here     crowd
	inside   int
	pressure pressure
	timer    *time.Timer
}

// goIn waits until the door is open for the ticket.
func (t *Ticket) goIn(ctx context.Context, terms Terms) error {
	switch {
	case t.displaced:
		return ErrDisplaced
	case t.inside:
		return nil
	}
	t.crowded = terms.Concurrency
	if d := &t.gates.door; d.here.size == 0 && d.room(t) && d.pressure.none() { // as nearly always
		t.inside = true
		d.inside++
		d.pressure.went(t.gates.now())
		t.settle()
		return nil
	}
	t.door = stand{ticket: t}
	t.gates.door.here.join(&t.door)
	t.passing = true
	t.gates.open()
	if !t.passing {
		return nil
	}
	var over <-chan time.Time
	if terms.MaxWait > 0 {
		timer := time.NewTimer(terms.MaxWait)
		defer timer.Stop()
		over = timer.C
	}
	err := t.wait(ctx, over)
	if err != nil && t.door.in != nil {
		t.door.quit()
		t.gates.open() // those behind it may come under other terms
	}
	return err
}

// open lets those in who may go in by now, and has itself called again when the
// pressure allows for the next one.
func (g *Gates) open() {
	d := &g.door
	for s := d.here.next(); s != nil; s = d.here.next() {
		t := s.ticket
		if !d.room(t) {
			return
		}
		now := g.now()
		if due := d.pressure.due(now); due > now {
			d.wake(g, due-now)
			return
		}
		d.pressure.went(now)
		d.inside++
		t.inside = true
		t.settle()
		d.here.took(s)
		s.quit()
		t.grant()
	}
}

// room reports whether one more may be inside, if it is that ticket.
func (d *door) room(t *Ticket) bool { return t.crowded == 0 || d.inside < t.crowded }

func (d *door) wake(gates *Gates, wait time.Duration) {
	if d.timer == nil {
		d.timer = time.AfterFunc(wait, func() {
			gates.mu.Lock()
			defer gates.mu.Unlock()
			gates.open()
		})
		return
	}
	d.timer.Reset(wait)
}

// goOut makes room for another one, if the ticket is inside.
func (t *Ticket) goOut() {
	if !t.inside {
		return
	}
	t.inside = false
	t.gates.door.inside--
	t.gates.open()
}

// StepOut lets another one in while the ticket waits for something that those
// outside may hold: who is inside must never wait for who is not. It reports
// whether the ticket was inside.
func (t *Ticket) StepOut() bool {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	if !t.inside {
		return false
	}
	t.goOut()
	return true
}

// StepIn ends what StepOut began. There is no bound but the context: the request
// is on its way.
func (t *Ticket) StepIn(ctx context.Context) error {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	return t.goIn(ctx, Terms{Concurrency: t.crowded})
}

// Inside is how many requests are with the service provider.
func (g *Gates) Inside() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.door.inside
}
