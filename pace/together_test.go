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
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestThousandMembers adds a thousand members to one group through two replicas,
// where a service provider has neither PATCH nor ETags: what one reads another
// must not have changed when it is written.
func TestThousandMembers(t *testing.T) {
	for _, window := range []time.Duration{0, 10 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			p, shared := newProvider(), new(leaser)
			caps := backend.Capabilities{Patch: "put", ETag: lacking()}
			settings := pace.Settings{Leaser: shared, Coalesce: window, LeaseWait: time.Hour}
			var replicas []*gateway
			for range 2 {
				replicas = append(replicas, newGateway(t, p.send, pace.NewState(), settings, caps))
			}
			const members = 1000
			var all sync.WaitGroup
			for i := range members {
				all.Go(func() {
					resp, err := replicas[i%2].do(t.Context(), join(fmt.Sprint("m", i)))
					if err != nil || resp.Status != http.StatusOK || !strings.Contains(resp.Body, fmt.Sprintf(`"m%d"`, i)) {
						t.Errorf("m%d: %+v, %v", i, resp, err)
					}
				})
			}
			all.Wait()
			if n := len(p.members(crew)); n != members {
				t.Errorf("%d members, not %d", n, members)
			}
			if window > 0 && p.writes > 10 || window == 0 && p.writes != members {
				t.Errorf("%d writes with a window of %v", p.writes, window)
			}
			if shared.lanes.Busy() != 0 {
				t.Error("a lease is held for ever")
			}
			for _, g := range replicas {
				g.idle(t)
			}
		})
	}
}

// crowd sends calls in their order, nearly at once, and returns their answers.
func crowd(t *testing.T, g *gateway, calls ...call) (statuses []int, errs []error, bodies []string) {
	t.Helper()
	statuses, errs, bodies = make([]int, len(calls)), make([]error, len(calls)), make([]string, len(calls))
	var all sync.WaitGroup
	for i, c := range calls {
		all.Go(func() {
			resp, err := g.do(t.Context(), c)
			if errs[i] = err; err == nil {
				statuses[i], bodies[i] = resp.Status, resp.Body
			}
		})
		synctest.Wait()
	}
	all.Wait()
	return statuses, errs, bodies
}

func patching(t *testing.T, p *provider, settings pace.Settings) *gateway {
	t.Helper()
	p.patch = true
	return newGateway(t, p.send, pace.NewState(), settings, backend.Capabilities{})
}

// TestTogether has changes of a group wait for each other, one of which cannot
// go together with the others.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := patching(t, p, pace.Settings{Coalesce: 50 * time.Millisecond})
		rename := call{method: http.MethodPatch, path: crew, body: patchOf(`{"op":"replace","path":"displayName","value":"Deck"}`)}
		again := call{method: http.MethodPatch, path: crew, body: patchOf(removes("b"), adds("b", "d"))}
		leave := call{method: http.MethodPatch, path: crew, body: patchOf(removes("a"))}
		statuses, errs, bodies := crowd(t, g, join("a"), join("b"), join("a"), again, leave, rename, join("e"), join("f"))
		if err := errors.Join(errs...); err != nil || slices.Max(statuses) != 200 || slices.Min(statuses) != 200 {
			t.Errorf("answered %v, %v", statuses, err)
		}
		want := []string{
			patchOf(adds("a", "b"), removes("b"), adds("b", "d"), removes("a")),
			rename.body,
			patchOf(adds("e", "f")),
		}
		if !slices.Equal(p.bodies, want) {
			t.Errorf("sent\n%s\nwant\n%s", strings.Join(p.bodies, "\n"), strings.Join(want, "\n"))
		}
		if bodies[0] != bodies[4] || bodies[0] == bodies[5] || bodies[6] != bodies[7] {
			t.Errorf("answered\n%s", strings.Join(bodies, "\n"))
		}
		if got := p.members(crew); !slices.Equal(got, []string{"b", "d", "e", "f"}) {
			t.Errorf("members are %q", got)
		}
		if want := []string{"together 5 true", "together 2 true"}; !slices.Equal(g.noted(), want) {
			t.Errorf("noted %q", g.noted())
		}
		g.idle(t)
	})
}

