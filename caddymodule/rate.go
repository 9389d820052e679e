package caddymodule

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/limit"
)

// RateLimit is a pace that requests are held to. A request that is too early
// waits; one that would have to wait too long is answered with status 429 and a
// Retry-After, before its body is read.
type RateLimit struct {
	// How many requests may pass in each window.
	Requests int `json:"requests,omitempty"`

	// The window. The requests are spread over it. Default: `1s`.
	Window caddy.Duration `json:"window,omitempty"`

	// How many requests may pass at once after a pause. Default: `1`, which spaces
	// all of them evenly.
	Burst int `json:"burst,omitempty"`

	// How long a request may be held. Keep it below the time that the identity
	// provider waits for an answer. `0` refuses at once what is too early, but for
	// a moment of 20 milliseconds. Default: `5s`.
	MaxDelay *caddy.Duration `json:"max_delay,omitempty"`

	// Placeholders that tell the requests that share this pace, such as
	// `{http.auth.user.id}`. Requests for which it is the same text share one.
	// Default: all requests of the provider, or for a limit of the handler all
	// requests.
	Key string `json:"key,omitempty"`

	// The operations that the limit holds for: `get`, `list`, `search`, `create`,
	// `replace`, `patch`, `delete`, `bulk`, `discover` or `me`. Default: all of
	// them.
	On []string `json:"on,omitempty"`

	// Matcher sets that decide which requests the limit holds for. Default: all of
	// them.
	MatcherSetsRaw caddyhttp.RawMatcherSets `json:"match,omitempty" caddy:"namespace=http.matchers"`

	matchers caddyhttp.MatcherSets
	rate     limit.Rate
}

const (
	defaultWindow   = time.Second
	defaultMaxDelay = 5 * time.Second

	// leastDelay is how early a request may be that is not to be held. Without it
	// each slot would be late by the time until the next request happens to come,
	// and less than the rate would pass.
	leastDelay = 20 * time.Millisecond
)

// provision compiles the rate and sets up the matchers.
func (l *RateLimit) provision(ctx caddy.Context) error {
	var err error
	if l.rate, err = l.compile(); err != nil {
		return err
	}
	if l.MatcherSetsRaw == nil {
		return nil
	}
	sets, err := ctx.LoadModule(l, "MatcherSetsRaw")
	if err != nil {
		return fmt.Errorf("loading matchers: %w", err)
	}
	return l.matchers.FromInterface(sets)
}

// compile makes the rate, and fails for one that cannot be kept.
func (l *RateLimit) compile() (limit.Rate, error) {
	window, delay := time.Duration(l.Window), defaultMaxDelay
	if window == 0 {
		window = defaultWindow
	}
	if l.MaxDelay != nil {
		delay = time.Duration(*l.MaxDelay)
	}
	if l.Requests < 1 || window < 0 {
		return limit.Rate{}, fmt.Errorf("rate_limit: a number of requests above zero is expected, not %d in %v", l.Requests, window)
	}
	for _, name := range l.On {
		if err := oneOf("operation", name, operations...); err != nil {
			return limit.Rate{}, err
		}
	}
	rate := limit.Every(l.Requests, window, max(l.Burst, 1), delay)
	if delay == 0 {
		rate.MaxDelay = min(rate.Emission/2, leastDelay)
	}
	if err := rate.Validate(); err != nil {
		return limit.Rate{}, fmt.Errorf("rate_limit: %w", err)
	}
	return rate, nil
}
