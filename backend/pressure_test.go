package backend

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// busy answers with the given statuses one after the other, then with 200.
func busy(retryAfter string, statuses ...int) *imitation {
	i := &imitation{}
	i.answer = func(*scim.Request) *scim.Response {
		if len(i.asked) > len(statuses) {
			return message(200, `{"id":"17","Resources":[]}`)
		}
		resp := message(statuses[len(i.asked)-1], "busy")
		if retryAfter != "" {
			resp.Header = http.Header{"Retry-After": {retryAfter}}
		}
		return resp
	}
	return i
}

const patchOpen = `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[`

func TestPressure(t *testing.T) {
	for _, test := range []struct {
		name         string
		method, path string
		body         string
		retryAfter   string
		statuses     []int
		status       int           // that comes up
		tries        int           // exchanges
		least, most  time.Duration // that it took
	}{
		{"no pressure", "GET", "/Users/17", "", "", nil, 200, 1, 0, 0},
		{"read", "GET", "/Users/17", "", "", []int{503}, 200, 2, 500 * time.Millisecond, 700 * time.Millisecond},
		{"twice", "GET", "/Users", "", "", []int{503, 429}, 200, 3, 1500 * time.Millisecond, 2 * time.Second},
		{"three times", "GET", "/Users", "", "", []int{503, 429, 503}, 503, 3, 1500 * time.Millisecond, 2 * time.Second},
		{"as it says", "GET", "/Users/17", "", "4", []int{429}, 200, 2, 4 * time.Second, 5100 * time.Millisecond},
		{"at once", "GET", "/Users/17", "", "0", []int{429}, 200, 2, 0, 60 * time.Millisecond},
		{"by date", "GET", "/Users/17", "", "Sat, 01 Jan 2000 00:00:03 GMT", []int{429}, 200, 2, 3 * time.Second, 4 * time.Second},
		{"too long", "GET", "/Users/17", "", "11", []int{429}, 429, 1, 0, 0},
		{"in all too long", "GET", "/Users/17", "", "6", []int{429, 429}, 429, 2, 6 * time.Second, 8 * time.Second},
		{"search", "POST", "/Users/.search", `{}`, "", []int{503}, 200, 2, 0, time.Second},
		{"put", "PUT", "/Users/17", `{}`, "", []int{503}, 200, 2, 0, time.Second},
		{"delete", "DELETE", "/Users/17", "", "", []int{503}, 200, 2, 0, time.Second},
		{"create", "POST", "/Users", `{"userName":"mara.lind"}`, "", []int{429}, 429, 1, 0, 0},
		{"bulk", "POST", "/Bulk", `{}`, "", []int{503}, 503, 1, 0, 0},
		{"idempotent patch", "PATCH", "/Users/17", patchOpen + `{"op":"replace","path":"active","value":false}]}`, "", []int{503}, 200, 2, 0, time.Second},
		{"patch that adds", "PATCH", "/Users/17", patchOpen + `{"op":"add","path":"emails","value":[{"value":"mara.lind@example.com"}]}]}`, "", []int{503}, 503, 1, 0, 0},
		{"patch that adds, refused", "PATCH", "/Users/17", patchOpen + `{"op":"add","path":"emails","value":[{"value":"mara.lind@example.com"}]}]}`, "", []int{429}, 200, 2, 0, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, began := busy(test.retryAfter, test.statuses...), time.Now()
				resp, err := bottom(t, newBackend(t, Capabilities{}), i, newRequest(test.method, test.path, test.body))
				must(t, resp, err)
				took := time.Since(began)
				if resp.Status != test.status || len(i.asked) != test.tries || took < test.least || took > test.most {
					t.Errorf("got %d after %d tries in %v", resp.Status, len(i.asked), took)
				}
				if resp.Status == 429 && resp.Header.Get("Retry-After") != test.retryAfter {
					t.Errorf("Retry-After is %q, want %q", resp.Header.Get("Retry-After"), test.retryAfter)
				}
			})
		})
	}
}

func TestPressureUnderIfMatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		req := newRequest("PUT", "/Users/17", `{}`)
		req.Header.Set("If-Match", `"a"`)
		i := busy("", 503)
		resp, err := bottom(t, newBackend(t, Capabilities{}), i, req)
		if must(t, resp, err); resp.Status != 503 || len(i.asked) != 1 {
			t.Errorf("got %d after %v", resp.Status, i.lines())
		}
	})
}

func TestPressureBetweenDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		i, began := busy("3", 503), time.Now()
		resp, err := newBackend(t, Capabilities{}).Adapt(i.send)(ctx, newRequest("GET", "/Users/17", ""))
		if must(t, resp, err); resp.Status != 503 || time.Since(began) > 0 {
			t.Errorf("got %d after %v: want the answer at once", resp.Status, time.Since(began))
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err = newBackend(t, Capabilities{}).Adapt(busy("3", 503).send)(ctx, newRequest("GET", "/Users/17", ""))
		if !errors.Is(err, context.Canceled) || time.Since(began) > 1100*time.Millisecond {
			t.Errorf("got %v after %v: want the end of the wait when the client goes", err, time.Since(began))
		}
	})
}

func TestThrottleText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(t, Capabilities{ThrottleText: []string{"rate exceeded"}})
		i := &imitation{}
		i.answer = func(*scim.Request) *scim.Response { return message(500, "<p>Rate exceeded, sorry") }
		resp, err := bottom(t, b, i, newRequest("GET", "/Users/17", ""))
		if must(t, resp, err); resp.Status != 429 || len(i.asked) != 3 {
			t.Errorf("got %d after %v", resp.Status, i.lines())
		}
		i = always(200, `{"title":"Rate exceeded"}`)
		resp, err = bottom(t, b, i, newRequest("GET", "/Users/17", ""))
		if must(t, resp, err); resp.Status != 200 || len(i.asked) != 1 {
			t.Errorf("got %d after %v", resp.Status, i.lines())
		}
	})
}

func TestIdempotent(t *testing.T) {
	for _, test := range []struct {
		ops  string
		want bool
	}{
		{`{"op":"replace","path":"active","value":false}`, true},
		{`{"op":"replace","value":{"active":false}}`, true},
		{`{"op":"Replace","path":"emails","value":[]}`, true},
		{`{"op":"add","path":"title","value":"x"}`, true},
		{`{"op":"add","path":"name.givenName","value":"x"}`, true},
		{`{"op":"remove","path":"title"}`, true},
		{`{"op":"Add","path":"members","value":[{"value":"17"}]}`, true},
		{`{"op":"remove","path":"members[value eq \"17\"]"}`, true},
		{`{"op":"add","path":"emails","value":[]}`, false},
		{`{"op":"add","value":{"emails":[]}}`, false},
		{`{"op":"add","path":"urn:example:Badge:color","value":"red"}`, false},
		{`{"op":"replace","path":"emails[type eq \"work\"].type","value":"home"}`, false},
		{`{"op":"remove","path":"emails[type eq \"work\"]"}`, false},
		{`{"op":"replace","path":"active","value":false},{"op":"add","path":"emails","value":[]}`, false},
		{`{"op":"add","path":"a b"}`, false},
	} {
		rt := scim.Core().ByName("User")
		if strings.Contains(test.ops, "members") {
			rt = scim.Core().ByName("Group")
		}
		if got := idempotent(rt, patchOpen+test.ops+`]}`); got != test.want {
			t.Errorf("%s: got %t", test.ops, got)
		}
	}
	if idempotent(scim.Core().ByName("User"), `{}`) {
		t.Error("a body without operations is not known to be idempotent")
	}
}
