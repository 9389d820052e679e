package caddymodule

import (
	"strconv"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// windows are the units of a rate.
var windows = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// rateLimit makes the subdirective
//
//	rate_limit <n>/<s|m|h> [burst <n>] [max_delay <duration>] {
//	    key   <placeholders>
//	    on    <operations...>
//	    match <matchers...>
//	}
func rateLimit[T any](field func(T) *[]*RateLimit) subdirective[T] {
	return func(d *caddyfile.Dispenser, into T) error {
		l := new(RateLimit)
		if err := l.parseLine(d); err != nil {
			return err
		}
		if err := parseBlock(d, l, rateSubdirectives); err != nil {
			return err
		}
		if _, err := l.compile(); err != nil {
			return d.WrapErr(err)
		}
		limits := field(into)
		*limits = append(*limits, l)
		return nil
	}
}

// rateSubdirectives are those of rate_limit.
var rateSubdirectives = map[string]subdirective[*RateLimit]{
	"key":   word(func(l *RateLimit) *string { return &l.Key }),
	"on":    parseRateOn,
	"match": parseRateMatch,
}

// parseLine reads what stands on the line of rate_limit.
func (l *RateLimit) parseLine(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return d.ArgErr()
	}
	if err := l.parseRate(d); err != nil {
		return err
	}
	for d.NextArg() {
		name := d.Val()
		if !d.NextArg() {
			return d.ArgErr()
		}
		switch name {
		case "burst":
			n, err := strconv.Atoi(d.Val())
			if err != nil || n < 1 || l.Burst != 0 {
				return d.Errf("burst: one number above zero is expected, not %s", d.Val())
			}
			l.Burst = n
		case "max_delay":
			delay, err := caddy.ParseDuration(d.Val())
			if err != nil || delay < 0 || l.MaxDelay != nil {
				return d.Errf("max_delay: one duration such as 5s is expected, not %s", d.Val())
			}
			l.MaxDelay = new(caddy.Duration(delay))
		default:
			return d.WrapErr(unknown("word", name, []string{"burst", "max_delay"}))
		}
	}
	return nil
}

// parseRate reads "<n>/<s|m|h>".
func (l *RateLimit) parseRate(d *caddyfile.Dispenser) error {
	count, unit, _ := strings.Cut(d.Val(), "/")
	n, err := strconv.Atoi(count)
	window := windows[unit]
	if err != nil || n < 1 || window == 0 {
		return d.Errf("rate_limit: a rate such as 25/s, 600/m or 1000/h is expected, not %s", d.Val())
	}
	l.Requests = n
	if window != defaultWindow {
		l.Window = caddy.Duration(window)
	}
	return nil
}

// parseRateOn reads "on <operations...>".
func parseRateOn(d *caddyfile.Dispenser, l *RateLimit) error {
	return parseWords(d, &l.On, "operation", operations)
}

// parseRateMatch reads "match <matchers...>".
func parseRateMatch(d *caddyfile.Dispenser, l *RateLimit) error {
	return parseMatchers(d, &l.MatcherSetsRaw)
}

// parseRateHeaders reads "rate_headers".
func parseRateHeaders(d *caddyfile.Dispenser, h *Handler) error {
	if h.RateHeaders {
		return isSet(d)
	}
	if d.NextArg() {
		return d.ArgErr()
	}
	h.RateHeaders = true
	return nil
}
