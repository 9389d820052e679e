package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patchAgain stands behind a PATCH that a service provider under pressure may
// have carried out, and that is not the same when it is done twice (see
// idempotent). The resource is read: if the operations would change nothing,
// they have been carried out, and what was read is the answer; if they would,
// they have not, and are sent once more. Where that cannot be told, the refusal
// stands.
func (b *Backend) patchAgain(next step, x *exchange, resp *scim.Response) (*scim.Response, error) {
	if x.route.Type == nil || x.req.Header.Get("If-Match") != "" || idempotent(x.route.Type, x.req.Body) {
		return resp, nil // nothing is left to try
	}
	body := scim.Parse(x.req.Body)
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return resp, nil //nolint:nilerr // in the spelling of a service provider
	}
	if again, err := x.pause(1, resp); err != nil || !again {
		return resp, err
	}
	read, err := next(x.sub(http.MethodGet, x.req.Path, "", ""))
	if err != nil || read.Status != http.StatusOK {
		return resp, nil //nolint:nilerr // the refusal says more
	}
	resource, ok := parseObject(read.Body)
	if !ok {
		return resp, nil
	}
	switch _, changed, err := scim.Apply(&resource, ops, x.route.Type); {
	case err != nil:
		return resp, nil //nolint:nilerr // what the operations select may be gone because they were carried out
	case changed:
		return next(x)
	}
	return read, nil
}
