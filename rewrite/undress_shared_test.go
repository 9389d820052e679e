package rewrite_test

import (
	"slices"
	"sync"
	"testing"
)

// TestPlanShared undresses requests in parallel and looks at the results when
// all are through: a plan is shared, and what it made for one request belongs to
// that request.
func TestPlanShared(t *testing.T) {
	type outcome struct {
		seed           uint64
		plain, dressed *request
		got            result
	}
	outcomes := make([][]outcome, 4)
	var workers sync.WaitGroup
	for w := range outcomes {
		workers.Go(func() {
			for seed := uint64(w + 1); seed <= *cases/8; seed += uint64(len(outcomes)) {
				plain, dressed := pair(seed)
				got := run(plain.provider, dressed.message(), text(plain.state))
				outcomes[w] = append(outcomes[w], outcome{seed, plain, dressed, got})
			}
		})
	}
	workers.Wait()
	for _, o := range slices.Concat(outcomes...) {
		if o.got.write == nil || !sameMessage(o.got.write, o.plain.message()) {
			report(t, o.seed, o.plain, o.dressed, o.got)
		}
		if now := ids(o.got.record); !slices.Equal(now, o.got.changes) {
			t.Errorf("seed %d: the changes have become %q, were %q", o.seed, now, o.got.changes)
		}
	}
}
