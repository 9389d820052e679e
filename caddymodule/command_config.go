package caddymodule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// handler sets up the handler of the configuration, or one that has nothing
// configured.
func (o *explainOptions) handler() (*Handler, context.CancelFunc, error) {
	h := new(Handler)
	if o.config != "" {
		text, _, _, err := caddycmd.LoadConfig(o.config, o.adapter)
		if err != nil {
			return nil, nil, err
		}
		if h, err = firstHandler(text); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.config, err)
		}
	}
	h.logger = zap.NewNop() // what it says is for those who run it
	ctx, release := caddy.NewContext(caddy.Context{Context: context.Background()})
	if err := errors.Join(h.Provision(ctx), h.Validate()); err != nil {
		release()
		return nil, nil, err
	}
	return h, release, nil
}

// gateway sets up what requests are explained with.
func (o *explainOptions) gateway() (*explain.Gateway, context.CancelFunc, error) {
	h, release, err := o.handler()
	if err != nil {
		return nil, nil, err
	}
	if o.provider != "" && h.plans[o.provider] == nil {
		release()
		return nil, nil, unknown("provider", o.provider, slices.Sorted(maps.Keys(h.plans)))
	}
	return &explain.Gateway{
		Registry: h.registry,
		Base:     h.base,
		Plans:    h.plans,
		Provider: func(req *scim.Request) (name, signal string) {
			if o.provider != "" {
				return o.provider, "--provider"
			}
			return h.providerOf(req)
		},
		Context: h.contextOf,
	}, release, nil
}

// providerOf names the provider of a request that did not come over the wire, and
// the trait by which it was told.
func (h *Handler) providerOf(req *scim.Request) (name, signal string) {
	if r, err := asHTTP(req); err == nil {
		if name, err := h.matched(r); err == nil && name != "" {
			return name, "match"
		}
	}
	known, trait := rules.Recognise(headOf(req))
	if trait == nil {
		route, _ := h.registry.Route11(h.base, req.Path)
		known, trait = recogniseByBody(req, h.plans[generic].BodyLimit(route))
	}
	return known.Name, trait.Trait()
}

// contextOf is the context that a request which did not come over the wire would
// have: matchers and values of rules find the request and its placeholders in it.
func (h *Handler) contextOf(ctx context.Context, req *scim.Request, provider string) context.Context {
	r, err := asHTTP(req)
	if err != nil {
		return ctx
	}
	c := &call{h: h, r: r, req: req, method: req.Method}
	c.route, _ = h.registry.Route11(h.base, req.Path)
	c.operation = c.route.Operation(c.method)
	c.take(provider)
	c.announce()
	return withRequest(context.WithValue(ctx, caddy.ReplacerCtxKey, r.Context().Value(caddy.ReplacerCtxKey)), r)
}

// headOf is the request without its body.
func headOf(req *scim.Request) *scim.Request {
	head := *req
	head.Body = ""
	return &head
}

// asHTTP makes the request as Caddy's matchers would see it.
func asHTTP(req *scim.Request) (*http.Request, error) {
	target, err := url.Parse(req.Origin + req.Path)
	if err != nil {
		return nil, err
	}
	r := &http.Request{
		Method:     req.Method,
		URL:        &url.URL{Path: target.Path, RawPath: target.RawPath, RawQuery: req.Query},
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     req.Header.Clone(),
		Body:       http.NoBody,
		Host:       target.Host,
		RemoteAddr: "127.0.0.1:0",
	}
	r.RequestURI = r.URL.RequestURI()
	r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), nil, nil)
	caddyhttp.SetVar(r.Context(), caddyhttp.ClientIPVarKey, "127.0.0.1")
	return r, nil
}

// firstHandler finds the first scim handler in a configuration.
func firstHandler(config []byte) (*Handler, error) {
	var tree any
	if err := json.Unmarshal(config, &tree); err != nil {
		return nil, err
	}
	found := findHandler(tree)
	if found == nil {
		return nil, errors.New("there is no scim handler in it")
	}
	delete(found, "handler")
	text, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	h := new(Handler)
	return h, caddy.StrictUnmarshalJSON(text, h)
}

// findHandler looks for it depth first, members in the order of their names.
func findHandler(tree any) map[string]any {
	switch node := tree.(type) {
	case map[string]any:
		if node["handler"] == "scim" {
			return node
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			if found := findHandler(node[name]); found != nil {
				return found
			}
		}
	case []any:
		for _, element := range node {
			if found := findHandler(element); found != nil {
				return found
			}
		}
	}
	return nil
}
