package caddymodule

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// large is a list that is too large to be held, and that would be repaired if it
// were held: it lacks schemas.
func large(w io.Writer) int {
	n, _ := io.WriteString(w, `{"totalResults":1,"Resources":[{"id":17,"displayName":"`)
	for n < rewrite.DefaultMaxAnswer+1<<20 {
		m, err := io.WriteString(w, strings.Repeat("x", 1<<16))
		if n += m; err != nil {
			return n // nobody reads on
		}
	}
	m, _ := io.WriteString(w, `"}]}`)
	return n + m
}

// TestLargeAnswerPasses unmodified when it is the answer to the client's own
// request, with its length or without.
func TestLargeAnswerPasses(t *testing.T) {
	size := large(io.Discard)
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Backend", "1")
		if r.URL.Query().Get("count") == "1" {
			w.Header().Set("Content-Length", strconv.Itoa(size))
		}
		large(w)
	})
	s := startSite(t, b, "scim {\n explain\n }\n reverse_proxy BACKEND")
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/scim/v2/users", ""},
		{"GET", "/scim/v2/users?count=1", ""},
		{"PATCH", "/scim/v2/Groups/17", strings.Replace(patchActive, "replace", "Replace", 1)},
	} {
		got := s.do(c.method, c.target, c.body)
		if got.status != 200 || len(got.body) != size || !strings.HasPrefix(got.body, `{"totalResults":1,"Resources":[{"id":17,`) {
			t.Errorf("%s %s: status %d, %d bytes of %d: %.60s", c.method, c.target, got.status, len(got.body), size, got.body)
		}
		if got.header.Get("Content-Type") != "application/json" || got.header.Get("X-Backend") != "1" || len(got.header["Via"]) != 1 {
			t.Errorf("%s %s: header %v", c.method, c.target, got.header)
		}
	}
	if !strings.Contains(s.accessLog(), `"scim_changes":"path.endpoint-case"`) {
		t.Errorf("the changes are not logged: %s", s.accessLog())
	}
}

// TestLargeAnswerFails when it may not pass: the answer to a read that the
// client knows nothing of, and an error.
func TestLargeAnswerFails(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		if r.URL.Path == "/scim/v2/Users/18" {
			w.WriteHeader(http.StatusConflict)
		}
		large(w)
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	s.do("PATCH", "/scim/v2/Users/17", patchWorkMail).wantError(t, 502, "", "larger than 8388608 bytes")
	if seen := b.one(t); seen.method != "GET" {
		t.Errorf("the backend got a %s", seen.method)
	}
	s.do("PATCH", "/scim/v2/Users/18", patchActive).wantError(t, 502, "", "larger than 8388608 bytes")
}

// TestEventStream arrives while it is being written.
func TestEventStream(t *testing.T) {
	goOn := make(chan struct{})
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		io.WriteString(w, "data: first\n\n")
		http.NewResponseController(w).Flush()
		<-goOn
		io.WriteString(w, "data: second\n\n")
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND {\n flush_interval -1\n }")
	resp, err := client.Get("http://" + s.addr + "/scim/v2/Users")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	if line, err := in.ReadString('\n'); line != "data: first\n" {
		t.Errorf("first line %q: %v", line, err)
	}
	close(goOn)
	if rest, err := io.ReadAll(in); string(rest) != "\ndata: second\n\n" {
		t.Errorf("the rest is %q: %v", rest, err)
	}
}

// TestInterimAnswers pass, with their own header and without leaving it behind.
func TestInterimAnswers(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("X-Outside", "1")
	rec := &recorder{client: w, header: http.Header{"Link": {"</a>"}}, body: takeBuffer(), limit: 10}
	rec.WriteHeader(http.StatusEarlyHints)
	if w.Header().Get("Link") != "" || w.Header().Get("X-Outside") != "1" {
		t.Errorf("header %v", w.Header())
	}
	if rec.status != 0 {
		t.Errorf("status %d", rec.status)
	}
	rec.client = nil
	rec.WriteHeader(http.StatusEarlyHints)
	rec.WriteHeader(http.StatusCreated)
	rec.WriteHeader(http.StatusOK)
	if rec.status != http.StatusCreated {
		t.Errorf("status %d", rec.status)
	}
}

// TestRecorder writes answers of several sizes in several pieces.
func TestRecorder(t *testing.T) {
	for _, c := range []struct {
		name    string
		status  int
		client  bool
		pieces  []string
		held    string
		passed  string
		failure bool
	}{
		{"fits", 200, true, []string{"01234", "56789"}, "0123456789", "", false},
		{"empty", 200, true, nil, "", "", false},
		{"passes", 200, true, []string{"01234", "56789", "a", "b"}, "0123456789", "0123456789ab", false},
		{"passes in one piece", 201, true, []string{"0123456789ab"}, "", "0123456789ab", false},
		{"not the client's", 200, false, []string{"0123456789", "a", "b"}, "0123456789", "", true},
		{"an error", 500, true, []string{"0123456789", "a"}, "0123456789", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			rec := &recorder{header: http.Header{}, body: takeBuffer(), limit: 10}
			if c.client {
				rec.client = w
			}
			rec.WriteHeader(c.status)
			var failed bool
			for _, p := range c.pieces {
				if _, err := rec.Write([]byte(p)); err != nil {
					failed = true
				}
			}
			if err := rec.FlushError(); err != nil {
				t.Error(err)
			}
			if rec.body.String() != c.held || w.Body.String() != c.passed || failed != c.failure || rec.overflow != c.failure {
				t.Errorf("held %q, passed %q, failed %t, overflow %t", rec.body, w.Body, failed, rec.overflow)
			}
			if c.passed != "" && w.Code != c.status {
				t.Errorf("status %d", w.Code)
			}
		})
	}
}
