package limit

import (
	"strconv"
	"testing"
	"time"
)

// BenchmarkGates is what it costs a request to get through gates and a lane at
// which nobody waits.
func BenchmarkGates(b *testing.B) {
	limits := []Limit{{"key", Every(1_000_000_000, time.Second, 1_000_000_000, 0)}}
	ctx := b.Context()
	b.Run("gates", func(b *testing.B) {
		g, store := NewGates(), NewMemory(0)
		b.ReportAllocs()
		for b.Loop() {
			ticket, _, err := g.Reserve(ctx, store, Update, limits)
			if err != nil {
				b.Fatal(err)
			}
			if err := ticket.Pass(ctx, Terms{Concurrency: 100, MaxWait: time.Second}); err != nil {
				b.Fatal(err)
			}
			ticket.Leave()
		}
	})
	b.Run("parallel", func(b *testing.B) {
		g, store := NewGates(), NewMemory(0)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				ticket, _, _ := g.Reserve(ctx, store, Update, limits)
				_ = ticket.Pass(ctx, Terms{})
				ticket.Leave()
			}
		})
	})
	b.Run("lane", func(b *testing.B) {
		var l Lanes
		b.ReportAllocs()
		for b.Loop() {
			turn := l.Join("/scim/v2/Users/17", nil, nil)
			if err := turn.Wait(ctx); err != nil {
				b.Fatal(err)
			}
			turn.Leave()
		}
	})
	// Of many that wait, the dearest thing is to get one out of turn.
	b.Run("crowded", func(b *testing.B) {
		g, store := NewGates(), NewMemory(0)
		slow := []Limit{{"slow", Every(1, time.Second, 1, 300*24*time.Hour)}}
		for range 10_000 {
			if _, _, err := g.Reserve(ctx, store, Update, slow); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			ticket, _, err := g.Reserve(ctx, store, Leaver, slow)
			if err != nil || ticket == nil {
				b.Fatal(strconv.Itoa(i), err)
			}
			ticket.Leave()
		}
	})
}
