package scim

import "strings"

// Versions of the protocol that a path may name right before the endpoint (RFC
// 7644 section 3.13).
const (
	PathVersion1 = "v1"
	PathVersion2 = "v2"
)

// endpointConfig11 is what SCIM 1.1 calls ServiceProviderConfig.
const endpointConfig11 = "ServiceProviderConfigs"

// Version is the version of the protocol that the path names, v1 or v2, or "" if
// it names none.
func (rt Route) Version() string {
	if i := len(rt.Base) - len("/v1"); i >= 0 && rt.Base[i] == '/' {
		switch last := rt.Base[i+1:]; {
		case equalFold(last, PathVersion1):
			return PathVersion1
		case equalFold(last, PathVersion2):
			return PathVersion2
		}
	}
	return ""
}

// Route11 is Route for the path of a client that may speak SCIM 1.1: it also knows
// the paths that only that version has (draft-scim-api-01 section 3), which are
// /ServiceProviderConfigs and collections with a format behind their name, such
// as /Users.json.
func (r *Registry) Route11(base Base, path string) (Route, bool) {
	if route, ok := r.Route(base, path); ok {
		return route, true
	}
	path = strings.TrimRight(path, "/")
	last := strings.LastIndexByte(path, '/') + 1
	name, format := CutFormat(path[last:])
	switch {
	case equalFold(name, endpointConfig11):
		name = EndpointConfig
	case format == "" || r.nameOf(name) != name:
		return Route{}, false
	}
	route, ok := r.Route(base, path[:last]+name)
	if !ok || route.Endpoint != name {
		return Route{}, false
	}
	route.Old, route.Format = true, format
	return route, true
}

// CutFormat takes the format off the last segment of a path (draft-scim-api-01
// section 3.7): json, xml, or "" if there is none.
func CutFormat(segment string) (name, format string) {
	for _, known := range [...]string{"json", "xml"} {
		if i := len(segment) - len(known) - 1; i > 0 && segment[i] == '.' && equalFold(segment[i+1:], known) {
			return segment[:i], known
		}
	}
	return segment, ""
}

// nameOf is the name of an endpoint in its right case, or "".
func (r *Registry) nameOf(name string) string {
	var route Route
	r.endpoint(&route, name)
	return route.Endpoint
}
