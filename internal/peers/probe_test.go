package peers_test

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/probe"
)

// TestProbe asks each server what it can do, and plays the life cycles through
// a gateway that is told what was found out: it must come to no less than what
// the gateway is told by hand.
func TestProbe(t *testing.T) {
	for _, p := range allPeers() {
		t.Run(p.name, func(t *testing.T) {
			report, err := probe.Run(t.Context(), probe.Options{URL: p.start(t) + p.base, Write: true})
			if err != nil {
				t.Fatal(err)
			}
			block := probe.Block(&report.Capabilities)
			before, after, of := report.Score()
			t.Logf("%d of %d directly, %d through the gateway, told\n%s%q", before, of, after, block, report.Warnings)
			for _, left := range report.Left {
				t.Errorf("left: %s", left)
			}
			for _, cycle := range lifecycle.All() {
				t.Run(cycle.Name, func(t *testing.T) {
					probed := play(t, startGateway(t, p.start(t), block)+p.base, cycle)
					told := play(t, startGateway(t, p.start(t), p.block)+p.base, cycle)
					if probed.Count(lifecycle.Passed) < told.Count(lifecycle.Passed) {
						t.Errorf("%d steps went well, and %d when told\n%s", probed.Count(lifecycle.Passed), told.Count(lifecycle.Passed), p.block)
					}
				})
			}
		})
	}
}
