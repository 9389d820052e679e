package caddymodule

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestLimitedIsTold has an event and a metric tell of a request that was refused.
func TestLimitedIsTold(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "metrics /metrics\n scim {\n rate_limit 1/h max_delay 0s\n }\n reverse_proxy BACKEND")
	s.listen(b)
	before := s.scrape()
	for range 2 {
		s.do("GET", "/scim/v2/Users/17", "", "User-Agent", "Okta SCIM Client 1.0.0")
	}
	rose(t, before, s.scrape(), map[string]float64{`caddy_scim_limited_total{provider="okta",reason="rate"}`: 1})
	var limited []map[string]any
	for _, e := range events() {
		if e["name"] == "scim_limited" {
			limited = append(limited, e)
		}
	}
	if len(limited) != 1 || limited[0]["provider"] != "okta" || limited[0]["outcome"] != "limited" || limited[0]["error"] != "429" || limited[0]["exchanges"] != 0 {
		t.Errorf("heard of %v", limited)
	}
}

// TestLeaverIntoFullQueue withdraws access when as many wait as may: it goes with
// one of the next slots, and the one whose place it takes is told to come again.
func TestLeaverIntoFullQueue(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n rate_limit 10/s max_delay 3s\n }\n reverse_proxy BACKEND")
	const updates, room = 60, 31 // the first, and those of three seconds
	var requests []*http.Request
	for i := range updates {
		requests = append(requests, s.request("PATCH", fmt.Sprintf("/scim/v2/Users/%d", 100+i), strings.Replace(sloppy, `"path":"active","value":"False"`, `"path":"title","value":"Pilot"`, 1)))
	}
	var done sync.WaitGroup
	statuses := make(map[int]int)
	done.Go(func() {
		for _, got := range s.many(requests...) {
			statuses[got.status]++
		}
	})
	eventually(t, "the queue is full", func() bool { return paceStats().Holding >= room-3 })
	for _, leaver := range []struct{ method, target, body string }{
		{"PATCH", "/scim/v2/Users/1", sloppy},
		{"DELETE", "/scim/v2/Users/2", ""},
	} {
		began := time.Now()
		if got := s.do(leaver.method, leaver.target, leaver.body); got.status >= 300 {
			t.Errorf("%s: status %d: %s", leaver.method, got.status, got.body)
		}
		if waited := time.Since(began); waited > 500*time.Millisecond { // two slots, and a busy machine
			t.Errorf("%s waited for %v", leaver.method, waited)
		}
	}
	done.Wait()
	arrived := len(b.requests())
	if statuses[200]+statuses[429] != updates || arrived != statuses[200]+2 {
		t.Errorf("statuses %v, and %d arrived", statuses, arrived)
	}
}
