package pace_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

const deactivation = `{"op":"replace","path":"active","value":false}`

func user(id string) string { return "/scim/v2/Users/" + id }

func retitle(id string) call {
	return call{method: http.MethodPatch, path: user(id), body: patchOf(`{"op":"replace","path":"title","value":"Mate"}`)}
}

// TestReadBeforeAWrite has a change that needs a read first keep others away from
// then on, and use one slot.
func TestReadBeforeAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.patch, p.slow = true, time.Second
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{Coalesce: time.Second}, backend.Capabilities{})
		limits := []limit.Limit{{Key: "okta", Rate: limit.Every(1, time.Second, 2, 0)}}
		var all sync.WaitGroup
		all.Go(func() {
			route, _ := scim.Core().Route(scim.Base{}, crew)
			ticket, err := g.Reserve(t.Context(), pace.Facts{Method: http.MethodPatch, Route: route, Limits: limits})
			if err != nil {
				t.Error(err)
				return
			}
			defer ticket.Done()
			ctx, send := pace.With(t.Context(), ticket), g.plan(g.behind)
			for _, req := range []*scim.Request{{Method: http.MethodGet, Path: crew}, {Method: http.MethodPatch, Path: crew, Body: join("a").body}} {
				if _, err := send(ctx, req); err != nil {
					t.Error(err)
				}
			}
		})
		synctest.Wait()
		other := join("b")
		other.limits = limits
		all.Go(func() {
			if _, err := g.do(t.Context(), other); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		if want := []string{"GET /Groups/crew", "PATCH /Groups/crew", "PATCH /Groups/crew"}; !slices.Equal(p.asked, want) || p.bodies[1] != join("a").body {
			t.Errorf("sent %q %q", p.asked, p.bodies)
		}
		g.idle(t)
	})
}

// TestRefusalStands has a request that was refused at its first exchange try
// another one.
func TestRefusalStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{Concurrency: 1, MaxWait: time.Millisecond}, backend.Capabilities{})
		p.slow = time.Minute
		go func() { _, _ = g.do(t.Context(), call{method: http.MethodGet, path: user("1")}) }()
		synctest.Wait()
		route, _ := scim.Core().Route(scim.Base{}, user("2"))
		ticket, err := g.Reserve(t.Context(), pace.Facts{Method: http.MethodPut, Route: route})
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			if _, err := g.plan(g.behind)(pace.With(t.Context(), ticket), &scim.Request{Method: method, Path: user("2")}); err == nil {
				t.Errorf("%s went through", method)
			}
		}
		ticket.Done()
		ticket.Done()
		if len(p.asked) != 1 {
			t.Errorf("sent %q", p.asked)
		}
		time.Sleep(time.Minute)
		g.idle(t)
	})
}

// TestManyWait has more requests come than may wait.
func TestManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.slow = time.Second
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{Concurrency: 1, MaxHolding: 2}, backend.Capabilities{})
		_, errs, _ := crowd(t, g, retitle("1"), retitle("2"), retitle("3"), retitle("4"))
		if errs[0] != nil || errs[2] != nil || scim.AsError(errs[3]).Status != http.StatusTooManyRequests {
			t.Errorf("ended as %v", errs)
		}
		g.idle(t)
	})
}

// TestPressure has a service provider ask for a pause: who comes then waits, or
// is told at once if it would be for too long.
func TestPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.patch = true
		var busy sync.Once
		p.refuse = func(*scim.Request) (resp *scim.Response) {
			busy.Do(func() {
				resp = refusal(429)
				resp.Header.Set("Retry-After", "4")
			})
			return resp
		}
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{MaxWait: 10 * time.Second}, backend.Capabilities{})
		began := time.Now()
		var all sync.WaitGroup
		for _, id := range []string{"1", "2"} {
			all.Go(func() {
				_, err := g.do(t.Context(), retitle(id))
				if took := time.Since(began); err != nil || took < 4*time.Second || took > 6*time.Second {
					t.Errorf("%s ended as %v after %v", id, err, took)
				}
			})
			time.Sleep(10 * time.Millisecond)
		}
		all.Wait()
		if n := len(p.asked); n != 3 {
			t.Errorf("%d exchanges: %q", n, p.asked)
		}
		time.Sleep(time.Minute)
		if _, err := g.do(t.Context(), retitle("1")); err != nil {
			t.Error(err)
		}
		g.Complained(time.Minute)
		_, err := g.do(t.Context(), retitle("1"))
		refused, ok := errors.AsType[*pace.Refusal](err)
		if !ok || refused.Reason != pace.Pressure || refused.Seconds() != 60 || len(p.asked) != 4 {
			t.Errorf("got %v", err)
		}
		if want := []string{"slowed 4s", "recovered", "slowed 1m0s", "refused pressure update"}; !slices.Equal(g.noted(), want) {
			t.Errorf("noted %q, want %q", g.noted(), want)
		}
		g.idle(t)
	})
}

