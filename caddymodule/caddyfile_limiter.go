package caddymodule

import (
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// limiters is the namespace of what can keep the state of limits.
const limiters = "http.handlers.scim.limiters"

// parseLimiter reads "limiter <name> { … }".
func parseLimiter(d *caddyfile.Dispenser, h *Handler) error {
	if h.LimiterRaw != nil {
		return isSet(d)
	}
	if !d.NextArg() {
		return d.ArgErr()
	}
	name := d.Val()
	if _, err := caddy.GetModule(limiters + "." + name); err != nil {
		return d.WrapErr(unknown("limiter", name, limiterNames()))
	}
	module, err := caddyfile.UnmarshalModule(d, limiters+"."+name)
	if err != nil {
		return err
	}
	h.LimiterRaw = caddyconfig.JSONModuleObject(module, "limiter", name, nil)
	return nil
}

// limiterNames are the limiters that are built in.
func limiterNames() []string {
	var names []string
	for _, m := range caddy.GetModules(limiters) {
		names = append(names, m.ID.Name())
	}
	return names
}

// UnmarshalCaddyfile sets up the limiter from Caddyfile tokens. Syntax:
//
//	limiter memory {
//	    max_keys <number>
//	}
func (m *MemoryLimiter) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the name
	if d.NextArg() {
		return d.ArgErr()
	}
	return parseBlock(d, m, memorySubdirectives)
}

// memorySubdirectives are those of limiter memory.
var memorySubdirectives = map[string]subdirective[*MemoryLimiter]{
	"max_keys": number(func(m *MemoryLimiter) *int { return &m.MaxKeys }),
}

// UnmarshalCaddyfile sets up the limiter from Caddyfile tokens. Syntax:
//
//	limiter redis {
//	    address  <addresses...>
//	    master   <name>
//	    username <name>
//	    password <password>
//	    db       <number>
//	    tls
//	    prefix   <text>
//	    timeout  <duration>
//	    on_error local|allow|reject
//	}
func (r *RedisLimiter) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the name
	if d.NextArg() {
		return d.ArgErr()
	}
	if err := parseBlock(d, r, redisSubdirectives); err != nil {
		return err
	}
	if len(r.Addresses) == 0 {
		return d.Errf("limiter redis: an address is missing")
	}
	return nil
}

// redisSubdirectives are those of limiter redis.
var redisSubdirectives = map[string]subdirective[*RedisLimiter]{
	"address":  words(func(r *RedisLimiter) *[]string { return &r.Addresses }),
	"master":   word(func(r *RedisLimiter) *string { return &r.Master }),
	"username": word(func(r *RedisLimiter) *string { return &r.Username }),
	"password": word(func(r *RedisLimiter) *string { return &r.Password }),
	"db":       number(func(r *RedisLimiter) *int { return &r.DB }),
	"prefix":   word(func(r *RedisLimiter) *string { return &r.Prefix }),
	"timeout":  duration(func(r *RedisLimiter) *caddy.Duration { return &r.Timeout }),
	"tls":      parseTLS,
	"on_error": parseOnError,
}

// parseTLS reads "tls".
func parseTLS(d *caddyfile.Dispenser, r *RedisLimiter) error {
	if r.TLS {
		return isSet(d)
	}
	if d.NextArg() {
		return d.ArgErr()
	}
	r.TLS = true
	return nil
}

// parseOnError reads "on_error local|allow|reject".
func parseOnError(d *caddyfile.Dispenser, r *RedisLimiter) error {
	if r.OnError != "" {
		return isSet(d)
	}
	if !d.AllArgs(&r.OnError) {
		return d.ArgErr()
	}
	if !slices.Contains(onErrorWords, r.OnError) {
		return d.WrapErr(unknown("word", r.OnError, onErrorWords))
	}
	return nil
}

var onErrorWords = []string{"local", "allow", "reject"}

// duration makes the subdirective "<name> <duration>".
func duration[T any](field func(T) *caddy.Duration) subdirective[T] {
	return func(d *caddyfile.Dispenser, into T) error {
		name, value := d.Val(), field(into)
		if *value != 0 {
			return isSet(d)
		}
		var text string
		if !d.AllArgs(&text) {
			return d.ArgErr()
		}
		parsed, err := caddy.ParseDuration(text)
		if err != nil || parsed <= 0 {
			return d.Errf("%s: a duration such as 100ms is expected, not %s", name, text)
		}
		*value = caddy.Duration(parsed)
		return nil
	}
}
