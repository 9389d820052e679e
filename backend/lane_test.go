package backend

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

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