// TestBulkAmongOthers has a Bulk request that is taken apart change what others
// are about to change, where only one may be with the service provider: it must
// not wait for the one that waits for it.
func TestBulkAmongOthers(t *testing.T) {
	for _, shared := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := newProvider()
			p.slow = 100 * time.Millisecond
			settings := pace.Settings{Concurrency: 1}
			if shared {
				settings.Leaser = new(leaser)
			}
			g := newGateway(t, p.send, pace.NewState(), settings, backend.Capabilities{Patch: "put", Bulk: lacking(), ETag: lacking()})
			ops := make([]string, 10)
			for i := range ops {
				ops[i] = fmt.Sprintf(`{"method":"PATCH","path":"/Groups/crew","data":%s}`, patchOf(adds(fmt.Sprint("bulk", i))))
			}
			body := `{"schemas":["` + scim.BulkRequestURI + `"],"Operations":[` + strings.Join(ops, ",") + `]}`
			calls := []call{join("a"), {method: http.MethodPost, path: "/scim/v2/Bulk", body: body}}
			for i := range 10 {
				calls = append(calls, join(fmt.Sprint("m", i)))
			}
			statuses, errs, bodies := crowd(t, g, calls...)
			if err := errors.Join(errs...); err != nil || slices.Min(statuses) != 200 || slices.Max(statuses) != 200 || strings.Count(bodies[1], `"status":"200"`) != 10 {
				t.Errorf("answered %v, %v: %s", statuses, err, bodies[1])
			}
			if n := len(p.members(crew)); n != 21 || p.most != 1 {
				t.Errorf("%d members; %d were inside at a time", n, p.most)
			}
			g.idle(t)
		})
	}
}

// TestChangeOfConfiguration has a new Pacer take the place of one that is still
// at work: what the old one holds, the new one waits for.
func TestChangeOfConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, state, store := newProvider(), pace.NewState(), limit.NewMemory(0)
		p.slow, p.patch = 900*time.Millisecond, true
		limits := []limit.Limit{{Key: "okta", Rate: limit.Every(1, time.Second, 2, 3*time.Second)}}
		before := newGateway(t, p.send, state, pace.Settings{Store: store, Concurrency: 3}, backend.Capabilities{})
		var all sync.WaitGroup
		send := func(g *gateway, id string) {
			all.Go(func() {
				c := retitle(id)
				c.limits = limits
				if _, err := g.do(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		began := time.Now()
		send(before, "1") // goes at once, and so would the next one
		send(before, "2")
		after := newGateway(t, p.send, state, pace.Settings{Store: store, Concurrency: 1}, backend.Capabilities{})
		send(after, "1")  // has a slot after one second
		send(before, "3") // after two
		send(after, "4")  // after three
		all.Wait()
		want := []string{"PATCH /Users/1", "PATCH /Users/2", "PATCH /Users/1", "PATCH /Users/3", "PATCH /Users/4"}
		if took := time.Since(began); !slices.Equal(p.asked, want) || took != 3900*time.Millisecond {
			t.Errorf("sent %q in %v", p.asked, took)
		}
		after.idle(t)
	})
}

func TestWithoutATicket(t *testing.T) {
	p := newProvider()
	g := newGateway(t, p.send, pace.NewState(), pace.Settings{Concurrency: 1}, backend.Capabilities{})
	resp, err := g.plan(g.behind)(context.Background(), &scim.Request{Method: http.MethodGet, Path: user("1")})
	if err != nil || resp.Status != 200 {
		t.Errorf("got %+v, %v", resp, err)
	}
	g.idle(t)
}

func TestSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]int{0: 1, 1: 1, time.Second: 1, time.Second + 1: 2, time.Minute: 60} {
		if got := (&pace.Refusal{RetryAfter: wait}).Seconds(); got != want {
			t.Errorf("%v: %d seconds, want %d", wait, got, want)
		}
	}
}
