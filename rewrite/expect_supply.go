package rewrite

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// meet supplies an attribute in an answer that is a resource, or a list of them.
// A client that asked for some attributes only gets no others.
func (do Supply) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	if resp.Status < http.StatusOK || resp.Status >= http.StatusMultipleChoices || s.rt == nil || s.rt.Name != do.Type ||
		queryValue(req.Query, paramAttributes) != "" || queryValue(req.Query, paramExcluded) != "" {
		return resp, nil
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
		return resp, nil
	}
	s.applied(r, &place{up: &answerPlace, name: do.Attribute})
	return withBody(resp, doc.Raw()), nil
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
