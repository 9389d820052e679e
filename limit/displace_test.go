package limit

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestSpareSlots has requests leave: others that come get their slots, even if the
// queue is full by arithmetic.
func TestSpareSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"okta", Every(1, time.Second, 1, 4*time.Second)}, {"all", Every(100, time.Second, 1, time.Second)}}
		var all sync.WaitGroup
		var tickets []*Ticket
		for range 5 { // at 0, 1, 2, 3 and 4 s
			ticket, _, _ := o.Reserve(t.Context(), o.store, Update, limits)
			tickets = append(tickets, ticket)
		}
		for _, ticket := range tickets[1:4] {
			ticket.Leave()
		}
		_, refused, _ := o.Reserve(t.Context(), o.store, Read, limits)
		for i, want := range []bool{true, true, true, false} {
			ticket, decision, err := o.Displace(t.Context(), o.store, Read, limits, refused)
			if (ticket != nil) != want || decision.OK != want || err != nil {
				t.Fatalf("%d: %+v, %v", i, decision, err)
			}
			if ticket != nil {
				all.Go(func() { _ = o.through(t.Context(), ticket, fmt.Sprint(i), Terms{}, 0) })
				synctest.Wait()
			}
		}
		all.Go(func() { _ = o.through(t.Context(), tickets[4], "first", Terms{}, 0) })
		time.Sleep(2500 * time.Millisecond)
		tickets[0].Leave()
		all.Wait()
		want := []arrival{{"first", time.Second}, {"0", 2 * time.Second}, {"1", 3 * time.Second}, {"2", 4 * time.Second}}
		if !slices.Equal(o.came, want) {
			t.Errorf("they went as %v, want %v", o.came, want)
		}
		if ticket, _, _ := o.Displace(t.Context(), o.store, Leaver, limits, refused); ticket != nil {
			t.Error("a slot was used twice")
		}
		o.empty(t)
	})
}

func TestDisplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"okta", Every(1, time.Second, 1, 4*time.Second)}, {"all", Every(2, time.Second, 1, 4*time.Second)}}
		var all sync.WaitGroup
		ends := make([]error, 6)
		for i, class := range []Class{Update, Update, Create, Update, Read} {
			all.Go(func() { ends[i] = o.send(t.Context(), fmt.Sprint(i), class, Terms{}, 0, limits...) })
			synctest.Wait()
		}
		_, refused, _ := o.Reserve(t.Context(), o.store, Leaver, limits)
		if refused.OK || refused.Refused != 0 {
			t.Fatalf("the queue is not full: %+v", refused)
		}
		if ticket, _, _ := o.Displace(t.Context(), o.store, Read, limits, refused); ticket != nil || o.CanDisplace(Read, limits, refused) {
			t.Error("one of the lowest class displaces others")
		}
		for _, name := range []string{"first", "second"} {
			ticket, decision, err := o.Displace(t.Context(), o.store, Leaver, limits, refused)
			if ticket == nil {
				t.Fatalf("%s: %+v, %v", name, decision, err)
			}
			all.Go(func() { _ = o.through(t.Context(), ticket, name, Terms{}, 0) })
			synctest.Wait()
		}
		all.Wait()
		if !errors.Is(ends[4], ErrDisplaced) || !errors.Is(ends[3], ErrDisplaced) || ends[2] != nil {
			t.Errorf("they ended as %v", ends)
		}
		want := []arrival{{"0", 0}, {"first", time.Second}, {"second", 2 * time.Second}, {"2", 3 * time.Second}, {"1", 4 * time.Second}}
		if !slices.Equal(o.came, want) {
			t.Errorf("they went as %v, want %v", o.came, want)
		}
		o.empty(t)
	})
}

// TestWhoIsDisplaced has one of the lowest class be on its way to the gate, and
// others wait there.
func TestWhoIsDisplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"key", Every(1, time.Second, 1, 4*time.Second)}}
		var tickets []*Ticket
		for _, class := range []Class{Update, Update, Read, Read, Update} {
			ticket, _, _ := o.Reserve(t.Context(), o.store, class, limits)
			tickets = append(tickets, ticket)
		}
		var all sync.WaitGroup
		for _, i := range []int{0, 1, 2, 4} {
			all.Go(func() { _ = o.through(t.Context(), tickets[i], fmt.Sprint(i), Terms{}, 0) })
		}
		synctest.Wait()
		_, refused, _ := o.Reserve(t.Context(), o.store, Create, limits)
		for _, i := range []int{3, 2, 4, 1} { // the away one is younger; then those that are here
			ticket, _, _ := o.Displace(t.Context(), o.store, Create, limits, refused)
			if ticket == nil || !tickets[i].displaced {
				t.Fatalf("%d was not displaced", i)
			}
			all.Go(func() { _ = o.through(t.Context(), ticket, "", Terms{}, 0) })
			synctest.Wait()
		}
		tickets[3].Leave()
		all.Wait()
		o.empty(t)
	})
}

// TestNothingIsLeftBehind has the only one that waits leave.
func TestNothingIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"key", Every(1, time.Second, 1, time.Minute)}}
		for range 20 {
			ticket, _, _ := o.Reserve(t.Context(), o.store, Update, limits)
			defer ticket.Leave()
		}
		for range 20 {
			ticket, _, _ := o.Reserve(t.Context(), o.store, Update, limits)
			ticket.Leave()
		}
		if n := len(o.rates["key"].slots); n != 39 {
			t.Errorf("%d slots", n)
		}
		time.Sleep(50 * time.Second)
		for range 2 { // of which the second has to wait
			if err := o.send(t.Context(), "", Update, Terms{}, 0, limits...); err != nil {
				t.Error(err)
			}
		}
		if n := len(o.rates["key"].slots); n != 20 {
			t.Errorf("%d slots after all but the last have fallen due", n)
		}
	})
}

// TestDisplaceOfAnotherKind has one that shares only the limit that is full with
// those that wait in it.
func TestDisplaceOfAnotherKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		total := Limit{"all", Every(1, time.Second, 1, 2*time.Second)}
		okta, entra := Limit{"okta", Every(9, time.Second, 9, 0)}, Limit{"entra", Every(1, time.Hour, 1, 0)}
		var all sync.WaitGroup
		ends := make([]error, 3)
		for i := range ends {
			all.Go(func() { ends[i] = o.send(t.Context(), fmt.Sprint(i), Update, Terms{}, 0, okta, total) })
			synctest.Wait()
		}
		limits := []Limit{entra, total}
		_, refused, _ := o.Reserve(t.Context(), o.store, Leaver, limits)
		ticket, _, err := o.Displace(t.Context(), o.store, Leaver, limits, refused)
		if ticket == nil {
			t.Fatalf("%+v, %v", refused, err)
		}
		all.Go(func() { _ = o.through(t.Context(), ticket, "leaver", Terms{}, 0) })
		if again, decision, _ := o.Displace(t.Context(), o.store, Leaver, limits, refused); again != nil || decision.OK {
			t.Error("one displaces another though it is over a limit of its own")
		}
		all.Wait()
		want := []arrival{{"0", 0}, {"leaver", time.Second}, {"1", 2 * time.Second}}
		if !slices.Equal(o.came, want) || !errors.Is(ends[2], ErrDisplaced) {
			t.Errorf("they went as %v, want %v; and ended as %v", o.came, want, ends)
		}
		o.empty(t)
	})
}
