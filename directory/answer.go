package directory

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// answer is what goes back to the client.
type answer struct {
	status   int
	location string // of the resource in the body
	version  string // its entity-tag
	allow    string // methods, for 405
	retry    string // seconds after which to try again
	media    string // of the body; that of SCIM if empty
	body     []byte
}

func (a answer) send(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for name, value := range map[string]string{"Location": a.location, "ETag": a.version, "Allow": a.allow, "Retry-After": a.retry} {
		if value != "" {
			header.Set(name, value)
		}
	}
	if a.body != nil {
		header.Set("Content-Type", cmp.Or(a.media, scim.MediaType))
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // a client that has gone away is none of our business
	}
}

// errorAnswer is the answer to a request that failed (RFC 7644 section 3.12).
func errorAnswer(err error) answer {
	e := scim.AsError(err)
	a := answer{status: e.Status, body: []byte(e.Body())}
	if m, ok := errors.AsType[*methodError](err); ok {
		a.allow = m.allow
	}
	if u, ok := errors.AsType[*unavailableError](err); ok {
		a.retry = u.after
	}
	return a
}

// methodError is a 405, which names the methods that would do.
type methodError struct {
	err   *scim.Error
	allow string
}

func (e *methodError) Error() string { return e.err.Error() }
func (e *methodError) Unwrap() error { return e.err }

// methods are those of RFC 7644 section 3.2, and HEAD.
var methods = [...]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

func notAllowed(route scim.Route) error {
	var allow []string
	for _, method := range methods {
		if route.Operation(method) != "" {
			allow = append(allow, method)
		}
	}
	return &methodError{
		err:   scim.Errorf(http.StatusMethodNotAllowed, "", "the endpoint does not take this method"),
		allow: strings.Join(allow, ", "),
	}
}
