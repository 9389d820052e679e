package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// page is one answer with a list.
type page struct {
	resources []scim.Value
	total     int // -1 if not given
	next      string
}

func (p *page) ids() []string {
	ids := make([]string, len(p.resources))
	for i := range p.resources {
		ids[i] = p.resources[i].Get("id").Text()
	}
	return ids
}

// list asks for a list. A service provider that says 404 where it finds nothing
// has found nothing, unless it is held to the letter.
func (s *subject) list(ctx context.Context, path, query string) (*page, error) {
	a, err := s.exchange(ctx, http.MethodGet, path, query, "")
	if statusOf(err) == http.StatusNotFound && !s.strict && strings.Contains(query, "filter=") {
		return &page{}, nil
	}
	if err != nil {
		return nil, err
	}
	return s.page(a)
}

// page reads an answer that is a list.
func (s *subject) page(a *answer) (*page, error) {
	if s.strict {
		if err := strictList(a); err != nil {
			return nil, err
		}
	}
	p := &page{total: -1}
	if a.status == http.StatusNoContent {
		return p, nil
	}
	at := &a.doc
	if at.Kind() == scim.Object {
		p.next = at.Get("nextCursor").Text()
		if total := walk(at, s.total, "totalResults"); total.Kind() == scim.Number {
			if _, err := fmt.Sscan(total.Raw(), &p.total); err != nil {
				p.total = -1
			}
		}
		if at = walk(at, s.resources, "Resources"); at.Kind() != scim.Array { // as in the answer to a .search
			at = a.doc.Get("Resources")
		}
	}
	switch at.Kind() {
	case scim.Array:
	case scim.Absent, scim.Null:
		if p.total == 0 {
			return p, nil
		}
		fallthrough
	default:
		return nil, errors.New("the answer is no list")
	}
	for i := range at.Members() {
		v := *at.At(i)
		if v.Kind() != scim.Object {
			continue
		}
		if !s.strict {
			idsAsText(&v)
		}
		p.resources = append(p.resources, v)
	}
	return p, nil
}

// first is the first element of an array, if there is one.
func first(v *scim.Value) *scim.Value {
	if v.Kind() != scim.Array || v.Len() == 0 {
		return new(scim.Value)
	}
	return v.At(0)
}

func walk(v *scim.Value, path []string, standard string) *scim.Value {
	if len(path) == 0 {
		return v.Get(standard)
	}
	for _, name := range path {
		v = v.Get(name)
	}
	return v
}

// strictList holds a list against RFC 7644 section 3.4.2.
func strictList(a *answer) error {
	schemas := a.doc.Get("schemas")
	switch {
	case a.status != http.StatusOK:
		return fmt.Errorf("status %d", a.status)
	case !a.isJSON():
		return fmt.Errorf("the answer is called %q", a.header.Get("Content-Type"))
	case a.doc.Kind() != scim.Object || schemas.Len() != 1 || first(schemas).Text() != scim.ListResponseURI:
		return errors.New("the answer is no ListResponse")
	case a.doc.Get("totalResults").Kind() != scim.Number:
		return errors.New("totalResults is missing")
	}
	list := a.doc.Get("Resources")
	for i := range list.Members() {
		if list.At(i).Get("id").Kind() != scim.String {
			return fmt.Errorf("the id of a resource is %s", list.At(i).Get("id").Kind())
		}
		if list.At(i).Get("schemas").Len() == 0 {
			return errors.New("schemas of a resource is missing")
		}
	}
	return nil
}

// shape finds the list in an answer that is no ListResponse, and the total
// beside it. It returns nothing for a bare array.
func shape(doc *scim.Value) (resources, total []string, found bool) {
	switch {
	case doc.Kind() == scim.Array:
		return nil, nil, true
	case doc.Get("Resources").Kind() == scim.Array, doc.Get("totalResults").Kind() == scim.Number:
		return nil, nil, true
	}
	resources = findPath(doc, nil, func(_ string, v *scim.Value) bool {
		return v.Kind() == scim.Array && (v.Len() == 0 || first(v).Get("id").Exists() || first(v).Get("userName").Exists())
	})
	total = findPath(doc, nil, func(name string, v *scim.Value) bool {
		return v.Kind() == scim.Number && strings.Contains(strings.ToLower(name), "total")
	})
	return resources, total, resources != nil
}

// findPath finds a member of an object, or of the objects in it.
func findPath(v *scim.Value, above []string, wanted func(string, *scim.Value) bool) []string {
	if v.Kind() != scim.Object || len(above) == 3 {
		return nil
	}
	for name, part := range v.Parts() {
		if wanted(name, &part) {
			return append(above, name)
		}
	}
	for name, part := range v.Parts() {
		if path := findPath(&part, append(slices.Clip(above), name), wanted); path != nil {
			return path
		}
	}
	return nil
}
