package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
)

// entraDisables is what Entra ID sends when somebody leaves.
const entraDisables = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],` +
	`"Operations":[{"op":"Replace","path":"active","value":"False"}]}`

// TestCaddyfileExample runs the example on other ports: the directory refuses
// directly what it takes through the gateway.
func TestCaddyfileExample(t *testing.T) {
	t.Chdir("../..") // from where the README has it run
	text, err := os.ReadFile("Caddyfile.example")
	if err != nil {
		t.Fatal(err)
	}
	if formatted := caddyfile.Format(text); string(formatted) != string(text) {
		t.Errorf("caddy fmt would change it to\n%s", formatted)
	}
	if strings.Count(string(text), "8080") == 0 || strings.Count(string(text), "8081") == 0 {
		t.Fatal("the ports are not those of the README")
	}
	gateway, directory := freePorts(t)
	config := strings.NewReplacer("8080", gateway, "8081", directory).Replace(string(text))
	adapter := caddyfile.Adapter{ServerType: httpcaddyfile.ServerType{}}
	adapted, warnings, err := adapter.Adapt([]byte(config), map[string]any{"filename": "Caddyfile.example"})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("error %v, warnings %v", err, warnings)
	}
	if err := caddy.Load(adapted, true); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if status, body, _ := patch(t, directory); status != http.StatusBadRequest || !strings.Contains(body, `"scimType":"invalid`) {
		t.Errorf("directly: status %d: %s", status, body)
	}
	status, body, changes := patch(t, gateway)
	if status != http.StatusOK || !strings.Contains(body, `"active":false`) {
		t.Errorf("through the gateway: status %d: %s", status, body)
	}
	if !strings.HasPrefix(changes, "patch.op-case, value.boolean") {
		t.Errorf("changes %q", changes)
	}
}

func patch(t *testing.T, port string) (status int, body, changes string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPatch, "http://127.0.0.1:"+port+"/scim/v2/Users/ada", strings.NewReader(entraDisables))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/scim+json")
	r.Header.Set("Accept", "application/scim+json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header.Get("X-Scim-Changes")
}

// freePorts finds two ports on which nobody listens.
func freePorts(t *testing.T) (string, string) {
	t.Helper()
	var ports [2]string
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, ports[i], _ = net.SplitHostPort(l.Addr().String())
	}
	return ports[0], ports[1]
}
