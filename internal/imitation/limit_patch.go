package imitation

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Patches is what the PATCH requests to an endpoint may hold beyond what the
// limits of the directory tell. The zero value is all of RFC 7644.
type Patches struct {
	NoReplaceMembers bool     // neither replaced nor removed as a whole
	Attributes       []string // the only attributes that may change; nil: any
	Removes          []string // the only attributes that may be removed; nil: as Attributes
	PathlessMost     int      // attributes in an operation without a path; 0: any number
	Operations       int      // most operations; 0: any number
}

// For holds the PATCH requests to an endpoint against p.
func (p Patches) For(endpoint string) Limit {
	return func(c *Call) *Refusal {
		if c.Method != http.MethodPatch || c.Endpoint != endpoint {
			return nil
		}
		list := c.Body.Get("Operations")
		if p.Operations > 0 && list.Len() > p.Operations {
			return refuse(http.StatusBadRequest, "", "too many operations")
		}
		for i := range list.Members() {
			if why := p.refuses(list.At(i)); why != "" {
				return refuse(http.StatusBadRequest, scim.InvalidValue, why)
			}
		}
		return nil
	}
}

// refuses says what is wrong with an operation.
func (p *Patches) refuses(op *scim.Value) string {
	path, verb := op.Get("path").Text(), strings.ToLower(op.Get("op").Text())
	if path == "" {
		for name := range op.Get("value").Parts() {
			if p.Attributes != nil && !slices.Contains(p.Attributes, name) {
				return name + " cannot be changed"
			}
		}
		if p.PathlessMost > 0 && op.Get("value").Len() > p.PathlessMost {
			return "too many attributes without a path"
		}
		return ""
	}
	attribute, _, _ := strings.Cut(path, "[")
	attribute, _, _ = strings.Cut(attribute, ".")
	allowed := p.Attributes
	if verb == "remove" && p.Removes != nil {
		allowed = p.Removes
	}
	switch {
	case path == "members" && p.NoReplaceMembers && (verb == "replace" || verb == "remove" && op.Get("value") == nil):
		return "members cannot be replaced"
	case allowed != nil && !slices.Contains(allowed, attribute):
		return attribute + " cannot be changed by " + verb
	}
	return ""
}
