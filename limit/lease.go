package limit

import (
	"context"
	"time"
)

// Leaser is a Store that is shared, and so can say which of those who share it
// has a thing to itself for a while.
type Leaser interface {
	// Acquire waits until the key is free, first come first served, and takes
	// it. The lease is renewed until it is released; when its holder dies, it
	// ends after ttl. If the store cannot be reached, the lease holds in this
	// process only (Lease.Fence is 0), or there is ErrUnavailable: as the store
	// was told to do. Otherwise an error is that of the context.
	Acquire(ctx context.Context, key string, ttl time.Duration) (Lease, error)
}

// Lease is the right to a key. It cannot be more than a right that ends by time:
// who is held up for longer than that, by a pause of the machine for example, may
// meet the next holder. Fence is for those who can refuse an older holder.
type Lease interface {
	// Fence is greater for each holder of the key than for the one before.
	Fence() int64

	// Lost is closed when the lease could not be renewed in time. The work it
	// was taken for has to stop then.
	Lost() <-chan struct{}

	// Release gives the key free, if it is still this holder's. It can be
	// called more than once, and does not wait for an answer for long.
	Release()
}
