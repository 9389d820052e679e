package caddymodule

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/limit"
)

// Limiter is what a module of the namespace http.handlers.scim.limiters is: where
// the state of rate limits is kept. Its store may be a limit.Leaser too; then
// lanes hold among all that share it. One that is an io.Closer is closed when no
// configuration uses it any more.
//
// Store is called once for as long as configurations follow each other that have
// the same JSON for the limiter.
type Limiter interface {
	Store(*zap.Logger) (limit.Store, error)
}

// stores are those that are open, by what they were configured with: a reload
// that does not change the limiter goes on with what was counted.
var stores = caddy.NewUsagePool()

// openStore is a store in the pool.
type openStore struct{ limit.Store }

// Destruct closes a store that nobody uses any more.
func (s openStore) Destruct() error {
	if closer, ok := s.Store.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// openStore opens the store of the handler's limiter, or goes on with the one that
// the configuration before has opened. Cleanup gives it back.
func (h *Handler) openStore(ctx caddy.Context) (limit.Store, error) {
	raw := h.LimiterRaw
	if raw == nil {
		raw = json.RawMessage(`{"limiter":"memory"}`)
	}
	digest := sha256.Sum256(raw) // the key must not show a password
	var limiter Limiter = new(MemoryLimiter)
	if h.LimiterRaw != nil {
		module, err := ctx.LoadModule(h, "LimiterRaw")
		if err != nil {
			return nil, err
		}
		limiter = module.(Limiter)
	}
	key := hex.EncodeToString(digest[:])
	store, _, err := stores.LoadOrNew(key, func() (caddy.Destructor, error) {
		store, err := limiter.Store(h.storeLogger(key))
		return openStore{store}, err
	})
	if err != nil {
		return nil, err
	}
	h.pacing.store = key
	return store.(openStore).Store, nil
}
