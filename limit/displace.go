package limit

import (
	"context"
	"slices"
	"time"
)

// Displace is for a request that Reserve has refused. It gets the place of one
// of a lower class that waits in the limit that has refused it: of the lowest
// class that there is, the one that came last. That one was not forwarded, and
// is told to come again (ErrDisplaced). What of the limits the other one does
// not hold is reserved as usual.
//
// refused is what Reserve said. The ticket is nil if there is nobody to displace,
// or not enough is gained by it.
func (g *Gates) Displace(ctx context.Context, store Store, class Class, limits []Limit, refused Decision) (*Ticket, Decision, error) {
	if refused.Refused < 0 || refused.Refused >= len(limits) {
		return nil, refused, nil
	}
	key := limits[refused.Refused].Key
	g.mu.Lock()
	victim := g.victim(key, class)
	rest := victim.lacks(limits)
	g.mu.Unlock()
	if victim == nil {
		return nil, refused, nil
	}
	decision := Decision{OK: true, Refused: -1}
	if len(rest) > 0 {
		var err error
		if decision, err = store.Reserve(ctx, rest); err != nil || !decision.OK {
			return nil, decision, err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	again := g.victim(key, class)
	if again == nil || len(again.lacks(limits)) > len(rest) || !sameKeys(again.lacks(limits), rest) {
		return nil, refused, nil // the slots of the rest stay unused
	}
	t := g.issue(class, limits)
	t.reserve(rest, &decision)
	t.replace(again, refused.RetryAfter)
	return t, Decision{OK: true, Refused: -1}, nil
}

// CanDisplace reports whether there is somebody whom a request of that class may
// displace.
func (g *Gates) CanDisplace(class Class, limits []Limit, refused Decision) bool {
	if refused.Refused < 0 || refused.Refused >= len(limits) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.victim(limits[refused.Refused].Key, class) != nil
}

// victim is the ticket of the lowest class below class that came last, among
// those with a slot of that key that they have not used.
func (g *Gates) victim(key string, class Class) *Ticket {
	gate := g.rates[key]
	if gate == nil {
		return nil
	}
	here, away := gate.here.youngest(class), gate.away.youngest(class)
	switch {
	case here == nil && away == nil:
		return nil
	case here == nil:
		return away.ticket
	case away == nil, here.class > away.class, here.class == away.class && here.ticket.number > away.ticket.number:
		return here.ticket
	}
	return away.ticket
}

// lacks are the limits that a ticket has no part in.
func (t *Ticket) lacks(limits []Limit) []Limit {
	if t == nil {
		return limits
	}
	var rest []Limit
	for _, limit := range limits {
		if !slices.ContainsFunc(t.limits, func(own Limit) bool { return own.Key == limit.Key }) {
			rest = append(rest, limit)
		}
	}
	return rest
}

func sameKeys(a, b []Limit) bool {
	return slices.EqualFunc(a, b, func(x, y Limit) bool { return x.Key == y.Key })
}

// replace takes over the slots of another ticket, which is displaced. Those in
// limits that are none of this ticket's are given back.
func (t *Ticket) replace(other *Ticket, retry time.Duration) {
	for i := range other.stands {
		s := &other.stands[i]
		if s.in == nil || !slices.ContainsFunc(t.limits, func(own Limit) bool { return own.Key == s.gate.key }) {
			continue
		}
		s.quit()
		t.stand(s.gate)
	}
	other.giveBack()
	other.displaced, other.retry = true, retry
	other.settle()
	if other.lost != nil {
		close(other.lost)
	}
}
