package caddymodule

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// many sends requests at once and returns their answers, in the order in which
// they were given.
func (s *site) many(requests ...*http.Request) []answer {
	answers := make([]answer, len(requests))
	var done sync.WaitGroup
	for i, r := range requests {
		done.Go(func() {
			resp, err := client.Do(r)
			if err != nil {
				s.t.Error(err)
				return
			}
			defer resp.Body.Close()
			text, _ := io.ReadAll(resp.Body)
			answers[i] = answer{resp.StatusCode, resp.Header, string(text)}
		})
	}
	done.Wait()
	return answers
}

// request makes a request without sending it.
func (s *site) request(method, target, body string, headers ...string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.addr+target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", scim.MediaType)
	if body != "" {
		r.Header.Set("Content-Type", scim.MediaType)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// TestRateLimitRefuses refuses what is over the limit, before its body is read,
// with all that a client needs in order to come again.
func TestRateLimitRefuses(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		provider generic {
			rate_limit 6/m burst 2 max_delay 0s
		}
		rate_limit 1000/s burst 1000
		rate_headers
	}
	reverse_proxy BACKEND`)
	for i, left := range []string{"1", "0"} {
		got := s.do("GET", "/scim/v2/Users/17", "")
		if got.status != 200 || !strings.HasPrefix(got.header.Get("RateLimit"), `"generic";r=`+left) {
			t.Fatalf("request %d: %d, RateLimit %q", i, got.status, got.header.Get("RateLimit"))
		}
		if want := `"generic";q=6;w=60, "total";q=1000;w=1`; got.header.Get("RateLimit-Policy") != want {
			t.Errorf("RateLimit-Policy is %q", got.header.Get("RateLimit-Policy"))
		}
	}
	got := s.do("PATCH", "/scim/v2/Users/17", patchActive)
	got.wantError(t, 429, "", "try again in")
	if after, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || after < 1 || after > 10 {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
	if n := len(b.requests()); n != 2 {
		t.Errorf("the backend got %d requests", n)
	}
	if log := s.accessLog(); !strings.Contains(log, `"scim_outcome":"limited"`) {
		t.Errorf("the access log does not say so: %s", log)
	}
}

// TestRateLimitHolds holds back what comes too early, and lets it through in
// time.
func TestRateLimitHolds(t *testing.T) {
	var mu sync.Mutex
	var came []time.Time
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		came = append(came, time.Now())
		mu.Unlock()
		answerAda(w, r)
	})
	s := startSite(t, b, `scim {
		rate_limit 20/s max_delay 1s
	}
	reverse_proxy BACKEND`)
	var requests []*http.Request
	for range 40 {
		requests = append(requests, s.request("GET", "/scim/v2/Users/17", ""))
	}
	passed, refused := 0, 0
	for _, got := range s.many(requests...) {
		switch got.status {
		case 200:
			passed++
		case 429:
			refused++
		default:
			t.Errorf("status %d: %s", got.status, got.body)
		}
	}
	if passed < 20 || refused == 0 || passed+refused != 40 || passed != len(came) {
		t.Errorf("%d passed, %d were refused and %d came", passed, refused, len(came))
	}
	slices.SortFunc(came, time.Time.Compare)
	const slack = 100 * time.Millisecond // of the first on its way
	if took, least := came[len(came)-1].Sub(came[0]), time.Duration(passed-1)*time.Second/20-slack; took < least {
		t.Errorf("%d requests came within %v", len(came), took)
	}
}

// TestRateLimitScope has limits for some of the requests only.
func TestRateLimitScope(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		provider entra {
			match header User-Agent entra*
			rate_limit 1/h max_delay 0s {
				key {http.request.header.X-Tenant}
				on get
				match expression `+"`"+`{scim.resource} == "User" && {http.request.header.X-Free} != "yes"`+"`"+`
			}
		}
	}
	reverse_proxy BACKEND`)
	for _, c := range []struct {
		name, method, target string
		headers              []string
		want                 int
	}{
		{"the first", "GET", "/scim/v2/Users/17", []string{"User-Agent", "entra", "X-Tenant", "a"}, 200},
		{"the second", "GET", "/scim/v2/Users/18", []string{"User-Agent", "entra", "X-Tenant", "a"}, 429},
		{"another key", "GET", "/scim/v2/Users/17", []string{"User-Agent", "entra", "X-Tenant", "b"}, 200},
		{"another operation", "DELETE", "/scim/v2/Users/17", []string{"User-Agent", "entra", "X-Tenant", "a"}, 204},
		{"another resource", "GET", "/scim/v2/Groups/17", []string{"User-Agent", "entra", "X-Tenant", "a"}, 200},
		{"not matched", "GET", "/scim/v2/Users/17", []string{"User-Agent", "entra", "X-Tenant", "a", "X-Free", "yes"}, 200},
		{"another provider", "GET", "/scim/v2/Users/17", []string{"User-Agent", "curl", "X-Tenant", "a"}, 200},
		{"the third", "GET", "/scim/v2/Users/17", []string{"User-Agent", "entra", "X-Tenant", "a"}, 429},
	} {
		if got := s.do(c.method, c.target, "", c.headers...); got.status != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, got.status, c.want, got.body)
		}
	}
}

