package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/pace"
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

	route     scim.Route
	method    string // as the client sent it; r shows that of the running exchange
	operation string
	provider  string
	pinned    bool               // the provider was matched, not recognised
	trait     *rules.Fingerprint // by which it was recognised
	ledger    *ledger            // of the provider
	req       *scim.Request
	original  string // body as it came, decoded
	slot      reservation
	tape      *tape // body as it came, where it may have to go on like that

	entry   http.Header // answer header as the handlers in front of us left it
	last    http.Header // answer header that the last exchange left
	failed  http.Header // the same, when next returned an error
	changed []string    // ids of the rules that were applied
	outcome outcome     // once settled
	failure string      // name of the error that was answered
	settled bool        // it is known what became of the request
	running bool        // next has control
	passed  bool        // the answer went to the client without being held
	panic   bool        // the plan came down
	shown   bool        // placeholders and log fields are set

	exchanges  int
	began      time.Duration // on the clock
	reading    time.Duration // how long it took to read the body
	exchanging time.Duration // how long the exchanges took
}

// errDisguised refuses a path that would get around whatever goes by it.
var errDisguised = scim.BadRequest("", "the path leads to an endpoint only once its percent-encoding, dot segments or parameters are resolved, which not everybody does alike: write it plainly")

// ServeHTTP takes a request through the gateway.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if h.off {
		return next.ServeHTTP(w, r)
	}
	path := r.URL.EscapedPath()
	route, ok := h.registry.Route11(h.base, path)
	disguised := h.registry.Disguised(h.base, path)
	if !ok && !disguised || r.Method == http.MethodOptions {
		return next.ServeHTTP(w, r) // none of ours
	}
	c := &call{
		h: h, w: w, r: r, next: next, route: route,
		method: r.Method, operation: route.Operation(r.Method), entry: w.Header().Clone(), began: clock(),
	}

	// Detect the provider by configured matchers and the head of the request.
	if err := c.detect(); err != nil {
		return err
	}
	if c.dismissed() || !ok && c.ledger.mode != modeEnforce {
		return next.ServeHTTP(w, r)
	}
	if disguised && c.ledger.mode == modeEnforce {
		return c.turnAway(errDisguised)
	}
	// Take a slot in each limit, before the body is read.
	defer c.release()
	early := !c.undecided()
	if early {
		if err := c.reserve(); err != nil {
			return c.turnAway(err)
		}
	}
	// Read the body, bounded and decoded, which may tell the provider too.
	unread := c.read()
	if c.ledger.mode != modeEnforce {
		return c.passOn(unread)
	}
	if unread == nil && !early {
		unread = c.reserve()
	}
	if unread != nil {
		return c.turnAway(unread)
	}
	c.announce()
	// Parse, normalise, forward and repair.
	answer, changes, err := c.do(r.Context())
	c.release()
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
	name, err := c.h.matched(c.r)
	switch {
	case err != nil && c.h.mode == modeEnforce:
		return err
	case err != nil: // a request that is only watched goes on all the same
		c.h.logger.Error("matching a provider", zap.Error(err))
		c.take(generic)
	case name != "":
		c.pinned = true
		c.take(name)
	default:
		p, trait := rules.Recognise(c.req)
		c.trait = trait
		c.take(p.Name)
	}
	return nil
}

// take takes a provider for the sender.
func (c *call) take(provider string) {
	c.provider, c.ledger = provider, c.h.ledgers[provider]
}

// dismissed reports that the provider is switched off, and that the body would
// not show another.
func (c *call) dismissed() bool {
	return c.ledger.mode == modeOff && (c.pinned || c.provider != generic)
}

// limit is the number of bytes that the body may have.
func (c *call) limit() int { return c.h.plans[c.provider].BodyLimit(c.route) }

// read takes the body off the connection.
func (c *call) read() error {
	body, err := c.body()
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
		p, trait := recogniseByBody(c.req, c.limit())
		c.trait = trait
		c.take(p.Name)
	}
	return nil
}

// body is the body, decoded.
func (c *call) body() (string, error) {
	if c.r.ContentLength == 0 { // Caddy's body is never nil
		return "", nil
	}
	if c.h.watching {
		c.tape = startTape(c.r)
	}
	began := clock()
	body, err := readBody(c.r, int64(c.limit()))
	c.reading = clock() - began
	return body, err
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
	if c.slot.ticket != nil {
		c.slot.ticket.Came(c.req)
		ctx = pace.With(ctx, c.slot.ticket)
	}
	return c.h.plans[c.provider].Do(ctx, c.req, c.send)
}

// turnAway answers a request of which nothing is forwarded.
func (c *call) turnAway(err error) error {
	c.announce()
	discardBody(c.r)
	return c.finish(nil, nil, err)
}

// finish reports what was done and answers the client, if it has not been
// answered yet.
func (c *call) finish(answer *scim.Response, changes []rewrite.Change, err error) error {
	if errors.Is(err, errPassed) {
		err = nil
	}
	c.changed = ruleList(changes)
	c.outcome = c.judge(answer, err)
	began := c.settle()
	c.report(changes, err)
	c.countLimited(err)
	switch {
	case c.passed:
		return err
	case err != nil:
		c.refuse(err)
	default:
		countUnread(answer)
		c.answer(answer)
	}
	phaseAnswer.Observe((clock() - began).Seconds())
	return nil
}
