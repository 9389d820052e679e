package rewrite_test

import (
	"slices"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
)

// TestProvidersAlike takes each dressed request for one of every provider in turn:
// a wrong guess of who sends it must not change what it means. Only where the normal
// form names a provider (P10: an empty manager of Entra) may the request leave
// otherwise, and then a rule of that provider is on record.
func TestProvidersAlike(t *testing.T) {
	for seed := range seeds() {
		if seed%4 != 0 && *onlySeed == 0 {
			continue
		}
		_, dressed := pair(seed)
		sent, state := dressed.message(), text(dressed.state)
		want := run("generic", sent, state)
		for _, p := range rules.All() {
			if p.Version != rewrite.VersionTold {
				continue
			}
			got := run(p.Name, sent, state)
			if slices.ContainsFunc(got.record, func(c rewrite.Change) bool { return slices.Contains(p.Own, c.Rule) }) {
				continue
			}
			same := (got.err == nil) == (want.err == nil) && (got.write == nil) == (want.write == nil) && slices.Equal(got.changes, want.changes)
			if !same || got.write != nil && !sameMessage(got.write, want.write) {
				t.Errorf("seed %d from %s\nsent:    %s\nleaves:  %s %v\ngeneric: %s %v", seed, p.Name, show(sent), show(got.write), got.err, show(want.write), want.err)
			}
		}
	}
}
