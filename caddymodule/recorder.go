package caddymodule

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// recorder holds the answer of one exchange, up to a limit.
//
// An answer that is too large to be held, or that never ends, passes to the
// client as it is, provided that it is the client's: that the exchange has the
// client's own method, and that it succeeded. A plan reads (GET) before or after
// it writes, and it may send a refused request again in another form; but no
// plan goes on after the client's own method succeeded with an answer that has a
// body, unless it has asked for that body as a Stream, or the backend is one that
// is adapted to: then a list may take several exchanges, none of which the client
// may see; or unless rules of the user are undone in it. What must not pass and cannot be held fails the exchange.
//
// An answer that was asked for as a Stream is not held at all.
type recorder struct {
	client  http.ResponseWriter // nil when the answer may not pass
	begin   func() *stream      // nil when the answer is held
	stream  *stream             // once begun
	header  http.Header         // what the handlers that follow see and change
	sent    http.Header         // header, as it was when the status was written
	body    *bytes.Buffer
	limit   int
	status  int
	passing bool
	// overflow is set when the answer may neither be held nor pass.
	overflow bool
}

// record makes the recorder for an exchange. It starts with the header that the
// handlers in front of us have set: those that follow then add to it, or take
// away from it, as if we were not there.
func (c *call) record(req *scim.Request) *recorder {
	rec := &recorder{header: c.entry.Clone(), body: takeBuffer(), limit: rewrite.DefaultMaxAnswer}
	if limit := c.h.plans[c.provider].MaxAnswer; limit > 0 {
		rec.limit = limit
	}
	if req.Method == c.method && req.Stream == nil && !c.h.adapted && !c.ruled() {
		rec.client = c.w
	}
	if rec.header == nil {
		rec.header = make(http.Header)
	}
	return rec
}

// ruled reports whether rules of the user may have to change the answer, so that
// none of it may pass.
func (c *call) ruled() bool {
	own := c.h.custom[c.provider]
	return own != nil && own.Holds(c.route, c.method)
}

// free releases what the exchange has held.
func (rec *recorder) free() {
	if rec.stream != nil {
		rec.stream.abandon()
	}
	giveBuffer(rec.body)
}

// Header implements http.ResponseWriter.
func (rec *recorder) Header() http.Header { return rec.header }

// WriteHeader implements http.ResponseWriter.
func (rec *recorder) WriteHeader(status int) {
	switch {
	case rec.status != 0:
		return
	case status < 200 && status != http.StatusSwitchingProtocols:
		rec.inform(status)
		return
	}
	rec.status, rec.sent = status, rec.header.Clone()
	if rec.begin != nil && rec.streams() {
		rec.stream = rec.begin()
		return
	}
	if rec.endless() || rec.declared() > rec.limit {
		_ = rec.pass() // the handlers will see the error when they write
	}
}

// endless tells an answer that is a stream: it cannot be held whatever its size.
func (rec *recorder) endless() bool {
	mediaType, _, _ := strings.Cut(rec.sent.Get("Content-Type"), ";")
	return rec.status == http.StatusSwitchingProtocols ||
		strings.EqualFold(strings.TrimSpace(mediaType), "text/event-stream")
}

// declared is the size that the answer says it has, or 0.
func (rec *recorder) declared() int {
	size, _ := strconv.Atoi(rec.sent.Get("Content-Length"))
	return size
}

// inform passes an interim answer (RFC 9110 section 15.2) on at once.
func (rec *recorder) inform(status int) {
	if rec.client == nil {
		return
	}
	header := rec.client.Header()
	own := maps.Clone(header)
	maps.Copy(header, rec.header)
	rec.client.WriteHeader(status)
	clear(header)
	maps.Copy(header, own)
}

// Write implements http.ResponseWriter.
func (rec *recorder) Write(p []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	if rec.stream != nil {
		return rec.stream.write(p)
	}
	if !rec.passing && !rec.overflow && rec.body.Len()+len(p) <= rec.limit {
		return rec.body.Write(p)
	}
	if err := rec.pass(); err != nil {
		return 0, err
	}
	return rec.client.Write(p)
}

var errOverflow = errors.New("the answer is too large to be held")

// pass hands the answer over to the client, beginning with what is held of it.
func (rec *recorder) pass() error {
	switch {
	case rec.passing:
		return nil
	case rec.overflow, rec.client == nil, !rec.succeeded():
		rec.overflow = true
		return errOverflow
	}
	rec.passing = true
	header := rec.client.Header()
	clear(header)
	maps.Copy(header, rec.sent)
	rec.client.WriteHeader(rec.status)
	_, err := rec.client.Write(rec.body.Bytes())
	return err
}

// count counts an answer that has passed.
func (rec *recorder) count() {
	if rec.endless() {
		unheldEndless.Inc()
	} else {
		unheldLarge.Inc()
	}
}

func (rec *recorder) succeeded() bool {
	return rec.status == http.StatusSwitchingProtocols || 200 <= rec.status && rec.status < 300
}

// FlushError lets http.ResponseController flush an answer that passes. One that
// is held stays held.
func (rec *recorder) FlushError() error {
	if !rec.passing {
		return nil
	}
	return http.NewResponseController(rec.client).Flush()
}

// Unwrap gives http.ResponseController the client's connection, but not to an
// exchange that the client does not know of.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.client }

// Interface guards.
var (
	_ http.ResponseWriter                       = (*recorder)(nil)
	_ interface{ FlushError() error }           = (*recorder)(nil)
	_ interface{ Unwrap() http.ResponseWriter } = (*recorder)(nil)
)