// TestRateLimitReload goes on counting through a reload that changes the rate,
// and one that fails.
func TestRateLimitReload(t *testing.T) {
	b := startBackend(t, answerAda)
	site := func(line string) string { return "scim {\n " + line + "\n}\n reverse_proxy BACKEND" }
	s := startSite(t, b, site("rate_limit 2/h burst 2 max_delay 0s"))
	for _, want := range []int{200, 200, 429} {
		if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != want {
			t.Fatalf("status %d, want %d", got.status, want)
		}
	}
	s.load(b, site("rate_limit 2/h burst 2 max_delay 0s\n explain"))
	if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != 429 {
		t.Errorf("after a reload: status %d", got.status)
	}
	if err := s.tryLoad(b, site("rate_limit 2/h burst 2 max_delay 0s\n base_path /a\n")+"\n reverse_proxy {\n to BACKEND\n transport http {\n tls_trust_pool file /no/such/file\n }\n }"); err == nil {
		t.Fatal("a configuration that cannot be loaded was loaded")
	}
	if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != 429 {
		t.Errorf("after a reload that failed: status %d", got.status)
	}
	s.load(b, site("rate_limit 2/h burst 3 max_delay 0s"))
	for _, want := range []int{200, 429} {
		if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != want {
			t.Errorf("with a larger burst: status %d, want %d", got.status, want)
		}
	}
	s.load(b, site("name other\n rate_limit 2/h burst 2 max_delay 0s"))
	if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != 200 {
		t.Errorf("under another name: status %d", got.status)
	}
}

// TestLeaversFirst fills the queue with updates and then withdraws access.
func TestLeaversFirst(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		rate_limit 20/s max_delay 20s
	}
	reverse_proxy BACKEND`)
	const waiting = 40
	var updates []*http.Request
	for i := range waiting {
		updates = append(updates, s.request("PATCH", fmt.Sprintf("/scim/v2/Users/%d", 100+i),
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Pilot"}]}`))
	}
	var done sync.WaitGroup
	done.Go(func() { s.many(updates...) })
	time.Sleep(400 * time.Millisecond) // some have gone, the others wait
	before := len(b.requests())
	if got := s.do("PATCH", "/scim/v2/Users/7", patchActive); got.status != 200 {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	since := b.requests()
	at := slices.IndexFunc(since, func(r sent) bool { return r.target == "/scim/v2/Users/7" })
	if before < 2 || before > waiting-5 || at < 0 || at > 3 { // one or two may have gone while it came in
		t.Errorf("%d went before it came, and it went as number %d after that", before, at)
	}
	done.Wait()
	if total := before + len(since) + len(b.requests()); total != waiting+1 {
		t.Errorf("%d requests arrived, want %d", total, waiting+1)
	}
}

