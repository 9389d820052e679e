package scim

import "net/url"

// Resource names the resource that the route leads to. The name is the same
// however the id is escaped. It is empty for a route that leads to none.
func (rt Route) Resource() string {
	if rt.Type == nil || rt.ID == "" {
		return ""
	}
	id := rt.ID
	if text, err := url.PathUnescape(id); err == nil {
		id = text
	}
	return rt.Base + "/" + rt.Endpoint + "/" + id
}
