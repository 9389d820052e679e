package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// leaving is the key under which a request of streamed knows how its client
// leaves.
type leaving struct{}

// streamed carries out one exchange whose answer is asked for as a stream, in a
// bubble that fails the test if a goroutine outlives it.
func streamed(t *testing.T, read func(io.Reader) error, next caddyhttp.HandlerFunc) (resp *scim.Response, sent error, answer *httptest.ResponseRecorder, err error) {
	t.Helper()
	h := new(Handler)
	provisioned(t, h)
	synctest.Test(t, func(*testing.T) {
		h.plans[generic].Adapt = func(send scim.Send) scim.Send {
			return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
				list := *req
				list.Stream = read
				if resp, sent = send(ctx, &list); sent != nil {
					return nil, sent
				}
				return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: "{}"}, nil
			}
		}
		ctx, leave := context.WithCancel(context.Background())
		defer leave()
		ctx = context.WithValue(ctx, leaving{}, leave)
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/scim/v2/Users", http.NoBody)
		answer, err = serve(h, r, next)
	})
	return resp, sent, answer, err
}

func writeType(w http.ResponseWriter, mediaType string) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(http.StatusOK)
}

// TestStream reads an answer that would not fit as fast as it is written, and no
// faster.
func TestStream(t *testing.T) {
	const piece, pieces = 1 << 16, 1 << 9 // 32 MiB
	var ahead, most atomic.Int64
	resp, sent, answer, err := streamed(t, func(r io.Reader) error {
		buf, total := make([]byte, 1<<12), 0
		for {
			n, err := r.Read(buf)
			total += n
			ahead.Add(-int64(n))
			if err == io.EOF {
				if total != piece*pieces {
					return fmt.Errorf("read %d bytes", total)
				}
				return nil
			}
			if err != nil {
				return err
			}
		}
	}, func(w http.ResponseWriter, _ *http.Request) error {
		writeType(w, scim.MediaType)
		for range pieces {
			most.Store(max(most.Load(), ahead.Add(piece)))
			if n, err := io.WriteString(w, strings.Repeat(" ", piece)); n != piece || err != nil {
				return err
			}
		}
		_, err := w.Write(nil)
		return err
	})
	if err != nil || sent != nil || resp.Status != 200 || resp.Body != "" || answer.Code != 200 {
		t.Errorf("errors %v and %v, %+v, status %d", err, sent, resp, answer.Code)
	}
	if most.Load() > piece+1<<12 {
		t.Errorf("%d bytes were held", most.Load())
	}
}

// TestStreamEndsEarly when the reader has enough: what serves the request is
// told to stop, and what becomes of it is no error.
func TestStreamEndsEarly(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error // of the reader
		next func(w http.ResponseWriter, r *http.Request) error
	}{
		{"the rest is short", nil, func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.WriteString(w, "\n")
			return errors.Join(err, r.Context().Err())
		}},
		{"the rest is long", nil, func(w http.ResponseWriter, r *http.Request) error {
			for {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<12)); err != nil {
					<-r.Context().Done()
					panic(http.ErrAbortHandler)
				}
			}
		}},
		{"the rest takes long", nil, func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		}},
		{"the reader refuses it", scim.Errorf(http.StatusBadGateway, "", "it is no list"), func(w http.ResponseWriter, r *http.Request) error {
			if _, err := io.WriteString(w, " "); err == nil {
				t.Error("the rest was read")
			}
			<-r.Context().Done()
			return r.Context().Err()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, sent, answer, err := streamed(t, func(r io.Reader) error {
				if _, err := io.ReadFull(r, make([]byte, 2)); err != nil {
					return err
				}
				return c.err
			}, func(w http.ResponseWriter, r *http.Request) error {
				writeType(w, "application/json; charset=utf-8")
				if _, err := io.WriteString(w, "{}"); err != nil {
					return err
				}
				return c.next(w, r)
			})
			if err != nil || !errors.Is(sent, c.err) {
				t.Errorf("error %v, want %v; of the handler %v", sent, c.err, err)
			}
			if c.err != nil && answer.Code != http.StatusBadGateway {
				t.Errorf("status %d", answer.Code)
			}
		})
	}
}

// TestStreamBreaksOff for the reader too, and never counts as complete.
func TestStreamBreaksOff(t *testing.T) {
	late := errors.New("late")
	for _, c := range []struct {
		name   string
		ignore bool // the reader takes what it got for all
		next   func(w http.ResponseWriter) error
		want   error
	}{
		{"reverse_proxy aborts", false, func(http.ResponseWriter) error { panic(http.ErrAbortHandler) }, errBrokenOff},
		{"reverse_proxy aborts, and the reader does not mind", true, func(http.ResponseWriter) error { panic(http.ErrAbortHandler) }, errBrokenOff},
		{"a handler fails", false, func(http.ResponseWriter) error { return late }, late},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got error
			_, sent, answer, err := streamed(t, func(r io.Reader) error {
				if _, got = io.Copy(io.Discard, r); c.ignore {
					return nil
				}
				return got
			}, func(w http.ResponseWriter, _ *http.Request) error {
				writeType(w, scim.MediaType)
				if _, err := io.WriteString(w, `{"Resources":[`); err != nil {
					return err
				}
				return c.next(w)
			})
			if err != nil || !errors.Is(sent, c.want) || !errors.Is(got, c.want) {
				t.Errorf("error %v, for the reader %v; want %v; of the handler %v", sent, got, c.want, err)
			}
			if answer.Code < 500 {
				t.Errorf("status %d", answer.Code)
			}
		})
	}
}

