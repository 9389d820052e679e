package limit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestLanes lets many into few lanes. Without a lane the counters would come out
// wrong, and the race detector would see it.
func TestLanes(t *testing.T) {
	var l Lanes
	counts := make([]int, 3)
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			leave, err := l.Enter(t.Context(), fmt.Sprint(i%3))
			if err != nil {
				t.Error(err)
				return
			}
			defer leave()
			counts[i%3]++
		})
	}
	all.Wait()
	if counts[0] != 100 || counts[1] != 100 || counts[2] != 100 {
		t.Errorf("counted %v", counts)
	}
	if l.Busy() != 0 {
		t.Errorf("%d lanes are left", l.Busy())
	}
}

func TestLaneIsLeftByWhoWaitsNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Lanes
		leave, err := l.Enter(t.Context(), "17")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() {
			_, err := l.Enter(ctx, "17")
			waiting <- err
		}()
		synctest.Wait()
		if other, err := l.Enter(t.Context(), "18"); err != nil {
			t.Error("one lane holds up another")
		} else {
			other()
		}
		cancel()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("waited with %v", err)
		}
		leave()
		if l.Busy() != 0 {
			t.Errorf("%d lanes are left", l.Busy())
		}
	})
}

// TestInheritance has a leaver wait behind changes of the same resource, of which
// the first waits at the gates behind changes of others.
func TestInheritance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, l := newOffice(), new(Lanes)
		limit := Limit{"key", Every(1, time.Second, 1, time.Hour)}
		var all sync.WaitGroup
		change := func(name, resource string, class Class) {
			all.Go(func() {
				ticket, _, _ := o.Reserve(t.Context(), o.store, class, []Limit{limit})
				turn := l.Join(resource, ticket, nil)
				defer turn.Leave()
				if err := turn.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				_ = o.through(t.Context(), ticket, name, Terms{}, 0)
			})
			synctest.Wait()
		}
		for i := range 6 {
			change(fmt.Sprint(i), fmt.Sprint(i), Update)
		}
		change("first", "mara", Update)
		change("second", "mara", Read)
		change("leaver", "mara", Leaver)
		change("third", "mara", Update)
		all.Wait()
		want := []string{"0", "first", "second", "leaver", "1", "2", "3", "4", "5", "third"}
		if got := o.names(); !slices.Equal(got, want) {
			t.Errorf("they went as %q, want %q", got, want)
		}
		o.empty(t)
	})
}

func TestTakeAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := new(Lanes), NewGates()
		turns := make([]*Turn, 7)
		tickets := make([]*Ticket, 7)
		for i := range turns {
			tickets[i], _, _ = g.Reserve(t.Context(), nil, Update, nil)
			turns[i] = l.Join("crew", tickets[i], i)
		}
		turns[2].Leave() // its client has gone
		tickets[3].displaced = true
		along := turns[0].Take(func(load any) bool { return load != 5 })
		if !slices.Equal(along, []*Turn{turns[1], turns[4]}) || !tickets[4].claimed || tickets[5].claimed || tickets[3].claimed {
			t.Errorf("took %v along", along)
		}
		for i, want := range map[int]error{0: nil, 1: ErrTaken, 3: ErrDisplaced, 4: ErrTaken} {
			if err := turns[i].Wait(t.Context()); !errors.Is(err, want) {
				t.Errorf("%d got %v", i, err)
			}
		}
		turns[3].Leave()
		turns[1].Leave() // gone meanwhile
		if turns[0].GiveBack(along); tickets[4].claimed {
			t.Error("who is given back cannot be displaced")
		}
		var order []int
		var all sync.WaitGroup
		for _, i := range []int{6, 5, 4} {
			all.Go(func() {
				if err := turns[i].Wait(t.Context()); err != nil {
					t.Error(err)
				}
				order = append(order, i)
				turns[i].Leave()
			})
		}
		synctest.Wait()
		turns[0].Leave()
		all.Wait()
		if !slices.Equal(order, []int{4, 5, 6}) || l.Busy() != 0 {
			t.Errorf("they followed as %v; %d lanes are left", order, l.Busy())
		}
	})
}

