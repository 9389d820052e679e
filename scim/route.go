package scim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Base is the path below which the SCIM endpoints stand. The zero Base takes
// whatever stands before the first segment that names an endpoint.
type Base struct {
	segments []string   // unescaped; "*" stands for any one segment
	branches [][]string // below segments, where endpoints stand as well
	pinned   bool
}

// Branch returns a Base that takes endpoints below path too. It is the same Base
// if path is not below it, and if the endpoints stand wherever they are named.
func (b Base) Branch(path string) (Base, error) {
	other, err := ParseBase(path)
	n := len(b.segments)
	if err != nil || !b.pinned || len(other.segments) <= n || !slices.Equal(other.segments[:n], b.segments) {
		return b, err
	}
	b.branches = append(slices.Clone(b.branches), other.segments[n:])
	return b, nil
}

// ParseBase reads a base path such as /scim/v2 or /orgs/*/scim/v2, where * is
// one segment. The empty string gives the zero Base.
func ParseBase(path string) (Base, error) {
	if path == "" {
		return Base{}, nil
	}
	if path[0] != '/' {
		return Base{}, fmt.Errorf("base path %q does not start with a slash", path)
	}
	b := Base{pinned: true}
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		text, err := url.PathUnescape(segment)
		switch {
		case path == "/":
			return b, nil
		case err != nil:
			return Base{}, fmt.Errorf("base path %q: %w", path, err)
		case segment == "" || isDots(segment) || strings.ContainsAny(segment, "?#"):
			return Base{}, fmt.Errorf("base path %q is not a plain path", path)
		case segment != "*" && strings.Contains(segment, "*"):
			return Base{}, fmt.Errorf("base path %q: * stands for a whole segment", path)
		}
		b.segments = append(b.segments, text)
	}
	return b, nil
}

// Route is a request path taken apart (normal form G1).
type Route struct {
	Base     string        // as sent, without a trailing slash: /scim/v2
	Endpoint string        // in the case of its ResourceType: Users, Me, Bulk …; empty for the root
	Type     *ResourceType // nil for the root, discovery endpoints, Bulk and Me
	ID       string        // escaped, as sent; empty for a collection
	Search   bool          // ends in /.search
	Clean    string        // the path in normal form

	Old    bool   // the path is one that only SCIM 1.1 has; see Route11
	Format string // the format that it asks for: json, xml or none
}

// The endpoints of discovery (RFC 7644 section 4).
const (
	EndpointConfig        = "ServiceProviderConfig"
	EndpointResourceTypes = "ResourceTypes"
	EndpointSchemas       = "Schemas"
)

// Endpoints that are no resource types (RFC 7644 section 3.2).
const (
	endpointMe     = "Me"
	endpointBulk   = "Bulk"
	endpointSearch = ".search"
)

var fixedEndpoints = [...]string{EndpointConfig, EndpointResourceTypes, EndpointSchemas, endpointMe, endpointBulk}

// Route takes an escaped path apart. It reports false for a path that is not
// below base or names no endpoint: such a request is none of ours.
func (r *Registry) Route(base Base, path string) (Route, bool) {
	if path == "" || path[0] != '/' {
		return Route{}, false
	}
	path = tidy(path)
	end, ok := r.baseEnd(base, path)
	if !ok || hasDots(path) {
		return Route{}, false
	}
	route := Route{Base: path[:end], Clean: path}
	if end == len(path) {
		return route, true
	}
	rest := dropSuffix(path[end+1:])
	name, second, more := strings.Cut(rest, "/")
	if !r.endpoint(&route, name) || more && !route.below(second) {
		return Route{}, false
	}
	if !route.spells(path) {
		route.Clean = string(route.appendTo(nil))
	}
	return route, true
}

