package limit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// office is gates with a store, in front of a service provider that notes who
// comes in when.
type office struct {
	*Gates
	store Store
	began time.Time

	mu   sync.Mutex
	came []arrival
}

type arrival struct {
	name string
	at   time.Duration
}

func newOffice() *office {
	return &office{Gates: NewGates(), store: NewMemory(0), began: time.Now()}
}

// send takes a request through the gates, and lets it be inside for that long.
func (o *office) send(ctx context.Context, name string, class Class, terms Terms, inside time.Duration, limits ...Limit) error {
	t, _, err := o.Reserve(ctx, o.store, class, limits)
	switch {
	case err != nil:
		return err
	case t == nil:
		return errRefused
	}
	return o.through(ctx, t, name, terms, inside)
}

func (o *office) through(ctx context.Context, t *Ticket, name string, terms Terms, inside time.Duration) error {
	defer t.Leave()
	if err := t.Pass(ctx, terms); err != nil {
		return err
	}
	o.mu.Lock()
	o.came = append(o.came, arrival{name, time.Since(o.began)})
	o.mu.Unlock()
	time.Sleep(inside)
	return nil
}

var errRefused = errors.New("over the limit")

// count is how many have come so far.
func (o *office) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.came)
}

func (o *office) names() []string {
	var names []string
	for _, a := range o.came {
		names = append(names, a.name)
	}
	return names
}

// empty finds what is left behind once all slots have fallen due.
func (o *office) empty(t *testing.T) {
	t.Helper()
	time.Sleep(time.Hour)
	synctest.Wait()
	if len(o.rates) != 0 || o.Holding() != 0 || o.Inside() != 0 {
		t.Errorf("%d gates, %d tickets and %d inside are left", len(o.rates), o.Holding(), o.Inside())
	}
}

// TestPace offers a hundred a second for ten seconds where twenty a second may
// go, with and without a delay.
func TestPace(t *testing.T) {
	for _, delay := range []time.Duration{0, 2 * time.Second, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice()
			limit := Limit{"okta", Every(20, time.Second, 1, delay)}
			var all sync.WaitGroup
			refused := 0
			for range 1000 {
				all.Go(func() {
					if err := o.send(t.Context(), "", Update, Terms{}, 0, limit); errors.Is(err, errRefused) {
						o.mu.Lock()
						refused++
						o.mu.Unlock()
					} else if err != nil {
						t.Error(err)
					}
				})
				time.Sleep(10 * time.Millisecond)
			}
			all.Wait()
			seconds := make([]int, 10)
			for _, a := range o.came {
				if a.at < 10*time.Second {
					seconds[a.at/time.Second]++
				}
			}
			if slices.Min(seconds) < 19 || slices.Max(seconds) > 21 {
				t.Errorf("with a delay of %v so many went in each second: %v", delay, seconds)
			}
			if len(o.came)+refused != 1000 || delay == time.Minute && refused > 0 || delay == 0 && refused < 790 {
				t.Errorf("with a delay of %v %d went and %d were refused", delay, len(o.came), refused)
			}
			o.empty(t)
		})
	}
}

// TestLeaverGoesFirst has one that withdraws access come when five hundred
// changes wait.
func TestLeaverGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"entra", Every(20, time.Second, 1, time.Minute)}, {"all", Every(25, time.Second, 1, time.Minute)}}
		var all sync.WaitGroup
		for i := range 500 {
			all.Go(func() { _ = o.send(t.Context(), fmt.Sprint(i), Update, Terms{}, 0, limits...) })
			synctest.Wait()
		}
		time.Sleep(time.Second + 10*time.Millisecond)
		before := o.count()
		all.Go(func() { _ = o.send(t.Context(), "leaver", Leaver, Terms{}, 0, limits...) })
		all.Wait()
		names := o.names()
		if at := slices.Index(names, "leaver"); at < before || at > before+1 {
			t.Errorf("the leaver was number %d when %d had gone", at, before)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return name == "leaver" })
		for i, name := range names {
			if name != fmt.Sprint(i) {
				t.Fatalf("number %d was %s", i, name)
			}
		}
		for i := 2; i < len(o.came); i++ {
			if gap := o.came[i].at - o.came[i-1].at; gap != 50*time.Millisecond {
				t.Fatalf("%v between %d and %d", gap, i-1, i)
			}
		}
		o.empty(t)
	})
}

