package caddymodule

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// defaultExplainHeader is the header of explain when none is named.
const defaultExplainHeader = "X-SCIM-Changes"

// announce shows what is known of the request, and what will be, to the handlers
// that follow, to the headers of the answer and to the access log.
func (c *call) announce() {
	c.mean()
	c.introduce()
	if log := c.h.logger.Check(zapcore.DebugLevel, "recognised"); log != nil {
		log.Write(zap.String("provider", c.provider), zap.String("by", c.signal()), zap.Stringer("mode", c.ledger.mode))
	}
}

// mean finds out what the request is meant to do, as far as it is known by now.
func (c *call) mean() {
	c.method = c.h.plans[c.provider].Method(c.route, c.req)
	c.operation = c.route.Operation(c.method)
}

// introduce sets the placeholders and the fields of the access log, once.
func (c *call) introduce() {
	if c.shown {
		return
	}
	c.shown = true
	if repl, ok := c.r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		repl.Map(c.placeholder)
	}
	if extra, ok := c.r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields); ok {
		extra.Set(zap.Field{Key: "scim", Type: zapcore.InlineMarshalerType, Interface: c})
	}
}

// placeholder returns the value of a placeholder. It is asked when one is used,
// which few are, and may be asked at any time.
func (c *call) placeholder(name string) (any, bool) {
	switch name {
	case "scim.provider":
		return c.provider, true
	case "scim.resource":
		return c.resource(), true
	case "scim.id":
		return c.id(), true
	case "scim.operation":
		return c.operation, true
	case "scim.outcome":
		if !c.settled {
			return "", true
		}
		return c.outcome.String(), true
	case "scim.changes":
		return strings.Join(c.changed, ","), true
	case "scim.error":
		return c.failure, true
	default:
		return nil, false
	}
}

// MarshalLogObject adds the fields of the access log, when that is written.
func (c *call) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("scim_provider", c.provider)
	enc.AddString("scim_operation", c.operation)
	if !c.settled { // a handler that follows has panicked
		return nil
	}
	enc.AddString("scim_outcome", c.outcome.String())
	enc.AddInt("scim_exchanges", c.exchanges)
	if len(c.changed) > 0 {
		enc.AddString("scim_changes", strings.Join(c.changed, ","))
	}
	if c.failure != "" {
		enc.AddString("scim_error", c.failure)
	}
	return nil
}

// id is the id of the resource.
func (c *call) id() string {
	id, err := url.PathUnescape(c.route.ID)
	if err != nil {
		return c.route.ID
	}
	return id
}

// resource is the resource type, or the endpoint where there is none.
func (c *call) resource() string {
	return resourceOf(c.route)
}

func resourceOf(route scim.Route) string {
	if route.Type != nil {
		return route.Type.Name
	}
	return route.Endpoint
}

// signal says what the provider was chosen by.
func (c *call) signal() string {
	if c.pinned {
		return "match"
	}
	return c.trait.Trait()
}

// report tells what was done: rule ids and places, never a value.
func (c *call) report(changes []rewrite.Change, err error) {
	if c.settled = true; err != nil {
		c.failure = errorName(err)
	}
	c.count()
	c.trace()
	c.emit()
	if len(changes) > 0 {
		c.logChanges(changes)
	}
}

// count counts the request.
func (c *call) count() {
	operation := numOperation(c.operation)
	c.ledger.count(operation, c.outcome)
	for _, id := range c.changed {
		c.h.applied.count(id)
	}
	if c.reading > 0 {
		phaseRead.Observe(c.reading.Seconds())
	}
	if c.ledger.mode == modeEnforce {
		observeExchanges(operation, c.exchanges)
	}
}

// settle ends the gateway's work on the request, and returns when that was.
// What is left is to write the answer.
func (c *call) settle() time.Duration {
	now := clock()
	waited := time.Duration(0)
	if c.slot.ticket != nil {
		waited = c.slot.ticket.Waited()
		phaseWait.Observe(waited.Seconds())
	}
	phasePlan.Observe((now - c.began - c.reading - waited - c.exchanging).Seconds())
	phaseExchange.Observe(c.exchanging.Seconds())
	return now
}

// logChanges logs each change with its place.
func (c *call) logChanges(changes []rewrite.Change) {
	message := "rewrote"
	if c.ledger.mode == modeObserve {
		message = "would have rewritten"
	}
	log := c.h.logger.Check(zapcore.DebugLevel, message)
	if log == nil {
		return
	}
	places := make([]string, len(changes))
	for i, change := range changes {
		places[i] = change.ID + " " + change.At
	}
	log.Write(zap.String("provider", c.provider), zap.Strings("changes", places))
}

// ruleList names each rule once, in the order in which they were applied.
func ruleList(changes []rewrite.Change) []string {
	var ids []string
	for _, change := range changes {
		if !slices.Contains(ids, change.ID) {
			ids = append(ids, change.ID)
		}
	}
	return ids
}

// errorName is the scimType of an error, or its status where it has none.
func errorName(err error) string {
	refusal := scimError(err)
	if refusal.Type != "" {
		return string(refusal.Type)
	}
	return strconv.Itoa(refusal.Status)
}
