package caddymodule

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
)

// reservation is what a request holds in its limits.
type reservation struct {
	ticket   *pace.Ticket // nil if nothing is held back
	policies []*policy
	limits   []limit.Limit
	decision limit.Decision
}

// reserve takes a slot in each limit of the request, before its body is read if
// it is known by then which these are.
func (c *call) reserve() error {
	pacer := c.h.pacing.pacer
	if pacer == nil || c.ledger.mode != modeEnforce {
		return nil
	}
	c.mean()
	if err := c.limits(); err != nil {
		return err
	}
	ticket, err := pacer.Reserve(c.r.Context(), pace.Facts{
		Method:   c.method,
		Route:    c.route,
		Limits:   c.slot.limits,
		Identity: c.identity(),
	})
	if refusal, ok := errors.AsType[*pace.Refusal](err); ok {
		c.slot.decision = refusal.Decision
	}
	if err != nil {
		return err
	}
	c.slot.ticket, c.slot.decision = ticket, ticket.Decision()
	return nil
}

// undecided reports whether it depends on the body what holds for the request: it
// may show another provider than the head does, with a pace or a mode of its own,
// or that it is SCIM 1.1, where a POST to a resource can be meant as a DELETE.
func (c *call) undecided() bool {
	switch {
	case c.r.ContentLength == 0:
		return false
	case c.provider == generic && !c.pinned && c.h.pacing.byBody:
		return true
	}
	return c.method == http.MethodPost && c.route.ID != ""
}

// release gives back what was not used, and lets the next one go. The client may
// take its time to read the answer.
func (c *call) release() {
	if c.slot.ticket != nil {
		c.slot.ticket.Done()
	}
}

// limits finds the limits that hold for the request.
func (c *call) limits() error {
	for _, group := range [2][]*policy{c.h.pacing.own[c.provider], c.h.pacing.total} {
		for _, p := range group {
			holds, err := c.heldTo(p)
			if err != nil {
				return err
			}
			if holds {
				c.slot.policies = append(c.slot.policies, p)
				c.slot.limits = append(c.slot.limits, limit.Limit{Key: c.limitKey(p), Rate: p.rate})
			}
		}
	}
	return nil
}

// heldTo reports whether a limit holds for the request.
func (c *call) heldTo(p *policy) (bool, error) {
	if len(p.On) > 0 && !slices.Contains(p.On, c.operation) {
		return false, nil
	}
	if len(p.matchers) == 0 {
		return true, nil
	}
	c.introduce()
	return p.matchers.AnyMatchWithError(c.r)
}

// limitKey is what tells the requests that share a pace from others.
func (c *call) limitKey(p *policy) string {
	if p.Key == "" {
		return p.key
	}
	c.introduce()
	repl, ok := c.r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return p.key
	}
	return p.key + "/" + repl.ReplaceAll(p.Key, "")
}

// identity is what decides what the caller may do, beside the header: requests
// of different callers never go to the service provider as one.
func (c *call) identity() string {
	if c.h.Coalesce == 0 {
		return ""
	}
	identity := c.provider
	if repl, ok := c.r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		identity = repl.ReplaceAll("{http.auth.user.id}\n{http.request.tls.client.fingerprint}\n{http.vars.client_ip}", "") + "\n" + identity
	}
	return identity
}

// sayRates adds the headers of draft-ietf-httpapi-ratelimit-headers-10.
func (c *call) sayRates(header http.Header) {
	if len(c.slot.policies) == 0 {
		return
	}
	var policies, rates []string
	for i, p := range c.slot.policies {
		window := time.Duration(p.Window)
		if window == 0 {
			window = defaultWindow
		}
		backlog := c.slot.decision.Backlog[i]
		policies = append(policies, strconv.Quote(p.name)+";q="+strconv.Itoa(p.Requests)+";w="+seconds(window))
		rates = append(rates, strconv.Quote(p.name)+";r="+strconv.Itoa(p.rate.Remaining(backlog))+";t="+seconds(backlog))
	}
	header.Set("RateLimit-Policy", strings.Join(policies, ", "))
	header.Set("RateLimit", strings.Join(rates, ", "))
}

// seconds are whole ones, rounded up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// countLimited counts and logs a request that was not let through.
func (c *call) countLimited(err error) {
	refusal, ok := errors.AsType[*pace.Refusal](err)
	if !ok {
		return
	}
	limitedTotal.WithLabelValues(c.provider, string(refusal.Reason)).Inc()
	if log := c.h.logger.Check(zapcore.InfoLevel, "request held back for too long"); log != nil {
		fields := []zap.Field{
			zap.String("provider", c.provider), zap.String("operation", c.operation),
			zap.String("reason", string(refusal.Reason)), zap.Int("retry_after", refusal.Seconds()),
		}
		if refusal.Limit >= 0 && refusal.Limit < len(c.slot.policies) {
			fields = append(fields, zap.String("limit", c.slot.policies[refusal.Limit].name))
		}
		log.Write(fields...)
	}
}
