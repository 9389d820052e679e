package caddymodule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dustin/go-humanize"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func init() {
	httpcaddyfile.RegisterHandlerDirective("scim", parseHandler)
	// Behind encode and intercept, which so work on the repaired answer; in front
	// of the blocks that may hold the service provider.
	httpcaddyfile.RegisterDirectiveOrder("scim", httpcaddyfile.Before, "invoke")
}

func parseHandler(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	handler := new(Handler)
	return handler, handler.UnmarshalCaddyfile(h.Dispenser)
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	scim [<matcher>] {
//	    name       <text>
//	    base_path  <path>
//	    max_body   <size>
//	    max_answer <size>
//	    provider  <name> [extends <name>] {
//	        match   <matchers...>
//	        disable <rules...>
//	        mode    enforce|observe|off
//	        rule    <id> {
//	            ...
//	        }
//	    }
//	    rule <id> {
//	        on       <operations...>
//	        resource <resource_types...>
//	        match    <matchers...>
//	        when     <filter>
//	        <verb>   <arguments...>
//	        rate_limit  <n>/<s|m|h> [burst <n>] [max_delay <duration>] { … }
//	    }
//	    rate_limit <n>/<s|m|h> [burst <n>] [max_delay <duration>] {
//	        key   <placeholders>
//	        on    <operations...>
//	        match <matchers...>
//	    }
//	    concurrency <n>
//	    coalesce    <duration>
//	    limiter     <name> { … }
//	    rate_headers
//	    schema <resource_type> <urn> {
//	        <attribute> [<type>] [multi] [case_exact] [read_only] [required] {
//	            <sub-attribute> ...
//	        }
//	    }
//	    backend [<preset>] {
//	        <capability> <values...>
//	    }
//	    verify_filter on|off
//	    mode enforce|observe|off
//	    explain [<header>]
//	}
//
// The capabilities are those of [Backend], and the verbs of a rule are the modules
// of `http.handlers.scim.verbs`.
func (h *Handler) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive name
	if d.NextArg() {
		return d.ArgErr()
	}
	if err := parseBlock(d, h, handlerSubdirectives); err != nil {
		return err
	}
	return h.checkLines()
}

// A subdirective reads one line, and the block behind it, into its target. The
// dispenser stands on the name of the subdirective.
type subdirective[T any] func(*caddyfile.Dispenser, T) error

// handlerSubdirectives are those of scim.
var handlerSubdirectives = map[string]subdirective[*Handler]{
	"backend":    parseBackend,
	"base_path":  parseBasePath,
	"max_answer": parseMaxAnswer,
	"max_body":   parseMaxBody,
	"provider":   parseProvider,
	"schema":     parseHandlerSchema,
	"mode":       modeLine(func(h *Handler) *string { return &h.Mode }),
	"explain":    parseExplain,
	"rule":       parseHandlerRule,

	"name":         word(func(h *Handler) *string { return &h.Name }),
	"rate_limit":   rateLimit(func(h *Handler) *[]*RateLimit { return &h.RateLimits }),
	"concurrency":  number(func(h *Handler) *int { return &h.Concurrency }),
	"coalesce":     duration(func(h *Handler) *caddy.Duration { return &h.Coalesce }),
	"limiter":      parseLimiter,
	"rate_headers": parseRateHeaders,

	"verify_filter": onOff(func(h *Handler) **bool { return &h.VerifyFilter }),
}

// parseBlock reads the block behind the dispenser's token, one subdirective
// after the other.
func parseBlock[T any](d *caddyfile.Dispenser, into T, known map[string]subdirective[T]) error {
	return parseChecked(d, into, known, func(T) error { return nil })
}

// parseChecked is parseBlock for what can be checked after each line, so that an
// error can say which one it is in.
func parseChecked[T any](d *caddyfile.Dispenser, into T, known map[string]subdirective[T], check func(T) error) error {
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		parse := known[d.Val()]
		if parse == nil {
			return d.WrapErr(unknown("subdirective", d.Val(), slices.Sorted(maps.Keys(known))))
		}
		if err := parse(d, into); err != nil {
			return err
		}
		if err := check(into); err != nil {
			return d.WrapErr(err)
		}
	}
	return nil
}

// parseBasePath reads "base_path <path>".
func parseBasePath(d *caddyfile.Dispenser, h *Handler) error {
	return parsePath(d, &h.BasePath)
}

func parsePath(d *caddyfile.Dispenser, into *string) error {
	if *into != "" {
		return d.Errf("base_path is set already")
	}
	if !d.AllArgs(into) {
		return d.ArgErr()
	}
	if _, err := scim.ParseBase(*into); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

// parseMaxBody reads "max_body <size>".
func parseMaxBody(d *caddyfile.Dispenser, h *Handler) error {
	return parseSize(d, &h.MaxBody)
}

// parseMaxAnswer reads "max_answer <size>".
func parseMaxAnswer(d *caddyfile.Dispenser, h *Handler) error {
	return parseSize(d, &h.MaxAnswer)
}

func parseSize(d *caddyfile.Dispenser, into *int64) error {
	name := d.Val()
	if *into != 0 {
		return isSet(d)
	}
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	size, err := humanize.ParseBytes(text)
	if err != nil {
		return d.WrapErr(fmt.Errorf("%s: %w", name, err))
	}
	if size == 0 || size > maxSize {
		return d.Errf("%s: a size from 1B to 1GiB is expected, not %s", name, text)
	}
	*into = int64(size)
	return nil
}

// maxSize is the most that max_body and max_answer can be: what they bound is
// held in memory.
const maxSize = 1 << 30

// parseExplain reads "explain [<header>]".
func parseExplain(d *caddyfile.Dispenser, h *Handler) error {
	h.Explain = defaultExplainHeader
	if d.NextArg() {
		h.Explain = d.Val()
	}
	if d.NextArg() {
		return d.ArgErr()
	}
	if !isToken(h.Explain) {
		return d.Errf("explain: %q is not the name of a header", h.Explain)
	}
	return nil
}

// Interface guards.
var (
	_ caddyfile.Unmarshaler = (*Handler)(nil)
)
