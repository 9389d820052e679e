package rewrite

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulk normalises each operation of a Bulk body as if it had come alone (RFC
// 7644 section 3.7). One that cannot be given a meaning refuses the request.
func (s *session) bulk(body *scim.Value) error {
	operations := body.Get("Operations")
	if body.Kind() != scim.Object || operations.Empty() || operations.Kind() != scim.Array {
		return scim.BadRequest(scim.InvalidSyntax, "a Bulk body has an array of Operations")
	}
	for i := range operations.Members() {
		item := operations.At(i)
		if item.Kind() != scim.Object {
			return scim.BadRequest(scim.InvalidSyntax, "Operations[%d]: an operation is an object, not %s", i, item.Kind())
		}
		if err := s.bulkItem(item, i); err != nil {
			return err
		}
	}
	return nil
}

// bulkItem normalises the data of one operation.
func (s *session) bulkItem(item *scim.Value, i int) error {
	method, path, data := item.Get("method").Text(), item.Get("path").Text(), item.Get("data")
	route, ok := s.plan.Registry.Route(scim.Base{}, path)
	if !ok || route.Type == nil || data == nil || data.Kind() != scim.Object {
		return nil // the service provider answers it, operation by operation
	}
	one := session{plan: s.plan, route: route, rt: route.Type, ctx: s.ctx, req: s.bulkRead(path), send: s.send}
	if strings.Contains(path, "bulkId:") {
		one.send = noState
	}
	at := "Operations[" + strconv.Itoa(i) + "].data."
	err := one.bulkData(strings.ToUpper(method), data)
	for _, c := range one.changes {
		s.changes = append(s.changes, Change{Rule: c.Rule, At: at + c.At})
	}
	if e, is := err.(*scim.Error); is {
		return scim.Errorf(e.Status, e.Type, "%s%s", at, e.Detail)
	}
	return err
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