// TestStreamOfClientThatIsGone ends for all who are concerned.
func TestStreamOfClientThatIsGone(t *testing.T) {
	_, sent, answer, err := streamed(t, func(r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	}, func(w http.ResponseWriter, r *http.Request) error {
		writeType(w, scim.MediaType)
		r.Context().Value(leaving{}).(context.CancelFunc)()
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	if err != nil || !errors.Is(sent, context.Canceled) || answer.Code != statusClientGone {
		t.Errorf("error %v, status %d; of the handler %v", sent, answer.Code, err)
	}
}

// TestStreamPanics in the reader, and in the handlers that follow.
func TestStreamPanics(t *testing.T) {
	_, _, answer, err := streamed(t, func(io.Reader) error { panic("reader") },
		func(w http.ResponseWriter, _ *http.Request) error {
			writeType(w, scim.MediaType)
			_, err := io.WriteString(w, "{}")
			return err
		})
	if err != nil || answer.Code != http.StatusInternalServerError {
		t.Errorf("status %d, error %v", answer.Code, err)
	}
	defer func() {
		if cause := recover(); cause != "handler" {
			t.Errorf("the panic of the handlers became %v", cause)
		}
	}()
	h := new(Handler)
	provisioned(t, h)
	ended := make(chan error, 1)
	h.plans[generic].Adapt = func(send scim.Send) scim.Send {
		return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
			list := *req
			list.Stream = func(r io.Reader) error {
				_, err := io.Copy(io.Discard, r)
				ended <- err
				return err
			}
			return send(ctx, &list)
		}
	}
	defer func() {
		select {
		case err := <-ended:
			if !errors.Is(err, errBrokenOff) {
				t.Errorf("the reader got %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("the reader still waits")
		}
	}()
	_, _ = serve(h, httptest.NewRequest(http.MethodGet, "/scim/v2/Users", http.NoBody), func(w http.ResponseWriter, _ *http.Request) error {
		writeType(w, scim.MediaType)
		panic("handler")
	})
}

// TestStreamIsHeld where it is no list that can be read as it comes.
func TestStreamIsHeld(t *testing.T) {
	for _, c := range []struct {
		status            int
		mediaType, coding string
		streams           bool
	}{
		{200, "application/scim+json;charset=utf-8", "", true},
		{200, "application/JSON", "Identity", true},
		{200, "application/json+scim", "", true},
		{200, "text/plain", "", true},
		{200, "", "", true},
		{200, "text/html", "", false},
		{200, "application/scim+json", "gzip", false},
		{201, "application/scim+json", "", false},
		{404, "application/scim+json", "", false},
	} {
		began := false
		resp, sent, _, err := streamed(t, func(r io.Reader) error {
			began = true
			_, err := io.Copy(io.Discard, r)
			return err
		}, func(w http.ResponseWriter, _ *http.Request) error {
			w.Header()["Content-Type"] = []string{c.mediaType}
			if c.coding != "" {
				w.Header().Set("Content-Encoding", c.coding)
			}
			w.WriteHeader(c.status)
			_, err := io.WriteString(w, "[]")
			return err
		})
		if err != nil || sent != nil || began != c.streams || (resp.Body == "") != c.streams || resp.Status != c.status {
			t.Errorf("%+v: streams %t, %+v, errors %v and %v", c, began, resp, sent, err)
		}
	}
}

// TestAdaptedListIsNotPassed makes sure that no page of a service provider
// reaches a client whose answer takes several: neither one that is too large nor
// one that is small.
func TestAdaptedListIsNotPassed(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		if r.URL.Path == "/scim/v2/Users/17" {
			large(w)
			return
		}
		io.WriteString(w, `{"totalResults":400,"Resources":[`)
		for i := range 400 {
			if i > 0 {
				io.WriteString(w, ",")
			}
			fmt.Fprintf(w, `{"id":%d,"userName":"u%d","title":"%s"}`, i, i, strings.Repeat("x", 1<<16))
		}
		io.WriteString(w, `]}`)
	})
	s := startSite(t, b, "scim {\n backend {\n page off\n ids number\n }\n }\n reverse_proxy BACKEND")
	got := s.do("GET", "/scim/v2/Users?startIndex=399&count=1", "")
	if got.status != 200 || !strings.Contains(got.body, `"id":"398"`) || len(got.body) > 1<<17 {
		t.Errorf("status %d, %d bytes: %.100s", got.status, len(got.body), got.body)
	}
	s.do("GET", "/scim/v2/Users/17", "").wantError(t, 502, "", "larger than 8388608 bytes")
}
