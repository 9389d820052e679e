package replicas_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-scim/caddy-scim/caddymodule"
	"github.com/caddy-scim/caddy-scim/scim"
)

// asReplica names the variable by which a process of this test learns that it is
// to be a gateway, and with which Caddyfile.
const asReplica = "SCIM_TEST_REPLICA"

func TestMain(m *testing.M) {
	if text := os.Getenv(asReplica); text != "" {
		if err := run(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// run runs Caddy in this process.
func run(text string) error {
	config, _, err := caddyfile.Adapter{ServerType: httpcaddyfile.ServerType{}}.Adapt([]byte(text), nil)
	if err != nil {
		return err
	}
	return caddy.Load(config, true)
}

// replica is a gateway in a process of its own.
type replica struct {
	addr string
	out  *bytes.Buffer
}

// startReplica starts a gateway with these lines in its scim block, in front of a
// backend.
func startReplica(t *testing.T, backend, lines string) *replica {
	t.Helper()
	r := &replica{addr: freeAddress(t), out: new(bytes.Buffer)}
	text := fmt.Sprintf(`{
	admin off
	persist_config off
	auto_https off
}
http://%s {
	scim {
		%s
	}
	reverse_proxy %s
}
`, r.addr, lines, backend)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asReplica+"="+text)
	cmd.Stdout, cmd.Stderr = r.out, r.out
	stop, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("replica %s:\n%s", r.addr, lastLines(r.out.String(), 20))
		}
	})
	r.await(t)
	return r
}

// await waits until the gateway listens.
func (r *replica) await(t *testing.T) {
	t.Helper()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", r.addr); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatalf("the replica does not come up:\n%s", r.out)
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// do sends a request and returns the status and body of the answer.
func (r *replica) do(method, path, body string) (int, string) {
	req, err := http.NewRequest(method, "http://"+r.addr+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Accept", scim.MediaType)
	if body != "" {
		req.Header.Set("Content-Type", scim.MediaType)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
