package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// deletion turns the DELETE of a user into a deactivation where users cannot be
// deleted. What cannot be inactive, such as a group, is deleted.
func (b *Backend) deletion(next step) step {
	if b.caps.Delete != "deactivate" {
		return next
	}
	return func(x *exchange) (*scim.Response, error) {
		operation, rt := x.kind()
		if operation != "delete" || rt == nil {
			return next(x)
		}
		t, ok := rt.Resolve(scim.AttrPath{Name: "active"})
		if !ok || t.Attr.Type != scim.TypeBoolean {
			return next(x)
		}
		return b.deactivate(x, rt, next)
	}
}

// deactivate sets active to false by whatever the service provider has for
// changes. It is idempotent, as DELETE has to be: one who is inactive already is
// deleted without an error.
func (b *Backend) deactivate(x *exchange, rt *scim.ResourceType, next step) (*scim.Response, error) {
	ops := []scim.Operation{{Op: scim.Replace, Path: "active", Value: scim.BoolValue(false), Target: scim.PatchPath{Attr: scim.AttrPath{Name: "active"}}}}
	var resp *scim.Response
	var err error
	if b.caps.Patch == "off" {
		resp, err = b.patchByPut(x, ops, rt, next)
	} else {
		change := x.sub(http.MethodPatch, x.req.Path, "", string(scim.AppendPatch(nil, ops)))
		x.condition(change, "")
		resp, err = next(change)
	}
	if err != nil || !succeeded(resp) {
		return resp, err
	}
	return &scim.Response{Status: http.StatusNoContent, Header: http.Header{}}, nil
}
