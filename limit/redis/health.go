package redis

import (
	"sync"
	"time"
)

// retry is how long a server that failed is left alone before it is tried again.
const retry = time.Second

// health knows whether the server is of use. One failure is enough to leave it
// alone, so that an outage costs no request but the first ones its timeout. One
// timer, and only while the server is out of use, tries it again.
type health struct {
	try      func() error // the server, as a decision would
	onChange func(error)

	mu     sync.Mutex
	down   bool
	closed bool
	timer  *time.Timer
}

func (h *health) up() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.down
}

// failed leaves the server alone from now on.
func (h *health) failed(err error) {
	h.mu.Lock()
	first := !h.down && !h.closed
	h.down = true
	h.mu.Unlock()
	if first {
		h.onChange(err)
		h.tryLater()
	}
}

func (h *health) tryLater() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.timer = time.AfterFunc(retry, h.tryAgain)
	}
}

func (h *health) tryAgain() {
	if h.try() != nil {
		h.tryLater()
		return
	}
	h.onChange(nil) // before any request can fail again, so that changes are told in order
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = h.closed
}

// close ends the tries.
func (h *health) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed, h.down = true, true
	if h.timer != nil {
		h.timer.Stop()
	}
}
