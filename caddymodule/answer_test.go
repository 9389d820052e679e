package caddymodule

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestAnswerHeader follows the header of an answer from the backend to the
// client.
func TestAnswerHeader(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Add("Set-Cookie", "a=1")
		h.Add("Set-Cookie", "b=2")
		h.Set("ETag", `W/"7"`)
		h.Set("Cache-Control", "no-store")
		h.Set("Trailer", "X-Sum")
		io.WriteString(w, ada)
		h.Set("X-Sum", "1")
	})
	s := startSite(t, b, "header +Set-Cookie z=0\n header Cache-Control max-age=1\n scim\n reverse_proxy BACKEND")
	got := s.do("GET", "/scim/v2/Users/17", "")
	if got.status != 200 || member(got.body, "id") != "17" {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	for name, want := range map[string][]string{
		"Content-Type":   {scim.MediaType},
		"Content-Length": {strconv.Itoa(len(got.body))},
		"Set-Cookie":     {"z=0", "a=1", "b=2"},
		"Etag":           {`W/"7"`},
		"Via":            {"1.1 Caddy"},
		"Server":         nil,
		"Trailer":        nil,
		"X-Sum":          nil,
	} {
		if diff := cmp.Diff(want, got.header[name]); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
	}
	plain := startSite(t, b, "header +Set-Cookie z=0\n header Cache-Control max-age=1\n reverse_proxy BACKEND")
	if want := plain.do("GET", "/scim/v2/Users/17", "").header["Cache-Control"]; !cmp.Equal(want, got.header["Cache-Control"]) {
		t.Errorf("Cache-Control %q, without the gateway %q", got.header["Cache-Control"], want)
	}
}

// TestAnswerWithoutBody keeps to what HTTP says about answers that have none.
func TestAnswerWithoutBody(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case "HEAD":
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "999")
		case "GET":
			w.Header().Set("ETag", `W/"7"`)
			w.WriteHeader(http.StatusNotModified)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	for method, status := range map[string]int{"HEAD": 200, "GET": 304, "DELETE": 204, "PATCH": 204} {
		body := ""
		if method == "PATCH" {
			body = patchActive
		}
		got := s.do(method, "/scim/v2/Users/17", body, "If-None-Match", `W/"7"`)
		if got.status != status || got.body != "" || got.header.Get("Content-Length") != "" {
			t.Errorf("%s: status %d, Content-Length %q, body %q", method, got.status, got.header.Get("Content-Length"), got.body)
		}
		if seen := b.one(t); seen.method != method {
			t.Errorf("%s was forwarded as %s", method, seen.method)
		}
	}
}

// TestEncode compresses the repaired answer.
func TestEncode(t *testing.T) {
	long := strings.Replace(ada, `"17"`, `"17","displayName":"`+strings.Repeat("Ada ", 400)+`"`, 1)
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, long)
	})
	s := startSite(t, b, "encode {\n gzip\n match header Content-Type application/scim+json*\n }\n scim\n reverse_proxy BACKEND")
	got := s.do("GET", "/scim/v2/Users/17", "", "Accept-Encoding", "gzip")
	if got.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("header %v", got.header)
	}
	unzipped, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unzipped)
	if body := string(text); err != nil || member(body, "displayName") != strings.Repeat("Ada ", 400) {
		t.Errorf("error %v, body %.100s", err, text)
	}
}

// TestErrorsOfNext turns what the handlers behind us return into SCIM errors.
func TestErrorsOfNext(t *testing.T) {
	closed := freeAddresses(t, 1)[0]
	for _, c := range []struct {
		name, directives string
		status           int
		detail           string
		header, value    string
	}{
		{"nobody listens", "reverse_proxy " + closed, 502, "could not be reached", "", ""},
		{"no upstream", "reverse_proxy {\n dynamic a {\n name unknown.invalid\n }\n }", 503, "not available", "Retry-After", "30"},
		{"error 404", "error 404", 404, "not found", "", ""},
		{"error 503 with header", "handle {\n header Retry-After 77\n error 503\n }", 503, "not available", "Retry-After", "77"},
		{"unauthorised", "handle {\n basic_auth {\n bob $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG\n }\n respond ok\n }", 401, "unauthorized", "WWW-Authenticate", `Basic realm="restricted"`},
		{"body refused", "handle {\n request_body {\n max_size 10B\n }\n reverse_proxy " + closed + "\n }", 413, "too large", "", ""},
		{"nobody answers", "", 502, "no service provider answered", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startSite(t, nil, "scim\n"+c.directives)
			got := s.do("PATCH", "/scim/v2/Users/17", patchActive)
			got.wantError(t, c.status, "", c.detail)
			if strings.Contains(got.body, "127.0.0.1") || strings.Contains(got.body, "invalid") {
				t.Errorf("the answer shows what is behind the gateway: %s", got.body)
			}
			if c.header != "" && got.header.Get(c.header) != c.value {
				t.Errorf("%s is %q, want %q", c.header, got.header.Get(c.header), c.value)
			}
		})
	}
}

// TestErrorStatus gives errors without a status of their own one.
func TestErrorStatus(t *testing.T) {
	for err, want := range map[error]int{
		context.DeadlineExceeded:     504,
		context.Canceled:             499,
		io.ErrUnexpectedEOF:          500,
		scim.Errorf(409, "", "x"):    409,
		fmt.Errorf("a: %w", errAway): 503,
	} {
		if got := scimError(err).Status; got != want {
			t.Errorf("%v: status %d, want %d", err, got, want)
		}
	}
}

var errAway = scim.Errorf(503, "", "away")

// TestClientGone is noted in the access log and nowhere else.
func TestClientGone(t *testing.T) {
	arrived := make(chan struct{})
	done := make(chan struct{})
	b := startBackend(t, answerAda)
	b.server.Config.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(done)
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+s.addr+"/scim/v2/Users/17", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-arrived
		cancel()
	}()
	if resp, err := client.Do(r); err == nil {
		resp.Body.Close()
		t.Error("the client got an answer")
	}
	<-done
	for range 100 {
		if strings.Contains(s.accessLog(), `"status":499`) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("access log: %s", s.accessLog())
}

// TestRefusalKnowsTheClient says how long to wait under the name that the client
// reads, also where no service provider has answered.
func TestRefusalKnowsTheClient(t *testing.T) {
	s := startSite(t, nil, `scim {
		provider sailpoint {
			match header X-Tenant sailpoint
		}
	}
	error 503`)
	got := s.do("GET", "/scim/v2/Users/17", "", "X-Tenant", "sailpoint")
	if wait := got.header.Get("X-Rate-Limit-Retry-After-Seconds"); got.status != 503 || wait == "" || wait != got.header.Get("Retry-After") {
		t.Errorf("status %d, header %v", got.status, got.header)
	}
	if got := s.do("GET", "/scim/v2/Users/17", ""); got.header.Get("X-Rate-Limit-Retry-After-Seconds") != "" {
		t.Errorf("header %v", got.header)
	}
}