// TestNobodyStarves has leavers come faster than they may go, and some of all
// other classes wait.
func TestNobodyStarves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limit := Limit{"key", Every(10, time.Second, 1, time.Hour)}
		var all sync.WaitGroup
		enter := func(class Class) {
			all.Go(func() { _ = o.send(t.Context(), class.String(), class, Terms{}, 0, limit) })
			synctest.Wait()
		}
		enter(Update) // goes at once
		for range 10 {
			enter(Read)
			enter(Update)
			enter(Create)
		}
		for range 200 {
			enter(Leaver)
			time.Sleep(50 * time.Millisecond)
		}
		all.Wait()
		names := o.names()
		for i, name := range names[:121] {
			if want := i%4 == 0; (name != "leaver") != want {
				t.Errorf("number %d was a %s", i, name)
			}
		}
		o.empty(t)
	})
}

func TestOrderOfClasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		var all sync.WaitGroup
		terms := Terms{Concurrency: 1}
		for i, class := range []Class{Update, Read, Read, Update, Create, Leaver, Leaver} {
			all.Go(func() { _ = o.send(t.Context(), fmt.Sprint(class, i), class, terms, time.Second) })
			synctest.Wait()
		}
		all.Wait()
		want := []string{"update 0", "leaver 5", "leaver 6", "create 4", "read 1", "update 3", "read 2"}
		if got := o.names(); !slices.Equal(got, want) {
			t.Errorf("they went as %q, want %q", got, want)
		}
		o.empty(t)
	})
}

// TestSlotsOfOthers has those that wait go with the slots of those that are not
// there yet, or leave.
func TestSlotsOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"key", Every(1, time.Second, 1, time.Minute)}}
		var tickets []*Ticket
		for range 5 { // at 0, 1, 2, 3 and 4 s
			ticket, _, err := o.Reserve(t.Context(), o.store, Update, limits)
			if err != nil {
				t.Fatal(err)
			}
			tickets = append(tickets, ticket)
		}
		var all sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() { _ = o.through(t.Context(), tickets[0], "0", Terms{}, 0) })
		all.Go(func() { _ = o.through(t.Context(), tickets[3], "3", Terms{}, 0) }) // while 1 reads its body
		all.Go(func() {
			if err := o.through(ctx, tickets[2], "2", Terms{}, 0); !errors.Is(err, context.Canceled) {
				t.Errorf("one whose client went got %v", err)
			}
		})
		time.Sleep(500 * time.Millisecond)
		cancel()
		time.Sleep(time.Second)
		all.Go(func() { _ = o.through(t.Context(), tickets[1], "1", Terms{}, 0) })
		all.Go(func() { _ = o.through(t.Context(), tickets[4], "4", Terms{}, 0) })
		all.Wait()
		want := []arrival{{"0", 0}, {"3", time.Second}, {"1", 2 * time.Second}, {"4", 3 * time.Second}}
		if !slices.Equal(o.came, want) {
			t.Errorf("they went as %v, want %v", o.came, want)
		}
		o.empty(t)
	})
}

// TestUnusedSlots has slots fall due that nobody uses: they are not made up for
// by a crowd.
func TestUnusedSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		limits := []Limit{{"key", Every(10, time.Second, 1, time.Minute)}}
		var all sync.WaitGroup
		for i := range 21 {
			ticket, _, err := o.Reserve(t.Context(), o.store, Update, limits)
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				time.Sleep(5 * time.Second) // a slow body
				_ = o.through(t.Context(), ticket, fmt.Sprint(i), Terms{}, 0)
			})
		}
		all.Wait()
		for i := 2; i < len(o.came); i++ {
			if gap := o.came[i].at - o.came[i-1].at; gap < 89*time.Millisecond {
				t.Errorf("%v between %d and %d", gap, i-1, i)
			}
		}
		o.empty(t)
	})
}
