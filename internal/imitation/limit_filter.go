package imitation

import (
	"net/http"
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Filters is what the filters of an endpoint may consist of.
type Filters struct {
	Operators  []string // eq, and …
	Attributes []string // nil: any
	Required   bool     // nothing is listed without a filter
	Empty      bool     // a filter that is not understood finds nothing, with status 200
}

// For holds the filters of requests to an endpoint against f.
func (f Filters) For(endpoint string) Limit {
	return func(c *Call) *Refusal {
		if !isList(c) || c.Endpoint != endpoint {
			return nil
		}
		text := c.Query.Get("filter")
		if text == "" {
			if f.Required {
				return refuse(http.StatusBadRequest, scim.TooMany, "a filter is needed")
			}
			return nil
		}
		e, err := scim.ParseStrictFilter(text)
		switch {
		case err == nil && f.allows(e):
			return nil
		case f.Empty:
			c.Query.Set("filter", `id eq "nobody"`)
			return nil
		}
		return refuse(http.StatusBadRequest, scim.InvalidFilter, "the filter is not supported")
	}
}

func (f *Filters) allows(e scim.Expression) bool {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return slices.Contains(f.Operators, e.Op.String()) &&
			(f.Attributes == nil || slices.Contains(f.Attributes, e.Path.String()))
	case *scim.LogicalExpression:
		return slices.Contains(f.Operators, e.Op.String()) && f.allows(e.Left) && f.allows(e.Right)
	case *scim.NotExpression:
		return slices.Contains(f.Operators, "not") && f.allows(e.Expression)
	case *scim.ValuePath:
		return slices.Contains(f.Operators, "[]")
	}
	return false
}
