package replicas_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/scim"
)

// arrivals is a service provider that notes when requests arrive.
type arrivals struct {
	mu    sync.Mutex
	times []time.Time
}

func (a *arrivals) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	a.times = append(a.times, time.Now())
	a.mu.Unlock()
	w.Header().Set("Content-Type", scim.MediaType)
	_, _ = io.WriteString(w, `{"schemas":["`+scim.UserURI+`"],"id":"17","userName":"ada.lind@example.com"}`)
}

// TestSharedRate offers two replicas far more than they may let through, and
// looks at what arrives behind them.
func TestSharedRate(t *testing.T) {
	const rate, offered = 60, 480
	redis := redistest.Start(t)
	seen := new(arrivals)
	backend := httptest.NewServer(seen)
	t.Cleanup(backend.Close)
	lines := "rate_limit 60/s max_delay 20s\n limiter redis {\n address " + redis.Addr + "\n timeout 1s\n }"
	replicas := []*replica{
		startReplica(t, backend.Listener.Addr().String(), lines),
		startReplica(t, backend.Listener.Addr().String(), lines),
	}
	var done sync.WaitGroup
	for i := range offered {
		done.Go(func() {
			if status, body := replicas[i%2].do("GET", "/scim/v2/Users/17", ""); status != http.StatusOK {
				t.Errorf("status %d: %s", status, body)
			}
		})
	}
	done.Wait()
	slices.SortFunc(seen.times, time.Time.Compare)
	if len(seen.times) != offered {
		t.Fatalf("%d of %d requests arrived", len(seen.times), offered)
	}
	took := seen.times[offered-1].Sub(seen.times[0]).Seconds()
	if got := (offered - 1) / took; got < rate*0.95 || got > rate*1.05 {
		t.Errorf("%.1f requests a second arrived, want %d within 5%%", got, rate)
	}
	for i := rate; i < offered; i++ { // nor in any second more than that
		if window := seen.times[i].Sub(seen.times[i-rate]); window < 900*time.Millisecond {
			t.Errorf("%d requests arrived within %v", rate+1, window)
			break
		}
	}
}