func TestHand(t *testing.T) {
	var l Lanes
	first, second, third := l.Join("17", nil, nil), l.Join("17", nil, nil), l.Join("17", nil, nil)
	if second.Hand("x") || second.Ahead() || !first.Hand("lease") || first.Leave() != nil {
		t.Error("something was handed over the wrong way")
	}
	if !second.Ahead() || second.Left() != "lease" || second.Left() != nil {
		t.Error("it did not arrive")
	}
	if !second.Hand("again") || third.Leave() != "again" || l.Busy() != 0 {
		t.Error("it got lost with the last one")
	}
}

// TestOrderWithinResources lets changes of few resources come at random, of all
// classes, some of which do not wait to the end. Whatever overtakes what: those
// of one resource follow each other as they came, one at a time, and the gates
// let no more through than their rates.
func TestOrderWithinResources(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) { randomSchedule(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func randomSchedule(t *testing.T, r *rand.Rand) {
	o, l := newOffice(), new(Lanes)
	rates := []Limit{{"a", Every(20+r.IntN(20), time.Second, 1+r.IntN(3), 3*time.Second)}, {"b", Every(30, time.Second, 2, 5*time.Second)}}
	terms := Terms{Concurrency: r.IntN(4), MaxWait: time.Minute}
	joined, went := map[string][]int{}, map[string][]int{}
	busy := map[string]bool{}
	var all sync.WaitGroup
	for i := range 300 {
		resource, class := fmt.Sprint(r.IntN(8)), Class(r.IntN(classes))
		body, inside := upTo(r, 50*time.Millisecond), upTo(r, 40*time.Millisecond)
		ctx, cancel := t.Context(), context.CancelFunc(func() {})
		if r.IntN(5) == 0 {
			ctx, cancel = context.WithTimeout(ctx, upTo(r, 2*time.Second))
		}
		all.Go(func() {
			defer cancel()
			limits := rates[i%2:]
			ticket, refused, _ := o.Reserve(t.Context(), o.store, class, limits)
			if ticket == nil {
				ticket, _, _ = o.Displace(t.Context(), o.store, class, limits, refused)
			}
			if ticket == nil {
				return
			}
			defer ticket.Leave()
			time.Sleep(body)
			o.mu.Lock()
			turn := l.Join(resource, ticket, nil)
			joined[resource] = append(joined[resource], i)
			o.mu.Unlock()
			defer turn.Leave()
			if turn.Wait(ctx) != nil || ticket.Pass(ctx, terms) != nil {
				o.mu.Lock()
				joined[resource] = slices.DeleteFunc(joined[resource], func(n int) bool { return n == i })
				o.mu.Unlock()
				return
			}
			o.mu.Lock()
			if busy[resource] {
				t.Errorf("two change %s at a time", resource)
			}
			busy[resource] = true
			went[resource] = append(went[resource], i)
			o.came = append(o.came, arrival{"", time.Since(o.began)})
			o.mu.Unlock()
			time.Sleep(inside)
			o.mu.Lock()
			busy[resource] = false
			o.mu.Unlock()
		})
		time.Sleep(upTo(r, 20*time.Millisecond))
	}
	all.Wait()
	for resource := range joined {
		if !slices.Equal(joined[resource], went[resource]) {
			t.Errorf("changes of %s came as %v and went as %v", resource, joined[resource], went[resource])
		}
	}
	for i := 34; i < len(o.came); i++ { // the total is 30 a second, with 2 at once and a little slack
		if o.came[i].at-o.came[i-34].at < time.Second-slack {
			t.Fatalf("%d went in less than a second", 34)
		}
	}
	if len(o.came) < 100 {
		t.Errorf("only %d went", len(o.came))
	}
	if o.empty(t); l.Busy() != 0 {
		t.Errorf("%d lanes are left", l.Busy())
	}
}

func upTo(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}
