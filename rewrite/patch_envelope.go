package rewrite

import (
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// envelope finds the operations of a body in any of the shapes of P1: an array
// of them, or one alone.
func (s *session) envelope(body *scim.Value) (scim.Value, error) {
	if body.Kind() == scim.Array {
		s.did(PatchBare, "body")
		return *body, nil
	}
	if body.Kind() != scim.Object {
		return *body, scim.BadRequest(scim.InvalidSyntax, "the body of a PATCH is an object with Operations, not %s", body.Kind())
	}
	var list scim.Value
	var extra []scim.Member
	bare, schemas := false, false
	for name, part := range body.Parts() {
		switch {
		case strings.EqualFold(name, "Operations"):
			if list = part; name != "Operations" {
				s.did(PatchKeyCase, name)
			}
		case name == "schemas":
			schemas = isPatchOp(&part)
		case strings.EqualFold(name, "op"):
			bare = true
		default:
			extra = append(extra, scim.Member{Name: name, Value: part})
		}
	}
	switch {
	case list.Exists():
	case bare:
		s.did(PatchBare, "body")
		return *body, nil
	default:
		return scim.Value{}, nil // no envelope at all
	}
	if !schemas {
		s.did(PatchSchemas, "schemas")
	}
	if err := s.extra(extra); err != nil {
		return list, err
	}
	switch list.Kind() {
	case scim.Array:
	case scim.Object:
		s.did(PatchBare, "Operations")
	default:
		return list, scim.BadRequest(scim.InvalidSyntax, "Operations is an array, not %s", list.Kind())
	}
	return list, nil
}

// extra records the members of a message that are not part of it. They mean
// nothing (RFC 6902 section 4, on which PATCH is based), but an id should at
// least be that of the resource.
func (s *session) extra(members []scim.Member) error {
	for i := range members {
		m := &members[i]
		if m.Name == "schemas" || strings.EqualFold(m.Name, "schemas") {
			continue
		}
		if strings.EqualFold(m.Name, "id") && s.route.ID != "" && !s.isAddressed(&m.Value) {
			return scim.BadRequest(scim.InvalidValue, "id: the body is for another resource than the path")
		}
		s.did(PatchExtra, m.Name)
	}
	return nil
}

// isAddressed reports whether v is the id in the path of the request, be it a
// number.
func (s *session) isAddressed(v *scim.Value) bool {
	id, err := url.PathUnescape(s.route.ID)
	if err != nil {
		id = s.route.ID
	}
	return v.Kind() == scim.Number && v.Raw() == id || v.Kind() == scim.String && v.Text() == id
}

// isPatchOp tells schemas that are exactly the PatchOp URI.
func isPatchOp(v *scim.Value) bool {
	n := 0
	for _, part := range v.Parts() {
		if n++; n > 1 || part.Text() != scim.PatchOpURI {
			return false
		}
	}
	return n == 1 && v.Kind() == scim.Array
}
