// Package explain tells what the gateway would do with a request, without a
// service provider: what it would forward, what it would change on the way and
// why, and what it would refuse.
package explain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Gateway is what is configured.
type Gateway struct {
	Registry *scim.Registry
	Base     scim.Base
	Plans    map[string]*rewrite.Plan // by name of the provider

	// Provider names the provider that a request comes from, and says by what it was
	// told.
	Provider func(*scim.Request) (name, signal string)

	// Context, if set, makes the context in which the plan of a provider carries
	// out a request: what rules of the user look at stands in it.
	Context func(ctx context.Context, req *scim.Request, provider string) context.Context
}

// Request is a request as a client would send it.
type Request struct {
	Method string
	Target string // path and query, or a URL
	Header http.Header
	Body   string

	// Resource is the JSON of the addressed resource as it is at present; empty
	// if that is not known.
	Resource string
}

// Answer says what would become of a request.
type Answer struct {
	Provider  string    `json:"provider"`
	Signal    string    `json:"signal,omitempty"` // by what the provider was told
	Operation string    `json:"operation"`
	Forwarded []Message `json:"forwarded"`
	Changes   []Change  `json:"changes"`
	Error     *Error    `json:"error,omitempty"`
}

// Message is a request to the service provider.
type Message struct {
	Method  string            `json:"method"`
	Target  string            `json:"target"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// Change is one thing that is done to the request.
type Change struct {
	Rule   string `json:"rule"`
	At     string `json:"at"`
	Why    string `json:"why"`
	Source string `json:"source"`
}

// Error is the error that the gateway would answer itself.
type Error struct {
	Status   int    `json:"status"`
	ScimType string `json:"scimType,omitempty"`
	Detail   string `json:"detail"`
}

// Refused is the answer to what is no request at all.
func Refused(err error) Answer {
	refusal := scim.AsError(err)
	return Answer{
		Forwarded: []Message{},
		Changes:   []Change{},
		Error:     &Error{Status: refusal.Status, ScimType: string(refusal.Type), Detail: refusal.Detail},
	}
}

// Explain carries a request out against a service provider that is only
// imagined.
func (g *Gateway) Explain(ctx context.Context, r Request) Answer {
	req, err := r.message()
	if err != nil {
		return Refused(err)
	}
	imagined := &imagined{gateway: g, method: r.Method, resource: r.Resource}
	route, ours := g.Registry.Route11(g.Base, req.Path)
	if !ours || r.Method == http.MethodOptions {
		imagined.note(req)
		return Answer{Forwarded: imagined.sent, Changes: []Change{}}
	}
	name, signal := g.Provider(req)
	changes, err := g.do(ctx, name, req, imagined)
	answer := Answer{Forwarded: []Message{}, Changes: []Change{}}
	if err != nil {
		answer = Refused(err)
	}
	answer.Provider, answer.Signal = name, signal
	answer.Operation = route.Operation(g.method(name, route, req))
	answer.Forwarded = append(answer.Forwarded, imagined.sent...)
	for _, c := range ofRequest(changes) {
		answer.Changes = append(answer.Changes, Change{Rule: c.ID, At: c.At, Why: c.Why, Source: c.Source})
	}
	return answer
}

// do carries out the plan. A request that brings it down must not take the
// explanation of the others with it.
func (g *Gateway) do(ctx context.Context, name string, req *scim.Request, imagined *imagined) (changes []rewrite.Change, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = scim.Errorf(http.StatusInternalServerError, "", "panic in the plan: %v", cause)
		}
	}()
	plan := g.Plans[name]
	if plan == nil {
		return nil, fmt.Errorf("there is no plan for provider %q", name)
	}
	if g.Context != nil {
		ctx = g.Context(ctx, req, name)
	}
	_, changes, err = imagined.adapted(plan).Do(ctx, req, imagined.send)
	return changes, err
}

// message is r as it stands behind an HTTP server.
func (r *Request) message() (*scim.Request, error) {
	if r.Method == "" || r.Target == "" {
		return nil, scim.BadRequest(scim.InvalidSyntax, "method and target are needed")
	}
	origin, target, err := r.split()
	if err != nil {
		return nil, scim.BadRequest(scim.InvalidSyntax, "target %q: %v", r.Target, err)
	}
	path, query, _ := strings.Cut(target, "?")
	if _, err := url.PathUnescape(path); err != nil {
		return nil, scim.BadRequest(scim.InvalidSyntax, "target %q: %v", r.Target, err)
	}
	header := r.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	return &scim.Request{
		Method: r.Method,
		Path:   path, // as given, so that the <id> of an example stays readable
		Query:  query,
		Header: header,
		Body:   r.Body,
		Origin: origin,
	}, nil
}

// split takes scheme and authority off the target.
func (r *Request) split() (origin, target string, err error) {
	host := r.Header.Get("Host")
	if host == "" {
		host = "localhost"
	}
	if strings.HasPrefix(r.Target, "/") {
		return "http://" + host, r.Target, nil
	}
	scheme, rest, found := strings.Cut(r.Target, "://")
	if !found {
		return "", "", errors.New("it is neither a path nor a URL")
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		return scheme + "://" + rest, "/", nil
	}
	if rest[end] == '?' {
		return scheme + "://" + rest[:end], "/" + rest[end:], nil
	}
	return scheme + "://" + rest[:end], rest[end:], nil
}

// method is the method that a request is meant to have.
func (g *Gateway) method(provider string, route scim.Route, req *scim.Request) string {
	if plan := g.Plans[provider]; plan != nil {
		return plan.Method(route, req)
	}
	return req.Method
}
