package lifecycle

import "net/http"

// Cycle is a whole life cycle as one kind of client plays it.
type Cycle struct {
	Name     string // entra, okta-put
	Provider string // the identity provider whose dialect it is: entra, okta
	Title    string
	Version  string      // of the protocol, as paths name it: v1; v2 if empty
	Header   http.Header // sent with each of the provider's requests
	Steps    []Step
}

// Step is one exchange and what must come of it. Names in braces that other
// steps save, such as {mara}, stand for the id of that resource, in Target, Body,
// Edits and Want.
type Step struct {
	Name   string
	Method string
	Target string // below the base: /Users/{mara}
	Body   string // JSON

	// Base names a saved resource whose representation, as it was last answered,
	// is the body of this request, after Edits. That is how a client of PUT works.
	Base  string
	Edits []Edit

	Save   string   // the name under which the answered resource is kept
	Status []int    // statuses that the client takes for success; nil: those of RFC 7644 for the method
	Want   []Expect // what the client, or the check, needs to find in the answer

	// State marks a check: a strict request that the runner makes to see what the
	// server holds, not one that the provider makes.
	State bool
}

// Edit changes a representation before it is sent back.
type Edit struct {
	At string // as in Expect, without selectors
	To any    // a JSON value; strings may hold names in braces
}

// All returns every life cycle, the one that needs no gateway first.
func All() []Cycle {
	return []Cycle{Strict(), Entra(), EntraFlag(), OktaPut(), OktaPatch()}
}

// statuses are the ones that RFC 7644 section 3 names for the success of a
// method.
func statuses(method string) []int {
	switch method {
	case http.MethodPost:
		return []int{http.StatusCreated}
	case http.MethodPatch:
		return []int{http.StatusOK, http.StatusNoContent}
	case http.MethodDelete:
		return []int{http.StatusNoContent}
	}
	return []int{http.StatusOK}
}

// state is a check of what the server holds under a path.
func state(name, target string, want ...Expect) Step {
	return Step{Name: name, Method: http.MethodGet, Target: target, Want: want, State: true}
}

// gone is a check that the server holds nothing under a path.
func gone(name, target string) Step {
	return Step{Name: name, Method: http.MethodGet, Target: target, Status: []int{http.StatusNotFound}, State: true}
}

// get is a read that the provider makes.
func get(name, target string, want ...Expect) Step {
	return Step{Name: name, Method: http.MethodGet, Target: target, Want: want}
}

// post creates a resource and keeps it under a name.
func post(name, target, save, body string, want ...Expect) Step {
	return Step{Name: name, Method: http.MethodPost, Target: target, Save: save, Body: body, Want: want}
}

// patch changes a resource by the operations given, in the envelope of RFC 7644
// section 3.5.2.
func patch(name, target, operations string) Step {
	return Step{Name: name, Method: http.MethodPatch, Target: target, Body: `{"schemas":["` + patchOp + `"],"Operations":[` + operations + `]}`}
}

// remove deletes a resource.
func remove(name, target string) Step {
	return Step{Name: name, Method: http.MethodDelete, Target: target}
}

// misses is what a search that found nothing answers (RFC 7644 section 3.4.2).
func misses() []Expect {
	return []Expect{{"schemas/0", listResponse}, {"totalResults", 0}, {"Resources/#", 0}}
}

// hits is what a search that found one resource answers.
func hits(id string, more ...Expect) []Expect {
	return append([]Expect{{"schemas/0", listResponse}, {"totalResults", 1}, {"Resources/#", 1}, {"Resources/0/id", id}}, more...)
}

// URIs of the messages and schemas of the standard.
const (
	patchOp      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	listResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	enterprise   = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)
