package limit

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		var all sync.WaitGroup
		most, inside := 0, 0
		for range 50 {
			all.Go(func() {
				ticket, _, _ := o.Reserve(t.Context(), nil, Update, nil)
				defer ticket.Leave()
				if err := ticket.Pass(t.Context(), Terms{Concurrency: 3}); err != nil {
					t.Error(err)
				}
				o.mu.Lock()
				inside++
				most = max(most, inside)
				o.mu.Unlock()
				time.Sleep(time.Second)
				o.mu.Lock()
				inside--
				o.mu.Unlock()
			})
		}
		all.Wait()
		if took := time.Since(o.began); most != 3 || took != 17*time.Second {
			t.Errorf("%d were inside at a time, and all took %v", most, took)
		}
		o.empty(t)
	})
}

func TestWaitAtTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		terms := Terms{Concurrency: 1, MaxWait: 2 * time.Second}
		var all sync.WaitGroup
		all.Go(func() { _ = o.send(t.Context(), "long", Update, terms, 10*time.Second) })
		synctest.Wait()
		all.Go(func() {
			if err := o.send(t.Context(), "short", Update, terms, 0); !errors.Is(err, ErrCrowded) || time.Since(o.began) != 2*time.Second {
				t.Errorf("got %v after %v", err, time.Since(o.began))
			}
		})
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := o.send(ctx, "gone", Update, terms, 0); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		// One of another configuration does not overtake those that wait.
		if err := o.send(t.Context(), "wide", Update, Terms{Concurrency: 2}, 0); err != nil || time.Since(o.began) != 2*time.Second {
			t.Errorf("got %v after %v", err, time.Since(o.began))
		}
		all.Wait()
		o.empty(t)
	})
}

// TestStepOut has one inside wait for what one outside has.
func TestStepOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		terms := Terms{Concurrency: 1}
		bulk, _, _ := o.Reserve(t.Context(), nil, Update, nil)
		if err := bulk.Pass(t.Context(), terms); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- o.send(t.Context(), "other", Update, terms, time.Second) }()
		synctest.Wait()
		if !bulk.StepOut() || bulk.StepOut() {
			t.Error("StepOut is wrong about where it is")
		}
		if err := bulk.StepIn(t.Context()); err != nil || time.Since(o.began) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(o.began))
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		bulk.Leave()
		bulk.Leave()
		o.empty(t)
	})
}
