package backend

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkAnswer is the answer to the request that an operation became.
type bulkAnswer struct {
	route scim.Route     // of the request, if there was one
	resp  *scim.Response // nil if err is set
	err   error
	doc   scim.Value // the resource in it; Absent if there is none
}

// send makes the request of an operation.
func (run *bulkRun) send(method, path, version string, data *scim.Value) (a bulkAnswer) {
	route, ok := run.b.registry.Route(scim.Base{}, path)
	switch {
	case !isPath(path):
		a.err = scim.BadRequest(scim.InvalidValue, "path: %s is not the path of a URL", scim.Quote(path))
		return a
	case !ok || route.Type == nil || route.Base != "" || route.Search:
		a.err = scim.Errorf(http.StatusNotFound, "", "path: no resources are at %s", scim.Quote(path))
		return a
	case route.Operation(method) == "" || method == http.MethodPost && route.ID != "":
		a.err = scim.Errorf(http.StatusMethodNotAllowed, "", "%s does not take %s", scim.Quote(path), method)
		return a
	}
	a.route = route
	body := ""
	if method != http.MethodDelete && data.Exists() {
		body = data.Raw()
	}
	x := run.sub(method, run.route.Base+route.Clean, "", body)
	if version != "" && method != http.MethodPost {
		x.req.Header.Set("If-Match", version)
	}
	a.resp, a.err = run.b.conditions(run.next)(x)
	if a.err == nil && a.ok() {
		if text, err := scim.Check(a.resp.Body, scim.Limits{Bytes: maxDiscovery}); err == nil {
			a.doc = scim.Parse(text)
		}
	}
	return a
}

// isPath reports whether a text from a body can stand in the line of a request.
func isPath(path string) bool {
	u, err := url.ParseRequestURI(path)
	return err == nil && u.EscapedPath() == path && u.Host == ""
}

func (a *bulkAnswer) ok() bool {
	return a.err == nil && a.resp.Status >= http.StatusOK && a.resp.Status < http.StatusMultipleChoices
}

// id is that of the resource which was created.
func (a *bulkAnswer) id() string { return a.doc.Get("id").Text() }

func (a *bulkAnswer) version() string {
	return cmp.Or(a.resp.Header.Get("ETag"), a.doc.Get("meta").Get("version").Text())
}

// finish notes what became of an operation.
func (run *bulkRun) finish(op *bulkOperation, a bulkAnswer) {
	if a.route.ID != "" {
		op.result.Location = run.root() + a.route.Clean
	}
	if !a.ok() {
		run.fail(op, a.failure(run))
		return
	}
	run.applied++
	op.done = true
	op.result.Status = a.resp.Status
	switch op.Method {
	case http.MethodPost:
		op.id = a.id()
		if op.id != "" {
			op.result.Status = http.StatusCreated
			op.result.Location = run.root() + a.route.Clean + "/" + url.PathEscape(op.id)
		} else {
			op.result.Location = a.resp.Header.Get("Location")
		}
	case http.MethodDelete:
		return
	}
	op.result.Version = a.version()
}

// fail notes that an operation failed.
func (run *bulkRun) fail(op *bulkOperation, err error) {
	e := scim.AsError(err)
	run.failed++
	op.done, op.id = true, ""
	op.result.Status, op.result.Version, op.result.Response = e.Status, "", e.Body()
	if as, is := errors.AsType[*worded](err); is {
		op.result.Response = as.body
	}
	if op.Method == http.MethodPost {
		op.result.Location = "" // RFC 7644 section 3.7
	}
}

// worded is an error as the service provider worded it.
type worded struct {
	err  *scim.Error
	body string
}

func (w *worded) Error() string { return w.err.Error() }
func (w *worded) Unwrap() error { return w.err }

// failure is the error of an operation that did not succeed. One that the
// following would share ends the run.
func (a *bulkAnswer) failure(run *bulkRun) error {
	if a.err != nil {
		e, is := errors.AsType[*scim.Error](a.err)
		switch {
		case !is:
			run.halt = &halt{err: a.err}
			return scim.Errorf(http.StatusBadGateway, "", "no answer came from the service provider; whether the operation was carried out is not known")
		case isPause(e.Status):
			run.halt = &halt{err: a.err}
		}
		return a.err
	}
	if isPause(a.resp.Status) {
		run.halt = &halt{resp: a.resp}
	}
	status := a.resp.Status
	if status < http.StatusBadRequest {
		return scim.Errorf(http.StatusBadGateway, "", "the service provider answered with status %d", status)
	}
	e := scim.Errorf(status, "", "%s", http.StatusText(status))
	text, err := scim.Check(a.resp.Body, scim.Limits{Bytes: maxFailure})
	if doc := scim.Parse(text); err == nil && doc.Kind() == scim.Object {
		return &worded{err: e, body: text}
	}
	return e
}

// maxFailure is the size of an error that is passed on as it is worded: there may
// be a thousand of them in one answer.
const maxFailure = 8 << 10

func isPause(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// untried is the error of the operations that come after the end.
func (h *halt) untried() error {
	status := http.StatusServiceUnavailable
	if h.resp != nil {
		status = h.resp.Status
	}
	return scim.Errorf(status, "", "not tried: an operation before it met a service provider that takes no more for now")
}
