package pace

import (
	"context"
	"net/http"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Layer puts a Pacer around the adaptation to a service provider: what it makes
// takes requests in normal form, whose context has a ticket (With), and holds
// them back before their first exchange. A request without a ticket goes at once.
//
// If the first exchange is a read that a change needs, the change has its lane
// from then on: what was read is still so when it is written.
func (p *Pacer) Layer(adapt func(scim.Send) scim.Send) func(scim.Send) scim.Send {
	return func(send scim.Send) scim.Send {
		next := adapt(p.guard(send))
		return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
			if t := ticketOf(ctx); t != nil && t.pacer != nil {
				return t.send(ctx, req, next)
			}
			return next(ctx, req)
		}
	}
}

// send makes one exchange, the first one when its time has come.
func (t *Ticket) send(ctx context.Context, req *scim.Request, next scim.Send) (*scim.Response, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	if t.began {
		return next(t.place.in(ctx), req)
	}
	t.began = true
	began := time.Now()
	if err := t.enter(ctx, req); err != nil {
		t.failed, t.waited = err, time.Since(began)
		return nil, err
	}
	resp, err, answered := t.await(ctx, req, next)
	t.waited = time.Since(began)
	switch {
	case answered:
		return resp, err
	case err != nil:
		t.failed = err
		return nil, err
	}
	return next(t.place.in(ctx), req)
}

// enter finds out what the request is and takes its place in a lane.
func (t *Ticket) enter(ctx context.Context, req *scim.Request) error {
	whole := req.Method == t.facts.Method // and not a read that it needs
	if change := t.change(req, whole); change != nil && t.class == limit.Update && withdraws(change) {
		t.raise(limit.Leaver)
	}
	if err := t.confirm(ctx); err != nil {
		return err
	}
	name := t.facts.Route.Resource()
	if name == "" || t.class == limit.Read {
		return nil
	}
	if whole && t.pacer.settings.Coalesce > 0 {
		t.joined, t.load = time.Now(), loadOf(ctx, req, &t.facts)
	}
	t.place.name = name
	t.place.turn = t.pacer.state.lanes.Join(name, t.held, t.load)
	return nil
}

// change is what is to be made: the exchange, or where that is a read the request
// as it came, if it is known.
func (t *Ticket) change(req *scim.Request, whole bool) *scim.Request {
	if whole {
		return req
	}
	return t.came
}

// await waits for the lane and at the gates. It may come out of that with the
// answer already, if the request went with others.
func (t *Ticket) await(ctx context.Context, req *scim.Request, next scim.Send) (resp *scim.Response, err error, answered bool) {
	for {
		switch err := t.lane(ctx); {
		case err == limit.ErrTaken:
			resp, err, alone := t.load.batch.wait(ctx)
			if !alone {
				return resp, err, true
			}
			continue
		case err != nil:
			return nil, t.ended(err), false
		}
		break
	}
	if err := t.gather(ctx); err != nil {
		return nil, t.ended(err), false
	}
	began := t.pacer.clock()
	if err := t.held.Pass(ctx, t.pacer.terms); err != nil {
		return nil, t.ended(err), false
	}
	t.pacer.waited(Gates, t.class, began)
	if t.load == nil || t.load.alone {
		return nil, nil, false
	}
	return t.together(ctx, req, next)
}

// guard is at the bottom: a change whose lane is no longer its own must not be
// written, unless the service provider compares versions (If-Match).
func (p *Pacer) guard(send scim.Send) scim.Send {
	if p.settings.Leaser == nil {
		return send
	}
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		if req.Method != http.MethodGet && req.Method != http.MethodHead && req.Header.Get("If-Match") == "" {
			if held := holdOf(ctx); held != nil && held.isLost() {
				if p.settings.Report.LeaseLost != nil {
					p.settings.Report.LeaseLost()
				}
				return nil, &Refusal{Reason: LeaseLost, RetryAfter: time.Second, Limit: -1}
			}
		}
		return send(ctx, req)
	}
}
