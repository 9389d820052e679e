package peers_test

import (
	"context"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/internal/peers"
)

// npmServer is a server from npm, and what the gateway is told of it.
type npmServer struct {
	folder string // below npm
	base   string
	block  string // of the Caddyfile
	cannot string // why not every step can go well; empty if it can
}

var npmServers = map[string]npmServer{
	"scimmy-routers 1.3.2": {
		folder: "scimmy", base: "/scim/v2",
		// Its eq minds the case of names.
		block: `backend {
			filter off
			page_size 200
			etag off
		}`,
		cannot: "takes no role that has a type",
	},
	"@better-auth/scim 1.7.5": {
		folder: "better-auth", base: "/api/auth/scim/v2",
		block: `backend {
			filter off
			page_size 100
			sort off
			search off
			bulk off
			etag off
		}`,
		cannot: "takes no password",
	},
	"@boxyhq/saml-jackson 26.2.0, directory sync": {
		folder: "saml-jackson", base: "/scim/v2",
		// Whatever is filtered by, it looks for it among names. Its PATCH files the
		// attributes of an extension under parts of their URI.
		block: `backend {
			patch put
			filter off
			page off
			sort off
			projection off
			search off
			bulk off
			etag off
			discovery off
			members absent
		}`,
		cannot: "shows no members; PATCH takes no extension and PUT no members, so groups are refused",
	},
}

// start starts the server and returns its base URL. If it cannot be installed,
// the test is left out, and says so.
func (s npmServer) start(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir, err := peers.Install(ctx, s.folder)
	if err != nil {
		t.Skipf("%s is left out: %v", s.folder, err)
	}
	address := freeAddress(t)
	stop, err := peers.Start(context.WithoutCancel(t.Context()), dir, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return "http://" + address
}
