package backend

import (
	"context"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// largeGroup is a group of n members, from the first number on.
func largeGroup(first, n int) string {
	var b strings.Builder
	b.WriteString(`{"schemas":["` + scim.GroupURI + `"],"id":"9","displayName":"All","members":[`)
	for i := first; i < first+n; i++ {
		if i > first {
			b.WriteByte(',')
		}
		b.WriteString(`{"value":"` + memberName(i) + `","type":"User"}`)
	}
	b.WriteString(`]}`)
	return b.String()
}

func memberName(i int) string { return "4f5e6d7c-0000-4000-8000-" + strconv.Itoa(100_000_000_000+i) }

// counting answers reads with one group, takes every change and remembers of the
// requests only how many there were.
type counting struct {
	group    string
	requests int
	bytes    int
}

func (c *counting) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	c.requests++
	c.bytes += len(req.Body)
	switch resp := (&scim.Response{Status: http.StatusOK, Header: http.Header{"Etag": {`W/"1"`}}}); req.Method {
	case http.MethodGet:
		resp.Body = c.group
		return resp, nil
	case http.MethodPost:
		resp.Status, resp.Body = http.StatusCreated, `{"id":"9"}`
		return resp, nil
	default:
		return resp, nil
	}
}

// heapNow is what is in use, and what was and is not collected yet.
func heapNow() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// peak is the most that the heap has grown while do runs.
func peak(do func()) uint64 {
	runtime.GC()
	idle, most := heapNow(), uint64(0)
	done, seen := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(seen)
		for {
			most = max(most, heapNow())
			select {
			case <-done:
				return
			case <-time.After(100 * time.Microsecond):
			}
		}
	}()
	do()
	close(done)
	<-seen
	return most - min(idle, most)
}

// largeChanges are the ways in which a group of 50,000 is changed at once: all
// members but the first and last thousands stay.
func largeChanges() map[string]struct {
	caps   Capabilities
	method string
	body   string
} {
	const moved = 1000
	after := largeGroup(moved, largeMembers)
	list := membersOf(after)
	few := patchBody(`{"op":"add","path":"members","value":` + membersOf(largeGroup(largeMembers, moved)) + `}`)
	return map[string]struct {
		caps   Capabilities
		method string
		body   string
	}{
		"replace in chunks":       {Capabilities{PatchMembers: 100}, http.MethodPatch, patchBody(`{"op":"replace","path":"members","value":` + list + `}`)},
		"add in chunks":           {Capabilities{PatchMembers: 100}, http.MethodPatch, patchBody(`{"op":"add","path":"members","value":` + list + `}`)},
		"PATCH by PUT":            {Capabilities{Patch: "put"}, http.MethodPatch, few},
		"PATCH by PUT, two reads": {Capabilities{Patch: "put", ETag: lacking()}, http.MethodPatch, few},
		"PUT by PATCH":            {Capabilities{Put: lacking()}, http.MethodPut, after},
		"PUT in chunks":           {Capabilities{PatchMembers: 100}, http.MethodPut, after},
		"create in chunks":        {Capabilities{PatchMembers: 100}, http.MethodPost, after},
	}
}

const largeMembers = 50_000

func membersOf(group string) string {
	const name = `"members":`
	return group[strings.Index(group, name)+len(name) : len(group)-1]
}

// TestLargeGroup changes a group of 50,000 in every way.
func TestLargeGroup(t *testing.T) {
	for name, tt := range largeChanges() {
		t.Run(name, func(t *testing.T) {
			c := &counting{group: largeGroup(0, largeMembers)}
			b, err := New(Options{Capabilities: tt.caps, Registry: scim.Core()})
			if err != nil {
				t.Fatal(err)
			}
			path := groupPath
			if tt.method == http.MethodPost {
				path = "/scim/v2/Groups"
			}
			if status, answer := do(t, b.Adapt(c.send), tt.method, path, tt.body); status >= http.StatusMultipleChoices {
				t.Errorf("answered %d %.200s", status, answer)
			}
			t.Logf("%d requests of %d bytes", c.requests, c.bytes)
		})
	}
}

// BenchmarkLargeGroup shows that time grows with the number of members, and not
// faster, and what a change holds in memory beside the request and the group
// themselves, which have 3 MB each.
func BenchmarkLargeGroup(b *testing.B) {
	for name, tt := range largeChanges() {
		if tt.method == http.MethodPost {
			continue
		}
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			c := &counting{group: largeGroup(0, largeMembers)}
			backend, err := New(Options{Capabilities: tt.caps, Registry: scim.Core()})
			if err != nil {
				b.Fatal(err)
			}
			send := backend.Adapt(c.send)
			change := func() {
				req := &scim.Request{Method: tt.method, Path: groupPath, Body: tt.body, Header: http.Header{}}
				if resp, err := send(b.Context(), req); err != nil || resp.Status != http.StatusOK {
					b.Fatal(resp, err)
				}
			}
			used := peak(change)
			b.ReportAllocs()
			for b.Loop() {
				change()
			}
			b.ReportMetric(float64(used)/(1<<20), "peak-MiB")
		})
	}
}
