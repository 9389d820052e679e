package pace_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/limit/redis"
	"github.com/caddy-scim/caddy-scim/pace"
)

// replicas are two gateways that share a server, in front of a service provider
// that has PUT alone.
func replicas(t *testing.T, server *redistest.Server, p *provider, settings pace.Settings, options redis.Options) []*gateway {
	t.Helper()
	var all []*gateway
	for range 2 {
		options.Addresses = []string{server.Addr}
		store, err := redis.New(options)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		settings.Store, settings.Leaser = store, store
		all = append(all, newGateway(t, p.send, pace.NewState(), settings, backend.Capabilities{Patch: "put", ETag: lacking()}))
	}
	return all
}

// TestReplicas adds many members to one group at the same time, through two
// replicas.
func TestReplicas(t *testing.T) {
	for _, window := range []time.Duration{0, time.Millisecond} {
		patient := redis.Options{Timeout: 10 * time.Second} // with a machine that has other things to do
		p := newProvider()
		p.slow = 10 * time.Microsecond
		gateways := replicas(t, redistest.Start(t), p, pace.Settings{Coalesce: window}, patient)
		const members = 1000
		var all sync.WaitGroup
		for i := range members {
			all.Go(func() {
				if resp, err := gateways[i%2].do(t.Context(), join(fmt.Sprint(i))); err != nil || resp.Status != 200 {
					t.Errorf("%d: %+v, %v", i, resp, err)
				}
			})
		}
		all.Wait()
		if n := len(p.members(crew)); n != members {
			t.Errorf("%d members, not %d", n, members)
		}
		for _, g := range gateways {
			g.idle(t)
		}
	}
}

// TestReplicasWithoutAServer has the server stand still for longer than a lease
// holds. What was answered with success is there in the end, and what was not can
// be tried again.
func TestReplicasWithoutAServer(t *testing.T) {
	server, p := redistest.Start(t), newProvider()
	p.slow = 5 * time.Millisecond
	gateways := replicas(t, server, p, pace.Settings{LeaseTime: 500 * time.Millisecond}, redis.Options{OnError: redis.Reject})
	var all sync.WaitGroup
	var refused atomic.Int64
	stop := make(chan struct{})
	confirmed := make([][]string, 8)
	for client := range confirmed {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprintf("%d-%d", client, n)
				resp, err := gateways[client%2].do(t.Context(), join(id))
				if _, ok := errors.AsType[*pace.Refusal](err); ok {
					refused.Add(1)
					time.Sleep(20 * time.Millisecond)
				} else if err == nil && resp.Status == 200 {
					confirmed[client] = append(confirmed[client], id)
				} else if err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	server.Pause()
	time.Sleep(time.Second)
	server.Resume()
	time.Sleep(700 * time.Millisecond)
	close(stop)
	all.Wait()
	there := p.members(crew)
	for client, ids := range confirmed {
		for _, id := range ids {
			if _, found := slices.BinarySearch(there, id); !found {
				t.Errorf("%s was answered with success and is not there", id)
			}
		}
		if len(ids) == 0 {
			t.Errorf("client %d got nothing done", client)
		}
	}
	if refused.Load() == 0 {
		t.Error("nothing was refused while the server stood still")
	}
	for _, g := range gateways {
		g.idle(t)
	}
}
