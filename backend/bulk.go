package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkLimits is what one Bulk request may hold that is taken apart here.
var bulkLimits = scim.BulkLimits{Operations: 1000, Payload: 8 << 20}

// bulk takes Bulk requests apart (RFC 7644 section 3.7) for a service provider
// that does not take them, or takes less in them than the normal form holds:
// each operation then goes the way of a request of its own.
func (b *Backend) bulk(next step) step {
	if !b.takesBulkApart() {
		return next
	}
	return func(x *exchange) (*scim.Response, error) {
		if x.operation != "bulk" {
			return next(x)
		}
		req, err := readBulk(x.req.Body)
		if err != nil {
			return nil, err
		}
		return newBulkRun(x, next, req).run()
	}
}

// takesBulkApart reports whether Bulk requests cannot be sent as they are. An
// operation inside one is a PATCH, PUT, POST or DELETE like any other, so what
// is made of those outside of it has to be made of those inside.
func (b *Backend) takesBulkApart() bool {
	c := &b.caps
	switch {
	case !on(c.Bulk):
	case c.Patch != "" && c.Patch != "full":
	case c.PatchOperations > 0 || c.PatchMembers > 0:
	case !on(c.PatchPathless) || !on(c.PatchPaths):
	case c.ValuePaths != "" && c.ValuePaths != "send":
	case c.MembersRemove == "value" || c.OpCase == "title" || c.NameFormatted:
	case !on(c.Put) || !on(c.ETag): // the version of an operation would be overlooked
	case c.Delete == "deactivate":
	case c.IDs == "number" || c.SCIM == version11 || len(c.SingleValued) > 0:
	default:
		return false
	}
	return true
}

func readBulk(body string) (*scim.BulkRequest, error) {
	body, err := scim.Check(body, scim.Limits{Bytes: bulkLimits.Payload})
	if err != nil {
		if scim.AsError(err).Status == http.StatusRequestEntityTooLarge {
			err = bulkLimits.TooLarge()
		}
		return nil, err
	}
	doc := scim.Parse(body)
	return scim.ParseBulk(&doc, bulkLimits)
}
