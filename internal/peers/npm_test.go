package peers_test

import (
	"context"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/internal/peers"
)

// npmServer is a server from npm, and what the gateway is told of it.
type npmServer struct {
	name   string
	folder string // below npm
	base   string
	block  string // of the Caddyfile
	cannot map[string]string
}

var npmServers = []npmServer{
	{name: "scimmy-routers 1.3.2", folder: "scimmy", base: "/scim/v2"},
	{name: "@better-auth/scim 1.7.5", folder: "better-auth", base: "/api/auth/scim/v2"},
	{name: "@boxyhq/saml-jackson 26.2.0, directory sync", folder: "saml-jackson", base: "/scim/v2"},
}

// startNode starts a server and returns its URL. If it cannot be installed, only
// this test is left out.
func startNode(t *testing.T, s npmServer) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir, err := peers.Install(ctx, s.folder)
	if err != nil {
		t.Skipf("%s cannot be installed: %v", s.name, err)
	}
	address := freeAddress(t)
	stop, err := peers.Start(context.WithoutCancel(t.Context()), dir, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return "http://" + address
}

func TestNodeDirectly(t *testing.T) {
	for _, s := range npmServers {
		for _, cycle := range lifecycle.All() {
			t.Run(s.folder+"/"+cycle.Name, func(t *testing.T) {
				play(t, startNode(t, s)+s.base, cycle)
			})
		}
	}
}
