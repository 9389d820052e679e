package bench

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-redis/redis_rate/v10"
	goredis "github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/limit/redis"
)

const (
	keys      = 1_000_000
	redisKeys = 100_000
	maxDelay  = 5 * time.Second
)

// everySo is a rate at which each request has a slot, and each key stays in
// memory, whatever the time between two requests for it.
func everySo(keys int) limit.Rate {
	if keys == 1 {
		return limit.Every(100_000_000, time.Second, 100, maxDelay)
	}
	return limit.Every(1, time.Minute, 10_000, maxDelay)
}

// names are keys as a provider and a tenant make them, in an order that no cache
// likes.
func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("provider entra, tenant %d", i*7919%n)
	}
	return list
}

// peer is a limiter, and how it decides: at once, in some time, or no.
type peer struct {
	name string
	open func(every limit.Rate) (decide func(key string))
}

var local = []peer{
	{"limit.Memory", func(every limit.Rate) func(string) {
		m := limit.NewMemory(keys * 11 / 10)
		return func(key string) {
			_, _ = m.Reserve(context.Background(), []limit.Limit{{Key: key, Rate: every}})
		}
	}},
	// As it is used for many keys: a map with a lock around it.
	{"x/time/rate in a map", func(every limit.Rate) func(string) {
		var mu sync.Mutex
		limiters := map[string]*rate.Limiter{}
		return func(key string) {
			mu.Lock()
			l := limiters[key]
			if l == nil {
				l = rate.NewLimiter(rate.Every(every.Emission), every.Burst)
				limiters[strings.Clone(key)] = l
			}
			mu.Unlock()
			if r := l.Reserve(); r.Delay() > maxDelay {
				r.Cancel()
			}
		}
	}},
}

// BenchmarkLimit is a decision, on one key and on a million that are all there.
func BenchmarkLimit(b *testing.B) {
	all := names(keys)
	for _, p := range local {
		for _, n := range []int{1, keys} {
			decide := p.open(everySo(n))
			for _, key := range all[:n] {
				decide(key)
			}
			for _, goroutines := range []int{1, 16} {
				b.Run(fmt.Sprintf("%s/keys=%d/goroutines=%d", p.name, n, goroutines), func(b *testing.B) {
					measure(b, goroutines, all[:n], decide)
				})
			}
		}
	}
}

// measure makes decisions from so many goroutines, and reports the time between
// two of all of them, and the processor time of one, which says more on a machine
// that has other work.
func measure(b *testing.B, goroutines int, names []string, decide func(string)) {
	b.ReportAllocs()
	runtime.GC()
	began := processorTime(b)
	defer func() { b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op") }()
	b.ResetTimer()
	if goroutines == 1 {
		for i := range b.N {
			decide(names[i%len(names)])
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	each := (b.N + goroutines - 1) / goroutines
	for range goroutines {
		first := int(next.Add(int64(len(names)/goroutines))) % len(names)
		group.Go(func() {
			for i := range each {
				decide(names[(first+i)%len(names)])
			}
		})
	}
	group.Wait()
}

// processorTime is that of this process until now.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkLimitMemory is what a key takes, with a million of them.
func BenchmarkLimitMemory(b *testing.B) {
	all := names(keys)
	for _, p := range local {
		b.Run(p.name, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				decide := p.open(everySo(keys))
				for _, key := range all {
					decide(key)
				}
				b.ReportMetric(float64(heap()-before)/keys, "B/key")
				runtime.KeepAlive(decide)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// BenchmarkLimitRedis is a decision in a server on this machine.
func BenchmarkLimitRedis(b *testing.B) {
	for _, p := range []struct {
		name string
		open func(addr string) (decide func(key string) error)
	}{
		{"limit/redis", func(addr string) func(string) error {
			s, err := redis.New(redis.Options{Addresses: []string{addr}, Timeout: 5 * time.Second, OnError: redis.Reject})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { s.Close() })
			every := everySo(redisKeys)
			return func(key string) error {
				_, err := s.Reserve(context.Background(), []limit.Limit{{Key: key, Rate: every}})
				return err
			}
		}},
		{"redis_rate", func(addr string) func(string) error {
			client := goredis.NewClient(&goredis.Options{Addr: addr})
			b.Cleanup(func() { client.Close() })
			limiter := redis_rate.NewLimiter(client)
			return func(key string) error {
				_, err := limiter.Allow(context.Background(), key, redis_rate.Limit{Rate: 1, Burst: 10_000, Period: time.Minute})
				return err
			}
		}},
	} {
		server := redistest.Start(b)
		decide := p.open(server.Addr)
		sure := func(key string) {
			if err := decide(key); err != nil {
				b.Error(err)
			}
		}
		all := names(redisKeys)
		for _, goroutines := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/goroutines=%d", p.name, goroutines), func(b *testing.B) {
				measure(b, goroutines, all, sure)
			})
		}
		b.Log(server.Do("INFO", "commandstats"))
	}
}
