package caddymodule

import (
	"net/url"
	"strconv"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rewrite"
)

// defaultExplainHeader is the header of explain when none is named.
const defaultExplainHeader = "X-SCIM-Changes"

// announce sets what is known before the request goes out, so that the handlers
// that follow can use it too.
func (c *call) announce() {
	resource := c.route.Endpoint
	if c.route.Type != nil {
		resource = c.route.Type.Name
	}
	id, err := url.PathUnescape(c.route.ID)
	if err != nil {
		id = c.route.ID
	}
	operation := c.route.Operation(c.method)
	c.place("scim.provider", c.provider)
	c.place("scim.resource", resource)
	c.place("scim.id", id)
	c.place("scim.operation", operation)
	c.place("scim.changes", "")
	c.place("scim.error", "")
	c.logField("scim_provider", c.provider)
	c.logField("scim_operation", operation)
}

// report tells what was done: rule ids and places, never a value.
func (c *call) report(changes []rewrite.Change, err error) {
	if err != nil {
		c.place("scim.error", errorName(err))
	}
	if len(changes) == 0 {
		return
	}
	c.changed = ruleList(changes)
	list := strings.Join(c.changed, ",")
	c.place("scim.changes", list)
	c.logField("scim_changes", list)
	if log := c.h.logger.Check(zapcore.DebugLevel, "rewrote"); log != nil {
		places := make([]string, len(changes))
		for i, change := range changes {
			places[i] = change.ID + " " + change.At
		}
		log.Write(zap.String("provider", c.provider), zap.Strings("changes", places))
	}
}

// place sets a placeholder.
func (c *call) place(name, value string) {
	if repl, ok := c.r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		repl.Set(name, value)
	}
}

// logField sets a field of the access log.
func (c *call) logField(name, value string) {
	if extra, ok := c.r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields); ok {
		extra.Set(zap.String(name, value))
	}
}

// ruleList names each rule once, in the order in which they were applied.
func ruleList(changes []rewrite.Change) []string {
	var ids []string
	seen := make(map[string]bool)
	for _, change := range changes {
		if !seen[change.ID] {
			seen[change.ID] = true
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
