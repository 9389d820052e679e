package scim

// Base is the path below which the SCIM endpoints stand. The zero Base takes
// whatever stands before the first segment that names an endpoint.
type Base struct {
	segments []string // "*" stands for any one segment
	pinned   bool
}

// ParseBase reads a base path such as /scim/v2 or /orgs/*/scim/v2, where * is
// one segment. The empty string gives the zero Base.
func ParseBase(path string) (Base, error) { panic("route helper writes this") }

// Route is a request path taken apart (normal form G1).
type Route struct {
	Base     string        // as sent, without a trailing slash: /scim/v2
	Endpoint string        // in the case of its ResourceType: Users, Me, Bulk …; empty for the root
	Type     *ResourceType // nil for the root, discovery endpoints, Bulk and Me
	ID       string        // escaped, as sent; empty for a collection
	Search   bool          // ends in /.search
	Clean    string        // the path in normal form
}

// Route takes an escaped path apart. It reports false for a path that is not
// below base or names no endpoint: such a request is none of ours.
func (r *Registry) Route(base Base, path string) (Route, bool) { panic("route helper writes this") }
