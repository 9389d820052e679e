package pace

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/scim"
)

// classOf is the class of a request as far as it is known without its body. It
// may turn out to be a higher one.
func classOf(route scim.Route, method string) limit.Class {
	operation := route.Operation(method)
	if operation == "me" {
		operation = scim.AtMe(method)
	}
	switch operation {
	case "delete":
		return limit.Leaver
	case "create":
		return limit.Create
	case "patch", "replace", "bulk":
		return limit.Update
	}
	return limit.Read
}

// mayLeave reports whether the class of a request may turn out to be Leaver.
func mayLeave(facts Facts) bool {
	return (facts.Method == http.MethodPatch || facts.Method == http.MethodPut) && classOf(facts.Route, facts.Method) == limit.Update
}

// withdraws reports whether a change takes access away from somebody: it sets
// active to false, or removes members. It also understands the spellings of what
// is not in normal form yet (Ticket.Came).
func withdraws(req *scim.Request) bool {
	body := scim.Parse(req.Body)
	return withdrawsBy(req.Method, &body)
}

// withdrawsBy is withdraws for a method and a body, of a request or of an
// operation of a Bulk request.
func withdrawsBy(method string, body *scim.Value) bool {
	if method == http.MethodPut {
		return deactivates(body)
	}
	ops := body.Get("Operations")
	if ops.Kind() != scim.Array {
		return false
	}
	for _, op := range ops.Parts() {
		if method == http.MethodPost { // Bulk
			inner := strings.ToUpper(op.Get("method").Text())
			if inner == http.MethodDelete || inner != http.MethodPost && withdrawsBy(inner, op.Get("data")) {
				return true
			}
			continue
		}
		path, value := op.Get("path").Text(), op.Get("value")
		switch strings.ToLower(op.Get("op").Text()) {
		case "remove":
			if isMembers(path) {
				return true
			}
		case "add", "replace":
			if path == "" && deactivates(value) || isActive(path) && isFalse(value) || isMembers(path) && empties(value) {
				return true
			}
		}
	}
	return false
}

// deactivates reports whether a resource, or attributes of one, say that it is
// inactive.
func deactivates(resource *scim.Value) bool {
	if resource.Kind() != scim.Object {
		return false
	}
	for name, v := range resource.Parts() {
		if isActive(name) && isFalse(&v) {
			return true
		}
	}
	return false
}

// empties reports whether a value leaves nothing of a list.
func empties(v *scim.Value) bool { return v.Kind() == scim.Array && v.Len() == 0 }

func isFalse(v *scim.Value) bool {
	return v.Kind() == scim.Bool && !v.True() || v.Kind() == scim.String && strings.EqualFold(v.Text(), "false")
}

// isActive and isMembers tell an attribute by its path, with or without the URN
// of its schema and whatever follows.
func isActive(path string) bool { return isNamed(path, "active") }

func isMembers(path string) bool {
	path, _, _ = strings.Cut(path, "[")
	return isNamed(path, "members")
}

func isNamed(path, name string) bool {
	path = path[strings.LastIndexByte(path, ':')+1:]
	return strings.EqualFold(path, name)
}
