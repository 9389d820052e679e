package backend

import (
	"errors"
	"time"
)

// Bounds of a walk, where the configuration does not say otherwise: what one
// request of a client may have the gateway read.
const (
	DefaultScanPages     = 2000             // answers of the service provider
	DefaultScanResources = 200_000          // resources in them
	DefaultScanTime      = 30 * time.Second // until the last of them is asked for
)

// budget is what is left of these bounds.
type budget struct {
	pages, resources int
	until            time.Time
	now              func() time.Time
}

// errBudget ends a walk that has used up its budget.
var errBudget = errors.New("the budget of the request is used up")

func (b *Backend) budget() *budget {
	now := b.seal.now
	left := &budget{pages: DefaultScanPages, resources: DefaultScanResources, until: now().Add(DefaultScanTime), now: now}
	if b.caps.ScanPages > 0 {
		left.pages = b.caps.ScanPages
	}
	if b.caps.ScanResources > 0 {
		left.resources = b.caps.ScanResources
	}
	if b.caps.ScanSeconds > 0 {
		left.until = now().Add(time.Duration(b.caps.ScanSeconds) * time.Second)
	}
	return left
}

// page takes one answer from the budget.
func (b *budget) page() bool {
	b.pages--
	return b.pages >= 0 && b.now().Before(b.until)
}

// resource takes one resource from the budget. The clock is looked at now and
// then.
func (b *budget) resource() bool {
	b.resources--
	return b.resources >= 0 && (b.resources%1024 != 0 || b.now().Before(b.until))
}
