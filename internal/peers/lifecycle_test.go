package peers_test

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
)

// servers start a service provider, and the gateway in front of it where asked,
// and return the base URL to play a cycle against.
var servers = []struct {
	name      string
	direct    func(*testing.T) string
	throughIt func(*testing.T) string
}{
	{
		"directory",
		func(t *testing.T) string { _, directory := startDirectory(t); return directory + "/scim/v2" },
		func(t *testing.T) string { gateway, _ := startDirectory(t); return gateway + "/scim/v2" },
	},
	{
		"elimity",
		func(t *testing.T) string { return startElimity(t) + "/v2" },
		func(t *testing.T) string { return startGateway(t, startElimity(t), "") + "/v2" },
	},
}

// TestThroughGateway plays every life cycle through a real Caddy: no request is
// refused, every answer is what the provider needs, every state is right.
func TestThroughGateway(t *testing.T) {
	for _, server := range servers {
		for _, cycle := range lifecycle.All() {
			t.Run(server.name+"/"+cycle.Name, func(t *testing.T) {
				if report := play(t, server.throughIt(t), cycle); len(report.Failed()) != 0 {
					t.Errorf("%d steps failed", len(report.Failed()))
				}
			})
		}
	}
}

// TestDirectly plays every life cycle against the servers themselves. The one
// that is RFC 7644 to the letter must pass: the servers are in order. Those of
// Entra must not: without the gateway, its requests are refused, or change what
// they should not.
func TestDirectly(t *testing.T) {
	for _, server := range servers {
		for _, cycle := range lifecycle.All() {
			t.Run(server.name+"/"+cycle.Name, func(t *testing.T) {
				failed := len(play(t, server.direct(t), cycle).Failed())
				switch {
				case cycle.Provider == "generic" && failed != 0:
					t.Errorf("%d steps failed", failed)
				case cycle.Provider == "entra" && failed == 0:
					t.Error("nothing failed, so the gateway is of no use here")
				}
			})
		}
	}
}
