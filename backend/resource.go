package backend

import (
	"errors"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// kind names what a request does, as scim.Route.Operation, and the type of the
// resource that it does it to. /Me stands for a user (RFC 7644 section 3.11).
func (x *exchange) kind() (operation string, rt *scim.ResourceType) {
	if x.operation != "me" {
		return x.operation, x.route.Type
	}
	rt = x.b.registry.ByName("User")
	switch x.req.Method {
	case http.MethodPost:
		return "create", rt
	case http.MethodPut:
		return "replace", rt
	case http.MethodPatch:
		return "patch", rt
	case http.MethodDelete:
		return "delete", rt
	}
	return "get", rt
}

// carrying is the same request with another body.
func (x *exchange) carrying(body string) *exchange {
	req, other := *x.req, *x
	req.Body = body
	req.Header = x.req.Header.Clone()
	req.Header.Del("Content-Length")
	other.req = &req
	return &other
}

// reading is a resource as it was read before it is changed.
type reading struct {
	resp    *scim.Response
	value   scim.Value
	version string // its entity-tag; empty if it has none
}

// answered ends a plan: what a read was answered is the answer to the request.
type answered struct{ resp *scim.Response }

func (*answered) Error() string { return "the resource to be changed was not shown" }

// settle turns the error that ends a plan into the answer that it may carry.
func settle(resp *scim.Response, err error) (*scim.Response, error) {
	if end, ok := errors.AsType[*answered](err); ok {
		return end.resp, nil
	}
	return resp, err
}

// read gets the addressed resource as a whole. It fails if that does not have
// the version that the client wants to change.
func (x *exchange) read(next step) (*reading, error) {
	get := x.sub(http.MethodGet, x.req.Path, "", "")
	get.req.Stream = nil
	resp, err := next(get)
	if err != nil {
		return nil, err
	}
	if resp.Status != http.StatusOK {
		return nil, &answered{resp}
	}
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: len(resp.Body) + 1})
	value := scim.Parse(doc)
	if err != nil || value.Kind() != scim.Object {
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider did not show the resource that the request changes")
	}
	r := &reading{resp: resp, value: value}
	if on(x.b.caps.ETag) {
		r.version = version(resp, &value)
	}
	if r.version != "" && !x.accepts(r.version) {
		return nil, scim.Errorf(http.StatusPreconditionFailed, "", "If-Match: the resource has version %s", r.version)
	}
	return r, nil
}

// version is the entity-tag of a resource (RFC 7644 section 3.14).
func version(resp *scim.Response, resource *scim.Value) string {
	if tag := resp.Header.Get("ETag"); tag != "" {
		return tag
	}
	// Where meta.version is a number or a name, it is none.
	if tag := resource.Get("meta").Get("version").Text(); strings.HasSuffix(tag, `"`) {
		return tag
	}
	return ""
}

// accepts holds a version against the If-Match of the client. Tags are compared
// weakly, for RFC 7644 makes weak ones conditions of a change.
func (x *exchange) accepts(version string) bool {
	fields := x.req.Header.Values("If-Match")
	for _, field := range fields {
		for tag := range strings.SplitSeq(field, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(version, "W/") {
				return true
			}
		}
	}
	return len(fields) == 0
}

// condition makes a write depend on the version that was read, or else on what
// the client asked for.
func (x *exchange) condition(write *exchange, version string) {
	if version != "" {
		write.req.Header.Set("If-Match", version)
	} else if own := x.req.Header.Values("If-Match"); len(own) > 0 {
		write.req.Header["If-Match"] = own
	}
}

// shown answers a change that changes nothing with the resource.
func (x *exchange) shown(r *reading, next step) (*scim.Response, error) {
	if r != nil && x.req.Query == "" {
		return r.resp, nil
	}
	return next(x.sub(http.MethodGet, x.req.Path, x.req.Query, ""))
}

// succeeded reports whether an answer says that a change was made.
func succeeded(resp *scim.Response) bool { return resp.Status >= 200 && resp.Status < 300 }

// membersHidden reports whether what is shown of a resource may lack members, so
// that nothing may be concluded from it and it must not be written back.
func (b *Backend) membersHidden(rt *scim.ResourceType) bool {
	return hasMembers(rt) && b.caps.Members != "" && b.caps.Members != "full"
}

// hasMembers reports whether resources of the type have members as groups have.
func hasMembers(rt *scim.ResourceType) bool {
	if rt == nil {
		return false
	}
	t, ok := rt.Resolve(membersPath)
	return ok && t.Attr.MultiValued
}

var membersPath = scim.AttrPath{Name: "members"}
