package peers_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"

	_ "github.com/caddy-scim/caddy-scim/caddymodule"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/internal/peers/elimity"
)

// startElimity starts a server made with the library and returns its URL.
func startElimity(t *testing.T) string {
	t.Helper()
	address := freeAddress(t)
	handler, err := elimity.New("http://" + address + "/v2")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// startCaddy runs Caddy in this process with a Caddyfile's sites. There can be
// only one at a time.
func startCaddy(t *testing.T, sites string) {
	t.Helper()
	text := `{
	admin off
	persist_config off
	auto_https off
	log {
		output discard
	}
}
` + sites
	adapter := caddyfile.Adapter{ServerType: httpcaddyfile.ServerType{}}
	config, _, err := adapter.Adapt([]byte(text), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		t.Fatal(err)
	}
	if err := caddy.Load(config, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// startGateway runs the gateway in front of a backend and returns its URL. The
// gateway is told what stands in the block, if there is one.
func startGateway(t *testing.T, backend, block string) string {
	t.Helper()
	address := freeAddress(t)
	startCaddy(t, fmt.Sprintf(`http://%s {
	scim {
		%s
	}
	reverse_proxy %s
}
`, address, block, strings.TrimPrefix(backend, "http://")))
	return "http://" + address
}

// startDirectory runs the gateway in front of the embedded directory, each a
// site of its own, and returns the URLs of both.
func startDirectory(t *testing.T) (gateway, directory string) {
	t.Helper()
	gateway, directory = freeAddress(t), freeAddress(t)
	startCaddy(t, fmt.Sprintf(`http://%[1]s {
	scim
	reverse_proxy %[2]s
}
http://%[2]s {
	scim_directory
}
`, gateway, directory))
	return "http://" + gateway, "http://" + directory
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// play runs a cycle and logs what failed.
func play(t *testing.T, base string, cycle lifecycle.Cycle) *lifecycle.Report {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	report := (&lifecycle.Server{Base: base, Client: client}).Run(t.Context(), cycle)
	for _, failed := range report.Failed() {
		t.Log(failed)
	}
	t.Log(report.Summary())
	return report
}
