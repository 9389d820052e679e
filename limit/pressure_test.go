package limit

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestPressure has a service provider complain under forty requests a second.
func TestPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		var all sync.WaitGroup
		offer := func(n int, every time.Duration) {
			for range n {
				all.Go(func() { _ = o.send(t.Context(), "", Update, Terms{}, 0) })
				time.Sleep(every)
			}
		}
		offer(80, 25*time.Millisecond)
		for i := range 10 { // of one crowd
			if slowdown, began := o.Complain(0); slowdown.Gap != 50*time.Millisecond || began != (i == 0) {
				t.Errorf("complaint %d: %+v, %t", i, slowdown, began)
			}
		}
		offer(40, 25*time.Millisecond) // one second
		if n := o.count() - 80; n < 19 || n > 21 {
			t.Errorf("%d went in the second after a complaint", n)
		}
		all.Wait()
		before := o.Slowdown()
		if slowdown, began := o.Complain(3 * time.Second); slowdown.Gap != 2*before.Gap || slowdown.Hold != 3*time.Second || began {
			t.Errorf("a second complaint: %+v, %t, after %+v", slowdown, began, before)
		}
		began, n := time.Since(o.began), len(o.came)
		offer(10, 0)
		all.Wait()
		if first := o.came[n].at - began; first != 3*time.Second {
			t.Errorf("the first one goes after %v", first)
		}
		if o.Recovered() {
			t.Error("it has recovered at once")
		}
		time.Sleep(20 * time.Second)
		if slowdown := o.Slowdown(); slowdown.Slow() || !o.Recovered() || o.Recovered() {
			t.Errorf("it does not recover: %+v", slowdown)
		}
		n = len(o.came)
		offer(100, 0)
		all.Wait()
		if took := o.came[n+99].at - o.came[n].at; took != 0 {
			t.Errorf("a hundred took %v after all is well", took)
		}
		o.empty(t)
	})
}

func TestPressureWithoutTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice()
		if slowdown, _ := o.Complain(time.Hour); slowdown != (Slowdown{Hold: longestHold, Gap: firstGap}) {
			t.Errorf("got %+v", slowdown)
		}
		for range 20 {
			time.Sleep(longestHold)
			o.Complain(0)
		}
		if slowdown := o.Slowdown(); slowdown.Gap > longestGap {
			t.Errorf("got %+v", slowdown)
		}
	})
}
