package caddymodule

import (
	"fmt"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// FilterOpVerb turns a comparison that the service provider lacks into a wider
// one that it has, such as `sw` into `co`. What stands in `not (…)` is left alone,
// and so are the paths of PATCH, where more would be meant than the client says.
//
// Answers are tested with the client's own filter, and what only the wider one
// has found is taken out of them.
type FilterOpVerb struct {
	// The attribute, such as `userName`.
	Attribute string `json:"attribute,omitempty"`

	// The operator as the client has it, such as `eq`.
	From string `json:"from,omitempty"`

	// The operator for the service provider, such as `co`. It must find whatever
	// the other one finds.
	To string `json:"to,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (FilterOpVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("filter_op") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	filter_op <attribute> <from> <to>
func (f *FilterOpVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &f.Attribute, &f.From, &f.To)
}

func (f *FilterOpVerb) custom(*values) (custom.Verb, error) {
	for _, op := range []string{f.From, f.To} {
		if err := oneOf("operator", strings.ToLower(op), "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"); err != nil {
			return nil, fmt.Errorf("filter_op: %w", err)
		}
	}
	return custom.FilterOp{Attribute: f.Attribute, From: f.From, To: f.To}, nil
}

// Interface guards.
var (
	_ verb = (*FilterOpVerb)(nil)
)
