package redis

import (
	"context"
	"crypto/sha256"
	_ "embed" // the scripts
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/caddy-scim/caddy-scim/limit"
)

//go:embed reserve.lua
var reserveLua string

var reserve = goredis.NewScript(reserveLua)

// Store is a limit.Store, and a limit.Leaser, in Redis or Valkey.
type Store struct {
	options Options
	client  goredis.UniversalClient
	prefix  string // of all keys, with the hash tag
	health  health

	reserving *goredis.Script // reserve, but for tests that set its clock

	decisions, fallbacks atomic.Uint64
}

// New is a store for these options. It does not connect before it is asked.
func New(options Options) (*Store, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Store{options: options, client: options.client(), prefix: "{" + options.Prefix + "}:", reserving: reserve}
	s.health.onChange = options.OnChange
	s.health.try = s.try
	return s, nil
}

// Close ends all connections. What is asked after that is decided as without a
// server.
func (s *Store) Close() error {
	s.health.close()
	return s.client.Close()
}

// Stats are figures since the start.
type Stats struct {
	Up        bool   // the server is in use
	Decisions uint64 // by the server
	Fallbacks uint64 // decisions made without it
}

// Stats says how the store is.
func (s *Store) Stats() Stats {
	return Stats{Up: s.health.up(), Decisions: s.decisions.Load(), Fallbacks: s.fallbacks.Load()}
}

// Reserve implements limit.Store.
func (s *Store) Reserve(ctx context.Context, limits []limit.Limit) (limit.Decision, error) {
	none := limit.Decision{Refused: -1}
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if len(limits) > limit.MaxLimits {
		return none, limit.ErrTooMany
	}
	if len(limits) == 0 {
		return limit.Decision{OK: true, Refused: -1}, nil
	}
	if !s.health.up() {
		return s.without(ctx, limits)
	}
	d, err := s.reserve(ctx, limits)
	if err != nil {
		s.health.failed(err)
		return s.without(ctx, limits)
	}
	s.decisions.Add(1)
	if d.OK && s.options.OnError == Local {
		_, _ = s.options.Local.Reserve(ctx, limits) // to know what was granted here, should the server fail
	}
	return d, nil
}

// without decides without the server.
func (s *Store) without(ctx context.Context, limits []limit.Limit) (limit.Decision, error) {
	s.fallbacks.Add(1)
	switch s.options.OnError {
	case Allow:
		return limit.Decision{OK: true, Refused: -1}, nil
	case Reject:
		return limit.Decision{Refused: -1, RetryAfter: retry}, limit.ErrUnavailable
	default:
		return s.options.Local.Reserve(ctx, limits)
	}
}

// reserve asks the server.
func (s *Store) reserve(ctx context.Context, limits []limit.Limit) (limit.Decision, error) {
	var exact [limit.MaxLimits]limit.Limit
	keys, args := make([]string, len(limits)), make([]any, 0, 3*len(limits))
	for i, l := range limits {
		exact[i].Rate = inMicroseconds(l.Rate)
		rate := &exact[i].Rate
		keys[i] = s.key("limit", l.Key)
		args = append(args, rate.Emission.Microseconds(), (time.Duration(rate.Burst) * rate.Emission).Microseconds(), rate.MaxDelay.Microseconds())
	}
	found, err := s.run(ctx, s.reserving, keys, args...).Int64Slice()
	if err != nil {
		return limit.Decision{}, err
	}
	if len(found) != len(limits) {
		return limit.Decision{}, fmt.Errorf("the script answers %d backlogs to %d limits", len(found), len(limits))
	}
	var d limit.Decision
	for i, n := range found {
		d.Backlog[i] = time.Duration(n) * time.Microsecond
	}
	d.Decide(exact[:len(limits)])
	return d, nil
}

// inMicroseconds is a rate as the script reckons.
func inMicroseconds(r limit.Rate) limit.Rate {
	r.Emission = max(time.Microsecond, r.Emission.Truncate(time.Microsecond))
	r.MaxDelay = r.MaxDelay.Truncate(time.Microsecond)
	return r
}

// try asks the server as a decision does, with a key of its own.
func (s *Store) try() error {
	_, err := s.reserve(context.Background(), []limit.Limit{{Key: "", Rate: limit.Every(1, time.Millisecond, 1, 0)}})
	return err
}

// run runs a script within the timeout. The end of a request does not end it:
// that would cost a connection, and the answer comes soon.
func (s *Store) run(ctx context.Context, script *goredis.Script, keys []string, args ...any) *goredis.Cmd {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Timeout)
	defer cancel()
	return script.Run(ctx, s.client, keys, args...)
}

// key is that of a thing in the store. Names can be long, and are no business of
// those who look into the store.
func (s *Store) key(thing, name string) string {
	digest := sha256.Sum256([]byte(name))
	return s.prefix + thing + ":" + hex.EncodeToString(digest[:16])
}
