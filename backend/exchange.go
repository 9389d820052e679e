package backend

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// exchanges is the bottom: one exchange with the service provider. The request
// goes out in its own shapes, and what it answers comes back in those of RFC
// 7644, so that all plans above read one kind of answer: ids are text, lists
// are ListResponses, errors are SCIM errors, and a route that does not exist is
// told apart from a resource that does not.
//
// A full service provider gets the very request and its answer is not looked
// at, unless it is under pressure (see pressed).
func (b *Backend) exchanges(send scim.Send) step {
	if b.full {
		return func(x *exchange) (*scim.Response, error) { return b.pressed(x, x.req, send) }
	}
	return func(x *exchange) (*scim.Response, error) {
		req, err := b.outgoing(x)
		if err != nil {
			return nil, err
		}
		streamed := b.streamList(x, req)
		resp, err := b.pressed(x, req, send)
		if err != nil {
			return nil, err
		}
		in := *resp
		if err := b.incoming(x, send, &in, *streamed); err != nil {
			return nil, err
		}
		return &in, nil
	}
}

// outgoing puts a request into the shapes of the service provider. What it is
// given is not changed: a plan may send it again.
func (b *Backend) outgoing(x *exchange) (*scim.Request, error) {
	req := *x.req
	b.header(x, &req)
	if b.caps.IDs == idsNumber {
		if err := b.number(x, &req); err != nil {
			return nil, err
		}
	}
	if b.caps.SCIM == version11 {
		if err := b.to11(x, &req); err != nil {
			return nil, err
		}
	}
	return &req, nil
}

// incoming puts an answer into the shapes of RFC 7644.
func (b *Backend) incoming(x *exchange, send scim.Send, resp *scim.Response, streamed bool) error {
	if !on(b.caps.ETag) && resp.Header.Get("ETag") != "" {
		resp.Header = resp.Header.Clone()
		resp.Header.Del("ETag")
	}
	coding := strings.TrimSpace(resp.Header.Get("Content-Encoding"))
	switch {
	case x.req.Method == http.MethodHead, coding != "" && !strings.EqualFold(coding, "identity"):
		return nil
	case resp.Status >= http.StatusBadRequest:
		return b.failure(x, send, resp)
	case resp.Status < http.StatusOK || resp.Status >= http.StatusMultipleChoices:
		return nil
	case x.operation == "delete":
		if resp.Status == http.StatusOK {
			setBody(resp, http.StatusNoContent, "")
		}
		return nil
	case x.operation == "list" || x.operation == "search":
		return b.list(x, resp, streamed)
	case resp.Status == http.StatusNoContent || resp.Status == http.StatusAccepted:
		return nil
	}
	b.single(x, resp)
	return nil
}

// single reads an answer that is one resource. One that cannot be read is left
// to whoever asked for it.
func (b *Backend) single(x *exchange, resp *scim.Response) {
	v, ok := parseObject(resp.Body)
	if !ok {
		return
	}
	switch x.operation {
	case "get", "create", "replace", "patch", "me":
		b.shape(x, &v)
	default:
		return
	}
	if x.operation == "patch" && v.Len() == 0 { // done, and nothing to show (RFC 7644 section 3.5.2)
		setBody(resp, http.StatusNoContent, "")
		return
	}
	if x.operation == "create" && resp.Status == http.StatusOK && v.Get("id").Text() != "" {
		resp.Status = http.StatusCreated // RFC 7644 section 3.3
	}
	if v.Changed() {
		setBody(resp, resp.Status, v.Raw())
	}
}

// shape puts a resource that the service provider shows into the shape of RFC
// 7643.
func (b *Backend) shape(x *exchange, v *scim.Value) {
	_, rt := x.kind()
	if b.caps.SCIM == version11 {
		b.from11(rt, v)
	}
	if i := v.Index("external_id"); i >= 0 && v.Get("externalId") == nil {
		v.Rename(i, "externalId")
	}
	rewrite.ReadResource(b.registry, rt, v)
	b.describe(x, rt, v)
}

// describe supplies the meta that a resource lacks (RFC 7643 section 3.1) with
// what is known: its type and its place, but never when it was made. A resource
// of which only a part was asked for need not have one.
func (b *Backend) describe(x *exchange, rt *scim.ResourceType, v *scim.Value) {
	id := v.Get("id").Text()
	if rt == nil || id == "" || x.req.Origin == "" || !v.Get("meta").Empty() || strings.Contains(strings.ToLower(x.req.Query), "attributes") {
		return
	}
	location := x.req.Origin + x.route.Base + "/" + rt.Endpoint + "/" + url.PathEscape(id)
	v.Set("meta", scim.ObjectValue(
		scim.Member{Name: "resourceType", Value: scim.StringValue(rt.Name)},
		scim.Member{Name: "location", Value: scim.StringValue(location)},
	))
}

// parseObject reads a body that is a JSON object.
func parseObject(body string) (scim.Value, bool) {
	if text := strings.TrimLeft(body, "\uFEFF \t\r\n"); text == "" || text[0] != '{' {
		return scim.Value{}, false
	}
	text, err := scim.Check(body, scim.Limits{Bytes: len(body)})
	if err != nil {
		return scim.Value{}, false
	}
	return scim.Parse(text), true
}

// setBody gives an answer another body and takes away what described the one
// that it had.
func setBody(resp *scim.Response, status int, body string) {
	header := resp.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	for _, name := range [...]string{"Content-Length", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Content-Type"} {
		header.Del(name)
	}
	if body != "" {
		header.Set("Content-Type", scim.MediaType)
	}
	resp.Status, resp.Header, resp.Body = status, header, body
}

// streamList has the list that comes as a stream read in the shapes of RFC 7644.
// It tells whether one came.
func (b *Backend) streamList(x *exchange, req *scim.Request) *bool {
	streamed := new(bool)
	if to := req.Stream; to != nil {
		req.Stream = func(body io.Reader) error {
			*streamed = true
			return to(b.readList(x, body))
		}
	}
	return streamed
}
