package backend

import "github.com/caddy-scim/caddy-scim/scim"

// exchanges is the bottom: one exchange with the service provider.
func (b *Backend) exchanges(send scim.Send) step {
	return func(x *exchange) (*scim.Response, error) { return send(x.Context, x.req) }
}
