package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// puts deals with whole resources in the body of a request: it does without PUT
// where there is none, and keeps groups to the number of members that one
// request may carry.
func (b *Backend) puts(next step) step {
	if on(b.caps.Put) && !b.chunksMembers() && len(b.caps.SingleValued) == 0 {
		return next
	}
	return func(x *exchange) (*scim.Response, error) {
		operation, rt := x.kind()
		if operation != "create" && operation != "replace" || rt == nil {
			return next(x)
		}
		body := scim.Parse(x.req.Body)
		if body.Kind() != scim.Object {
			return nil, scim.BadRequest(scim.InvalidSyntax, "the body must be an object, got %s", body.Kind())
		}
		if b.flatten(&body) {
			x = x.carrying(body.Raw())
		}
		switch {
		case operation == "create":
			return b.create(x, &body, rt, next)
		case !on(b.caps.Put) && b.caps.Patch == "off":
			return nil, scim.Errorf(http.StatusNotImplemented, "", "the service provider has neither PUT nor PATCH")
		case !on(b.caps.Put):
			return b.putByPatch(x, &body, rt, next)
		case b.chunksMembers() && hasMembers(rt):
			return b.putInChunks(x, &body, rt, next)
		}
		return next(x)
	}
}

// chunksMembers reports whether the number of members in a request is limited,
// and there is the PATCH to bring the others with.
func (b *Backend) chunksMembers() bool {
	return b.caps.PatchMembers > 0 && (b.caps.Patch == "" || b.caps.Patch == "full")
}

// putInChunks sends a PUT that changes few members, and a PATCH in place of one
// that changes more than a request may.
func (b *Backend) putInChunks(x *exchange, body *scim.Value, rt *scim.ResourceType, next step) (*scim.Response, error) {
	want := body.Get("members")
	few := want == nil || want.Len() <= b.caps.PatchMembers
	if b.membersHidden(rt) {
		if few {
			return next(x)
		}
		return nil, scim.Errorf(http.StatusNotImplemented, "",
			"members: %d are more than one request may carry, and all that are there cannot be known", want.Len())
	}
	if few {
		now, err := x.read(next)
		if err != nil {
			return settle(nil, err)
		}
		var have, none scim.Value
		if have = none; now.value.Get("members") != nil {
			have = *now.value.Get("members")
		}
		if want == nil {
			want = &none
		}
		if d, err := compareMembers(&have, want, false); err == nil && len(d.gone)+len(d.come) <= b.caps.PatchMembers {
			return next(x)
		}
	}
	return b.putByPatch(x, body, rt, next)
}

// putByPatch carries out a PUT where there is only PATCH: what the body says
// otherwise than the resource is written attribute by attribute. Attributes that
// it leaves out stay as they are, which RFC 7644 section 3.5.1 allows; null and
// the empty array clear.
func (b *Backend) putByPatch(x *exchange, body *scim.Value, rt *scim.ResourceType, next step) (*scim.Response, error) {
	for attempt := 1; ; attempt++ {
		before, err := x.read(next)
		if err != nil {
			return settle(nil, err)
		}
		d := differ{Backend: b, rt: rt}
		if err := d.resource(&before.value, body); err != nil {
			return nil, err
		}
		if len(d.ops) == 0 {
			return x.shown(before, next)
		}
		change := x.sub(http.MethodPatch, x.req.Path, x.req.Query, patchMessage(d.ops, len(x.req.Body)))
		x.condition(change, before.version)
		resp, err := next(change)
		switch {
		case err != nil:
			return nil, err
		case resp.Status == http.StatusPreconditionFailed && attempt < attempts && before.version != "":
			continue
		case resp.Status == http.StatusNoContent: // a PUT answers with the resource (RFC 7644 section 3.5.1)
			return x.shown(nil, next)
		}
		return resp, nil
	}
}

// patchMessage is the body of a PATCH. size is about that of its values.
func patchMessage(ops []scim.Operation, size int) string {
	const envelope = 128
	return string(scim.AppendPatch(make([]byte, 0, size+envelope*(1+len(ops))), ops))
}
