package pace

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// How much goes into one request. What a service provider takes less of, its
// adaptation takes apart.
const (
	mostOperations = 1000
	mostBytes      = 512 << 10
)

// batch is a request that is made of several.
type batch struct {
	loads []*load // in the order in which they came
	along []*limit.Turn
	left  atomic.Int32 // clients that still wait
	done  chan struct{}

	// Set before done is closed.
	resp  *scim.Response
	err   error
	alone bool // the service provider has refused it, and each has to go alone
}

// gather waits for others, if the ticket may go with them and was at the head of
// its lane so fast that nobody can have come.
func (t *Ticket) gather(ctx context.Context) error {
	if t.load == nil || t.load.alone {
		return nil
	}
	left := t.pacer.settings.Coalesce - time.Since(t.joined)
	if left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.held.Lost():
		return limit.ErrDisplaced
	case <-ctx.Done():
		return ctx.Err()
	}
}

// together takes those along that wait behind the ticket, and makes one request
// of all. If there are none it reports false. If the service provider refuses
// what was sent, the one at fault has to be told and not the others: then each
// goes alone, in the same order.
func (t *Ticket) together(ctx context.Context, req *scim.Request, next scim.Send) (resp *scim.Response, err error, answered bool) {
	b := t.load.collect(t.place.turn)
	if len(b.loads) == 1 {
		return nil, nil, false
	}
	defer func() {
		if b.resp == nil && b.err == nil { // a panic on its way up
			b.err = errUnanswered
			close(b.done)
		}
	}()
	resp, err = b.send(t.place.in(ctx), req, next)
	refused := isRefusal(resp, err)
	if report := t.pacer.settings.Report.Together; report != nil {
		report(len(b.loads), err == nil && resp.Status < http.StatusBadRequest)
	}
	if refused {
		for _, l := range b.loads {
			l.alone = true
		}
		t.place.turn.GiveBack(b.along)
	}
	b.resp, b.err, b.alone = copyOf(resp), err, refused // what is returned may be changed
	close(b.done)
	return resp, err, !refused
}

// collect takes the loads along that wait right behind the one that has the
// lane and fit it.
func (l *load) collect(turn *limit.Turn) *batch {
	b := &batch{loads: []*load{l}, done: make(chan struct{})}
	operations, bytes := len(l.ops), len(l.req.Body)
	b.along = turn.Take(func(waiting any) bool {
		other, _ := waiting.(*load)
		if other == nil || !l.fits(other) ||
			operations+len(other.ops) > mostOperations || bytes+len(other.req.Body) > mostBytes {
			return false
		}
		operations += len(other.ops)
		bytes += len(other.req.Body)
		other.batch = b
		b.loads = append(b.loads, other)
		return true
	})
	return b
}

// send makes the request. It ends early only when all clients have gone.
func (b *batch) send(ctx context.Context, req *scim.Request, next scim.Send) (*scim.Response, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	b.left.Store(int32(len(b.loads)))
	for _, l := range b.loads {
		stop := context.AfterFunc(l.ctx, func() {
			if b.left.Add(-1) == 0 {
				cancel()
			}
		})
		defer stop()
	}
	all := *req
	all.Body = b.body()
	all.Header = req.Header.Clone()
	all.Header.Del("Content-Length")
	return next(ctx, &all)
}

// isRefusal reports whether the service provider has found fault with a request.
// To ask it to slow down is none.
func isRefusal(resp *scim.Response, err error) bool {
	status := 0
	if refused, ok := errors.AsType[*scim.Error](err); ok {
		status = refused.Status
	} else if err == nil {
		status = resp.Status
	}
	return status >= http.StatusBadRequest && status < http.StatusInternalServerError && status != http.StatusTooManyRequests
}

var errUnanswered = scim.Errorf(http.StatusBadGateway, "",
	"this change was sent together with others, and no answer came; whether it was made is not known")

// wait returns the answer to one that was taken along, or reports that it has to
// go alone.
func (b *batch) wait(ctx context.Context) (resp *scim.Response, err error, alone bool) {
	select {
	case <-b.done:
	case <-ctx.Done():
		return nil, ctx.Err(), false
	}
	switch {
	case b.alone:
		return nil, nil, true
	case b.err != nil:
		if _, ok := errors.AsType[*scim.Error](b.err); ok {
			return nil, b.err, false
		}
		return nil, errUnanswered, false
	}
	return copyOf(b.resp), nil, false
}

func copyOf(resp *scim.Response) *scim.Response {
	if resp == nil {
		return nil
	}
	answer := *resp
	answer.Header = resp.Header.Clone()
	return &answer
}
