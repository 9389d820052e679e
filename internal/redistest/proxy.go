package redistest

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a network between a client and a server: it can be slow, and it can
// lead to another server from now on, as a name or a virtual address does after
// a failover.
type Proxy struct {
	Addr string

	listener net.Listener
	mu       sync.Mutex
	target   string
	delay    time.Duration
	conns    map[net.Conn]bool
}

// NewProxy is a proxy that leads to the server, and ends with the test.
func NewProxy(t testing.TB, to *Server) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), listener: l, target: to.Addr, conns: map[net.Conn]bool{}}
	go p.serve()
	t.Cleanup(func() { l.Close(); p.Cut() })
	return p
}

// Delay holds up what goes to the server from now on.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Lead leads new connections to another server, and cuts the others.
func (p *Proxy) Lead(to *Server) {
	p.mu.Lock()
	p.target = to.Addr
	p.mu.Unlock()
	p.Cut()
}

// Cut closes all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		conn.Close()
	}
	clear(p.conns)
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		target := p.target
		p.mu.Unlock()
		server, err := net.Dial("tcp", target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		go p.forward(server, client, true)
		go p.forward(client, server, false)
	}
}

func (p *Proxy) forward(to, from net.Conn, held bool) {
	defer to.Close()
	defer from.Close()
	for buf := make([]byte, 64<<10); ; {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		delay := p.delay
		p.mu.Unlock()
		if held && delay > 0 {
			time.Sleep(delay)
		}
		if _, err := io.Writer(to).Write(buf[:n]); err != nil {
			return
		}
	}
}