// TestAnswersAreOnesOwn has each of those that went together change its answer.
func TestAnswersAreOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := patching(t, newProvider(), pace.Settings{Coalesce: time.Second})
		var all sync.WaitGroup
		answers := make([]*scim.Response, 3)
		for i := range answers {
			all.Go(func() {
				resp, err := g.do(t.Context(), join(fmt.Sprint(i)))
				if err != nil {
					t.Error(err)
					return
				}
				resp.Header.Set("X-For", fmt.Sprint(i))
				answers[i] = resp
			})
		}
		all.Wait()
		for i, resp := range answers {
			if got := resp.Header.Get("X-For"); got != fmt.Sprint(i) {
				t.Errorf("%d got the answer of %s", i, got)
			}
		}
	})
}

// TestNotTogether has pairs of changes that must not become one request.
func TestNotTogether(t *testing.T) {
	first := join("a")
	for name, change := range map[string]func(*call){
		"other credentials":  func(c *call) { c.header = http.Header{"Authorization": {"Bearer other"}} },
		"other cookie":       func(c *call) { c.header = http.Header{"Cookie": {"a=b"}} },
		"other caller":       func(c *call) { c.identity = "okta" },
		"other answer":       func(c *call) { c.query = "excludedAttributes=members" },
		"version":            func(c *call) { c.header = http.Header{"If-Match": {`W/"1"`}} },
		"other operation":    func(c *call) { c.body = patchOf(adds("b"), `{"op":"replace","path":"displayName","value":"Deck"}`) },
		"all members":        func(c *call) { c.body = patchOf(`{"op":"remove","path":"members"}`) },
		"other filter":       func(c *call) { c.body = patchOf(`{"op":"remove","path":"members[value sw \"b\"]"}`) },
		"a part of a member": func(c *call) { c.body = patchOf(`{"op":"remove","path":"members[value eq \"a\"].display"}`) },
		"replacement":        func(c *call) { c.body = patchOf(`{"op":"replace","path":"members","value":[{"value":"b"}]}`) },
		"no id":              func(c *call) { c.body = patchOf(`{"op":"add","path":"members","value":[{"display":"b"}]}`) },
		"pathless":           func(c *call) { c.body = patchOf(`{"op":"add","value":{"members":[{"value":"b"}]}}`) },
		"other group":        func(c *call) { c.path = "/scim/v2/Groups/deck" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProvider()
				g := patching(t, p, pace.Settings{Coalesce: time.Second})
				second := join("b")
				change(&second)
				crowd(t, g, first, second)
				if !slices.Equal(slices.Sorted(slices.Values(p.bodies)), slices.Sorted(slices.Values([]string{first.body, second.body}))) || len(g.noted()) != 0 {
					t.Errorf("sent %q", p.bodies)
				}
			})
		})
	}
}

// TestTogetherRefused has a service provider that does not know one of the
// members. Only who sent that one is told, and the others are done in order.
func TestTogetherRefused(t *testing.T) {
	for _, status := range []int{400, 404} {
		synctest.Test(t, func(t *testing.T) {
			p := newProvider()
			p.refuse = func(req *scim.Request) *scim.Response {
				if strings.Contains(req.Body, `"nobody"`) {
					return refusal(status)
				}
				return nil
			}
			g := patching(t, p, pace.Settings{Coalesce: 50 * time.Millisecond})
			statuses, errs, _ := crowd(t, g, join("a"), join("b"), join("nobody"), join("c"))
			if want := []int{200, 200, status, 200}; !slices.Equal(statuses, want) || errors.Join(errs...) != nil {
				t.Errorf("answered %v, %v", statuses, errs)
			}
			want := []string{patchOf(adds("a", "b", "nobody", "c")), join("a").body, join("b").body, join("nobody").body, join("c").body}
			if !slices.Equal(p.bodies, want) {
				t.Errorf("sent\n%s", strings.Join(p.bodies, "\n"))
			}
			g.idle(t)
		})
	}
}

