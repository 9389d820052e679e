package backend

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// limited is a service provider that can do no more than its capabilities say,
// and refuses everything else.
type limited struct {
	t    *testing.T
	caps Capabilities

	mu       sync.Mutex
	state    map[string]*held // by path
	requests []*scim.Request
	made     int

	// meddle, if set, comes before each request. It may answer in the place of the
	// service provider.
	meddle func(n int, req *scim.Request) *scim.Response
}

// held is one resource.
type held struct {
	doc     string
	version int
}

func newLimited(t *testing.T, caps Capabilities, resources map[string]string) *limited {
	l := &limited{t: t, caps: caps, state: map[string]*held{}}
	for path, doc := range resources {
		l.state[path] = &held{doc: doc, version: 1}
	}
	return l
}

// gateway is what a client talks to: the limited service provider behind a
// Backend that knows its limits.
func (l *limited) gateway() scim.Send {
	l.t.Helper()
	b, err := New(Options{Capabilities: l.caps, Registry: scim.Core()})
	if err != nil {
		l.t.Fatal(err)
	}
	return b.Adapt(l.send)
}

func (l *limited) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, req)
	if l.meddle != nil {
		if resp := l.meddle(len(l.requests)-1, req); resp != nil {
			return resp, nil
		}
	}
	resp, err := l.serve(req)
	if err != nil {
		e := scim.AsError(err)
		return &scim.Response{Status: e.Status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: e.Body()}, nil
	}
	return resp, nil
}

func (l *limited) serve(req *scim.Request) (*scim.Response, error) {
	rt := scim.Core().ByName("User")
	if strings.Contains(req.Path, "/Groups") {
		rt = scim.Core().ByName("Group")
	}
	if req.Method == http.MethodPost {
		return l.create(req)
	}
	h := l.state[req.Path]
	if h == nil {
		return nil, scim.Errorf(http.StatusNotFound, "", "there is no %s", req.Path)
	}
	if match := req.Header.Get("If-Match"); match != "" && req.Method != http.MethodGet && match != "*" && (!on(l.caps.ETag) || match != h.tag()) {
		return nil, scim.Errorf(http.StatusPreconditionFailed, "", "the resource has version %s", h.tag())
	}
	switch req.Method {
	case http.MethodGet:
		return l.show(http.StatusOK, h), nil
	case http.MethodDelete:
		delete(l.state, req.Path)
		return &scim.Response{Status: http.StatusNoContent, Header: http.Header{}}, nil
	case http.MethodPut:
		return l.put(req, h)
	}
	ops, err := l.operations(req.Body, rt)
	if err != nil {
		return nil, err
	}
	doc := scim.Parse(h.doc)
	after, changed, err := scim.Apply(&doc, ops, rt)
	if err != nil {
		return nil, err
	}
	for _, name := range l.caps.SingleValued {
		if v := after.Get(name); !v.Empty() && v.Len() > 1 {
			return nil, scim.BadRequest(scim.InvalidValue, "%s: one value at most", name)
		}
	}
	if changed {
		h.doc, h.version = after.Raw(), h.version+1
	}
	return l.show(http.StatusOK, h), nil
}

func (l *limited) create(req *scim.Request) (*scim.Response, error) {
	body := scim.Parse(req.Body)
	if n := body.Get("members").Len(); l.caps.PatchMembers > 0 && n > l.caps.PatchMembers {
		return nil, scim.BadRequest(scim.InvalidValue, "%d members", n)
	}
	l.made++
	id := "new" + strconv.Itoa(l.made)
	body.Set("id", scim.StringValue(id))
	h := &held{doc: body.Raw(), version: 1}
	l.state[req.Path+"/"+id] = h
	resp := l.show(http.StatusCreated, h)
	resp.Header.Set("Location", "https://provider.example.com"+req.Path+"/"+id)
	return resp, nil
}

