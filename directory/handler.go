package directory

import (
	"io"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// ServeHTTP answers one request.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve := d.serve
	if d.weak != nil {
		serve = d.serveLimited
	}
	a, err := serve(w, r)
	if err != nil {
		a = errorAnswer(err)
	}
	a.send(w, r)
}

// call is one request with what was found out about it.
type call struct {
	*Directory
	route scim.Route
	req   *http.Request
	w     http.ResponseWriter
	root  string // URL of the base as the client called it
	query query
}

func (d *Directory) serve(w http.ResponseWriter, r *http.Request) (answer, error) {
	path := r.URL.EscapedPath()
	route, ok := d.opt.Registry.Route(d.opt.Base, path)
	if !ok || !spelledRight(route, path) {
		return answer{}, scim.Errorf(http.StatusNotFound, "", "no endpoint has this path")
	}
	operation := route.Operation(r.Method)
	if operation == "" {
		return answer{}, notAllowed(route)
	}
	if err := checkAccept(r.Header.Values("Accept")); err != nil {
		return answer{}, err
	}
	q, err := d.readQuery(r.URL.RawQuery)
	if err != nil {
		return answer{}, err
	}
	c := &call{Directory: d, route: route, req: r, w: w, root: origin(r) + route.Base, query: q}
	switch operation {
	case "list":
		return c.search(q)
	case "search":
		return c.postSearch()
	case "get":
		return c.get()
	case "create":
		return c.create()
	case "replace", "patch":
		return c.change(operation)
	case "delete":
		return c.delete()
	case "bulk":
		return c.bulk()
	case "discover":
		return c.discover()
	}
	return answer{}, scim.Errorf(http.StatusNotImplemented, "", "/Me is not supported") // RFC 7644 section 3.11
}

// spelledRight reports whether a path is in normal form, or with the suffix that
// RFC 7644 section 3.8 allows. URLs are case-sensitive (RFC 3986).
func spelledRight(route scim.Route, path string) bool {
	return path == route.Clean || path == route.Clean+".scim" || route.Endpoint == "" && path == route.Clean+"/"
}

// origin is scheme and authority under which the client called.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// types are the resource types that a query goes over: one, or at the root all.
func (c *call) types() []*scim.ResourceType {
	if c.route.Type != nil {
		return []*scim.ResourceType{c.route.Type}
	}
	return c.opt.Registry.Types
}

func (c *call) renderer() renderer { return renderer{&c.store, c.root} }

func (c *call) search(q query) (answer, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	body, err := c.list(c.renderer(), c.types(), q)
	return answer{status: http.StatusOK, body: body}, err
}

func (c *call) postSearch() (answer, error) {
	body, err := c.body(c.opt.MaxBody)
	if err != nil {
		return answer{}, err
	}
	q, err := c.readSearch(&body)
	if err != nil {
		return answer{}, err
	}
	return c.search(q)
}

func (c *call) get() (answer, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, err := c.entry(c.route.Type, c.route.ID)
	if err != nil {
		return answer{}, err
	}
	if err := checkVersion(c.req.Header.Values("If-Match"), e); err != nil {
		return answer{}, err
	}
	if none := c.req.Header.Values("If-None-Match"); len(none) > 0 && namesVersion(none, e.version) {
		return answer{status: http.StatusNotModified, version: e.version}, nil
	}
	return c.show(http.StatusOK, e), nil
}

func (c *call) create() (answer, error) {
	body, err := c.body(c.opt.MaxBody)
	if err != nil {
		return answer{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.Directory.create(c.route.Type, c.opt.NewID(), &body)
	if err != nil {
		return answer{}, err
	}
	return c.show(http.StatusCreated, e), nil
}

func (c *call) change(operation string) (answer, error) {
	body, err := c.body(c.opt.MaxBody)
	if err != nil {
		return answer{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.entry(c.route.Type, c.route.ID)
	if err != nil {
		return answer{}, err
	}
	if err := checkMatch(c.req.Header, e); err != nil {
		return answer{}, err
	}
	if operation == "patch" {
		e, err = c.patch(e, &body)
	} else {
		e, err = c.replace(e, &body)
	}
	if err != nil {
		return answer{}, err
	}
	return c.show(http.StatusOK, e), nil
}

func (c *call) delete() (answer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.entry(c.route.Type, c.route.ID)
	if err != nil {
		return answer{}, err
	}
	if err := checkMatch(c.req.Header, e); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, c.remove(e)
}

// show answers with a resource, as far as the client wants to see it (RFC 7644
// section 3.9).
func (c *call) show(status int, e *entry) answer {
	r := c.renderer()
	p := c.projection(e.typ, c.query.attributes, c.query.excluded)
	return answer{
		status:   status,
		location: r.location(e),
		version:  e.version,
		body:     r.resource(make([]byte, 0, len(e.text)+512), e, p),
	}
}

// body reads the body of a request and lets it through the door.
func (c *call) body(most int) (scim.Value, error) {
	if err := checkContent(c.req.Header); err != nil {
		return scim.Value{}, err
	}
	var b strings.Builder
	if c.req.ContentLength > 0 {
		b.Grow(int(min(c.req.ContentLength, int64(most))))
	}
	if _, err := io.Copy(&b, http.MaxBytesReader(c.w, c.req.Body, int64(most))); err != nil {
		return scim.Value{}, unread(err, most)
	}
	text, err := scim.Check(b.String(), scim.Limits{Bytes: most})
	if err == nil && len(text) != b.Len() {
		err = scim.BadRequest(scim.InvalidSyntax, "the body starts with a byte order mark, which JSON may not (RFC 8259 section 8.1)")
	}
	return scim.Parse(text), err
}
