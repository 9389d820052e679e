package caddymodule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Schema is an extension schema of a resource type.
type Schema struct {
	// The name of the resource type that the schema extends: `User` or `Group`.
	Resource string `json:"resource,omitempty"`

	// The URI of the schema, such as
	// `urn:example:params:scim:schemas:extension:acme:2.0:User`.
	ID string `json:"id,omitempty"`

	// The attributes that the schema defines.
	Attributes []*Attribute `json:"attributes,omitempty"`
}

// Attribute is the definition of an attribute of an extension schema.
type Attribute struct {
	// The name of the attribute.
	Name string `json:"name,omitempty"`

	// The data type: `string`, `boolean`, `decimal`, `integer`, `dateTime`,
	// `binary`, `reference` or `complex`. Default: `string`, or `complex` when
	// there are sub-attributes.
	Type string `json:"type,omitempty"`

	// Whether the attribute holds several values. Default: `false`.
	Multi bool `json:"multi,omitempty"`

	// Whether upper and lower case make different values. Default: `false`, but
	// always `true` for the types `binary` and `reference`.
	CaseExact bool `json:"case_exact,omitempty"`

	// Whether clients cannot write the attribute. Default: `false`.
	ReadOnly bool `json:"read_only,omitempty"`

	// Whether each resource that carries the schema has the attribute. Default:
	// `false`.
	Required bool `json:"required,omitempty"`

	// The sub-attributes of a complex attribute.
	Attributes []*Attribute `json:"attributes,omitempty"`
}

// extend returns the registry with the configured schemas.
func extend(registry *scim.Registry, schemas []*Schema) (*scim.Registry, error) {
	for _, s := range schemas {
		if registry.ByName(s.Resource) == nil {
			return nil, unknown("resource type", s.Resource, resourceNames())
		}
		schema, err := s.definition()
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", s.ID, err)
		}
		if registry, err = registry.With(s.Resource, schema, false); err != nil {
			return nil, err
		}
	}
	return registry, nil
}

// definition is the schema as the standard has it. Whether it keeps to the
// standard is checked when it enters a registry.
func (s *Schema) definition() (*scim.Schema, error) {
	attributes, err := definitions(s.Attributes)
	return &scim.Schema{
		ID:         s.ID,
		Name:       s.ID[strings.LastIndexByte(s.ID, ':')+1:],
		Attributes: attributes,
	}, err
}

func definitions(attributes []*Attribute) ([]*scim.Attribute, error) {
	var all []*scim.Attribute
	for _, a := range attributes {
		definition, err := a.definition()
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", a.Name, err)
		}
		all = append(all, definition)
	}
	return all, nil
}

func (a *Attribute) definition() (*scim.Attribute, error) {
	typ := scim.Type(a.Type)
	switch {
	case a.Type == "" && len(a.Attributes) > 0:
		typ = scim.TypeComplex
	case a.Type == "":
		typ = scim.TypeString
	case !slices.Contains(dataTypes, a.Type):
		return nil, unknown("type", a.Type, dataTypes)
	}
	subs, err := definitions(a.Attributes)
	if err != nil {
		return nil, err
	}
	definition := &scim.Attribute{
		Name:          a.Name,
		Type:          typ,
		MultiValued:   a.Multi,
		Required:      a.Required,
		CaseExact:     a.CaseExact || typ == scim.TypeBinary || typ == scim.TypeReference,
		Mutability:    scim.ReadWrite,
		Returned:      scim.ReturnedDefault,
		Uniqueness:    "none",
		SubAttributes: subs,
	}
	if a.ReadOnly {
		definition.Mutability = scim.ReadOnly
	}
	return definition, nil
}

// dataTypes are those of RFC 7643 section 2.3.
var dataTypes = []string{
	string(scim.TypeString), string(scim.TypeBoolean), string(scim.TypeDecimal), string(scim.TypeInteger),
	string(scim.TypeDateTime), string(scim.TypeBinary), string(scim.TypeReference), string(scim.TypeComplex),
}

func resourceNames() []string {
	types := scim.Core().Types
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Name
	}
	return names
}
