package rewrite

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// supplied puts in what the client cannot do without, once the answer is in the
// normal form and a list was verified: what the gateway says itself is no reason
// to take a resource out.
func (s *session) supplied(req *scim.Request, resp *scim.Response) *scim.Response {
	for _, r := range s.plan.Rules.supply {
		resp = r.Do.(Supply).meet(s, r, req, resp)
	}
	return resp
}

// meet supplies an attribute in an answer that is a resource, or a list of them.
// A client that asked for some attributes only gets no others.
func (do Supply) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) *scim.Response {
	if resp.Status < http.StatusOK || resp.Status >= http.StatusMultipleChoices || s.rt == nil || s.rt.Name != do.Type || s.isProjected(req) {
		return resp
	}
	var said scim.Value
	if operation := s.route.Operation(req.Method); operation == "create" || operation == "replace" {
		said = scim.Parse(req.Body)
	}
	doc := parsed(resp)
	did := do.supply(&doc, &said)
	if resources := doc.Get(keyResources); isArray(resources) {
		for i := range resources.Members() {
			did = do.supply(resources.At(i), &said) || did
		}
	}
	if !did {
		return resp
	}
	s.applied(r, &place{up: &answerPlace, name: do.Attribute})
	return withBody(resp, doc.Raw())
}

// isProjected reports whether a request asks for some attributes only.
func (s *session) isProjected(req *scim.Request) bool {
	if queryValue(req.Query, paramAttributes) != "" || queryValue(req.Query, paramExcluded) != "" {
		return true
	}
	if !s.route.Search {
		return false
	}
	body := scim.Parse(req.Body)
	return !body.Get(params[paramAttributes].name).Empty() || !body.Get(params[paramExcluded].name).Empty()
}

// supply reports whether it put the attribute into a resource. What has no id is
// none.
func (do Supply) supply(v, said *scim.Value) bool {
	if v.Kind() != scim.Object || v.Get("id").Empty() || v.Get(do.Attribute).Kind() > scim.Null {
		return false
	}
	for _, given := range [...]*scim.Value{said.Get(do.Attribute), v.Get(do.From)} {
		if !given.Empty() {
			v.Set(do.Attribute, given.Clone())
			return true
		}
	}
	if do.Otherwise == "" {
		return false
	}
	v.Set(do.Attribute, scim.Parse(do.Otherwise))
	return true
}
