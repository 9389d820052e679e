package caddymodule

import (
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/limit/redis"
)

// storeLog is where a store logs. It outlives the configuration that has opened
// it, and the logs of that: each entry goes to those of the configuration that is
// in force by then.
type storeLog struct{ key string }

// storeLogger is a logger for the store of that key.
func (h *Handler) storeLogger(key string) *zap.Logger {
	return zap.New(storeLog{key}).Named(h.logger.Named("limiter").Name())
}

// now is where an entry goes at present.
func (l storeLog) now() zapcore.Core {
	for _, h := range inForce() {
		if h.pacing.store == l.key {
			return h.logger.Core()
		}
	}
	return caddy.Log().Core()
}

// Enabled implements zapcore.Core.
func (l storeLog) Enabled(level zapcore.Level) bool { return l.now().Enabled(level) }

// With implements zapcore.Core.
func (l storeLog) With(fields []zapcore.Field) zapcore.Core { return l.now().With(fields) }

// Check implements zapcore.Core.
func (l storeLog) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return l.now().Check(entry, checked)
}

// Write implements zapcore.Core.
func (l storeLog) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	return l.now().Write(entry, fields)
}

// Sync implements zapcore.Core.
func (l storeLog) Sync() error { return l.now().Sync() }

// clientLog is where the client of Redis says what it says, for all that use it in
// this process: a line for each failed connection would be too many.
func clientLog(line string) {
	if log := caddy.Log().Named("redis").Check(zapcore.DebugLevel, line); log != nil {
		log.Write()
	}
}

// logClients has the client of Redis log to Caddy's log, and not to the standard
// error stream as it does by itself.
func logClients() { redis.LogTo(clientLog) }