// below reads what follows an endpoint: an id or .search.
func (rt *Route) below(segment string) bool {
	switch {
	case rt.Search || strings.Contains(segment, "/"):
		return false
	case equalFold(endpointSearch, segment):
		rt.Search = true
		return true
	default:
		rt.ID = segment
		return rt.Type != nil || rt.Endpoint == EndpointResourceTypes || rt.Endpoint == EndpointSchemas
	}
}

// spells reports whether path is the route in normal form.
func (rt *Route) spells(path string) bool {
	var buf [256]byte
	return string(rt.appendTo(buf[:0])) == path
}

func (rt *Route) appendTo(dst []byte) []byte {
	dst = append(dst, rt.Base...)
	for _, segment := range [...]string{rt.Endpoint, rt.ID} {
		if segment != "" {
			dst = append(append(dst, '/'), segment...)
		}
	}
	if rt.Search {
		dst = append(dst, "/"+endpointSearch...)
	}
	return dst
}

// baseEnd finds where the base ends in a path.
func (r *Registry) baseEnd(base Base, path string) (int, bool) {
	if base.pinned {
		return base.match(path)
	}
	for at := 0; at < len(path); {
		segment, _, more := strings.Cut(path[at+1:], "/")
		name := segment
		if !more {
			name = dropSuffix(segment)
		}
		if r.endpoint(&Route{}, name) {
			return at, true
		}
		at += 1 + len(segment)
	}
	return 0, false
}

// match finds where the base ends in a path: the longest branch that is there, or
// the trunk.
func (b Base) match(path string) (int, bool) {
	trunk, ok := follow(path, 0, b.segments)
	if !ok {
		return 0, false
	}
	longest := trunk
	for _, branch := range b.branches {
		if end, ok := follow(path, trunk, branch); ok && end > longest {
			longest = end
		}
	}
	return longest, true
}

// follow goes along segments of a path, from at on.
func follow(path string, at int, segments []string) (int, bool) {
	for _, want := range segments {
		if at == len(path) {
			return 0, false
		}
		segment, _, _ := strings.Cut(path[at+1:], "/")
		if want != "*" && segment != want {
			text, err := url.PathUnescape(segment)
			if err != nil || text != want {
				return 0, false
			}
		}
		at += 1 + len(segment)
	}
	return at, true
}

// endpoint enters the endpoint of that name, in any case, into the route.
func (r *Registry) endpoint(into *Route, name string) bool {
	if rt := r.ByEndpoint(name); rt != nil {
		into.Endpoint, into.Type = rt.Endpoint, rt
		return true
	}
	for _, known := range fixedEndpoints {
		if equalFold(known, name) {
			into.Endpoint = known
			return true
		}
	}
	into.Search = equalFold(endpointSearch, name)
	return into.Search
}

// tidy collapses slashes and drops those at the end.
func tidy(path string) string {
	if strings.Contains(path, "//") {
		var b strings.Builder
		b.Grow(len(path))
		for i := 0; i < len(path); i++ {
			if path[i] != '/' || i == 0 || path[i-1] != '/' {
				b.WriteByte(path[i])
			}
		}
		path = b.String()
	}
	return strings.TrimSuffix(path, "/")
}

// dropSuffix drops .scim, by which a client may ask for the format (RFC 7644
// section 3.8), from the last segment.
func dropSuffix(path string) string {
	for {
		cut, found := strings.CutSuffix(path, ".scim")
		if !found || cut == "" || strings.HasSuffix(cut, "/") {
			return path
		}
		path = cut
	}
}

// hasDots reports whether a segment is "." or "..": what follows resolves it
// and would serve another path than the one that was looked at.
func hasDots(path string) bool {
	if !strings.Contains(path, "/.") && !strings.Contains(path, "/%") {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		if isDots(segment) {
			return true
		}
	}
	return false
}

func isDots(segment string) bool {
	if len(segment) > len("%2e%2e") {
		return false
	}
	text, err := url.PathUnescape(segment)
	return err == nil && (text == "." || text == "..")
}
