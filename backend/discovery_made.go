package backend

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/caddy-scim/caddy-scim/scim"
)

// descriptions are the discovery documents that the gateway makes. They are made
// once and differ in the URL only under which the client called.
type descriptions struct {
	mu     sync.Mutex
	byName map[string][]string // endpoint -> the text between the places of the URL
}

// urlMark stands for the URL in a document while it is kept. It is no character,
// so no text holds it.
const urlMark = "\uFFFF"

// made is the answer from the configuration.
func (d *discovery) made() (*scim.Response, error) {
	if values, err := url.ParseQuery(d.req.Query); err == nil && values.Has("filter") {
		// RFC 7644 section 4
		return nil, scim.Errorf(http.StatusForbidden, "", "/%s takes no filter", d.route.Endpoint)
	}
	if d.route.ID == "" {
		return newAnswer(http.StatusOK, d.b.described(d.route.Endpoint, d.root())), nil
	}
	body, err := d.b.registry.AppendDiscovery(nil, d.route, nil, d.root())
	if err != nil {
		return nil, err
	}
	return newAnswer(http.StatusOK, string(body)), nil
}

// root is the URL below which the client sees the endpoints.
func (x *exchange) root() string { return x.req.Origin + x.route.Base }

// described is the document of an endpoint.
func (b *Backend) described(endpoint, root string) string {
	b.descriptions.mu.Lock()
	texts, ok := b.descriptions.byName[endpoint]
	if !ok {
		// The endpoint is one of three: this cannot fail, and the map stays small.
		doc, _ := b.registry.AppendDiscovery(nil, scim.Route{Endpoint: endpoint}, b.config(), urlMark)
		texts = strings.Split(string(doc), urlMark)
		if b.descriptions.byName == nil {
			b.descriptions.byName = map[string][]string{}
		}
		b.descriptions.byName[endpoint] = texts
	}
	b.descriptions.mu.Unlock()
	quoted := scim.Quote(root)
	return strings.Join(texts, quoted[1:len(quoted)-1])
}

// config is the ServiceProviderConfig as far as the configuration tells. PATCH
// and filters, without which hardly any client can work, are promised unless
// they are denied; what a client can do without is promised if it is certain.
func (b *Backend) config() *scim.ServiceProviderConfig {
	can := b.features()
	c := &scim.ServiceProviderConfig{
		Patch:              can.patch != denied,
		Filter:             can.filter != denied,
		MaxResults:         maxResults,
		Sort:               can.sort == promised,
		ETag:               can.etag == promised,
		Cursor:             true, // in front of any service provider
		AuthenticationNote: "A bearer token, if the service provider asks for one",
	}
	if can.bulk == promised {
		c.Bulk = bulkLimits
	}
	if b.caps.PageSize > 0 {
		c.MaxResults = b.caps.PageSize
	}
	if b.paging().Style != pageCursor { // those of others may last less long
		c.CursorTimeout = int(CursorTimeout.Seconds())
	}
	return c
}

// maxResults is the size of the largest page where nobody says otherwise.
const maxResults = 200

// certainty is what is known about a feature. Unknown means that only the
// service provider can tell.
type certainty uint8

const (
	untold certainty = iota
	denied
	promised
)

// features is what gateway and service provider can do together.
type features struct{ patch, bulk, filter, sort, etag certainty }

func (b *Backend) features() features {
	c := &b.caps
	f := features{bulk: told(c.Bulk), etag: told(c.ETag)}
	switch c.Patch {
	case "":
	case "off":
		f.patch = denied
	default:
		f.patch = promised
	}
	if b.takesBulkApart() {
		f.bulk = promised
	}
	if c.Filter != nil || c.FilterAttributes != nil { // the rest is evaluated here
		f.filter = promised
	}
	if c.Sort != nil { // if it is false, lists are sorted here
		f.sort = promised
	}
	return f
}

func told(flag *bool) certainty {
	switch {
	case flag == nil:
		return untold
	case *flag:
		return promised
	}
	return denied
}

// foreignSchemas reports whether the descriptions at an endpoint are in a form
// that has little to do with the one that clients expect: SCIM 1.1 has other
// schemas and no resource types.
func (b *Backend) foreignSchemas(endpoint string) bool {
	return b.caps.SCIM == version11 && endpoint != scim.EndpointConfig
}