// TestConcurrency counts how many are with the backend at a time.
func TestConcurrency(t *testing.T) {
	var mu sync.Mutex
	inside, most := 0, 0
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		inside++
		most = max(most, inside)
		mu.Unlock()
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		inside--
		mu.Unlock()
		answerAda(w, r)
	})
	s := startSite(t, b, "scim {\n concurrency 3\n }\n reverse_proxy BACKEND")
	var requests []*http.Request
	for i := range 30 {
		requests = append(requests, s.request("GET", fmt.Sprintf("/scim/v2/Users/%d", i), ""))
	}
	for _, got := range s.many(requests...) {
		if got.status != 200 {
			t.Errorf("status %d", got.status)
		}
	}
	if most != 3 {
		t.Errorf("%d were inside at a time", most)
	}
}

// TestCoalesce sends members one by one, which arrive in few requests.
func TestCoalesce(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(30 * time.Millisecond)
		w.WriteHeader(http.StatusNoContent)
	})
	s := startSite(t, b, "scim {\n coalesce 20ms\n }\n reverse_proxy BACKEND")
	var requests []*http.Request
	const members = 60
	for i := range members {
		requests = append(requests, s.request("PATCH", "/scim/v2/Groups/g-1",
			fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"u-%d"}]}]}`, i)))
	}
	for _, got := range s.many(requests...) {
		if got.status != 204 {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	}
	all, text := b.requests(), ""
	for _, r := range all {
		text += r.body
	}
	if len(all) > members/3 {
		t.Errorf("%d requests for %d members", len(all), members)
	}
	for i := range members {
		if strings.Count(text, fmt.Sprintf(`"u-%d"`, i)) != 1 {
			t.Errorf("u-%d did not arrive once", i)
		}
	}
}

// TestPressure slows down for a backend that says it is too much.
func TestPressure(t *testing.T) {
	var mu sync.Mutex
	refuse := true
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if refuse && r.URL.Path == "/scim/v2/Users/1" {
			refuse = false
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		answerAda(w, r)
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	var done sync.WaitGroup
	done.Go(func() { s.many(s.request("GET", "/scim/v2/Users/1", "")) })
	time.Sleep(200 * time.Millisecond)
	began := time.Now()
	if got := s.many(s.request("GET", "/scim/v2/Users/2", ""))[0]; got.status != 200 {
		t.Errorf("status %d", got.status)
	}
	if waited := time.Since(began); waited < 500*time.Millisecond {
		t.Errorf("another request waited only %v for a backend that asked for a second", waited)
	}
	done.Wait()
}

// TestPaceOfBody has a provider that only the body shows: its limits hold, and
// when it is only watched, those of the others do not hold it back.
func TestPaceOfBody(t *testing.T) {
	b := startBackend(t, answerAda)
	const marked = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"Crew"}`
	const plain = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crew"}`
	s := startSite(t, b, `scim {
		provider generic {
			rate_limit 1/h max_delay 0s
		}
		provider entra {
			rate_limit 2/h burst 2 max_delay 0s
		}
	}
	reverse_proxy BACKEND`)
	for i, c := range []struct {
		body string
		over bool
	}{{marked, false}, {plain, false}, {marked, false}, {plain, true}, {marked, true}} {
		if got := s.do("POST", "/scim/v2/Groups", c.body); (got.status == 429) != c.over {
			t.Errorf("request %d: status %d", i, got.status)
		}
	}
	s.load(b, `scim {
		name other
		provider generic {
			rate_limit 1/h max_delay 0s
		}
		provider entra {
			mode observe
		}
	}
	reverse_proxy BACKEND`)
	for i, c := range []struct {
		body string
		over bool
	}{{marked, false}, {plain, false}, {marked, false}, {plain, true}, {marked, false}} {
		if got := s.do("POST", "/scim/v2/Groups", c.body); (got.status == 429) != c.over {
			t.Errorf("with a watched provider, request %d: status %d", i, got.status)
		}
	}
}
