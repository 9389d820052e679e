package replicas_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/scim"
)

// putOnly is a service provider with a group, so many users, and no PATCH.
func putOnly(t *testing.T, users int, etag bool) string {
	t.Helper()
	var seed strings.Builder
	seed.WriteString(`{"Users":[`)
	for i := range users {
		if i > 0 {
			seed.WriteByte(',')
		}
		fmt.Fprintf(&seed, `{"schemas":["%s"],"id":"u-%d","userName":"user-%d@example.com"}`, scim.UserURI, i, i)
	}
	fmt.Fprintf(&seed, `],"Groups":[{"schemas":["%s"],"id":"g-1","displayName":"Everybody"}]}`, scim.GroupURI)
	d, err := directory.New(directory.Options{Seed: []byte(seed.String()), Limits: directory.Limits{Patch: "off", ETag: &etag}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// membersOf asks for the members of the group.
func membersOf(t *testing.T, r *replica) map[string]bool {
	t.Helper()
	status, body := r.do("GET", "/scim/v2/Groups/g-1", "")
	var group struct{ Members []struct{ Value string } }
	if err := json.Unmarshal([]byte(body), &group); err != nil || status != 200 {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	members := map[string]bool{}
	for _, m := range group.Members {
		members[m.Value] = true
	}
	return members
}

// addAll adds each user to the group with a PATCH of its own, through one replica
// and the other in turn, and returns those whose PATCH succeeded. One that was
// told to come again (503) tries that many times more.
func addAll(replicas []*replica, users, atOnce, tries int) (added map[string]bool, failures map[int]int) {
	added, failures = map[string]bool{}, map[int]int{}
	var mu sync.Mutex
	var done sync.WaitGroup
	next := make(chan int)
	for range atOnce {
		done.Go(func() {
			for i := range next {
				patch := fmt.Sprintf(`{"schemas":["%s"],"Operations":[{"op":"add","path":"members","value":[{"value":"u-%d"}]}]}`, scim.PatchOpURI, i)
				status, _ := replicas[i%len(replicas)].do("PATCH", "/scim/v2/Groups/g-1", patch)
				for try := 0; try < tries && status == 503; try++ { // as a client would
					time.Sleep(50 * time.Millisecond)
					status, _ = replicas[i%len(replicas)].do("PATCH", "/scim/v2/Groups/g-1", patch)
				}
				mu.Lock()
				if status == 200 || status == 204 {
					added[fmt.Sprintf("u-%d", i)] = true
				} else {
					failures[status]++
				}
				mu.Unlock()
			}
		})
	}
	for i := range users {
		next <- i
	}
	close(next)
	done.Wait()
	return added, failures
}

// TestMembersThroughReplicas adds a thousand members, one by one and all at once,
// through two replicas in front of a service provider that has PUT only. A PUT
// made of what was read before another's would lose members.
func TestMembersThroughReplicas(t *testing.T) {
	const users = 1000
	for name, c := range map[string]struct {
		lines string
		etag  bool
	}{
		"with versions":        {"backend {\n patch put\n }", true},
		"without versions":     {"backend {\n patch put\n etag off\n }", false},
		"several in one":       {"coalesce 20ms\n backend {\n patch put\n }", true},
		"several, unversioned": {"coalesce 20ms\n backend {\n patch put\n etag off\n }", false},
	} {
		t.Run(name, func(t *testing.T) {
			redis := redistest.Start(t)
			backend := putOnly(t, users, c.etag)
			lines := c.lines + "\n limiter redis {\n address " + redis.Addr + "\n timeout 2s\n }"
			replicas := []*replica{startReplica(t, backend, lines), startReplica(t, backend, lines)}
			added, failures := addAll(replicas, users, users, 0)
			members := membersOf(t, replicas[0])
			if len(added) != users || len(members) != users {
				t.Errorf("%d were added, %d are members, failures %v", len(added), len(members), failures)
			}
		})
	}
}

// fault is something that happens to the server of the limiter.
type fault func(*redistest.Server, *redistest.Proxy)

var faults = map[string]fault{
	"killed": func(s *redistest.Server, _ *redistest.Proxy) { s.Kill() },
	"restarted": func(s *redistest.Server, _ *redistest.Proxy) {
		s.Kill()
		time.Sleep(100 * time.Millisecond)
		s.Restart()
	},
	"paused": func(s *redistest.Server, _ *redistest.Proxy) {
		s.Pause()
		time.Sleep(time.Second)
		s.Resume()
	},
	"slow":    func(_ *redistest.Server, p *redistest.Proxy) { p.Delay(400 * time.Millisecond) },
	"cut off": func(_ *redistest.Server, p *redistest.Proxy) { p.Cut() },
	"failing over": func(s *redistest.Server, p *redistest.Proxy) {
		replica := s.Replica()
		s.Kill()
		replica.Promote()
		p.Lead(replica)
	},
}

// TestMembersUnderFaults does the same while the server of the limiter fails.
// Whatever happens to it: who was told that it is a member, is one. Where the
// service provider has no versions, that takes a limiter that rejects.
func TestMembersUnderFaults(t *testing.T) {
	const users = 300
	for name, fault := range faults {
		for onError, etag := range map[string]bool{"local": true, "reject": false} {
			t.Run(name+", "+onError, func(t *testing.T) {
				redis := redistest.Start(t)
				proxy := redistest.NewProxy(t, redis)
				backend := putOnly(t, users, etag)
				lines := "backend {\n patch put\n }\n limiter redis {\n address " + proxy.Addr + "\n on_error " + onError + "\n }"
				if !etag {
					lines = strings.Replace(lines, "patch put", "patch put\n etag off", 1)
				}
				replicas := []*replica{startReplica(t, backend, lines), startReplica(t, backend, lines)}
				var done sync.WaitGroup
				done.Go(func() {
					time.Sleep(200 * time.Millisecond)
					fault(redis, proxy)
				})
				added, failures := addAll(replicas, users, 40, 25)
				done.Wait()
				members := membersOf(t, replicas[0])
				for id := range added {
					if !members[id] {
						t.Errorf("%s was told to be a member and is none", id)
					}
				}
				if onError == "local" && len(added) < users/2 || len(added) == 0 {
					t.Errorf("only %d of %d were added, failures %v", len(added), users, failures)
				}
				t.Logf("%d added, failures %v", len(added), failures)
			})
		}
	}
}
