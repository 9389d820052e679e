package scim

import "net/http"

// Operation names what a request of that method asks for: get, list, search,
// create, replace, patch, delete, bulk, discover or me. It is empty if the
// route does not take the method.
func (rt Route) Operation(method string) string {
	reads := method == http.MethodGet || method == http.MethodHead
	switch {
	case rt.Search:
		return named(method == http.MethodPost && (rt.Type != nil || rt.Endpoint == ""), "search")
	case rt.Endpoint == "":
		return named(reads, "list")
	case rt.Endpoint == endpointMe:
		return named(reads || method == http.MethodPost || writes(method) != "", "me")
	case rt.Endpoint == endpointBulk:
		return named(method == http.MethodPost, "bulk")
	case rt.Type == nil:
		return named(reads, "discover")
	case rt.ID != "":
		return named(reads, "get") + writes(method)
	case method == http.MethodPost:
		return "create"
	default:
		return named(reads, "list")
	}
}

// AtMe names what a request of that method does to the resource behind /Me (RFC
// 7644 section 3.11): get, create, replace, patch or delete.
func AtMe(method string) string {
	switch {
	case method == http.MethodPost:
		return "create"
	case writes(method) != "":
		return writes(method)
	default:
		return "get"
	}
}

func named(fits bool, operation string) string {
	if fits {
		return operation
	}
	return ""
}

func writes(method string) string {
	switch method {
	case http.MethodPut:
		return "replace"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		return "delete"
	default:
		return ""
	}
}
