package backend

import (
	"io"
	"net/http"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// notFound finds out what a 404 means that does not speak of a resource: many
// frameworks answer so, with a page or nothing at all, for a method that they
// do not have. To a client it would say that the resource is gone, and it would
// forget or create it. So the resource is read, and if that does not settle it,
// the collection: where the resource is there, the method is not (501), and
// where the collection is there, the resource is not (404).
func (b *Backend) notFound(x *exchange, send scim.Send, resp *scim.Response) error {
	switch {
	case x.route.Type == nil || x.route.ID == "":
		// A filter that found nothing may be answered so without a body.
		if resp.Body != "" || x.operation != "list" && x.operation != "search" || x.req.Query == "" {
			missing(resp, "the service provider has no "+x.route.Clean)
		}
		return nil
	case x.operation != "get":
		there, err := b.status(x, send, x.req.Path, "")
		switch {
		case err != nil:
			return err
		case b.throttles(there):
			*resp = *there // and the client comes back
			return nil
		case there.Status < http.StatusMultipleChoices:
			missing(resp, "the service provider does not take "+x.req.Method+" for "+x.route.Type.Endpoint)
			return nil
		case there.Status != http.StatusNotFound:
			return unclear404(x)
		case rewrite.NamesResource(there):
			return nil
		}
	}
	collection, err := b.status(x, send, x.route.Base+"/"+x.route.Type.Endpoint, "count=1")
	switch {
	case err != nil:
		return err
	case b.throttles(collection):
		*resp = *collection
		return nil
	case collection.Status < http.StatusMultipleChoices:
		return nil
	case collection.Status == http.StatusNotFound || collection.Status == http.StatusNotImplemented:
		missing(resp, "the service provider has no "+x.route.Type.Endpoint)
		return nil
	}
	return unclear404(x)
}

// status makes a read of which only the status and the body of a failure are of
// interest.
func (b *Backend) status(x *exchange, send scim.Send, path, query string) (*scim.Response, error) {
	read := x.sub(http.MethodGet, path, query, "")
	b.header(read, read.req)
	read.req.Stream = func(io.Reader) error { return nil }
	return b.pressed(read, read.req, send)
}

// missing makes an answer say that there is no such route or method. RFC 7644
// section 3.12 has 501 for an operation that is not supported.
func missing(resp *scim.Response, detail string) {
	setBody(resp, http.StatusNotImplemented, scim.Errorf(http.StatusNotImplemented, "", "%s", detail).Body())
}

func unclear404(x *exchange) error {
	return scim.Errorf(http.StatusBadGateway, "",
		"the service provider answered 404 without saying what is missing, the resource or the way to %s it", x.operation)
}
