package imitation

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Vendor is a service provider's peculiarities, as data.
type Vendor struct {
	Name    string // as the preset
	Limits  []Limit
	Answers []Answer // applied in order
	Options directory.Options
}

// Limit looks at a call before it is carried out. It refuses it, or changes it
// into what the service provider understands by it.
type Limit func(*Call) *Refusal

// Answer makes an answer what the service provider would send. A call that was
// refused is answered as well.
type Answer func(*Call, *scim.Response)

// Refusal is how a call is refused.
type Refusal struct {
	Status int
	Type   scim.ErrorType
	Detail string
	HTML   bool // as a page for people
}

// Call is a request as the limits see it.
type Call struct {
	Method   string
	Path     string // of the request, without the query
	Endpoint string // Users
	ID       string
	Query    url.Values
	Header   http.Header
	Body     scim.Value
}

// Provider is an imitation at work. It is safe for concurrent use.
type Provider struct {
	vendor    *Vendor
	directory *directory.Directory

	mu  sync.Mutex
	log []string
}

// New makes an empty imitation.
func New(v *Vendor) (*Provider, error) {
	d, err := directory.New(v.Options)
	if err != nil {
		return nil, err
	}
	return &Provider{vendor: v, directory: d}, nil
}

// Log returns the calls so far, as method, path and query.
func (p *Provider) Log() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.log...)
}

// Send makes a call without a network.
func (p *Provider) Send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	target := req.Method + " " + req.Path
	if req.Query != "" {
		target += "?" + req.Query
	}
	p.mu.Lock()
	p.log = append(p.log, target)
	p.mu.Unlock()

	query, err := url.ParseQuery(req.Query)
	if err != nil {
		return nil, err
	}
	route, _ := scim.Core().Route(scim.Base{}, req.Path)
	c := &Call{
		Method: req.Method, Path: req.Path, Endpoint: route.Endpoint, ID: route.ID,
		Query: query, Header: req.Header.Clone(), Body: scim.Parse(req.Body),
	}
	resp := p.carryOut(ctx, c)
	for _, answer := range p.vendor.Answers {
		answer(c, resp)
	}
	return resp, nil
}

func (p *Provider) carryOut(ctx context.Context, c *Call) *scim.Response {
	for _, limit := range p.vendor.Limits {
		if r := limit(c); r != nil {
			return r.response()
		}
	}
	return p.inside(ctx, c)
}

// inside makes a call without the limits of the vendor, but with those of its
// directory.
func (p *Provider) inside(ctx context.Context, c *Call) *scim.Response {
	target := "http://provider.example.com" + c.Path
	if len(c.Query) > 0 {
		target += "?" + strings.ReplaceAll(c.Query.Encode(), "+", "%20")
	}
	body := ""
	if c.Body.Exists() {
		body = c.Body.Raw()
	}
	r := httptest.NewRequestWithContext(ctx, c.Method, target, strings.NewReader(body))
	r.Header = c.Header
	if r.Header == nil {
		r.Header = http.Header{}
	}
	w := httptest.NewRecorder()
	p.directory.ServeHTTP(w, r)
	return &scim.Response{Status: w.Code, Header: w.Header().Clone(), Body: w.Body.String()}
}

func (r *Refusal) response() *scim.Response {
	if r.HTML {
		return &scim.Response{
			Status: r.Status,
			Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}},
			Body:   "<!DOCTYPE html><title>Error " + http.StatusText(r.Status) + "</title>",
		}
	}
	e := scim.Errorf(r.Status, r.Type, "%s", r.Detail)
	return &scim.Response{Status: r.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: e.Body()}
}

func refuse(status int, typ scim.ErrorType, detail string) *Refusal {
	return &Refusal{Status: status, Type: typ, Detail: detail}
}