// TestTogetherFailed has a service provider fail: nobody is told that anything
// was done.
func TestTogetherFailed(t *testing.T) {
	for _, status := range []int{429, 500, 503} {
		synctest.Test(t, func(t *testing.T) {
			p := newProvider()
			p.refuse = func(*scim.Request) *scim.Response { return refusal(status) }
			g := patching(t, p, pace.Settings{Coalesce: 50 * time.Millisecond})
			statuses, errs, _ := crowd(t, g, join("a"), join("b"), join("c"))
			if want := []int{status, status, status}; !slices.Equal(statuses, want) || errors.Join(errs...) != nil {
				t.Errorf("answered %v, %v", statuses, errs)
			}
			g.idle(t)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("connection reset")
		g := newGateway(t, func(context.Context, *scim.Request) (*scim.Response, error) { return nil, broken }, pace.NewState(),
			pace.Settings{Coalesce: 50 * time.Millisecond}, backend.Capabilities{})
		_, errs, _ := crowd(t, g, join("a"), join("b"))
		if !errors.Is(errs[0], broken) || scim.AsError(errs[1]).Status != http.StatusBadGateway {
			t.Errorf("ended as %v", errs)
		}
		g.idle(t)
	})
}

// TestTogetherAfterAPanic has the one that sends for all be torn away.
func TestTogetherAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, func(context.Context, *scim.Request) (*scim.Response, error) { panic(http.ErrAbortHandler) }, pace.NewState(),
			pace.Settings{Coalesce: 50 * time.Millisecond}, backend.Capabilities{})
		go func() {
			defer func() { _ = recover() }()
			_, _ = g.do(t.Context(), join("a"))
		}()
		synctest.Wait()
		_, err := g.do(t.Context(), join("b"))
		if scim.AsError(err).Status != http.StatusBadGateway {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		g.idle(t)
	})
}

// TestTogetherWithoutOne has clients go away: first the one that sends for all.
// The others must not suffer for it. When all have gone the request ends.
func TestTogetherWithoutOne(t *testing.T) {
	for gone := range 4 {
		synctest.Test(t, func(t *testing.T) {
			p := newProvider()
			p.slow = 10 * time.Second
			g := patching(t, p, pace.Settings{Coalesce: 50 * time.Millisecond})
			var all sync.WaitGroup
			began := time.Now()
			for i, id := range []string{"a", "b", "c"} {
				all.Go(func() {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					if i < gone {
						time.AfterFunc(time.Second, cancel)
					}
					resp, err := g.do(ctx, join(id))
					if i >= gone && (err != nil || resp.Status != 200) {
						t.Errorf("%d of 3 gone: %s got %+v, %v", gone, id, resp, err)
					}
				})
				synctest.Wait()
			}
			all.Wait()
			if took := time.Since(began); gone == 3 && took > 2*time.Second {
				t.Errorf("a request nobody waits for took %v", took)
			}
			if want := min(3, 3*(3-gone)); len(p.members(crew)) != want {
				t.Errorf("%d of 3 gone: members are %q", gone, p.members(crew))
			}
			g.idle(t)
		})
	}
}

// TestGoneBeforeItIsSent has a client leave before its change is taken along.
func TestGoneBeforeItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := patching(t, p, pace.Settings{Coalesce: time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() { _, _ = g.do(t.Context(), join("a")) })
		synctest.Wait()
		all.Go(func() {
			if _, err := g.do(ctx, join("b")); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() { _, _ = g.do(t.Context(), join("c")) })
		all.Wait()
		if want := []string{patchOf(adds("a", "c"))}; !slices.Equal(p.bodies, want) {
			t.Errorf("sent %q", p.bodies)
		}
		g.idle(t)
	})
}
