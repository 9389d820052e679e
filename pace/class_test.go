package pace_test

import (
	"errors"
	"fmt"
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

// TestClasses has one request of each kind wait behind one that is with the
// service provider, and looks at who goes in which order.
func TestClasses(t *testing.T) {
	leavers := []call{
		{method: http.MethodDelete, path: user("1")},
		{method: http.MethodDelete, path: "/scim/v2/Groups/1"},
		{method: http.MethodPatch, path: user("2"), body: patchOf(`{"op":"replace","path":"title","value":"x"}`, deactivation)},
		{method: http.MethodPatch, path: user("3"), body: patchOf(`{"op":"replace","value":{"active":false}}`)},
		{method: http.MethodPatch, path: user("4"), body: patchOf(`{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":false}`)},
		{method: http.MethodPut, path: user("5"), body: `{"userName":"mara.lind","active":false}`},
		{method: http.MethodPatch, path: crew, body: patchOf(removes("a"))},
		{method: http.MethodPatch, path: "/scim/v2/Groups/2", body: patchOf(adds("b"), `{"op":"remove","path":"members"}`)},
		{method: http.MethodDelete, path: "/scim/v2/Me"},
	}
	updates := []call{
		retitle("6"),
		{method: http.MethodPatch, path: user("7"), body: patchOf(`{"op":"replace","path":"active","value":true}`)},
		{method: http.MethodPut, path: user("8"), body: `{"userName":"mara.lind","name":{"active":false}}`},
		{method: http.MethodPatch, path: "/scim/v2/Groups/3", body: patchOf(adds("b"))},
		{method: http.MethodPost, path: "/scim/v2/Bulk", body: `{}`},
		{method: http.MethodPatch, path: "/scim/v2/Me", body: patchOf(`{"op":"replace","path":"title","value":"x"}`)},
		{method: http.MethodPatch, path: user("9"), body: `{"Operations":{}}`},
		{method: http.MethodPatch, path: user("10"), body: `[]`},
	}
	creates := []call{{method: http.MethodPost, path: "/scim/v2/Users", body: `{}`}, {method: http.MethodPost, path: "/scim/v2/Groups", body: `{}`}}
	reads := []call{
		{method: http.MethodGet, path: user("1")},
		{method: http.MethodGet, path: "/scim/v2/Users"},
		{method: http.MethodPost, path: "/scim/v2/.search", body: `{}`},
		{method: http.MethodHead, path: "/scim/v2/Me"},
		{method: http.MethodGet, path: "/scim/v2/Schemas"},
	}
	for class, calls := range map[limit.Class][]call{limit.Leaver: leavers, limit.Create: creates, limit.Update: updates, limit.Read: reads} {
		for _, c := range calls {
			synctest.Test(t, func(t *testing.T) {
				p := newProvider()
				p.slow = time.Second
				g := newGateway(t, p.send, pace.NewState(), pace.Settings{Concurrency: 1, MaxWait: 500 * time.Millisecond}, backend.Capabilities{})
				go func() { _, _ = g.do(t.Context(), call{method: http.MethodGet, path: "/scim/v2/Users"}) }()
				synctest.Wait()
				_, err := g.do(t.Context(), c)
				refused, ok := errors.AsType[*pace.Refusal](err)
				if !ok || refused.Reason != pace.Busy || scim.AsError(err).Status != http.StatusServiceUnavailable {
					t.Errorf("%s %s: got %v", c.method, c.path, err)
				}
				for _, note := range g.noted() {
					if want := "refused busy " + class.String(); note != want {
						t.Errorf("%s %s %s: %s, want %s", c.method, c.path, c.body, note, want)
					}
				}
				if len(g.noted()) != 1 {
					t.Errorf("noted %q", g.noted())
				}
				time.Sleep(time.Second)
				g.idle(t)
			})
		}
	}
}

// TestDeactivationOverTheLimit has a deactivation come when as many wait as may.
// That it is one shows only in its body.
func TestDeactivationOverTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.patch = true
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{}, backend.Capabilities{})
		limits := []limit.Limit{{Key: "okta", Rate: limit.Every(1, time.Second, 1, 3*time.Second)}}
		var all sync.WaitGroup
		statuses := make([]int, 7)
		for i := range statuses {
			c := retitle(fmt.Sprint(i))
			if i == 5 {
				c.body = patchOf(deactivation)
			}
			c.limits, c.reads = limits, 10*time.Millisecond
			all.Go(func() {
				resp, err := g.do(t.Context(), c)
				if err != nil {
					statuses[i] = scim.AsError(err).Status
					return
				}
				statuses[i] = resp.Status
			})
			time.Sleep(20 * time.Millisecond)
		}
		all.Wait()
		if want := []int{200, 200, 200, 429, 429, 200, 429}; !slices.Equal(statuses, want) {
			t.Errorf("answered %v, want %v", statuses, want)
		}
		if want := []string{"PATCH /Users/0", "PATCH /Users/5", "PATCH /Users/1", "PATCH /Users/2"}; !slices.Equal(p.asked, want) {
			t.Errorf("sent %q, want %q", p.asked, want)
		}
		if want := []string{"refused displaced update", "refused rate update", "refused rate update"}; !slices.Equal(slices.Sorted(slices.Values(g.noted())), want) {
			t.Errorf("noted %q", g.noted())
		}
		g.idle(t)
	})
}

