package caddymodule

import (
	"crypto/tls"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/limit/redis"
)

func init() {
	caddy.RegisterModule(MemoryLimiter{})
	caddy.RegisterModule(RedisLimiter{})
}

// MemoryLimiter keeps the state of rate limits in the memory of this process. It
// is what holds where no limiter is configured.
type MemoryLimiter struct {
	// The most keys that are kept at a time. Beyond it those go first that are as
	// good as new. Default: `1048576`.
	MaxKeys int `json:"max_keys,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (MemoryLimiter) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: limiters + ".memory", New: func() caddy.Module { return new(MemoryLimiter) }}
}

// Store makes the store.
func (m *MemoryLimiter) Store(*zap.Logger) (limit.Store, error) {
	if m.MaxKeys < 0 {
		return nil, fmt.Errorf("max_keys must not be negative")
	}
	return limit.NewMemory(m.MaxKeys), nil
}

// RedisLimiter shares the state of rate limits between replicas, and the lanes in
// which the changes of one resource follow each other. It needs Redis 6 or newer,
// or Valkey.
type RedisLimiter struct {
	// The addresses of the server, such as `redis:6379`. Several are taken for the
	// nodes of a cluster, or of sentinels if `master` is set. May hold
	// placeholders, which are replaced when the configuration is loaded. Default:
	// `localhost:6379`.
	Addresses []string `json:"addresses,omitempty"`

	// The name under which sentinels know the server. Default: none; the addresses
	// are those of the server itself.
	Master string `json:"master,omitempty"`

	// The name to log in with. May hold placeholders, which are replaced when the
	// configuration is loaded. Default: none.
	Username string `json:"username,omitempty"`

	// The password to log in with. May hold placeholders such as
	// `{env.REDIS_PASSWORD}` or `{file./run/secrets/redis}`, which are replaced
	// when the configuration is loaded. Default: none.
	Password string `json:"password,omitempty"`

	// The number of the database. A cluster has only `0`. Default: `0`.
	DB int `json:"db,omitempty"`

	// Whether to speak TLS. The certificate of the server has to be one that the
	// system trusts. Default: `false`.
	TLS bool `json:"tls,omitempty"`

	// What the names of all keys begin with. Replicas that share limits have the
	// same. Default: `scim`.
	Prefix string `json:"prefix,omitempty"`

	// How long a decision may take before the server counts as not reachable.
	// Default: `100ms`.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	// What to do while the server cannot be reached: `local` counts in the memory
	// of each replica, `allow` lets all requests pass, `reject` answers them with
	// status 503. Default: `local`.
	OnError string `json:"on_error,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (RedisLimiter) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: limiters + ".redis", New: func() caddy.Module { return new(RedisLimiter) }}
}

// Store makes the store. It does not connect before it is asked.
func (r *RedisLimiter) Store(logger *zap.Logger) (limit.Store, error) {
	options := redis.Options{
		Master: r.Master, Database: r.DB, Prefix: r.Prefix,
		Timeout: time.Duration(r.Timeout), OnError: redis.OnError(r.OnError),
		OnChange: func(err error) { storeChanged(logger, r.OnError, err) },
	}
	repl := caddy.NewReplacer()
	for _, address := range r.Addresses {
		known, err := repl.ReplaceOrErr(address, true, true)
		if err != nil {
			return nil, fmt.Errorf("addresses: %w", err)
		}
		options.Addresses = append(options.Addresses, known)
	}
	var err error
	if options.Username, err = repl.ReplaceOrErr(r.Username, true, false); err != nil {
		return nil, fmt.Errorf("username: %w", err)
	}
	if options.Password, err = repl.ReplaceOrErr(r.Password, true, false); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if r.TLS {
		options.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	logClients()
	return redis.New(options)
}

// storeChanged tells that the server of a limiter can no longer be used, or can
// be used again.
func storeChanged(logger *zap.Logger, onError string, err error) {
	if err == nil {
		logger.Info("the server is in use again")
		return
	}
	if onError == "" {
		onError = string(redis.Local)
	}
	logger.Warn("the server cannot be used", zap.String("on_error", onError), zap.Error(err))
}

// Interface guards.
var (
	_ Limiter = (*MemoryLimiter)(nil)
	_ Limiter = (*RedisLimiter)(nil)
)
