package caddymodule

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// paceStats looks at the only handler of the site.
func paceStats() pace.Stats { return inForce()[0].pacing.pacer.Stats() }

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for began := time.Now(); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("still not so after 10 seconds: %s (%+v)", what, paceStats())
		}
	}
}

// ourGoroutines counts those that take a request through the gateway, or do
// something for one. Connections that others keep are none of them.
func ourGoroutines() (n int) {
	text := make([]byte, 8<<20)
	for stack := range strings.SplitSeq(string(text[:runtime.Stack(text, true)]), "\n\n") {
		if strings.Contains(stack, "caddymodule.(*call)") || strings.Contains(stack, "caddy-scim/pace.") || strings.Contains(stack, "caddy-scim/limit.") {
			n++
		}
	}
	return n
}

func memberPatch(verb string, id int) string {
	op := fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"u-%d"}]}`, id)
	if verb == "remove" {
		op = fmt.Sprintf(`{"op":"remove","path":"members[value eq \"u-%d\"]"}`, id)
	}
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + op + `]}`
}

// TestGoneClients has clients go away while they wait, whatever they wait for.
// They leave nothing behind: no place, no lane, no goroutine.
func TestGoneClients(t *testing.T) {
	for name, lines := range map[string]string{
		"at the door":      "concurrency 1",
		"for their slot":   "rate_limit 1/h max_delay 1000h",
		"for their lane":   "",
		"for each other":   "coalesce 10m",
		"for all of these": "coalesce 10m\n concurrency 1\n rate_limit 1/h max_delay 1000h\n provider generic {\n rate_limit 2/h max_delay 1000h\n }",
	} {
		t.Run(name, func(t *testing.T) {
			const clients = 60
			b := startBackend(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			s := startSite(t, b, "scim {\n "+lines+"\n }\n reverse_proxy BACKEND")
			ctx, leave := context.WithCancel(t.Context())
			var done sync.WaitGroup
			for i := range clients {
				target, body := "/scim/v2/Groups/g-1", memberPatch("add", i)
				if i%3 == 0 {
					target, body = fmt.Sprintf("/scim/v2/Users/%d", i), patchActive
				}
				r := s.request("PATCH", target, body).WithContext(ctx)
				done.Go(func() {
					if resp, err := client.Do(r); err == nil {
						resp.Body.Close()
						t.Errorf("status %d", resp.StatusCode)
					}
				})
			}
			eventually(t, "all have come", func() bool {
				at := paceStats()
				return at.Holding+at.Inside == clients
			})
			if n := ourGoroutines(); n < clients {
				t.Errorf("%d goroutines for %d requests", n, clients)
			}
			leave()
			done.Wait()
			eventually(t, "nobody is there", func() bool { return paceStats() == pace.Stats{} })
			eventually(t, "no goroutine is left", func() bool { return ourGoroutines() == 0 })
		})
	}
}

// TestCoalesceLeaderGone has the one go away in whose name others were sent along.
// They are answered as if nothing had happened.
func TestCoalesceLeaderGone(t *testing.T) {
	arrived, release := make(chan struct{}, 9), make(chan struct{})
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-release:
			w.WriteHeader(http.StatusNoContent)
		case <-r.Context().Done():
		}
	})
	s := startSite(t, b, "scim {\n coalesce 500ms\n }\n reverse_proxy BACKEND")
	ctx, leave := context.WithCancel(t.Context())
	var leader, others sync.WaitGroup
	leader.Go(func() {
		if resp, err := client.Do(s.request("PATCH", "/scim/v2/Groups/g-1", memberPatch("add", 0)).WithContext(ctx)); err == nil {
			resp.Body.Close()
			t.Errorf("the one who left got status %d", resp.StatusCode)
		}
	})
	eventually(t, "the first has come", func() bool { return paceStats().Lanes == 1 })
	const along = 8
	var requests []*http.Request
	for i := range along {
		requests = append(requests, s.request("PATCH", "/scim/v2/Groups/g-1", memberPatch("add", i+1)))
	}
	others.Go(func() {
		for _, got := range s.many(requests...) {
			if got.status != http.StatusNoContent {
				t.Errorf("status %d: %s", got.status, got.body)
			}
		}
	})
	<-arrived
	leave()
	leader.Wait()
	time.Sleep(50 * time.Millisecond) // for the news to arrive
	close(release)
	others.Wait()
	sent := b.one(t)
	for i := range along + 1 {
		if !strings.Contains(sent.body, fmt.Sprintf(`"u-%d"`, i)) {
			t.Errorf("u-%d was not sent along: %s", i, sent.body)
		}
	}
	eventually(t, "nobody is there", func() bool { return paceStats() == pace.Stats{} })
}

// TestQueueThroughReloads loads other configurations, good ones and such that
// fail at several places, while requests wait: each is answered, and none sooner.
func TestQueueThroughReloads(t *testing.T) {
	const clients, rate = 150, 50
	var arrived atomic.Int32
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		answerAda(w, r)
	})
	site := func(lines string) string {
		return "scim {\n rate_limit 50/s max_delay 60s\n " + lines + "\n }\n reverse_proxy BACKEND"
	}
	broken := []string{
		strings.Repeat("rate_limit 1/s\n ", limit.MaxLimits),                    // fails when the state is taken over already
		"provider entra {\n rule a {\n rename nickName displayName.a.b\n }\n }", // fails after that
		"base_path /a//b", // and before
	}
	s := startSite(t, b, site(""))
	var requests []*http.Request
	for i := range clients {
		requests = append(requests, s.request("GET", fmt.Sprintf("/scim/v2/Users/%d", i), ""))
	}
	began := time.Now()
	var done sync.WaitGroup
	done.Go(func() {
		for _, got := range s.many(requests...) {
			if got.status != http.StatusOK {
				t.Errorf("status %d: %s", got.status, got.body)
			}
		}
	})
	eventually(t, "all have come", func() bool { return paceStats().Holding+int(arrived.Load()) >= clients })
	for i := 0; paceStats().Holding > clients/10; i++ {
		if err := s.tryLoad(b, site(broken[i%len(broken)])); err == nil {
			t.Errorf("%q was loaded", broken[i%len(broken)])
		}
		s.load(b, site([]string{"explain", "concurrency 100"}[i%2]))
		time.Sleep(20 * time.Millisecond)
	}
	done.Wait()
	if took, least := time.Since(began), (clients-1)*time.Second/rate; took < least-20*time.Millisecond {
		t.Errorf("%d requests took %v", clients, took)
	}
	if n := len(b.requests()); n != clients {
		t.Errorf("%d requests arrived", n)
	}
	name, store := inForce()[0].pacing.name, inForce()[0].pacing.store
	for pool, key := range map[*caddy.UsagePool]string{states: name, stores: store} {
		if n, _ := pool.References(key); n != 1 {
			t.Errorf("%s is used %d times", key, n)
		}
	}
}

// unreliable fails some requests, before or after they were carried out.
type unreliable struct {
	http.Handler
	count atomic.Int32
}

func (u *unreliable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch n := u.count.Add(1); {
	case n == 4:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	case n%9 == 3: // it hangs until the gateway has enough of it
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
		panic(http.ErrAbortHandler)
	case n%9 == 5: // it breaks off without having done anything
		panic(http.ErrAbortHandler)
	case n%9 == 8: // it breaks off when all is done
		u.Handler.ServeHTTP(discardAnswer{}, r)
		panic(http.ErrAbortHandler)
	default:
		u.Handler.ServeHTTP(w, r)
	}
}

type discardAnswer struct{}

func (discardAnswer) Header() http.Header         { return http.Header{} }
func (discardAnswer) Write(p []byte) (int, error) { return len(p), nil }
func (discardAnswer) WriteHeader(int)             {}

// TestNothingConfirmedThatWasNot changes members while the service provider fails
// in all ways: who is told that it is a member is one, and who is told that it is
// none is none.
func TestNothingConfirmedThatWasNot(t *testing.T) {
	for name, c := range map[string]struct {
		lines, patch string
		users        int
	}{
		"one by one":         {"", "on", 24},
		"together":           {"coalesce 20ms", "on", 48},
		"by PUT":             {"backend {\n patch put\n }", "off", 18},
		"together, by PUT":   {"coalesce 20ms\n backend {\n patch put\n }", "off", 48},
		"with few at a time": {"coalesce 20ms\n concurrency 2\n rate_limit 200/s burst 20", "on", 48},
	} {
		t.Run(name, func(t *testing.T) {
			const atOnce = 12
			d, err := directory.New(directory.Options{Seed: seedMembers(c.users), Limits: directory.Limits{Patch: c.patch}})
			if err != nil {
				t.Fatal(err)
			}
			b := startBackend(t, (&unreliable{Handler: d}).ServeHTTP)
			s := startSite(t, b, "scim {\n "+c.lines+"\n }\n reverse_proxy BACKEND {\n transport http {\n response_header_timeout 100ms\n }\n }")
			var requests []*http.Request
			for i := range c.users { // the even ones are members, and are removed
				verb := []string{"remove", "add"}[i%2]
				requests = append(requests, s.request("PATCH", "/scim/v2/Groups/g-1", memberPatch(verb, i)))
			}
			var answers []answer
			for wave := range slices.Chunk(requests, atOnce) {
				answers = append(answers, s.many(wave...)...)
			}
			group := httpGet(t, d, "/Groups/g-1")
			confirmed := 0
			for i, got := range answers {
				if got.status >= 300 {
					continue
				}
				confirmed++
				if is := strings.Contains(group, fmt.Sprintf(`"u-%d"`, i)); is != (i%2 == 1) {
					t.Errorf("u-%d: confirmed with %d, but is a member: %t", i, got.status, is)
				}
			}
			if confirmed == 0 {
				t.Error("nothing was confirmed")
			}
			t.Logf("%d of %d confirmed with %d exchanges", confirmed, c.users, len(b.requests()))
			eventually(t, "nobody is there", func() bool { at := paceStats(); return at.Holding+at.Inside+at.Lanes == 0 })
		})
	}
}

// seedMembers is so many users, and a group whose members are the even ones.
func seedMembers(users int) []byte {
	var people, members []string
	for i := range users {
		people = append(people, fmt.Sprintf(`{"schemas":["%s"],"id":"u-%d","userName":"user-%d@example.com"}`, scim.UserURI, i, i))
		if i%2 == 0 {
			members = append(members, fmt.Sprintf(`{"value":"u-%d"}`, i))
		}
	}
	return fmt.Appendf(nil, `{"Users":[%s],"Groups":[{"schemas":["%s"],"id":"g-1","displayName":"Crew","members":[%s]}]}`,
		strings.Join(people, ","), scim.GroupURI, strings.Join(members, ","))
}

// httpGet asks a handler itself.
func httpGet(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	b := startBackend(t, h.ServeHTTP)
	resp, err := client.Get("http://" + b.address() + "/scim/v2" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s %v", resp.StatusCode, text, err)
	}
	return string(text)
}
