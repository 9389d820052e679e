package custom

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Service providers do not always answer what they are asked for: a list with one
// resource, a resource with a list, an error with the resource that is in the way,
// or any of them in a wrapping of their own. Some of that is repaired behind the
// rules, so that these have to look into it first, and nothing that a rule hides
// may be seen in the rest.

// undoFound brings the resources back that are in v. What looks like none counts
// as one if it should be.
func (m *message) undoFound(v *scim.Value, at string, expected bool) error {
	switch v.Kind() {
	case scim.Array:
		for i := range v.Members() {
			if err := m.undoFound(v.At(i), at+"["+strconv.Itoa(i)+"].", expected); err != nil {
				return err
			}
		}
	case scim.Object:
		whole := m.isResource(v)
		if whole || expected {
			if err := m.undoShown(v, at); err != nil || whole {
				return err
			}
		}
		return m.undoWrapped(v, at, expected)
	}
	return nil
}

// undoWrapped looks for resources in what no schema knows in an object.
func (m *message) undoWrapped(v *scim.Value, at string, expected bool) error {
	for i := range v.Members() {
		inner := v.At(i)
		if kind := inner.Kind(); kind != scim.Array && kind != scim.Object || m.isKnown(v.Members()[i].Name) {
			continue
		}
		if err := m.undoFound(inner, at+v.Members()[i].Name+".", expected && inner.Kind() == scim.Object); err != nil {
			return err
		}
	}
	return nil
}

// isKnown reports whether a member of a resource is an attribute or an extension.
func (m *message) isKnown(name string) bool {
	if m.rt == nil {
		return strings.EqualFold(name, "schemas") || strings.EqualFold(name, "meta")
	}
	_, ok := m.rt.Resolve(scim.AttrPath{Name: name})
	return ok || m.rt.Extension(name) != nil
}

// isResource tells a resource by its id, or by a schema that is no message's.
func (m *message) isResource(v *scim.Value) bool {
	if schemas := v.Get("schemas"); schemas.Len() > 0 {
		return !isMessage(v)
	}
	id := v.Get("id").Kind()
	return id == scim.String || id == scim.Number
}

// isMessage tells a message of the protocol by its schema.
func isMessage(v *scim.Value) bool {
	schemas := v.Get("schemas")
	return schemas.Len() > 0 && strings.HasPrefix(strings.ToLower(schemas.At(0).Text()), "urn:ietf:params:scim:api:messages:")
}

// undoUnlisted brings back what has come in place of a list. A resource that a verb
// has hidden is a list of none.
func (m *message) undoUnlisted(v *scim.Value) error {
	if v.Len() == 0 || isMessage(v) || v.Get("totalResults").Exists() {
		return m.undoWrapped(v, "", false)
	}
	m.hidden = false
	err := m.undoFound(v, "", true)
	if m.hidden {
		v.Put(scim.ObjectValue(
			scim.Member{Name: "schemas", Value: scim.ArrayValue(scim.StringValue(scim.ListResponseURI))},
			scim.Member{Name: "totalResults", Value: scim.IntValue(0)},
		))
	}
	return err
}

// hides reports whether a rule hides something in the answer.
func (m *message) hides() bool {
	for i := range m.turns {
		if _, ok := m.turns[i].worker.(*removeWorker); ok {
			return true
		}
	}
	return false
}

// keepBack keeps the body of an answer back that cannot be read, since it may hold
// what a rule hides. What was done is done, and its status stays; the text of an
// error, which has no names in it, may be seen.
func (m *message) keepBack(resp *scim.Response) error {
	body := strings.TrimLeft(resp.Body, "\uFEFF \t\r\n")
	coded := resp.Header.Get("Content-Encoding") != "" || body != "" && (body[0] == '{' || body[0] == '[')
	switch {
	case body == "" || resp.Status >= http.StatusBadRequest && !coded:
		return nil
	case resp.Status >= http.StatusBadRequest:
		resp.Body = scim.Errorf(resp.Status, "", "the answer of the service provider cannot be read, so that the rules cannot be applied to it").Body()
	case m.req.Method == http.MethodGet || m.route.Search:
		return unreadable()
	default:
		resp.Body = ""
	}
	resp.Header = redescribed(resp.Header)
	resp.Header.Del("Content-Encoding")
	resp.Header.Set("Content-Type", scim.MediaType)
	return nil
}

func unreadable() error {
	return scim.Errorf(http.StatusBadGateway, "", "the answer of the service provider cannot be read, so that the rules cannot be applied to it")
}
