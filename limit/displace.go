package limit

import (
	"context"
	"slices"
	"time"
)

// Displace is for a request that Reserve has refused. It may go all the same
// with what others do not need: with slots that are spare, because those who had
// them have left, or else with the place of one of a lower class. Of those that
// wait in the limit that has refused the request it is the one of the lowest
// class that came last. That one was not forwarded, and is told to come again
// (ErrDisplaced). What is not to be had in this way is reserved as usual.
//
// refused is what Reserve said. The ticket is nil if nothing can be done.
func (g *Gates) Displace(ctx context.Context, store Store, class Class, limits []Limit, refused Decision) (*Ticket, Decision, error) {
	rest, ok := g.lacking(class, limits, refused)
	if !ok {
		return nil, refused, nil
	}
	decision := Decision{OK: true}
	if len(rest) > 0 {
		var err error
		if decision, err = store.Reserve(ctx, rest); err != nil || !decision.OK {
			return nil, refused, err
		}
	}
	t := g.issue(class, limits)
	g.mu.Lock()
	t.reserve(rest, &decision)
	ok = t.takeOver(rest, refused)
	g.mu.Unlock()
	if !ok { // others were faster
		t.Leave()
		return nil, refused, nil
	}
	refused.OK, refused.Refused, refused.RetryAfter = true, -1, 0
	return t, refused, nil
}

// CanDisplace reports whether Displace could do anything for a request of that
// class.
func (g *Gates) CanDisplace(class Class, limits []Limit, refused Decision) bool {
	_, ok := g.lacking(class, limits, refused)
	return ok
}

// lacking are the limits for which a slot has to be reserved if the request is to
// go with spare ones, or in the place of another. It reports false if there is
// neither.
func (g *Gates) lacking(class Class, limits []Limit, refused Decision) (rest []Limit, ok bool) {
	if refused.Refused < 0 || refused.Refused >= len(limits) {
		return nil, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	gate := g.rates[limits[refused.Refused].Key]
	if gate == nil {
		return nil, false
	}
	if rest = g.scarce(limits); !has(rest, gate.key) {
		return rest, true
	}
	if victim := gate.victim(class); victim != nil {
		return victim.lacks(limits), true
	}
	return nil, false
}

// takeOver gives the ticket a place in each of its limits but those of rest,
// where it has one.
func (t *Ticket) takeOver(rest []Limit, refused Decision) bool {
	g := t.gates
	if scarce := g.scarce(t.limits); sameKeys(scarce, rest) {
		for _, limit := range t.limits {
			if !has(rest, limit.Key) {
				t.stand(g.rates[limit.Key])
			}
		}
		return true
	}
	gate := g.rates[t.limits[refused.Refused].Key]
	if gate == nil {
		return false
	}
	victim := gate.victim(t.class)
	if victim == nil || !sameKeys(victim.lacks(t.limits), rest) {
		return false
	}
	t.replace(victim, refused.RetryAfter)
	return true
}

// scarce are the limits that have no slot to spare.
func (g *Gates) scarce(limits []Limit) []Limit {
	var scarce []Limit
	now := g.now()
	for _, limit := range limits {
		if gate := g.rates[limit.Key]; gate == nil || !gate.spare(now, now+limit.Rate.MaxDelay) {
			scarce = append(scarce, limit)
		}
	}
	return scarce
}

// victim is the ticket of the lowest class below class that came last, among
// those before the gate.
func (g *gate) victim(class Class) *Ticket {
	here, away := g.here.youngest(class), g.away.youngest(class)
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
	var rest []Limit
	for _, limit := range limits {
		if !has(t.limits, limit.Key) {
			rest = append(rest, limit)
		}
	}
	return rest
}

func has(limits []Limit, key string) bool {
	return slices.ContainsFunc(limits, func(one Limit) bool { return one.Key == key })
}

func sameKeys(a, b []Limit) bool {
	return slices.EqualFunc(a, b, func(x, y Limit) bool { return x.Key == y.Key })
}

// replace takes the place of another ticket, which is displaced. Its slots in
// limits that are none of this ticket's are spare then.
func (t *Ticket) replace(other *Ticket, retry time.Duration) {
	for i := range other.stands {
		if s := &other.stands[i]; s.in != nil && has(t.limits, s.gate.key) {
			s.quit()
			s.gate.stands--
			t.stand(s.gate)
		}
	}
	other.giveBack()
	other.displaced, other.retry = true, retry
	other.settle()
	if other.lost != nil {
		close(other.lost)
	}
}
