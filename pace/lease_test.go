package pace_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestLeaseIsHandedOn has changes of one resource follow each other in one
// process: they need not ask for the lease each.
func TestLeaseIsHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, shared := newProvider(), new(leaser)
		p.patch, p.slow = true, 100*time.Millisecond
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{Leaser: shared}, backend.Capabilities{})
		calls := make([]call, 25)
		for i := range calls {
			calls[i] = retitle("1")
		}
		crowd(t, g, calls...)
		if shared.taken < 2 || shared.taken > 3 || shared.lanes.Busy() != 0 {
			t.Errorf("the lease was taken %d times, and is held by %d", shared.taken, shared.lanes.Busy())
		}
		g.idle(t)
	})
}

// TestLeaseAfterClientsLeave has whoever was about to get the lease go away.
func TestLeaseAfterClientsLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, shared := newProvider(), new(leaser)
		p.patch, p.slow = true, 100*time.Millisecond
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{Leaser: shared}, backend.Capabilities{})
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Millisecond+time.Microsecond)
				defer cancel()
				_, _ = g.do(ctx, retitle("1"))
			})
			synctest.Wait()
		}
		all.Wait()
		if shared.lanes.Busy() != 0 {
			t.Error("a lease is held for ever")
		}
		g.idle(t)
	})
}

// TestLeaseIsLost has the lease end in the middle of a change: between the read
// and the write.
func TestLeaseIsLost(t *testing.T) {
	for _, test := range []struct {
		name   string
		caps   backend.Capabilities
		etag   string
		asked  []string
		reason pace.Reason
	}{
		{"nothing compares versions", backend.Capabilities{Patch: "put", ETag: lacking()}, "", []string{"GET /Groups/crew", "GET /Groups/crew"}, pace.LeaseLost},
		{"versions", backend.Capabilities{Patch: "put"}, `W/"7"`, []string{"GET /Groups/crew", "PUT /Groups/crew"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, shared := newProvider(), new(leaser)
				behind := func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
					resp, err := p.send(ctx, req)
					if err == nil && req.Method == http.MethodGet {
						shared.loseAll()
					}
					if err == nil && test.etag != "" {
						resp.Header.Set("ETag", test.etag)
					}
					if req.Method == http.MethodPut && req.Header.Get("If-Match") != test.etag {
						t.Errorf("written if %q", req.Header.Get("If-Match"))
					}
					return resp, err
				}
				g := newGateway(t, behind, pace.NewState(), pace.Settings{Leaser: shared}, test.caps)
				_, err := g.do(t.Context(), join("a"))
				refused, ok := errors.AsType[*pace.Refusal](err)
				if ok != (test.reason != "") || ok && (refused.Reason != test.reason || scim.AsError(err).Status != 503) || !slices.Equal(p.asked, test.asked) {
					t.Errorf("got %v after %q", err, p.asked)
				}
				if _, err := g.do(t.Context(), call{method: http.MethodGet, path: crew}); err != nil || shared.lanes.Busy() != 0 {
					t.Errorf("afterwards: %v; %d leases", err, shared.lanes.Busy())
				}
				g.idle(t)
			})
		})
	}
}

func TestNoLease(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		busy   bool
		reason pace.Reason
	}{
		{"store is down", limit.ErrUnavailable, false, pace.StoreDown},
		{"held by others", nil, true, pace.LaneHeld},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, shared := newProvider(), &leaser{err: test.err}
				if test.busy {
					if _, err := shared.Acquire(t.Context(), "test/scim/v2/Users/1", time.Second); err != nil {
						t.Fatal(err)
					}
				}
				g := newGateway(t, p.send, pace.NewState(), pace.Settings{Leaser: shared, LeasePrefix: "test", LeaseWait: 5 * time.Second}, backend.Capabilities{})
				_, err := g.do(t.Context(), retitle("1"))
				refused, ok := errors.AsType[*pace.Refusal](err)
				if !ok || refused.Reason != test.reason || scim.AsError(err).Status != 503 || len(p.asked) != 0 {
					t.Errorf("got %v after %q", err, p.asked)
				}
				g.idle(t)
			})
		})
	}
}

// TestLocalLease has the store be out of reach, and leases hold in one process
// then. That is not good enough at first, when others may hold real ones.
func TestLocalLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, shared := newProvider(), &leaser{local: true}
		p.patch = true
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{Leaser: shared}, backend.Capabilities{})
		took := func() time.Duration {
			began := time.Now()
			if _, err := g.do(t.Context(), retitle("1")); err != nil {
				t.Error(err)
			}
			return time.Since(began).Round(100 * time.Millisecond)
		}
		first, second := took(), took()
		time.AfterFunc(20*time.Second, func() { shared.setLocal(false) })
		time.Sleep(30 * time.Second)
		real := took()
		shared.setLocal(true)
		time.AfterFunc(time.Second, func() { shared.setLocal(false) })
		if blip := took(); first != 3*time.Second || second != 0 || real != 0 || blip < time.Second || blip > 1200*time.Millisecond {
			t.Errorf("an outage took %v, then %v; it took %v when that was over, and a short one %v", first, second, real, blip)
		}
		g.idle(t)
	})
}

// TestStoreIsDown has the counters be out of reach, and nothing be let pass then.
func TestStoreIsDown(t *testing.T) {
	p := newProvider()
	g := newGateway(t, p.send, pace.NewState(), pace.Settings{Store: down{}}, backend.Capabilities{})
	c := retitle("1")
	c.limits = []limit.Limit{{Key: "okta", Rate: limit.Every(1, time.Second, 1, 0)}}
	_, err := g.do(t.Context(), c)
	if refused, ok := errors.AsType[*pace.Refusal](err); !ok || refused.Reason != pace.StoreDown || len(p.asked) != 0 {
		t.Errorf("got %v", err)
	}
	g.idle(t)
}

type down struct{}

func (down) Reserve(context.Context, []limit.Limit) (limit.Decision, error) {
	return limit.Decision{Refused: -1}, limit.ErrUnavailable
}
