package backend

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// discovery answers for the endpoints by which clients find out what they talk
// to (RFC 7644 section 4): with what the service provider says of itself,
// completed, and where it says nothing with documents made from the
// configuration. Both say what gateway and service provider can do together.
func (b *Backend) discovery(next step) step {
	return func(x *exchange) (*scim.Response, error) {
		if x.operation != "discover" {
			return next(x)
		}
		d := &discovery{exchange: x, next: next}
		resp, err := d.answer()
		if err == nil && x.req.Method == http.MethodHead {
			resp.Body = "" // RFC 9110 section 9.3.2
		}
		return resp, err
	}
}

// discovery is one request to a discovery endpoint.
type discovery struct {
	*exchange
	next step
}

func (d *discovery) answer() (*scim.Response, error) {
	if !on(d.b.caps.Discovery) || d.b.foreignSchemas(d.route.Endpoint) {
		return d.made()
	}
	x := d.exchange
	if x.req.Method == http.MethodHead {
		x = d.get(x.req.Path) // an empty answer tells too little
	}
	resp, doc, err := d.ask(x)
	switch {
	case err != nil:
		return nil, err
	case doc.Exists():
		return d.completed(resp, &doc), nil
	case !isMissing(resp):
		return resp, nil
	case d.route.Endpoint == scim.EndpointConfig:
		return d.plural()
	case d.route.ID != "":
		return d.single()
	}
	return d.made()
}

// get is a request for another description.
func (d *discovery) get(path string) *exchange {
	x := d.sub(http.MethodGet, path, "", "")
	x.route, x.operation = d.route, d.operation
	return x
}

// ask makes an exchange. It returns the document that came of it, or Absent.
func (d *discovery) ask(x *exchange) (*scim.Response, scim.Value, error) {
	resp, err := d.next(x)
	if e, ok := errors.AsType[*scim.Error](err); ok {
		resp, err = newAnswer(e.Status, e.Body()), nil
	}
	if err != nil || resp.Status != http.StatusOK {
		return resp, scim.Value{}, err
	}
	body, err := scim.Check(resp.Body, scim.Limits{Bytes: maxDiscovery})
	if err != nil {
		return resp, scim.Value{}, nil //nolint:nilerr // what cannot be read describes nothing
	}
	doc := scim.Parse(body)
	if !d.describes(&doc) {
		doc = scim.Value{}
	}
	return resp, doc, nil
}

// maxDiscovery is the size of a document that is looked at.
const maxDiscovery = 8 << 20

// describes tells a description from other objects, such as those that servers
// answer to any path with.
func (d *discovery) describes(doc *scim.Value) bool {
	switch {
	case d.route.Endpoint == scim.EndpointConfig:
		for _, name := range [...]string{"patch", "bulk", "filter", "changePassword", "sort", "etag", "authenticationSchemes"} {
			if doc.Get(name) != nil {
				return true
			}
		}
		return false
	case d.route.ID != "":
		return d.isDescription(doc)
	case doc.Kind() == scim.Array:
		return true
	}
	return is(doc.Get("Resources"), scim.Array) || isZero(doc.Get("totalResults")) || d.isDescription(doc)
}

func (d *discovery) isDescription(doc *scim.Value) bool {
	if d.route.Endpoint == scim.EndpointSchemas {
		return doc.Get("attributes").Exists()
	}
	return doc.Get("endpoint").Exists()
}

// isMissing reports whether an answer means that there is nothing to be had: no
// such endpoint, or a page for people.
func isMissing(resp *scim.Response) bool {
	switch resp.Status {
	case http.StatusOK, http.StatusNoContent, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// plural asks for the configuration under the name that it had in SCIM 1.1, and
// still has at some service providers of SCIM 2.0.
func (d *discovery) plural() (*scim.Response, error) {
	resp, doc, err := d.ask(d.get(d.route.Base + "/" + scim.EndpointConfig + "s"))
	if err != nil {
		return nil, err
	}
	if !doc.Exists() {
		return d.made()
	}
	return d.completed(resp, &doc), nil
}

// single finds a description in the list of all, for a service provider that has
// only the list. If it has no list either, the description is made.
func (d *discovery) single() (*scim.Response, error) {
	route := d.route
	d.route.ID = ""
	_, doc, err := d.ask(d.get(route.Base + "/" + route.Endpoint))
	if err != nil {
		return nil, err
	}
	if doc.Exists() {
		d.completeList(&doc)
	}
	d.route = route
	if !doc.Exists() {
		return d.made()
	}
	id, err := url.PathUnescape(route.ID)
	list := doc.Get("Resources")
	for i := range list.Members() {
		if one := list.At(i); err == nil && strings.EqualFold(one.Get("id").Text(), id) {
			return newAnswer(http.StatusOK, one.Raw()), nil
		}
	}
	return nil, scim.Errorf(http.StatusNotFound, "", "%s %s does not exist", route.Endpoint, scim.Quote(id))
}

// completed is the answer with what its document lacks.
func (d *discovery) completed(resp *scim.Response, doc *scim.Value) *scim.Response {
	switch {
	case d.route.Endpoint == scim.EndpointConfig:
		d.completeConfig(doc)
	case d.route.ID != "":
		d.completeDescription(doc)
	default:
		d.completeList(doc)
	}
	if !doc.Changed() {
		return resp
	}
	out := newAnswer(resp.Status, doc.Raw())
	for name, values := range resp.Header {
		switch name {
		case "Content-Length", "Content-Type", "Content-Encoding", "Etag", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest":
		default:
			out.Header[name] = values
		}
	}
	return out
}

// newAnswer is an answer of the gateway's own.
func newAnswer(status int, body string) *scim.Response {
	return &scim.Response{Status: status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: body}
}

func isZero(v *scim.Value) bool { return v.Exists() && v.Raw() == "0" }

// is reports whether a member is there and of that kind.
func is(v *scim.Value, kind scim.Kind) bool { return v != nil && v.Kind() == kind }
