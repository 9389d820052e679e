package pace

import (
	"context"
	"errors"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Facts is what is known of a request before its body is read.
type Facts struct {
	Method string
	Route  scim.Route

	// Limits are those that hold for the request, each with a key of its own.
	// They must not be changed any more.
	Limits []limit.Limit

	// Identity is whatever of the caller decides what it may do and is not in
	// the header of the request, such as a client certificate, and the provider
	// that it was taken for. Only requests with the same one go together.
	Identity string
}

// Ticket is what a request got from Reserve. It belongs to one goroutine.
type Ticket struct {
	pacer *Pacer
	facts Facts
	class limit.Class
	held  *limit.Ticket // nil as long as it is provisional

	decision limit.Decision
	waited   time.Duration
	began    bool  // the first exchange came
	failed   error // by which it ended before it was forwarded
	place    place
	load     *load         // if it may go together with others
	joined   time.Time     // its lane
	came     *scim.Request // from the client; nil if that was not told
}

// mostProvisional is how many tickets are issued at a time that are good only
// for a request of the highest class.
const mostProvisional = 64

// Reserve takes a slot in each limit of a request, before its body is read. The
// error is a *Refusal, or that of the context. Whoever gets a ticket has to call
// Done.
//
// A change that is over its limit may turn out to be one by which somebody loses
// access, and such a one may take the place of another that waits. So if one
// waits, the ticket is provisional, and the refusal may come later.
func (p *Pacer) Reserve(ctx context.Context, facts Facts) (*Ticket, error) {
	t := &Ticket{pacer: p, facts: facts, class: classOf(facts.Route, facts.Method)}
	gates := p.state.gates
	if hold := gates.Slowdown().Hold; hold > p.settings.MaxWait {
		return nil, t.refuse(&Refusal{Reason: Pressure, RetryAfter: hold, Limit: -1})
	}
	if gates.Holding() >= p.settings.MaxHolding {
		return nil, t.refuse(&Refusal{Reason: Crowded, RetryAfter: time.Second, Limit: -1})
	}
	held, decision, err := gates.Reserve(ctx, p.settings.Store, t.class, facts.Limits)
	t.held, t.decision = held, decision
	if held == nil && err == nil {
		t.held, err = t.displace(ctx)
	}
	switch {
	case errors.Is(err, limit.ErrUnavailable):
		return nil, t.refuse(&Refusal{Reason: StoreDown, RetryAfter: time.Second, Limit: -1})
	case err != nil:
		return nil, err
	case t.held == nil && !t.hopes():
		return nil, t.refuse(t.rate())
	}
	return t, nil
}

// displace takes the place of another one that waits, if there is one of a lower
// class.
func (t *Ticket) displace(ctx context.Context) (*limit.Ticket, error) {
	held, decision, err := t.pacer.state.gates.Displace(ctx, t.pacer.settings.Store, t.class, t.facts.Limits, t.decision)
	if held != nil {
		t.decision = decision
	}
	return held, err
}

// hopes reports whether the ticket of a request that is over its limit is
// provisional.
func (t *Ticket) hopes() bool {
	state := t.pacer.state
	if !mayLeave(t.facts) || !state.gates.CanDisplace(limit.Leaver, t.facts.Limits, t.decision) {
		return false
	}
	if state.provisional.Add(1) > mostProvisional {
		state.provisional.Add(-1)
		return false
	}
	return true
}

// confirm makes a provisional ticket a good one, or refuses the request.
func (t *Ticket) confirm(ctx context.Context) error {
	if t.held != nil {
		return nil
	}
	if t.class != limit.Leaver {
		return t.refuse(t.rate())
	}
	held, err := t.displace(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case held == nil:
		return t.refuse(t.rate())
	}
	t.held = held
	t.pacer.state.provisional.Add(-1)
	return nil
}

func (t *Ticket) rate() *Refusal {
	return &Refusal{Reason: Rate, RetryAfter: t.decision.RetryAfter, Limit: t.decision.Refused, Decision: t.decision}
}

// Decision is what the limits said to the request. It is that of a refusal if
// the ticket is provisional.
func (t *Ticket) Decision() limit.Decision { return t.decision }

// Waited is how long the request was held back, or until others had sent it along
// with theirs.
func (t *Ticket) Waited() time.Duration { return t.waited }

// Done ends what the ticket is for, when the request has its answer. Calling it
// again does nothing.
func (t *Ticket) Done() {
	if t.pacer == nil {
		return
	}
	t.leaveLane()
	if t.held != nil {
		t.held.Leave()
	} else {
		t.pacer.state.provisional.Add(-1)
	}
	t.pacer = nil
}

// Came tells what the client has sent. If the first exchange is a read that a
// change needs, it shows what the change will be.
func (t *Ticket) Came(req *scim.Request) { t.came = req }

// raise gives the ticket the class that its request turned out to have.
func (t *Ticket) raise(class limit.Class) {
	if class < t.class {
		if t.class = class; t.held != nil {
			t.held.Raise(class)
		}
	}
}

type ticketKey struct{}

// With returns a context in which Layer finds the ticket of a request.
func With(ctx context.Context, t *Ticket) context.Context {
	return context.WithValue(ctx, ticketKey{}, t)
}

func ticketOf(ctx context.Context) *Ticket {
	t, _ := ctx.Value(ticketKey{}).(*Ticket)
	return t
}
