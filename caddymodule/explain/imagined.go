package explain

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// imagined is a service provider that takes everything and keeps what it is
// sent. All that it knows is the resource that came with the request.
type imagined struct {
	gateway  *Gateway
	method   string // of the client
	resource string
	sent     []Message
	created  int

	// optional is set while the plan of the provider makes a read that it can do
	// without. The adaptation to a service provider cannot: it gets a resource
	// that is made up.
	optional bool
}

const emptyList = `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`

// adapted is a plan whose own reads can be told from those of the adaptation.
func (p *imagined) adapted(plan *rewrite.Plan) *rewrite.Plan {
	told := *plan
	told.Adapt = func(send scim.Send) scim.Send {
		adapted := send
		if plan.Adapt != nil {
			adapted = plan.Adapt(send)
		}
		return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
			p.optional = req.Method == http.MethodGet && req.Method != p.method
			return adapted(ctx, req)
		}
	}
	return &told
}

func (p *imagined) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	p.note(req)
	route, _ := p.gateway.Registry.Route(p.gateway.Base, req.Path)
	switch req.Method {
	case http.MethodGet, http.MethodHead:
		return p.read(req, route)
	case http.MethodPost:
		return ok(p.post(req, route))
	case http.MethodPut:
		return ok(http.StatusOK, withID(req.Body, route.ID))
	case http.MethodPatch:
		return ok(http.StatusOK, p.state(route))
	default:
		return ok(http.StatusNoContent, "")
	}
}

// read answers a GET. One that the client did not send itself asks for the state
// of the resource, which may not be known.
func (p *imagined) read(req *scim.Request, route scim.Route) (*scim.Response, error) {
	switch {
	case p.optional && p.resource == "":
		return nil, rewrite.ErrNoState
	case route.Endpoint == scim.EndpointConfig:
		return ok(http.StatusOK, `{"schemas":["`+scim.ServiceProviderConfigURI+`"],"patch":{"supported":true}}`)
	case route.ID != "" && route.Endpoint == scim.EndpointSchemas:
		return ok(http.StatusOK, withID(`{"schemas":["`+scim.SchemaURI+`"],"attributes":[]}`, route.ID))
	case route.ID != "" && route.Endpoint == scim.EndpointResourceTypes:
		return ok(http.StatusOK, withID(`{"schemas":["`+scim.ResourceTypeURI+`"],"endpoint":"/`+route.ID+`"}`, route.ID))
	case route.ID != "" || route.Endpoint == "Me":
		return p.versioned(req, route)
	default:
		return ok(http.StatusOK, emptyList)
	}
}

// versioned answers a read with the state, and on behalf of a change with its
// version too, so that the change is made on condition of it where there are
// versions at all.
func (p *imagined) versioned(req *scim.Request, route scim.Route) (*scim.Response, error) {
	resp, err := ok(http.StatusOK, p.state(route))
	if p.method != req.Method && !p.optional {
		resp.Header.Set("ETag", imaginedVersion)
	}
	return resp, err
}

// imaginedVersion is the entity tag of every resource.
const imaginedVersion = `W/"1"`

func (p *imagined) post(req *scim.Request, route scim.Route) (status int, body string) {
	switch {
	case route.Search:
		return http.StatusOK, emptyList
	case route.Endpoint == "Bulk":
		return http.StatusOK, `{"schemas":["` + scim.BulkResponseURI + `"],"Operations":[]}`
	default:
		p.created++
		return http.StatusCreated, withID(req.Body, strconv.Itoa(p.created)) // a number, as some ids have to be
	}
}

// state is the resource, as far as it is known.
func (p *imagined) state(route scim.Route) string {
	if p.resource != "" {
		return p.resource
	}
	if route.Type == nil {
		return withID("{}", route.ID)
	}
	return withID(`{"schemas":[`+scim.Quote(route.Type.Schema.ID)+`]}`, route.ID)
}

func withID(body, id string) string {
	v := scim.Parse(body)
	if v.Kind() == scim.Object && v.Get("id") == nil {
		v.Set("id", scim.StringValue(id))
	}
	return v.Raw()
}

func ok(status int, body string) (*scim.Response, error) {
	header := make(http.Header)
	if body != "" {
		header.Set("Content-Type", scim.MediaType)
	}
	return &scim.Response{Status: status, Header: header, Body: body}, nil
}

// note keeps a request.
func (p *imagined) note(req *scim.Request) {
	m := Message{Method: req.Method, Target: req.Path, Headers: map[string]string{}, Body: req.Body}
	if req.Query != "" {
		m.Target += "?" + req.Query
	}
	for name, values := range req.Header {
		if !transport[name] {
			m.Headers[name] = strings.Join(values, ", ")
		}
	}
	p.sent = append(p.sent, m)
}

// transport are the headers that are made anew for each connection, and so say
// nothing here.
var transport = map[string]bool{
	"Connection":        true,
	"Content-Length":    true,
	"Expect":            true,
	"Host":              true,
	"Keep-Alive":        true,
	"Proxy-Connection":  true,
	"Te":                true,
	"Trailer":           true,
	"Transfer-Encoding": true,
	"Upgrade":           true,
}
