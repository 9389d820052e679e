package caddymodule

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// trace describes the request on the span that Caddy's tracing directive has
// begun, if there is one.
func (c *call) trace() {
	span := trace.SpanFromContext(c.r.Context())
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(
		attribute.String("scim.provider", c.provider),
		attribute.String("scim.operation", c.operation),
		attribute.String("scim.resource", c.resource()),
		attribute.String("scim.outcome", c.outcome.String()),
		attribute.StringSlice("scim.rules", c.changed),
		attribute.Int("scim.exchanges", c.exchanges),
	)
	if c.failure != "" {
		span.SetAttributes(attribute.String("scim.error", c.failure))
	}
}
