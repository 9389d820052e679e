package scim

import (
	"fmt"
	"slices"
	"strings"
)

func newRegistry(types []*ResourceType) *Registry {
	r := &Registry{Types: types}
	for _, rt := range types {
		r.addSchema(rt.Schema)
		for _, ext := range rt.Extensions {
			r.addSchema(ext.Schema)
		}
	}
	for _, s := range discoverySchemas() {
		r.addSchema(s)
	}
	return r
}

func (r *Registry) addSchema(s *Schema) {
	if !slices.Contains(r.schemas, s) {
		r.schemas = append(r.schemas, s)
	}
}

// With returns a registry in which the resource type of that name also has the
// extension ext. If required is set, each resource has to carry it.
func (r *Registry) With(typeName string, ext *Schema, required bool) (*Registry, error) {
	rt := r.ByName(typeName)
	if rt == nil {
		return nil, fmt.Errorf("unknown resource type %q", typeName)
	}
	if err := ext.validate(); err != nil {
		return nil, fmt.Errorf("schema %s: %w", ext.ID, err)
	}
	if known := r.Schema(ext.ID); known != nil && known != ext {
		return nil, fmt.Errorf("schema %s is known already", ext.ID)
	}
	if rt.Extension(ext.ID) != nil || equalFold(rt.Schema.ID, ext.ID) {
		return nil, fmt.Errorf("resource type %s has schema %s already", rt.Name, ext.ID)
	}
	extended := *rt
	extended.Extensions = append(slices.Clone(rt.Extensions), Extension{Schema: ext, Required: required})
	types := slices.Clone(r.Types)
	types[slices.Index(types, rt)] = &extended
	return newRegistry(types), nil
}

// ByEndpoint finds a resource type by its endpoint, such as Users, in any case.
// It returns nil if there is none.
func (r *Registry) ByEndpoint(name string) *ResourceType {
	for _, rt := range r.Types {
		if equalFold(rt.Endpoint, name) {
			return rt
		}
	}
	return nil
}

// ByName finds a resource type by its name, such as User, in any case. It
// returns nil if there is none.
func (r *Registry) ByName(name string) *ResourceType {
	for _, rt := range r.Types {
		if equalFold(rt.Name, name) {
			return rt
		}
	}
	return nil
}

// Schema finds a schema by its URI, in any case: those of the resource types,
// their extensions, and the three that describe the service provider itself. It
// returns nil if there is none.
func (r *Registry) Schema(uri string) *Schema {
	for _, s := range r.schemas {
		if equalFold(s.ID, uri) {
			return s
		}
	}
	return nil
}

// Schemas returns all schemas that Schema finds. They must not be changed.
func (r *Registry) Schemas() []*Schema { return r.schemas }

// Extension finds an extension by the URI of its schema, in any case. It
// returns nil if there is none.
func (rt *ResourceType) Extension(uri string) *Extension {
	for i := range rt.Extensions {
		if equalFold(rt.Extensions[i].Schema.ID, uri) {
			return &rt.Extensions[i]
		}
	}
	return nil
}

// equalFold reports whether a known name and one from outside are the same but for
// the case of ASCII letters (RFC 7643 section 2.1). Known names are ASCII, and
// letters outside ASCII that fold into it are longer, so the lengths tell.
func equalFold(known, name string) bool {
	return len(known) == len(name) && (known == name || strings.EqualFold(known, name))
}

func findAttribute(attrs []*Attribute, name string) *Attribute {
	for _, a := range attrs {
		if a.Name == name {
			return a
		}
	}
	for _, a := range attrs {
		if equalFold(a.Name, name) {
			return a
		}
	}
	return nil
}