// put replaces a resource as a whole. What is never shown stays.
func (l *limited) put(req *scim.Request, h *held) (*scim.Response, error) {
	if !on(l.caps.Put) {
		return nil, scim.Errorf(http.StatusNotImplemented, "", "no PUT")
	}
	body, old := scim.Parse(req.Body), scim.Parse(h.doc)
	if body.Get("meta") != nil || body.Get("groups") != nil {
		return nil, scim.BadRequest(scim.Mutability, "a read-only attribute is written")
	}
	if n := body.Get("members").Len(); l.caps.PatchMembers > 0 && n > l.caps.PatchMembers {
		return nil, scim.BadRequest(scim.InvalidValue, "%d members", n)
	}
	for _, name := range []string{"password", "meta", "groups"} {
		if v := old.Get(name); v != nil && body.Get(name) == nil {
			body.Set(name, *v)
		}
	}
	h.doc, h.version = body.Raw(), h.version+1
	return l.show(http.StatusOK, h), nil
}

func (h *held) tag() string { return `W/"` + strconv.Itoa(h.version) + `"` }

func (l *limited) show(status int, h *held) *scim.Response {
	doc := scim.Parse(h.doc)
	doc.Members()
	hidden := l.caps.Members != "" && l.caps.Members != "full"
	doc.Keep(func(m *scim.Member) bool { return m.Name != "password" && (!hidden || m.Name != "members") })
	header := http.Header{"Content-Type": {scim.MediaType}}
	if on(l.caps.ETag) {
		header.Set("ETag", h.tag())
	}
	return &scim.Response{Status: status, Header: header, Body: doc.Raw()}
}

// operations reads a PATCH in the dialect, and turns it into the standard's.
func (l *limited) operations(doc string, rt *scim.ResourceType) ([]scim.Operation, error) {
	if l.caps.Patch == "put" || l.caps.Patch == "off" {
		return nil, scim.Errorf(http.StatusNotImplemented, "", "no PATCH")
	}
	doc, err := scim.Check(doc, scim.Limits{Bytes: len(doc) + 1})
	if err != nil {
		return nil, err
	}
	body := scim.Parse(doc)
	if schemas := body.Get("schemas"); schemas.Raw() != `["`+scim.PatchOpURI+`"]` {
		return nil, scim.BadRequest(scim.InvalidSyntax, "schemas: %s", schemas.Raw())
	}
	list := body.Get("Operations")
	if n := list.Len(); n == 0 || l.caps.PatchOperations > 0 && n > l.caps.PatchOperations {
		return nil, scim.BadRequest(scim.InvalidSyntax, "%d operations", n)
	}
	var ops []scim.Operation
	members := 0
	for i := range list.Members() {
		n, read, err := l.operation(list.At(i), rt)
		if err != nil {
			return nil, err
		}
		members += n
		ops = append(ops, read...)
	}
	if l.caps.PatchMembers > 0 && members > l.caps.PatchMembers {
		return nil, scim.BadRequest(scim.InvalidValue, "%d members", members)
	}
	return ops, nil
}

func (l *limited) operation(v *scim.Value, rt *scim.ResourceType) (members int, ops []scim.Operation, err error) {
	verbs := map[string]scim.Op{"add": scim.Add, "remove": scim.Remove, "replace": scim.Replace}
	if l.caps.OpCase == "title" {
		verbs = map[string]scim.Op{"Add": scim.Add, "Remove": scim.Remove, "Replace": scim.Replace}
	}
	op := scim.Operation{Op: verbs[v.Get("op").Text()], Path: v.Get("path").Text()}
	if value := v.Get("value"); value != nil {
		op.Value = *value
	}
	pathed := v.Get("path") != nil
	switch {
	case op.Op == 0:
		return 0, nil, scim.BadRequest(scim.InvalidSyntax, "op: %s", v.Get("op").Raw())
	case pathed && !on(l.caps.PatchPaths), !pathed && !on(l.caps.PatchPathless):
		return 0, nil, scim.BadRequest(scim.InvalidPath, "path: %q", op.Path)
	case !pathed:
		return l.pathless(op, rt)
	}
	if op.Target, err = scim.ParseStrictPath(op.Path); err != nil {
		return 0, nil, err
	}
	isMembers := op.Target.Attr.Name == "members"
	switch {
	case l.caps.NameFormatted && op.Target.Attr.Name == "name" && op.Target.Attr.Sub != "formatted":
		return 0, nil, scim.BadRequest(scim.InvalidPath, "name.formatted only")
	case isMembers && op.Op == scim.Remove && op.Value.Exists():
		return l.removeByValue(op.Value)
	case isMembers && op.Target.Filter != nil && op.Op == scim.Remove && op.Target.Sub == "":
		if l.caps.MembersRemove == "value" {
			return 0, nil, scim.Errorf(http.StatusNotImplemented, "", "members are removed by value")
		}
		return 1, []scim.Operation{op}, nil
	case op.Target.Filter != nil && l.caps.ValuePaths != "" && l.caps.ValuePaths != "send":
		return 0, nil, scim.BadRequest(scim.InvalidPath, "no value filters")
	case op.Op == scim.Remove && op.Value.Exists():
		return 0, nil, scim.BadRequest(scim.InvalidSyntax, "remove with a value")
	case isMembers && op.Target.Attr.Sub == "" && op.Target.Filter == nil:
		if op.Op != scim.Add && l.caps.PatchMembers > 0 {
			return 0, nil, scim.BadRequest(scim.InvalidValue, "not all members at once")
		}
		return op.Value.Len(), []scim.Operation{op}, nil
	}
	return 0, []scim.Operation{op}, l.oneValue(op.Path, &op.Value)
}

