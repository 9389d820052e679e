package limit_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-scim/caddy-scim/internal/limittest"
	"github.com/caddy-scim/caddy-scim/limit"
)

func TestMemory(t *testing.T) {
	for _, c := range limittest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.Test(t, limittest.Clocked{Store: limit.NewMemory(0), Advance: time.Sleep, Resolution: 1})
			})
		})
	}
}

// memory is a store and what tests do with it.
type memory struct {
	*limit.Memory
	t *testing.T
}

func (m memory) reserve(key string, rate limit.Rate) limit.Decision {
	m.t.Helper()
	d, err := m.Reserve(m.t.Context(), []limit.Limit{{Key: key, Rate: rate}})
	if err != nil {
		m.t.Fatal(err)
	}
	return d
}

func TestCapOfKeys(t *testing.T) {
	for _, most := range []int{1, 2, 5, 100, 5000, 20_000} {
		synctest.Test(t, func(t *testing.T) {
			m := memory{limit.NewMemory(most), t}
			for i := range 3*most + 10 {
				if d := m.reserve(fmt.Sprint(i), limit.Every(1, time.Hour, 1, 0)); !d.OK {
					t.Fatalf("key %d is refused", i)
				}
			}
			if n := m.Keys(); n > most || n < most*9/10-1 {
				t.Errorf("%d keys, want nearly %d and no more", n, most)
			}
		})
	}
}

// TestForgetting has keys with a backlog, keys without, and new ones that need
// room: those without a backlog go first.
func TestForgetting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory{limit.NewMemory(1000), t}
		short, long := limit.Every(1, time.Second, 1, 0), limit.Every(1, time.Hour, 1, 0)
		for i := range 500 {
			m.reserve(fmt.Sprint("short ", i), short)
			m.reserve(fmt.Sprint("long ", i), long)
		}
		time.Sleep(2 * time.Second)
		for i := range 500 {
			m.reserve(fmt.Sprint("new ", i), long)
		}
		for i := range 500 {
			for _, key := range []string{fmt.Sprint("long ", i), fmt.Sprint("new ", i)} {
				if m.reserve(key, long).OK {
					t.Fatalf("%s is forgotten, though others had no backlog", key)
				}
			}
		}
	})
}

// TestEviction has nothing but keys with a backlog: those with the least go, so
// that who asks for too much stays known.
func TestEviction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory{limit.NewMemory(1000), t}
		rate := limit.Every(1, time.Second, 1, time.Hour)
		for i := range 1000 {
			for range 1 + i%10 {
				m.reserve(fmt.Sprint(i), rate)
			}
		}
		for i := range 300 {
			m.reserve(fmt.Sprint("new ", i), rate)
		}
		rate.MaxDelay = 0
		for i := range 1000 {
			if i%10 >= 5 && m.reserve(fmt.Sprint(i), rate).OK {
				t.Fatalf("key %d with a backlog of %d s is forgotten", i, i%10+1)
			}
		}
	})
}

// TestShrinking sees that keys of the past take no room once new ones come.
func TestShrinking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory{limit.NewMemory(1000), t}
		rate := limit.Every(1, time.Second, 1, 0)
		for round := range 50 {
			for i := range 20 {
				m.reserve(fmt.Sprint(round, " ", i), rate)
			}
			time.Sleep(time.Minute)
		}
		if n := m.Keys(); n > 80 {
			t.Errorf("%d keys are held, of which 20 had a backlog at a time", n)
		}
	})
}

func TestDecisionsAllocateNothing(t *testing.T) {
	m := limit.NewMemory(0)
	one := []limit.Limit{{Key: "tenant", Rate: limit.Every(20, time.Second, 40, time.Second)}}
	three := append(one[:1:1], limit.Limit{Key: "provider", Rate: one[0].Rate}, limit.Limit{Key: "all", Rate: one[0].Rate})
	for _, limits := range [][]limit.Limit{one, three} {
		if n := testing.AllocsPerRun(1000, func() { _, _ = m.Reserve(t.Context(), limits) }); n > 0 {
			t.Errorf("%d limits: %v allocations", len(limits), n)
		}
	}
}

// TestMemoryOfKeys holds the bytes that a key takes to 100, whatever its name.
func TestMemoryOfKeys(t *testing.T) {
	const keys = 300_000 // right after the tables have grown
	rate := limit.Every(1, time.Hour, 1, 0)
	before := heap()
	m := memory{limit.NewMemory(0), t}
	for i := range keys {
		m.reserve(fmt.Sprintf("the provider and a tenant with a long name, number %d", i), rate)
	}
	if n := m.Keys(); n != keys {
		t.Fatalf("%d keys", n)
	}
	size := float64(heap()-before) / keys
	runtime.KeepAlive(m)
	if size > 100 {
		t.Errorf("%.1f bytes a key, want at most 100", size)
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
