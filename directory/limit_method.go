package directory

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// methods answers for methods and endpoints that are not there.
func (l *Limits) methods(next serve) serve {
	return func(x *exchange) (answer, error) {
		switch x.operation {
		case "patch", "replace", "delete":
			if !l.has(x.operation, x.route) {
				return answer{}, l.notAllowed(x.route)
			}
		case "search", "bulk", "discover":
			if !l.has(x.operation, x.route) {
				return answer{}, scim.Errorf(http.StatusNotFound, "", "no endpoint has this path")
			}
		}
		return next(x)
	}
}

// has reports whether an operation is there at all.
func (l *Limits) has(operation string, route scim.Route) bool {
	switch operation {
	case "patch":
		return l.Patch != "off"
	case "replace":
		return !off(l.Put)
	case "delete":
		return l.Delete != "off" || !isUser(route)
	case "search":
		return !off(l.Search) && len(l.Filter) == 0 && len(l.FilterAttributes) == 0 && *l.Page == (Paging{})
	case "bulk":
		return !off(l.Bulk)
	case "discover":
		return !off(l.Discovery)
	}
	return true
}

// notAllowed is the 405 for a method that is off.
func (l *Limits) notAllowed(route scim.Route) error {
	var allow []string
	for _, method := range methods {
		if operation := route.Operation(method); operation != "" && l.has(operation, route) {
			allow = append(allow, method)
		}
	}
	return &methodError{
		err:   scim.Errorf(http.StatusMethodNotAllowed, "", "this method is not supported"),
		allow: strings.Join(allow, ", "),
	}
}

func isUser(route scim.Route) bool { return route.Type != nil && route.Type.Name == "User" }

// deletion deactivates users that are to be deleted.
func (l *Limits) deletion(next serve) serve {
	if l.Delete != "deactivate" {
		return next
	}
	return func(x *exchange) (answer, error) {
		if x.operation != "delete" || !isUser(x.route) {
			return next(x)
		}
		x.req.Method = http.MethodPatch
		x.setBody(`{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"replace","path":"active","value":false}]}`)
		if _, err := next(x); err != nil {
			return answer{}, err
		}
		return answer{status: http.StatusNoContent}, nil
	}
}

// versions takes away ETags and the conditions that name them.
func (l *Limits) versions(next serve) serve {
	if !off(l.ETag) {
		return next
	}
	return func(x *exchange) (answer, error) {
		x.req.Header.Del("If-Match")
		x.req.Header.Del("If-None-Match")
		a, err := next(x)
		a.version = ""
		return x.eachResource(a, func(resource *scim.Value) { drop(resource.Get("meta"), "version") }), err
	}
}

// config makes the ServiceProviderConfig say what is not there.
func (l *Limits) config(next serve) serve {
	return func(x *exchange) (answer, error) {
		a, err := next(x)
		if err != nil || x.route.Endpoint != "ServiceProviderConfig" {
			return a, err
		}
		doc := scim.Parse(string(a.body))
		for name, missing := range map[string]bool{
			"patch":  l.Patch == "off",
			"bulk":   off(l.Bulk),
			"filter": slices.Equal(l.Filter, []string{"off"}),
			"sort":   off(l.Sort),
			"etag":   off(l.ETag),
		} {
			if missing {
				doc.Get(name).Set("supported", scim.BoolValue(false))
			}
		}
		a.body = doc.AppendTo(nil)
		return a, nil
	}
}
