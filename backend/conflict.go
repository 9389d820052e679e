package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// doubts stands behind a write that is refused in a way that leaves open what
// happened: nothing is sent again, and nothing is taken for granted, before it
// has looked. For a PATCH see patchAgain.
//
// For a POST that creates it looks up the name that the resource would have, for
// which the layers below use whatever filters there are. A service provider
// under pressure may have done what it refuses to speak of. Only if the name is
// not there the POST is sent once more; else the refusal stands, and a later try
// of the client is answered by the service provider itself.
//
// A refusal that names no reason is that of a duplicate if the name is there:
// 409 with uniqueness (RFC 7644 section 3.3), by which clients know that they
// have to look for the resource. It never becomes a success.
func (b *Backend) doubts(next step) step {
	return func(x *exchange) (*scim.Response, error) {
		resp, err := next(x)
		if err != nil || resp.Status < http.StatusBadRequest {
			return resp, err
		}
		switch pressed := b.throttles(resp); {
		case pressed && x.operation == "create":
			return b.createAgain(next, x, resp)
		case pressed && x.operation == "patch":
			return b.patchAgain(next, x, resp)
		case x.operation == "create" && !b.full && unexplained(resp):
			return b.duplicate(next, x, resp)
		}
		return resp, nil
	}
}

func (b *Backend) createAgain(next step, x *exchange, resp *scim.Response) (*scim.Response, error) {
	name, ok := nameOf(x)
	if !ok {
		return resp, nil
	}
	if again, err := x.pause(1, resp); err != nil || !again {
		return resp, err
	}
	if taken, known := name.taken(next, x, b); taken || !known {
		return resp, nil
	}
	return next(x)
}

func (b *Backend) duplicate(next step, x *exchange, resp *scim.Response) (*scim.Response, error) {
	name, ok := nameOf(x)
	if !ok {
		return resp, nil
	}
	if taken, known := name.taken(next, x, b); !taken || !known {
		return resp, nil
	}
	doc := scim.Parse(resp.Body)
	return nil, scim.Errorf(http.StatusConflict, scim.Uniqueness, "%s %s is taken (the service provider answered %d: %s)",
		name.attr.Name, name.value.Raw(), resp.Status, doc.Get("detail").Text())
}

// unexplained reports whether a create was refused without a reason that can be
// understood. Reasons that are spelled out have been read by now.
func unexplained(resp *scim.Response) bool {
	switch resp.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError:
		doc := scim.Parse(resp.Body)
		return doc.Get("scimType").Empty()
	}
	return false
}

// nameAttribute is the attribute that is unique among resources of a type, with
// the value that a new one should have.
type nameAttribute struct {
	attr  *scim.Attribute
	value scim.Value
}

// nameOf finds the name in a request: the first attribute that the schema says
// is unique, such as userName, else displayName.
func nameOf(x *exchange) (nameAttribute, bool) {
	if x.route.Type == nil {
		return nameAttribute{}, false
	}
	body := scim.Parse(x.req.Body)
	var found *scim.Attribute
	for _, a := range x.route.Type.Schema.Attributes {
		unique := a.Uniqueness == "server" || a.Uniqueness == "global"
		if a.Type == scim.TypeString && !a.MultiValued && (unique || found == nil && a.Name == "displayName") {
			if found = a; unique {
				break
			}
		}
	}
	if found == nil {
		return nameAttribute{}, false
	}
	value := body.Get(found.Name)
	if value.Text() == "" {
		return nameAttribute{}, false
	}
	return nameAttribute{found, *value}, true
}

// taken looks up whether a resource has that name. known is false when that
// cannot be found out.
func (n nameAttribute) taken(next step, x *exchange, b *Backend) (taken, known bool) {
	filter := &scim.AttributeExpression{Path: scim.AttrPath{Name: n.attr.Name}, Op: scim.Equal, Value: n.value}
	var query parameters
	query.add("filter", filter.String())
	if on(b.caps.Projection) {
		query.add("attributes", n.attr.Name) // a group may have many members
	}
	look := x.sub(http.MethodGet, x.req.Path, string(query), "")
	look.req.Stream = nil
	resp, err := next(look)
	if err != nil || resp.Status != http.StatusOK {
		return false, false
	}
	list, ok := parseObject(resp.Body)
	if !ok {
		return false, false
	}
	resources := list.Get(keyResources)
	for i := range resources.Members() {
		if v := resources.At(i).Get(n.attr.Name); v.Exists() && scim.SameElement(n.attr, v, &n.value) {
			return true, true
		}
	}
	return false, resources.Exists() && resources.Len() == 0
}
