package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// header gives a request the media type and the header fields that the service
// provider wants. Accept is the gateway's own (normal form G3), so that it is
// overridden; any other field that the request has stays.
func (b *Backend) header(x *exchange, req *scim.Request) {
	if b.caps.MediaType == "" && b.caps.SCIM != version11 && len(b.caps.Headers) == 0 && on(b.caps.ETag) {
		return
	}
	if req.Header = req.Header.Clone(); req.Header == nil {
		req.Header = http.Header{}
	}
	if media := b.mediaType(); media != scim.MediaType {
		if req.Body != "" {
			req.Header.Set("Content-Type", media)
		}
		req.Header.Set("Accept", media)
	}
	if !on(b.caps.ETag) {
		for _, name := range [...]string{"If-Match", "If-None-Match", "Prefer"} {
			req.Header.Del(name)
		}
	}
	for name, value := range b.caps.Headers {
		if name = http.CanonicalHeaderKey(name); name == "Accept" || len(req.Header[name]) == 0 {
			req.Header.Set(name, value)
		}
	}
}

// mediaType is the media type of bodies. SCIM 1.1 knew JSON only.
func (b *Backend) mediaType() string {
	switch {
	case b.caps.MediaType != "":
		return b.caps.MediaType
	case b.caps.SCIM == version11:
		return "application/json"
	default:
		return scim.MediaType
	}
}

// conditions answers for a service provider that holds no entity tag against
// If-Match, at the door: plans do not take conditions along. A resource without
// entity tags has none that matches, so that a write under a condition fails
// (RFC 9110 section 13.1.1). If-Match: * asks for a resource that exists, which
// writes do anyway, and a read under If-None-Match is answered in full.
//
// Nothing stands in for entity tags: a tag made of what was read could not
// protect a write from others that do not come through this gateway.
func (b *Backend) conditions(next step) step {
	if on(b.caps.ETag) {
		return next
	}
	return func(x *exchange) (*scim.Response, error) {
		match, none := x.req.Header.Get("If-Match"), x.req.Header.Get("If-None-Match")
		reads := x.req.Method == http.MethodGet || x.req.Method == http.MethodHead
		if !reads && (match != "" && match != "*" || none != "") {
			return nil, scim.Errorf(http.StatusPreconditionFailed, "",
				"the service provider has no entity tags, so none matches: send the request without a condition")
		}
		return next(x)
	}
}
