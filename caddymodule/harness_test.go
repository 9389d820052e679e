package caddymodule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"

	"github.com/caddy-scim/caddy-scim/scim"
)

// site is a Caddy that runs in this process, with one site. There can be only
// one at a time.
type site struct {
	t         *testing.T
	addr      string
	directory string // address of the embedded directory
	log       string // name of the access log

	adminAddr  string               // of the admin API, if it is on
	directives string               // that were loaded last
	edit       func(map[string]any) // what else is done to the configuration
}

// startSite runs Caddy with the given directives. BACKEND in them stands for the
// address of the backend, if there is one, and DIRECTORY for that of a second
// site, which is an embedded directory.
func startSite(t *testing.T, b *upstream, directives string) *site {
	t.Helper()
	free := freeAddresses(t, 2)
	s := &site{t: t, addr: free[0], directory: free[1], log: filepath.Join(t.TempDir(), "access.log")}
	s.load(b, directives)
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// load replaces the configuration.
func (s *site) load(b *upstream, directives string) {
	s.t.Helper()
	if err := s.tryLoad(b, directives); err != nil {
		s.t.Fatal(err)
	}
}

// tryLoad is load with a configuration that may be in error.
func (s *site) tryLoad(b *upstream, directives string) error {
	s.t.Helper()
	s.directives = directives
	if b != nil {
		directives = strings.ReplaceAll(directives, "BACKEND", b.address())
	}
	directives = strings.ReplaceAll(directives, "DIRECTORY", s.directory)
	text := fmt.Sprintf(`{
	admin off
	persist_config off
	auto_https off
	log {
		output discard
	}
	servers {
		trusted_proxies static 127.0.0.1/32
	}
}
http://%s {
	log {
		output file %s {
			roll_disabled
		}
	}
	%s
}
http://%s {
	scim_directory
}
`, s.addr, s.log, directives, s.directory)
	adapter := caddyfile.Adapter{ServerType: httpcaddyfile.ServerType{}}
	config, _, err := adapter.Adapt([]byte(text), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	if s.edit != nil {
		var tree map[string]any
		if err := json.Unmarshal(config, &tree); err != nil {
			return err
		}
		s.edit(tree)
		if config, err = json.Marshal(tree); err != nil {
			return err
		}
	}
	return caddy.Load(config, true)
}

// freeAddresses finds addresses on which nobody listens.
func freeAddresses(t *testing.T, n int) []string {
	t.Helper()
	free := make([]string, 0, n)
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // not before all are found
		free = append(free, l.Addr().String())
	}
	return free
}

// accessLog returns what was logged so far.
func (s *site) accessLog() string {
	s.t.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request. Headers are given as name, value and so on.
func (s *site) do(method, target, body string, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.addr+target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", scim.MediaType)
	}
	r.Header.Set("Accept", scim.MediaType)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return s.send(r)
}

var client = &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}

func (s *site) send(r *http.Request) answer {
	s.t.Helper()
	resp, err := client.Do(r)
	for range 3 { // a socket of the configuration before may take a connection and close it
		if err == nil || !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			break
		}
		if r.GetBody != nil {
			r.Body, _ = r.GetBody()
		}
		resp, err = client.Do(r)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// wantError checks that the answer is a SCIM error.
func (a answer) wantError(t *testing.T, status int, typ scim.ErrorType, detail string) {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != scim.MediaType {
		t.Errorf("status %d, Content-Type %q; want %d and %s", a.status, a.header.Get("Content-Type"), status, scim.MediaType)
	}
	if member(a.body, "status") != strconv.Itoa(status) || member(a.body, "scimType") != string(typ) ||
		!strings.Contains(member(a.body, "detail"), detail) {
		t.Errorf("body %s; want status %d, scimType %q and a detail with %q", a.body, status, typ, detail)
	}
}

// upstream is a service provider that notes what it is sent.
type upstream struct {
	server *httptest.Server
	mu     sync.Mutex
	seen   []sent
}

// sent is a request as the backend saw it.
type sent struct {
	method, target, body string
	header               http.Header
	length               int64
	coding               []string
}

// startBackend runs a backend whose answers handler makes.
func startBackend(t *testing.T, handler http.HandlerFunc) *upstream {
	t.Helper()
	b := new(upstream)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.seen = append(b.seen, sent{r.Method, r.RequestURI, string(body), r.Header.Clone(), r.ContentLength, r.TransferEncoding})
		b.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r)
	}))
	t.Cleanup(b.server.Close)
	return b
}

func (b *upstream) address() string { return b.server.Listener.Addr().String() }

// requests returns what has come since the last time.
func (b *upstream) requests() []sent {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.seen
	b.seen = nil
	return all
}

// one returns the only request that has come since the last time.
func (b *upstream) one(t *testing.T) sent {
	t.Helper()
	all := b.requests()
	if len(all) != 1 {
		t.Fatalf("the backend got %d requests, want one", len(all))
	}
	return all[0]
}

const ada = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"17","userName":"ada.lind@example.com"}`

// answerAda answers everything with one user.
func answerAda(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", scim.MediaType)
	io.WriteString(w, ada)
}

// patchActive is a PATCH that is in normal form.
const patchActive = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}`

// member returns the text of a member of a JSON object.
func member(body, name string) string {
	v := scim.Parse(body)
	return v.Get(name).Text()
}
