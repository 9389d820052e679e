package caddymodule

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyevents"
)

// The events that the handler emits.
const (
	eventRejected        = "scim_rejected"
	eventRewritten       = "scim_rewritten"
	eventLimited         = "scim_limited"
	eventBackendFailed   = "scim_backend_failed"
	eventPanicked        = "scim_panicked"
	eventUnknownProvider = "scim_unknown_provider"
)

// eventsOf names the event of each outcome; most have none. Those that are only
// foreseen have the event of what they foresee.
var eventsOf = [numOutcomes]string{
	outcomeRewritten:         eventRewritten,
	outcomeRejected:          eventRejected,
	outcomeLimited:           eventLimited,
	outcomeBackendFailed:     eventBackendFailed,
	outcomePanicked:          eventPanicked,
	outcomeObservedRewritten: eventRewritten,
	outcomeObservedRejected:  eventRejected,
}

// emitter emits events of one handler.
type emitter struct {
	ctx caddy.Context // of the handler; the events app wants it
	app *caddyevents.App
}

// newEmitter finds the events app. Outside of a configuration there is none.
func newEmitter(ctx caddy.Context) (*emitter, error) {
	if !configured(ctx) {
		return nil, nil
	}
	app, err := ctx.App("events")
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return &emitter{ctx: ctx, app: app.(*caddyevents.App)}, nil
}

// emit emits the events of the request, if anybody listens to them.
func (c *call) emit() {
	if c.h.events == nil {
		return
	}
	if name := eventsOf[c.outcome]; name != "" {
		c.h.events.emit(name, c)
	}
	if c.provider == generic && !c.pinned {
		c.h.events.emit(eventUnknownProvider, c)
	}
}

// emit emits one event. It says what was done, and nothing of what was sent.
func (e *emitter) emit(name string, c *call) {
	if !e.app.ShouldEmit(name) {
		return
	}
	e.app.Emit(e.ctx, name, map[string]any{
		"provider":  c.provider,
		"operation": c.operation,
		"resource":  c.resource(),
		"outcome":   c.outcome.String(),
		"mode":      c.ledger.mode.String(),
		"rules":     c.changed,
		"exchanges": c.exchanges,
		"error":     c.failure,
	})
}
