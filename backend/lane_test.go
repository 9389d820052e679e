package backend

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestLanes lets many into few lanes. Without a lane the counters would come out
// wrong, and the race detector would see it.
func TestLanes(t *testing.T) {
	var l lanes
	counts := make([]int, 3)
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			leave, err := l.enter(t.Context(), fmt.Sprint(i%3))
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
	if len(l.busy) != 0 {
		t.Errorf("%d lanes are left", len(l.busy))
	}
}

func TestLaneIsLeftByWhoWaitsNoLonger(t *testing.T) {
	var l lanes
	leave, err := l.enter(t.Context(), "17")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() {
		_, err := l.enter(ctx, "17")
		waiting <- err
	}()
	if other, err := l.enter(t.Context(), "18"); err != nil {
		t.Error("one lane holds up another")
	} else {
		other()
	}
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("waited with %v", err)
	}
	leave()
	if len(l.busy) != 0 {
		t.Errorf("%d lanes are left", len(l.busy))
	}
}

// TestChangesFollowEachOther has many clients change one resource at a time
// through GET and PUT, without ETags. No change gets lost, and none has to be
// made twice.
func TestChangesFollowEachOther(t *testing.T) {
	l := newLimited(t, Capabilities{Patch: "put", ETag: lacking()}, map[string]string{groupPath: crew})
	l.meddle = func(int, *scim.Request) *scim.Response {
		time.Sleep(100 * time.Microsecond)
		return nil
	}
	send := l.gateway()
	const clients = 40
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			path := groupPath
			if i%2 == 0 {
				path = strings.Replace(groupPath, "9", "%39", 1) // the same id, in another spelling
			}
			l.mu.Lock()
			l.state[path] = l.state[groupPath]
			l.mu.Unlock()
			status, answer := do(t, send, http.MethodPatch, path, patchBody(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"new%d"}]}`, i)))
			if status != http.StatusOK {
				t.Errorf("answered %d %s", status, answer)
			}
		})
	}
	all.Wait()
	doc := scim.Parse(l.state[groupPath].doc)
	if n := len(memberIDs(&doc)); n != 3+clients {
		t.Errorf("%d members, not %d", n, 3+clients)
	}
	if n := len(l.requests); n != 3*clients {
		t.Errorf("%d requests, not %d", n, 3*clients)
	}
}
