package pace_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

const crew = "/scim/v2/Groups/crew"

// provider is a service provider with groups and users. It can be told to
// refuse, to be slow and to have no PATCH.
type provider struct {
	slow   time.Duration
	refuse func(*scim.Request) *scim.Response // nil, or an answer instead
	noPut  bool
	patch  bool // takes PATCH

	mu        sync.Mutex
	resources map[string]string
	asked     []string // METHOD path
	bodies    []string
	inside    int
	most      int // inside at a time
	writes    int
}

func newProvider() *provider {
	return &provider{slow: time.Millisecond, resources: map[string]string{}}
}

func (p *provider) send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	p.mu.Lock()
	p.asked = append(p.asked, req.Method+" "+strings.TrimPrefix(req.Path, "/scim/v2"))
	p.bodies = append(p.bodies, req.Body)
	p.inside++
	p.most = max(p.most, p.inside)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.inside--
		p.mu.Unlock()
	}()
	timer := time.NewTimer(p.slow)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.refuse != nil {
		if resp := p.refuse(req); resp != nil {
			return resp, nil
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.serve(req), nil
}

func (p *provider) serve(req *scim.Request) *scim.Response {
	doc, there := p.resources[req.Path]
	if !there && req.Method != http.MethodPost {
		doc = fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"%s","displayName":"Crew"}`,
			req.Path[strings.LastIndexByte(req.Path, '/')+1:])
	}
	switch {
	case req.Method == http.MethodGet:
	case req.Method == http.MethodPut && !p.noPut:
		p.writes++
		doc = req.Body
	case req.Method == http.MethodPatch && p.patch:
		p.writes++
		resource, body := scim.Parse(doc), scim.Parse(req.Body)
		ops, err := scim.ParsePatch(&body)
		if err == nil {
			resource, _, err = scim.Apply(&resource, ops, scim.Core().ByName("Group"))
		}
		if err != nil {
			e := scim.AsError(err)
			return &scim.Response{Status: e.Status, Header: http.Header{}, Body: e.Body()}
		}
		doc = resource.Raw()
	case req.Method == http.MethodDelete:
		return &scim.Response{Status: 204, Header: http.Header{}}
	case req.Method == http.MethodPost:
		return &scim.Response{Status: 201, Header: http.Header{}, Body: req.Body}
	default:
		return refusal(405)
	}
	p.resources[req.Path] = doc
	return &scim.Response{Status: 200, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: doc}
}

func refusal(status int) *scim.Response {
	e := scim.Errorf(status, "", "no")
	return &scim.Response{Status: status, Header: http.Header{}, Body: e.Body()}
}

func (p *provider) members(path string) []string {
	doc := scim.Parse(p.resources[path])
	list := doc.Get("members")
	var ids []string
	for i := range list.Members() {
		ids = append(ids, list.At(i).Get("value").Text())
	}
	slices.Sort(ids)
	return ids
}

// gateway is one replica in front of a provider.
type gateway struct {
	*pace.Pacer
	plan   func(scim.Send) scim.Send
	behind scim.Send

	mu     sync.Mutex
	events []string
}

func newGateway(t *testing.T, behind scim.Send, state *pace.State, settings pace.Settings, caps backend.Capabilities) *gateway {
	t.Helper()
	g := &gateway{behind: behind}
	settings.Report = pace.Report{
		Refused:   func(r *pace.Refusal, c limit.Class) { g.note("refused %s %s", r.Reason, c) },
		Together:  func(n int, ok bool) { g.note("together %d %t", n, ok) },
		Slowed:    func(s limit.Slowdown) { g.note("slowed %v", s.Hold) },
		Recovered: func() { g.note("recovered") },
		LeaseLost: func() { g.note("lease lost") },
	}
	if settings.Store == nil {
		settings.Store = limit.NewMemory(0)
	}
	g.Pacer = pace.New(state, settings)
	b, err := backend.New(backend.Options{Capabilities: caps, Registry: scim.Core(), Lanes: g.Pacer, Pressure: g.Pacer})
	if err != nil {
		t.Fatal(err)
	}
	g.plan = g.Layer(b.Adapt)
	return g
}

func (g *gateway) note(format string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, fmt.Sprintf(format, args...))
}

func (g *gateway) noted() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.events)
}

// call is a request of a client.
type call struct {
	method, path, query, body string
	header                    http.Header
	identity                  string
	limits                    []limit.Limit
	reads                     time.Duration // its body
}

func (g *gateway) do(ctx context.Context, c call) (*scim.Response, error) {
	route, _ := scim.Core().Route(scim.Base{}, c.path)
	ticket, err := g.Reserve(ctx, pace.Facts{Method: c.method, Route: route, Limits: c.limits, Identity: c.identity})
	if err != nil {
		return nil, err
	}
	defer ticket.Done()
	time.Sleep(c.reads)
	if c.header == nil {
		c.header = http.Header{}
	}
	req := &scim.Request{Method: c.method, Path: c.path, Query: c.query, Header: c.header, Body: c.body}
	return g.plan(g.behind)(pace.With(ctx, ticket), req)
}

// idle finds what is left behind.
func (g *gateway) idle(t *testing.T) {
	t.Helper()
	if s := g.Stats(); s.Holding != 0 || s.Inside != 0 || s.Lanes != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

func patchOf(ops ...string) string {
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + strings.Join(ops, ",") + `]}`
}

func adds(ids ...string) string {
	return `{"op":"add","path":"members","value":[{"value":"` + strings.Join(ids, `"},{"value":"`) + `"}]}`
}

func removes(id string) string {
	return `{"op":"remove","path":"members[value eq \"` + id + `\"]"}`
}

func join(id string) call {
	return call{method: http.MethodPatch, path: crew, body: patchOf(adds(id))}
}

// leaser is a Leaser in memory: first come, first served.
type leaser struct {
	lanes limit.Lanes
	mu    sync.Mutex
	held  []*lease
	taken int
	err   error
	local bool // leases have no fence
}

type lease struct {
	leave func()
	lost  chan struct{}
	once  sync.Once
	fence int64
}

func (l *leaser) Acquire(ctx context.Context, key string, _ time.Duration) (limit.Lease, error) {
	time.Sleep(100 * time.Microsecond)
	if l.err != nil {
		return nil, l.err
	}
	leave, err := l.lanes.Enter(ctx, key)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken++
	one := &lease{leave: leave, lost: make(chan struct{}), fence: int64(l.taken)}
	if l.local {
		one.fence = 0
	}
	l.held = append(l.held, one)
	return one, nil
}

func (l *lease) Fence() int64          { return l.fence }
func (l *lease) Lost() <-chan struct{} { return l.lost }
func (l *lease) Release()              { l.once.Do(l.leave) }

func (l *leaser) setLocal(local bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.local = local
}

func (l *leaser) loseAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.held {
		select {
		case <-one.lost:
		default:
			close(one.lost)
		}
	}
}

func lacking() *bool { return new(bool) }
