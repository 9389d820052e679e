package rewrite

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// This file is for those who speak to a service provider on behalf of a client
// and have to understand what it answers before the client sees it. What they
// need is what Plan.Do does to an answer, without its record of changes.

// ReadFailure turns an answer of 400 or more into what it stands for: an error
// message of RFC 7644 section 3.12, with 409 and uniqueness for a duplicate,
// or an empty list for a filter that found nothing (normal form R4, R5).
func ReadFailure(registry *scim.Registry, route scim.Route, req *scim.Request, resp *scim.Response) {
	a := reading(registry, route, AnswerEmptyList, AnswerConflict, AnswerError, AnswerMediaType)
	a.req, a.resp, a.operation = req, resp, route.Operation(req.Method)
	a.failure()
}

// NamesResource reports whether a 404 speaks of a resource. Any other may come
// of a route that does not exist; nothing can then be said about the resource.
func NamesResource(resp *scim.Response) bool {
	a := reading(nil, scim.Route{})
	a.req, a.resp = new(scim.Request), resp
	e := a.problem()
	return resp.Status == http.StatusNotFound && e.namesResource()
}

// ReadResource puts a resource into the shape that RFC 7643 gives it: flat names
// become objects and values have the types of their attributes (normal form
// R2). Nothing is supplied and nothing is taken away. rt may be nil; then the
// resource tells its type.
func ReadResource(registry *scim.Registry, rt *scim.ResourceType, resource *scim.Value) {
	if resource.Kind() != scim.Object {
		return
	}
	a := reading(registry, scim.Route{Type: rt}, AnswerTypes, AnswerFlatName)
	a.req = new(scim.Request)
	rt = a.typeOf(resource)
	a.nestFlat(resource, rt)
	a.members(resource, rt)
}

// ReadNames is the part of ReadResource that is about names alone: flat names
// become objects, and values stay as they are.
func ReadNames(registry *scim.Registry, rt *scim.ResourceType, resource *scim.Value) {
	if resource.Kind() != scim.Object {
		return
	}
	a := reading(registry, scim.Route{Type: rt}, AnswerFlatName)
	a.req = new(scim.Request)
	a.nestFlat(resource, a.typeOf(resource))
}

// reading is the work on an answer in which the given shapes are repaired and
// no others.
func reading(registry *scim.Registry, route scim.Route, shapes ...Shape) *answer {
	p := &Plan{Registry: registry}
	a := &answer{s: &session{plan: p, route: route, rt: route.Type}}
	for i := range a.decided {
		a.decided[i] = refused
	}
	for _, shape := range shapes {
		a.decided[shape] = allowed
	}
	return a
}
