package limit

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestDelays is the example of a burst of 3 at ten a second that may wait for
// half a second.
func TestDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(0)
		limits := []Limit{{"key", Every(10, time.Second, 3, 500*time.Millisecond)}}
		for i, want := range []time.Duration{0, 0, 0, 100, 200, 300, 400, 500} {
			d, err := m.Reserve(t.Context(), limits)
			if err != nil || !d.OK || d.Wait != want*time.Millisecond || d.Refused != -1 {
				t.Errorf("%d: %+v, %v; want a wait of %d ms", i, d, err, want)
			}
		}
		for range 3 { // a refused one changes nothing
			if d, _ := m.Reserve(t.Context(), limits); d.OK || d.Refused != 0 || d.RetryAfter != 100*time.Millisecond {
				t.Errorf("over the limit: %+v", d)
			}
		}
		time.Sleep(100 * time.Millisecond)
		if d, _ := m.Reserve(t.Context(), limits); !d.OK || d.Wait != 500*time.Millisecond {
			t.Errorf("a slot later: %+v", d)
		}
	})
}

func TestCapOfKeys(t *testing.T) {
	for _, most := range []int{1, 2, 5, 100, 5000, 20_000} {
		synctest.Test(t, func(t *testing.T) {
			m := NewMemory(most)
			rate := Every(1, time.Hour, 1, 0)
			for i := range 3*most + 10 {
				if d, _ := m.Reserve(t.Context(), []Limit{{fmt.Sprint(i), rate}}); !d.OK {
					t.Fatalf("key %d is refused", i)
				}
			}
			if n := m.Keys(); n > most || n < most*9/10-1 {
				t.Errorf("%d keys, want nearly %d and no more", n, most)
			}
		})
	}
}
