package caddymodule

import (
	"context"
	"errors"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// call is one request of a client on its way through the gateway.
type call struct {
	h    *Handler
	w    http.ResponseWriter
	r    *http.Request
	next caddyhttp.Handler

	route    scim.Route
	method   string // as the client sent it; r shows that of the running exchange
	provider string
	pinned   bool // the provider was matched, not recognised
	req      *scim.Request
	original string // body as it came, decoded

	entry   http.Header // answer header as the handlers in front of us left it
	last    http.Header // answer header that the last exchange left
	failed  http.Header // the same, when next returned an error
	changed []string    // ids of the rules that were applied
	running bool        // next has control
	passed  bool        // the answer went to the client without being held
}

// ServeHTTP takes a request through the gateway.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	route, ok := h.registry.Route(h.base, r.URL.EscapedPath())
	if !ok || r.Method == http.MethodOptions {
		return next.ServeHTTP(w, r) // none of ours
	}
	c := &call{h: h, w: w, r: r, next: next, route: route, method: r.Method, entry: w.Header().Clone()}

	// Detect the provider by configured matchers and the head of the request.
	if err := c.detect(); err != nil {
		return err
	}
	// Read the body, bounded and decoded, which may tell the provider too.
	if err := c.read(); err != nil {
		c.announce()
		return c.finish(nil, nil, err)
	}
	c.announce()
	// Parse, normalise, forward and repair.
	answer, changes, err := c.do(r.Context())
	// Report, and answer.
	return c.finish(answer, changes, err)
}

// detect finds the provider by the configured matchers, and failing these by
// what the head of the request shows.
func (c *call) detect() error {
	c.req = &scim.Request{
		Method: c.r.Method,
		Path:   c.r.URL.EscapedPath(),
		Query:  c.r.URL.RawQuery,
		Header: c.r.Header.Clone(),
		Origin: origin(c.r),
	}
	dropHopByHop(c.req.Header)
	var err error
	if c.provider, err = c.h.matched(c.r); err != nil {
		return err
	}
	if c.pinned = c.provider != ""; !c.pinned {
		c.provider = rules.Detect(c.req).Name
	}
	return nil
}

// limit is the number of bytes that the body may have.
func (c *call) limit() int { return c.h.plans[c.provider].BodyLimit(c.route) }

// read takes the body off the connection.
func (c *call) read() error {
	body, err := readBody(c.r, int64(c.limit()))
	if err != nil {
		return err
	}
	c.req.Body, c.original = body, body
	// The client was told to go on when the body was read. If the header stayed,
	// the service provider's own 100 would reach the client behind its body.
	c.req.Header.Del("Expect")
	if c.req.Header.Get("Content-Encoding") != "" {
		c.req.Header.Del("Content-Encoding")
		dropDigests(c.req.Header)
	}
	if c.provider == generic && !c.pinned {
		c.provider = detectedByBody(c.req, c.limit())
	}
	return nil
}

// do carries out the provider's plan. A panic in it must not cost the client its
// connection; one in the handlers that follow is none of ours.
func (c *call) do(ctx context.Context) (answer *scim.Response, changes []rewrite.Change, err error) {
	defer func() {
		if c.running || c.passed {
			return
		}
		if cause := recover(); cause != nil {
			err = c.panicked(cause)
		}
	}()
	if c.h.custom[c.provider] != nil {
		ctx = withRequest(ctx, c.r)
	}
	return c.h.plans[c.provider].Do(ctx, c.req, c.send)
}

// finish reports what was done and answers the client, if it has not been
// answered yet.
func (c *call) finish(answer *scim.Response, changes []rewrite.Change, err error) error {
	if errors.Is(err, errPassed) {
		err = nil
	}
	c.report(changes, err)
	switch {
	case c.passed:
		return err
	case err != nil:
		c.refuse(err)
	default:
		c.answer(answer)
	}
	return nil
}