// TestDisplacedInItsLane has one be displaced while it waits for another change
// of its resource.
func TestDisplacedInItsLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.patch, p.slow = true, 10*time.Second
		g := newGateway(t, p.send, pace.NewState(), pace.Settings{}, backend.Capabilities{})
		limits := []limit.Limit{{Key: "okta", Rate: limit.Every(1, time.Minute, 1, time.Minute)}}
		var all sync.WaitGroup
		first, second := retitle("1"), retitle("1")
		first.limits, second.limits = limits, limits
		all.Go(func() { _, _ = g.do(t.Context(), first) })
		synctest.Wait()
		began := time.Now()
		all.Go(func() {
			_, err := g.do(t.Context(), second)
			refused, ok := errors.AsType[*pace.Refusal](err)
			if !ok || refused.Reason != pace.Displaced || refused.Seconds() != 60 || time.Since(began) > 0 {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() {
			if _, err := g.do(t.Context(), call{method: http.MethodDelete, path: user("2"), limits: limits}); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		if want := []string{"PATCH /Users/1", "DELETE /Users/2"}; !slices.Equal(p.asked, want) {
			t.Errorf("sent %q", p.asked)
		}
		g.idle(t)
	})
}

// TestDisplacedWhileItGathers has one be displaced that waits for others to go
// with it.
func TestDisplacedWhileItGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := patching(t, p, pace.Settings{Coalesce: 10 * time.Second})
		limits := []limit.Limit{{Key: "okta", Rate: limit.Every(1, time.Minute, 1, time.Minute)}}
		var all sync.WaitGroup
		first, second := retitle("1"), join("a")
		first.limits, second.limits = limits, limits
		crowd(t, g, first)
		all.Go(func() {
			began := time.Now()
			_, err := g.do(t.Context(), second)
			if refused, ok := errors.AsType[*pace.Refusal](err); !ok || refused.Reason != pace.Displaced || time.Since(began) > 0 {
				t.Errorf("got %v after %v", err, time.Since(began))
			}
		})
		synctest.Wait()
		crowd(t, g, call{method: http.MethodDelete, path: user("2"), limits: limits})
		all.Wait()
		g.idle(t)
	})
}

// TestClassOfChangesThatReadFirst has changes whose first exchange is a read. What
// the client has sent, in whatever spelling, shows what they are.
func TestClassOfChangesThatReadFirst(t *testing.T) {
	for body, class := range map[string]limit.Class{
		patchOf(`{"op":"Add","path":"emails[type eq \"work\"].value","value":"a@example.com"}`, `{"op":"Replace","path":"active","value":"False"}`): limit.Leaver,
		patchOf(`{"op":"replace","value":{"active":"false","name.givenName":"Mara"}}`):                                                              limit.Leaver,
		patchOf(`{"op":"replace","path":"members","value":[]}`):                                                                                     limit.Leaver,
		patchOf(`{"op":"replace","path":"members","value":[{"value":"7"}]}`):                                                                        limit.Update,
		patchOf(`{"op":"Remove","path":"members","value":[{"value":"7"}]}`):                                                                         limit.Leaver,
		patchOf(`{"op":"Replace","path":"active","value":"True"}`):                                                                                  limit.Update,
		`no JSON`: limit.Update,
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newProvider()
			p.slow = time.Second
			g := newGateway(t, p.send, pace.NewState(), pace.Settings{Concurrency: 1, MaxWait: 500 * time.Millisecond}, backend.Capabilities{})
			go func() { _, _ = g.do(t.Context(), call{method: http.MethodGet, path: "/scim/v2/Users"}) }()
			synctest.Wait()
			route, _ := scim.Core().Route(scim.Base{}, user("1"))
			ticket, err := g.Reserve(t.Context(), pace.Facts{Method: http.MethodPatch, Route: route})
			if err != nil {
				t.Fatal(err)
			}
			defer ticket.Done()
			ticket.Came(&scim.Request{Method: http.MethodPatch, Path: user("1"), Body: body})
			read := &scim.Request{Method: http.MethodGet, Path: user("1"), Header: http.Header{}}
			if _, err := g.plan(g.behind)(pace.With(t.Context(), ticket), read); err == nil {
				t.Error("it did not wait")
			}
			if want := []string{"refused busy " + class.String()}; !slices.Equal(g.noted(), want) {
				t.Errorf("%s: noted %q, want %q", body, g.noted(), want)
			}
			time.Sleep(time.Second)
		})
	}
}

// TestClassOfBulk has Bulk requests: one by which somebody loses access is a
// leaver as a whole.
func TestClassOfBulk(t *testing.T) {
	for operation, class := range map[string]limit.Class{
		`{"method":"DELETE","path":"/Users/1"}`: limit.Leaver,
		`{"method":"PATCH","path":"/Users/1","data":` + patchOf(`{"op":"replace","path":"active","value":false}`) + `}`: limit.Leaver,
		`{"method":"put","path":"/Users/1","data":{"active":false}}`:                                                    limit.Leaver,
		`{"method":"PUT","path":"/Users/1"}`:                                                                            limit.Update,
		`{"method":"POST","path":"/Users","data":{"active":false}}`:                                                     limit.Update,
		`7`: limit.Update,
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newProvider()
			p.slow = time.Second
			g := newGateway(t, p.send, pace.NewState(), pace.Settings{Concurrency: 1, MaxWait: 500 * time.Millisecond}, backend.Capabilities{})
			go func() { _, _ = g.do(t.Context(), call{method: http.MethodGet, path: "/scim/v2/Users"}) }()
			synctest.Wait()
			body := `{"Operations":[{"method":"POST","path":"/Users","bulkId":"q","data":{"userName":"ada"}},` + operation + `]}`
			if _, err := g.do(t.Context(), call{method: http.MethodPost, path: "/scim/v2/Bulk", body: body}); err == nil {
				t.Error("it did not wait")
			}
			if want := []string{"refused busy " + class.String()}; !slices.Equal(g.noted(), want) {
				t.Errorf("%s: noted %q, want %q", operation, g.noted(), want)
			}
			time.Sleep(time.Second)
		})
	}
}
