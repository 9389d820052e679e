package rewrite

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulk normalises each operation of a Bulk body as if it had come alone (RFC
// 7644 section 3.7). One that cannot be given a meaning refuses the request.
func (s *session) bulk(body *scim.Value) error {
	if operations := body.Get("Operations"); body.Kind() != scim.Object || operations.Empty() || operations.Kind() != scim.Array {
		return scim.BadRequest(scim.InvalidSyntax, "a Bulk body has an array of Operations")
	}
	if schemas := body.Get(keySchemas); s.old && !contains(schemas, scim.BulkRequestURI) && s.did(BodySchemas, "body.schemas") {
		putSchemas(body, scim.BulkRequestURI)
	}
	operations := body.Get("Operations") // which is elsewhere once schemas stand in front of it
	reader := bulkReader{session: s, writes: map[string][]bulkWrite{}, states: map[string]*bulkState{}}
	for i := range operations.Members() {
		item := operations.At(i)
		if item.Kind() != scim.Object {
			return scim.BadRequest(scim.InvalidSyntax, "Operations[%d]: an operation is an object, not %s", i, item.Kind())
		}
		if err := s.bulkItem(item, i, &reader); err != nil {
			return err
		}
	}
	return nil
}

// bulkItem normalises the path and the data of one operation. What is wrong with
// the rest of it the service provider answers, operation by operation.
func (s *session) bulkItem(item *scim.Value, i int, reader *bulkReader) error {
	method, path, data := strings.ToUpper(item.Get("method").Text()), item.Get("path"), item.Get("data")
	route, ok := s.plan.Registry.Route(scim.Base{}, path.Text())
	if !ok || route.Type == nil {
		return nil
	}
	at := "Operations[" + strconv.Itoa(i) + "]."
	one := session{plan: s.plan, route: route, rt: route.Type, old: s.old, new: s.new, ctx: s.ctx, send: reader.send}
	target := scim.Request{Path: path.Text()}
	if one.path(&target); target.Path != path.Text() {
		path.Put(scim.StringValue(target.Path))
	}
	s.took(&one, at)
	if !isBulkData(method, data) {
		return nil
	}
	if one.req = s.bulkRead(target.Path); strings.Contains(target.Path, "bulkId:") {
		one.send = noState
	}
	at += "data."
	err := one.bulkData(method, data)
	reader.wrote(one.req.Path, bulkWrite{method, one.rt, data})
	s.took(&one, at)
	if e, is := errors.AsType[*scim.Error](err); is {
		return scim.Errorf(e.Status, e.Type, "%s%s", at, e.Detail)
	}
	return err
}

// took takes over the changes of an operation, which stands at a place of the
// Bulk body.
func (s *session) took(one *session, at string) {
	for _, c := range one.changes {
		s.changes = append(s.changes, Change{Rule: c.Rule, At: at + c.At})
	}
	one.changes = nil
}

// isBulkData reports whether data is of a kind that can be read. That of a PATCH
// may lack its envelope (P1).
func isBulkData(method string, data *scim.Value) bool {
	if !data.Exists() {
		return false
	}
	return data.Kind() == scim.Object || data.Kind() == scim.Array && method == http.MethodPatch
}

// nothingToDo is a PATCH that is legal and changes nothing.
const nothingToDo = `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"add","value":{}}]}`

// bulkData normalises the data of one operation as the body of its method.
func (s *session) bulkData(method string, data *scim.Value) error {
	switch method {
	case http.MethodPatch:
		text, err := s.patch(data)
		if err != nil {
			return err
		}
		if text == "" { // P12: it cannot be left out, for its result is waited for
			text = nothingToDo
		}
		data.Put(scim.Parse(text))
		return nil
	case http.MethodPost, http.MethodPut:
		return s.resource(data, method)
	}
	return nil
}

// bulkRead is the request as which an operation's resource is read.
func (s *session) bulkRead(path string) *scim.Request {
	req := *s.req
	req.Path = s.route.Base + path
	return &req
}
