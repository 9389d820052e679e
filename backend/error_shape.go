package backend

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// failure makes an error of the service provider one of SCIM, with the status
// that it should have.
func (b *Backend) failure(x *exchange, send scim.Send, resp *scim.Response) error {
	if resp.Status == http.StatusNotFound && !rewrite.NamesResource(resp) {
		if err := b.notFound(x, send, resp); err != nil {
			return err
		}
	}
	rewrite.ReadFailure(b.registry, x.route, x.req, resp)
	return nil
}

// throttles reports whether an answer says that the service provider is under
// pressure: by its status, or by a text that it is known for, in any case.
func (b *Backend) throttles(resp *scim.Response) bool {
	switch {
	case resp.Status < http.StatusBadRequest:
		return false
	case resp.Status == http.StatusTooManyRequests, resp.Status == http.StatusServiceUnavailable:
		return true
	}
	if len(b.caps.ThrottleText) == 0 {
		return false
	}
	body := strings.ToLower(resp.Body)
	return slices.ContainsFunc(b.caps.ThrottleText, func(text string) bool { return strings.Contains(body, strings.ToLower(text)) })
}
