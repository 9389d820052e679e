package caddymodule

import (
	"context"
	"strings"

	"go.uber.org/zap/zapcore"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
	"github.com/caddy-scim/caddy-scim/rewrite"
)

// imagined is a plan as it is carried out when the request is only watched:
// without what belongs to the service provider. How a request is adapted to it
// depends on what it answers, and nobody asks it here.
func imagined(plan *rewrite.Plan) *rewrite.Plan {
	without := *plan
	without.Adapt = nil
	return &without
}

// passOn lets a request go on as it came, to a provider that is switched off or
// only watched. What is reported of it is said before: the handlers that follow
// write the answer to the client themselves. unread is the error of reading its
// body.
func (c *call) passOn(unread error) error {
	if c.ledger.mode == modeObserve {
		c.observe(unread)
	}
	c.tape.rewind(c.r)
	began := clock()
	err := c.next.ServeHTTP(c.w, c.r)
	if c.ledger.mode == modeObserve {
		phaseExchange.Observe((clock() - began).Seconds())
	}
	return err
}

// observe reports what would have become of the request.
func (c *call) observe(err error) {
	c.announce()
	var changes []rewrite.Change
	if err == nil {
		changes, err = c.imagine(c.r.Context())
	}
	c.changed = ruleList(changes)
	c.outcome, c.exchanges = c.foresee(err), 1
	if c.h.Explain != "" && len(c.changed) > 0 {
		c.w.Header().Set(c.h.Explain, strings.Join(c.changed, ", "))
	}
	phasePlan.Observe((clock() - c.began - c.reading).Seconds())
	c.report(changes, err)
	c.logForeseen(err)
}

// imagine carries out the provider's plan without a service provider.
func (c *call) imagine(ctx context.Context) (changes []rewrite.Change, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = c.panicked(cause)
		}
	}()
	return explain.Foresee(withRequest(ctx, c.r), c.ledger.imagined, c.req)
}

// logForeseen logs an error that the client would have got.
func (c *call) logForeseen(err error) {
	if err == nil || c.panic {
		return
	}
	log := c.h.logger.Check(zapcore.InfoLevel, "request would have been rejected")
	if log == nil {
		return
	}
	log.Write(c.errorFields(scimError(err), err)...)
}
