package caddymodule

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// verbs is the namespace of what a rule can do.
const verbs = "http.handlers.scim.verbs"

// A verb is one of the things that a rule can do: a module of its own, so that
// each has only its own arguments. The list is closed.
type verb interface {
	caddy.Module
	caddyfile.Unmarshaler

	// custom is the verb as package custom has it. Values in which there can be
	// placeholders are taken through v.
	custom(v *values) (custom.Verb, error)
}

// newVerb makes a verb by its name.
var newVerb = map[string]func() caddy.Module{
	"rename":    func() caddy.Module { return new(RenameVerb) },
	"copy":      func() caddy.Module { return new(CopyVerb) },
	"remove":    func() caddy.Module { return new(RemoveVerb) },
	"set":       func() caddy.Module { return new(SetVerb) },
	"default":   func() caddy.Module { return new(DefaultVerb) },
	"map":       func() caddy.Module { return new(MapVerb) },
	"coerce":    func() caddy.Module { return new(CoerceVerb) },
	"lowercase": func() caddy.Module { return new(LowercaseVerb) },
	"uppercase": func() caddy.Module { return new(UppercaseVerb) },
	"trim":      func() caddy.Module { return new(TrimVerb) },
	"replace":   func() caddy.Module { return new(ReplaceVerb) },
	"split":     func() caddy.Module { return new(SplitVerb) },
	"join":      func() caddy.Module { return new(JoinVerb) },
	"wrap":      func() caddy.Module { return new(WrapVerb) },
	"unwrap":    func() caddy.Module { return new(UnwrapVerb) },
	"filter_op": func() caddy.Module { return new(FilterOpVerb) },
	"header":    func() caddy.Module { return new(HeaderVerb) },
	"query":     func() caddy.Module { return new(QueryVerb) },
	"status":    func() caddy.Module { return new(StatusVerb) },
	"reject":    func() caddy.Module { return new(RejectVerb) },
}

func init() {
	for name := range newVerb {
		caddy.RegisterModule(newVerb[name]())
	}
}

// verbInfo is the module of a verb.
func verbInfo(name string) caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: caddy.ModuleID(verbs + "." + name), New: newVerb[name]}
}

func verbNames() []string { return slices.Sorted(maps.Keys(newVerb)) }

// checkVerbs finds a verb that there is not. Loading modules would find it too,
// but cannot say which one was meant.
func checkVerbs(raw []json.RawMessage) error {
	for i, r := range raw {
		var named struct {
			Verb string `json:"verb"`
		}
		if err := json.Unmarshal(r, &named); err != nil {
			return fmt.Errorf("verb %d: %w", i+1, err)
		}
		if newVerb[named.Verb] == nil {
			return fmt.Errorf("verb %d: %w", i+1, unknown("verb", named.Verb, verbNames()))
		}
	}
	return nil
}

// parseArgs reads "<verb> <arguments...>", exactly as many as there are targets.
func parseArgs(d *caddyfile.Dispenser, targets ...*string) error {
	d.Next() // consume the name of the verb
	if !d.AllArgs(targets...) {
		return d.ArgErr()
	}
	return noBlock(d)
}

// noBlock refuses a block behind a line that has none.
func noBlock(d *caddyfile.Dispenser) error {
	if d.NextBlock(d.Nesting()) {
		return d.Errf("unexpected block: %q", d.Val())
	}
	return nil
}
