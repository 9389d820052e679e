package caddymodule

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// stream gives the body of an answer to the reader that a request has asked for
// while the handlers that follow write it. Nothing of it is kept: a write waits
// until the reader has taken what it writes.
//
// The reader runs in a goroutine of its own, which ends before the exchange
// does.
type stream struct {
	writer *io.PipeWriter
	done   chan struct{}

	over    atomic.Bool // the body has ended, or will not go on
	stopped bool        // the reader returned before that
	err     error       // of the reader
	cause   any         // of a panic in the reader
}

// What is left of an answer that the reader does not want to its end may come in
// for a little while, lest a connection be closed for the sake of a closing
// brace.
const (
	maxRest  = 64 << 10
	restTime = 100 * time.Millisecond
)

var errStopped = errors.New("the rest of the answer is not wanted")

// startStream starts the reader. When it returns, cancel ends the exchange.
func startStream(read func(io.Reader) error, cancel context.CancelFunc) *stream {
	in, out := io.Pipe()
	s := &stream{writer: out, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		s.run(read, in)
		s.stopped = !s.over.Load()
		stop := func() { in.CloseWithError(errStopped); cancel() }
		if s.stopped && s.err == nil && s.cause == nil {
			late := time.AfterFunc(restTime, stop)
			_, _ = io.CopyN(io.Discard, in, maxRest)
			late.Stop()
		}
		stop()
	}()
	return s
}

func (s *stream) run(read func(io.Reader) error, in io.Reader) {
	defer func() { s.cause = recover() }()
	s.err = read(in)
}

// write gives the reader more of the body.
func (s *stream) write(p []byte) (int, error) {
	if len(p) == 0 { // for which a pipe would wait too
		return 0, nil
	}
	return s.writer.Write(p)
}

// end waits for the reader after the handlers have returned: err says why the
// body does not go on, or is nil if that was all of it. It returns the error of
// the exchange. A reader that had enough before that has the last word: what
// becomes of the rest does not concern it.
func (s *stream) end(err error) error {
	s.over.Store(true)
	s.writer.CloseWithError(err) // io.EOF if nil
	<-s.done
	switch {
	case s.cause != nil:
		panic(s.cause)
	case s.stopped:
		return s.err
	}
	return cmp.Or(err, s.err)
}

// abandon ends a stream whose exchange has come down.
func (s *stream) abandon() {
	s.writer.CloseWithError(errBrokenOff)
	<-s.done
}

// streams reports whether an answer is one that the reader of a list can take as
// it comes: one that was found and is in a form that can be read. That lists are
// not always called JSON is among the things that a backend makes up for.
func (rec *recorder) streams() bool {
	coding := rec.sent.Get("Content-Encoding")
	if rec.status != http.StatusOK || coding != "" && !strings.EqualFold(coding, "identity") {
		return false
	}
	mediaType, _, _ := strings.Cut(rec.sent.Get("Content-Type"), ";")
	switch mediaType = strings.ToLower(strings.TrimSpace(mediaType)); mediaType {
	case "", scim.MediaType, "application/json", "text/plain", "text/json", "application/octet-stream":
		return true
	}
	return strings.HasSuffix(mediaType, "+json") || strings.HasPrefix(mediaType, "application/json+")
}
