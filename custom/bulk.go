package custom

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulk is the work on a Bulk request (RFC 7644 section 3.7). Each operation is a
// message of its own, and so is its result.
type bulk struct {
	*message
	items   []bulkItem
	written map[string]bool // paths that an operation so far writes to
	body    scim.Value
}

// bulkItem is one operation of a Bulk request.
type bulkItem struct {
	v       *scim.Value
	bulkID  string
	m       *message       // nil if no rule works for it
	refusal *scim.Response // it is not sent, and this is its result
	result  *scim.Value
}

// nothingToDo is a PATCH that is legal and changes nothing.
const nothingToDo = `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"add","value":{}}]}`

// exchangeBulk is exchange for a Bulk request.
func (m *message) exchangeBulk() (*scim.Response, error) {
	if err := m.forward(); err != nil {
		return nil, err
	}
	m.print()
	doc, err := scim.Check(m.req.Body, scim.Limits{Bytes: len(m.req.Body)})
	if err != nil {
		return nil, err
	}
	b := &bulk{message: m, body: scim.Parse(doc), written: map[string]bool{}}
	operations := b.body.Get("Operations")
	if operations.Kind() != scim.Array {
		return nil, scim.BadRequest(scim.InvalidSyntax, "a Bulk body has an array of Operations")
	}
	b.items = make([]bulkItem, operations.Len())
	refused := 0
	for i := range b.items {
		b.items[i].v = operations.At(i)
		b.items[i].bulkID = b.items[i].v.Get("bulkId").Text()
		if err := b.forwardItem(i); err != nil {
			return nil, err
		}
		if b.items[i].refusal != nil {
			refused++
		}
	}
	if refused > 0 {
		b.withhold(operations, refused)
	}
	if b.body.Changed() {
		m.req.Body = b.body.Raw()
	}
	return b.exchange(operations)
}

// exchange sends what is left and puts the results together.
func (b *bulk) exchange(operations *scim.Value) (*scim.Response, error) {
	if operations.Len() == 0 && len(b.items) > 0 {
		return b.answer(&scim.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {scim.MediaType}}}, nil)
	}
	resp, err := b.next(b.ctx, &b.req)
	if err != nil {
		return nil, err
	}
	out := *resp
	v, ok, err := readAnswer(&out)
	if err != nil {
		return nil, err
	}
	results := v.Get("Operations")
	if !ok || results.Kind() != scim.Array {
		return b.backward(&out)
	}
	return b.answer(&out, &v)
}

// forwardItem brings one operation to what the service provider is told. One that
// cannot be brought there fails alone.
func (b *bulk) forwardItem(i int) error {
	it := &b.items[i]
	method, path, data := strings.ToUpper(it.v.Get("method").Text()), it.v.Get("path").Text(), it.v.Get("data")
	route, ok := b.rules.registry.Route(scim.Base{}, below(path))
	if b.rules.registry.Disguised(scim.Base{}, below(path)) {
		e := scim.BadRequest(scim.InvalidPath, "%s.path leads to an endpoint only once its percent-encoding, dot segments or parameters are resolved, which not everybody does alike: write it plainly", place(i))
		it.m = b.call.message(b.ctx, &scim.Request{Method: method, Path: b.route.Base + below(path), Header: b.req.Header, Origin: b.req.Origin}, route, method)
		it.refusal = &scim.Response{Status: e.Status, Body: e.Body()}
		return nil
	}
	if !ok || route.Type == nil && route.Endpoint != "Me" {
		return nil
	}
	req := scim.Request{Method: method, Path: b.route.Base + strings.TrimPrefix(route.Clean, route.Base), Header: b.req.Header, Origin: b.req.Origin}
	m := b.call.message(b.ctx, &req, route, method)
	m.stateless = b.stateless(path)
	b.written[path] = true
	if len(m.turns) == 0 {
		return nil
	}
	m.at, m.final, it.m = place(i)+".data.", true, m
	err := m.readData(data)
	if err == nil {
		err = m.forward()
	}
	if early, ok := errors.AsType[*answered](err); ok {
		it.refusal, err = m.backward(early.resp)
		return err
	}
	if e, ok := errors.AsType[*scim.Error](err); ok {
		it.refusal = &scim.Response{Status: e.Status, Body: e.Body()}
		return nil
	}
	if err != nil {
		return err
	}
	m.writeData(it.v, data)
	return nil
}

// below is the path of an operation as one below the base. A service provider may
// take more than the standard allows, and no rule must be got around by that.
func below(path string) string {
	if _, rest, absolute := strings.Cut(path, "://"); absolute {
		_, path, _ = strings.Cut(rest, "/")
	}
	path, _, _ = strings.Cut(path, "?")
	return "/" + strings.TrimPrefix(path, "/")
}

// stateless says why the resource at a path cannot be read on behalf of an
// operation, or "" if it can.
func (b *bulk) stateless(path string) string {
	switch {
	case strings.Contains(path, "bulkId:"):
		return "a rule depends on the state of this resource, which is only created by the same Bulk request: send the operation after it"
	case b.written[path]:
		return "a rule depends on the state of this resource, which another operation of the same Bulk request changes: send the operation after it"
	}
	return ""
}

// readData is read for the data of an operation.
func (m *message) readData(data *scim.Value) (err error) {
	m.query.where = "query"
	if data.Kind() != scim.Object {
		if m.req.Method != http.MethodDelete && data.Exists() && data.Kind() != scim.Null {
			return scim.BadRequest(scim.InvalidSyntax, "data: not an object, so that the rules cannot be applied to it")
		}
		return nil // the service provider will say what is wrong with it
	}
	switch m.req.Method {
	case http.MethodPost, http.MethodPut:
		m.kind, m.body = resourceBody, *data
	case http.MethodPatch:
		m.kind = patchBody
		m.ops, err = scim.ParsePatch(data)
	}
	return err
}

// writeData is print for the data of an operation. What has nothing left to do is
// not left out: its result is waited for.
func (m *message) writeData(item, data *scim.Value) {
	switch {
	case m.kind == patchBody && len(m.ops) == 0:
		data.Put(scim.Parse(nothingToDo))
	case m.kind == patchBody && m.opsChanged:
		data.Put(scim.Parse(string(scim.AppendPatch(nil, m.ops))))
	case m.kind == resourceBody && m.body.Changed():
		data.Put(m.body)
	}
	if m.version != "" && item.Get("version") == nil {
		item.Set("version", scim.StringValue(m.version))
	}
}

// withhold takes the operations that were refused out of the request. They count
// as errors: where the client wants the service provider to stop after some
// (failOnErrors), it stops that much earlier, and what comes behind the last of
// them is not sent at all.
func (b *bulk) withhold(operations *scim.Value, refused int) {
	limit := 0
	allowed := b.body.Get("failOnErrors")
	if allowed.Kind() == scim.Number {
		limit, _ = strconv.Atoi(allowed.Raw())
	}
	count := 0
	for i := range b.items {
		if b.items[i].refusal == nil {
			continue
		}
		if count++; limit > 0 && count == limit {
			b.items = b.items[:i+1]
			refused = count
			break
		}
	}
	i := -1
	operations.Keep(func(*scim.Member) bool {
		i++
		return i < len(b.items) && b.items[i].refusal == nil
	})
	if limit > 0 {
		allowed.Put(scim.IntValue(max(limit-refused, 1)))
	}
}