// pathless reads an operation without a path.
func (l *limited) pathless(op scim.Operation, rt *scim.ResourceType) (members int, ops []scim.Operation, err error) {
	if op.Op == scim.Remove {
		if l.caps.MembersRemove != "value" || op.Value.Len() != 1 {
			return 0, nil, scim.BadRequest(scim.NoTarget, "remove without a path")
		}
		return l.removeByValue(*op.Value.Get("members"))
	}
	for i, m := range op.Value.Members() {
		if err := l.oneValue(m.Name, op.Value.At(i)); err != nil {
			return 0, nil, err
		}
		if m.Name == "name" && l.caps.NameFormatted && (op.Value.At(i).Len() != 1 || op.Value.At(i).Get("formatted") == nil) {
			return 0, nil, scim.BadRequest(scim.InvalidPath, "name.formatted only")
		}
		if m.Name == "members" {
			if op.Op != scim.Add && l.caps.PatchMembers > 0 {
				return 0, nil, scim.BadRequest(scim.InvalidValue, "not all members at once")
			}
			members += op.Value.At(i).Len()
		}
	}
	return members, []scim.Operation{op}, nil
}

func (l *limited) removeByValue(list scim.Value) (members int, ops []scim.Operation, err error) {
	if l.caps.MembersRemove != "value" {
		return 0, nil, scim.BadRequest(scim.InvalidSyntax, "remove with a value")
	}
	for i := range list.Members() {
		ops = append(ops, *removal(list.At(i).Get("value").Text()))
	}
	return list.Len(), ops, nil
}

func (l *limited) oneValue(name string, v *scim.Value) error {
	for _, single := range l.caps.SingleValued {
		if single == name && v.Kind() == scim.Array && v.Len() > 1 {
			return scim.BadRequest(scim.InvalidValue, "%s: one value at most", name)
		}
	}
	return nil
}

// do sends one request and answers status and body. Errors that are answers
// become such.
func do(t *testing.T, send scim.Send, method, path, body string, header ...string) (int, string) {
	t.Helper()
	req := &scim.Request{Method: method, Path: path, Body: body, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := send(t.Context(), req)
	if err != nil {
		e := scim.AsError(err)
		return e.Status, e.Body()
	}
	return resp.Status, resp.Body
}

// said renders the requests that the service provider got: method, path and query
// and, behind a space, the operations or the body.
func (l *limited) said() []string {
	var lines []string
	for _, req := range l.requests {
		line := req.Method + " " + req.Path
		if req.Query != "" {
			line += "?" + req.Query
		}
		body := strings.TrimPrefix(req.Body, `{"schemas":["`+scim.PatchOpURI+`"],"Operations":`)
		if len(body) < len(req.Body) {
			body = strings.TrimSuffix(body, "}")
		}
		if match := req.Header.Get("If-Match"); match != "" {
			line += " if " + match
		}
		if body != "" {
			line += " " + body
		}
		lines = append(lines, line)
	}
	return lines
}

func patchBody(operations string) string {
	return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + operations + `]}`
}

// lacking is a capability that is denied.
func lacking() *bool { return new(bool) }
