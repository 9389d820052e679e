package caddymodule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/scim"
)

// routeGroup is the context key under which Caddy notes which of several
// mutually exclusive routes, such as handle blocks, has been taken. A second
// exchange that saw the notes of the first would skip them all.
const routeGroup = caddy.CtxKey("route_group")

// errPassed ends a plan whose answer has gone to the client already.
var errPassed = errors.New("the answer went to the client without being held")

// send makes one exchange with the service provider: it takes req through the
// handlers that follow and returns what they answer.
func (c *call) send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	if c.passed {
		return nil, errPassed
	}
	if groups, ok := ctx.Value(routeGroup).(map[string]struct{}); ok {
		ctx = context.WithValue(ctx, routeGroup, maps.Clone(groups))
	}
	out, restore, err := c.outgoing(ctx, req)
	if err != nil {
		return nil, err
	}
	defer restore()
	rec := c.record(req)
	defer rec.free()
	if req.Stream != nil {
		exchange, cancel := context.WithCancel(ctx)
		defer cancel()
		out = out.WithContext(exchange)
		rec.begin = func() *stream { return startStream(req.Stream, cancel) }
	}
	err = c.run(rec, out)
	c.last, c.failed = rec.header, nil
	if rec.stream != nil {
		err = rec.stream.end(err)
	} else if err != nil {
		c.failed = rec.header
	}
	switch {
	case rec.passing:
		c.passed = true
		rec.count()
		if err != nil {
			return nil, err
		}
		return nil, errPassed
	case rec.overflow:
		return nil, scim.Errorf(http.StatusBadGateway, "",
			"the answer of the service provider is larger than %d bytes", rec.limit)
	case err != nil:
		return nil, cmp.Or(ctx.Err(), err)
	case rec.status == statusClientGone:
		return nil, context.Canceled
	case rec.status == 0:
		return nil, scim.Errorf(http.StatusBadGateway, "", "no service provider answered behind the gateway")
	}
	return &scim.Response{Status: rec.status, Header: rec.sent, Body: rec.body.String()}, nil
}

// run gives control to the handlers that follow. When an answer that has begun
// cannot be brought to its end, reverse_proxy panics to abort the connection. As
// long as the answer is held there is nothing to abort.
func (c *call) run(rec *recorder, out *http.Request) (err error) {
	began := clock()
	defer func() {
		if rec.passing || rec.status == 0 {
			return
		}
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			c.running, err = false, errBrokenOff
			c.exchanging += clock() - began
		default:
			panic(cause)
		}
	}()
	c.exchanges++
	c.running = true
	err = c.next.ServeHTTP(rec, out)
	c.running = false
	c.exchanging += clock() - began
	return err
}

var errBrokenOff = scim.Errorf(http.StatusBadGateway, "", "the answer of the service provider broke off")

// outgoing is the request of one exchange. Placeholders such as {uri} read the
// request that Caddy prepared and not the copy that goes down the chain, and a
// "rewrite * /v2{uri}" behind us has to see what we send: so the incoming
// request shows method and target of the exchange while it lasts, until restore
// is called.
func (c *call) outgoing(ctx context.Context, req *scim.Request) (out *http.Request, restore func(), err error) {
	target := *c.r.URL
	if req.Path != target.EscapedPath() {
		if target.Path, err = url.PathUnescape(req.Path); err != nil {
			return nil, nil, fmt.Errorf("path %q: %w", req.Path, err)
		}
		target.RawPath = req.Path
	}
	if req.Query != target.RawQuery {
		target.RawQuery, target.ForceQuery = req.Query, false
	}
	before, method, uri := *c.r.URL, c.r.Method, c.r.RequestURI
	restore = func() { *c.r.URL, c.r.Method, c.r.RequestURI = before, method, uri }
	*c.r.URL, c.r.Method = target, req.Method
	if target != before {
		c.r.RequestURI = target.RequestURI()
	}
	out = c.r.WithContext(ctx)
	out.Header = req.Header.Clone()
	c.setBody(out, req.Body)
	// The answer has to be read here. A range of it could not be.
	out.Header.Set("Accept-Encoding", "identity")
	for _, name := range overrides {
		out.Header.Del(name)
	}
	out.Header.Del("Range")
	out.Header.Del("If-Range")
	return out, restore, nil
}

// setBody makes body the body of out, and nothing of out describe another.
func (c *call) setBody(out *http.Request, body string) {
	out.TransferEncoding, out.Trailer = nil, nil
	out.ContentLength = int64(len(body))
	out.Header.Del("Content-Length")
	out.Header.Del("Trailer")
	if body != c.original {
		dropDigests(out.Header)
	}
	if body == "" {
		out.Body, out.GetBody = http.NoBody, nil
		return
	}
	out.Header.Set("Content-Length", strconv.Itoa(len(body)))
	// GetBody lets a transport send the request again on a fresh connection when
	// a kept one turns out to be closed.
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
}
