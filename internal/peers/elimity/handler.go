package elimity

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/schema"
)

// handler keeps the resources of one type.
type handler struct {
	unique     string // the attribute that no two resources share; "" if there is none
	schema     schema.Schema
	extensions []schema.Schema

	mu      sync.Mutex
	byID    map[string]*record
	ordered []*record // in the order of creation
}

// record is one resource. Its attributes are replaced, never changed.
type record struct {
	id                string
	attributes        scim.ResourceAttributes
	created, modified time.Time
	version           int
}

func newHandler(unique string, s schema.Schema, extensions ...schema.Schema) *handler {
	return &handler{unique: unique, schema: s, extensions: extensions, byID: map[string]*record{}}
}

// resource is a record as the library wants it.
func (r *record) resource() scim.Resource {
	created, modified := r.created, r.modified
	return scim.Resource{
		ID: r.id, Attributes: r.attributes,
		Meta: scim.Meta{Created: &created, LastModified: &modified, Version: fmt.Sprintf(`W/"%d"`, r.version)},
	}
}

// Create implements scim.ResourceHandler.
func (h *handler) Create(_ *http.Request, attributes scim.ResourceAttributes) (scim.Resource, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.taken(attributes, "") {
		return scim.Resource{}, errors.ScimErrorUniqueness
	}
	now := time.Now().UTC()
	r := &record{id: rand.Text(), attributes: stored(attributes), created: now, modified: now, version: 1}
	h.byID[r.id] = r
	h.ordered = append(h.ordered, r)
	return r.resource(), nil
}

// Get implements scim.ResourceHandler.
func (h *handler) Get(_ *http.Request, id string) (scim.Resource, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.byID[id]
	if !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return r.resource(), nil
}

// GetAll implements scim.ResourceHandler.
func (h *handler) GetAll(_ *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := scim.Page{Resources: []scim.Resource{}}
	for _, r := range h.ordered {
		if params.FilterValidator != nil && params.FilterValidator.PassesFilter(h.view(r)) != nil {
			continue
		}
		page.TotalResults++
		if page.TotalResults >= params.StartIndex && len(page.Resources) < params.Count {
			page.Resources = append(page.Resources, r.resource())
		}
	}
	return page, nil
}

// Replace implements scim.ResourceHandler.
func (h *handler) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.write(id, func(scim.ResourceAttributes) (scim.ResourceAttributes, error) { return attributes, nil })
}

// Patch implements scim.ResourceHandler.
func (h *handler) Patch(_ *http.Request, id string, operations []scim.PatchOperation) (scim.Resource, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.write(id, func(old scim.ResourceAttributes) (scim.ResourceAttributes, error) {
		next := copied(map[string]any(old)).(map[string]any)
		for _, op := range operations {
			if err := h.apply(next, op); err != nil {
				return nil, err
			}
		}
		return next, nil
	})
}

// Delete implements scim.ResourceHandler.
func (h *handler) Delete(_ *http.Request, id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.byID[id]; !ok {
		return errors.ScimErrorResourceNotFound(id)
	}
	delete(h.byID, id)
	for i, r := range h.ordered {
		if r.id == id {
			h.ordered = append(h.ordered[:i], h.ordered[i+1:]...)
			break
		}
	}
	return nil
}

// write changes a resource, or leaves it as it is if that fails.
func (h *handler) write(id string, change func(scim.ResourceAttributes) (scim.ResourceAttributes, error)) (scim.Resource, error) {
	r, ok := h.byID[id]
	if !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	attributes, err := change(r.attributes)
	if err != nil {
		return scim.Resource{}, err
	}
	if h.taken(attributes, id) {
		return scim.Resource{}, errors.ScimErrorUniqueness
	}
	r.attributes = stored(attributes)
	r.modified = time.Now().UTC()
	r.version++
	return r.resource(), nil
}

// taken tells whether another resource has the value that must be unique. User
// names are compared without case (RFC 7643 section 4.1.1).
func (h *handler) taken(attributes scim.ResourceAttributes, id string) bool {
	name, ok := attributes[h.unique].(string)
	if !ok {
		return false
	}
	for _, r := range h.ordered {
		if other, _ := r.attributes[h.unique].(string); r.id != id && strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

// stored is what is kept of a resource: no password, which is never returned
// (RFC 7643 section 4.1.1), and no attribute without value (section 2.5).
func stored(attributes scim.ResourceAttributes) scim.ResourceAttributes {
	kept := scim.ResourceAttributes{}
	for name, value := range attributes {
		if !empty(value) && name != "password" {
			kept[name] = value
		}
	}
	return kept
}

// empty tells a value that is none.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// view is a record as the filters of the library see it: the common attributes
// beside the others, those of an extension under URN and name.
func (h *handler) view(r *record) map[string]any {
	v := maps.Clone(map[string]any(r.attributes))
	v["id"] = r.id
	for _, e := range h.extensions {
		if attributes, ok := v[e.ID].(map[string]any); ok {
			for name, value := range attributes {
				v[e.ID+":"+name] = value
			}
		}
	}
	return v
}

// copied makes a deep copy of a JSON value.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = copied(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = copied(v[i])
		}
		return out
	}
	return v
}
