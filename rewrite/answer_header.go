package rewrite

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Seconds after which a client may come back when the service provider does not
// say (normal form R7). A rate limit is counted in seconds; a service that is
// down needs more.
const (
	retryTooMany     = "10"
	retryUnavailable = "30"
)

// bodyHeaders describe the bytes of a body and are wrong once it is changed.
var bodyHeaders = [...]string{"Content-Length", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest"}

// header repairs what does not depend on the body.
func (a *answer) header() {
	for _, name := range [...]string{"Location", "Content-Location"} {
		given := a.resp.Header.Get(name)
		if to, ok := a.rebased(given); ok && a.did(AnswerLocation, "header", name) {
			a.headers().Set(name, to)
		}
	}
	var wait string
	switch a.resp.Status {
	case http.StatusTooManyRequests:
		wait = retryTooMany
	case http.StatusServiceUnavailable:
		wait = retryUnavailable
	default:
		return
	}
	if a.resp.Header.Get("Retry-After") == "" && a.did(AnswerRetryAfter, "header", "Retry-After") {
		a.headers().Set("Retry-After", wait)
	}
}

// headers returns the header of the answer for a change.
func (a *answer) headers() http.Header {
	if !a.copied {
		a.resp.Header, a.copied = a.resp.Header.Clone(), true
		if a.resp.Header == nil {
			a.resp.Header = http.Header{}
		}
	}
	return a.resp.Header
}

// encoded reports whether the body is in a coding that was not asked for.
func (a *answer) encoded() bool {
	coding := strings.TrimSpace(a.resp.Header.Get("Content-Encoding"))
	return coding != "" && !strings.EqualFold(coding, "identity")
}

// mediaType is R1 for a JSON body. The type has no parameters (RFC 7644 section
// 8.1), and there are clients that compare it as it stands.
func (a *answer) mediaType() {
	given := a.resp.Header.Get(headerContentType)
	if given != scim.MediaType && a.did(AnswerMediaType, "header", headerContentType) {
		a.headers().Set(headerContentType, scim.MediaType)
	}
}

// rewrite puts another body in place of the one that came. The entity tag stays
// as it is, also a strong one: a repair depends on nothing but the answer and
// the configuration, and a client has to be able to send the tag back in If-Match,
// which a weak one never matches (RFC 9110 section 13.1.1).
func (a *answer) rewrite(body string) {
	if body == a.resp.Body {
		return
	}
	a.resp.Body = body
	header := a.headers()
	for _, name := range bodyHeaders {
		header.Del(name)
	}
}
