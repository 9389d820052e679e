package scim

// Type is the data type of an attribute (RFC 7643 section 2.3).
type Type string

// The data types of RFC 7643 section 2.3.
const (
	TypeString    Type = "string"
	TypeBoolean   Type = "boolean"
	TypeDecimal   Type = "decimal"
	TypeInteger   Type = "integer"
	TypeDateTime  Type = "dateTime"
	TypeBinary    Type = "binary"
	TypeReference Type = "reference"
	TypeComplex   Type = "complex"
)

// Attribute is the definition of an attribute with the characteristics of RFC
// 7643 section 7. The JSON form is that of a Schema resource.
type Attribute struct {
	Name            string       `json:"name"`
	Type            Type         `json:"type"`
	MultiValued     bool         `json:"multiValued"`
	Description     string       `json:"description"`
	Required        bool         `json:"required"`
	CanonicalValues []string     `json:"canonicalValues,omitempty"`
	CaseExact       bool         `json:"caseExact"`
	Mutability      string       `json:"mutability"` // readOnly, readWrite, immutable, writeOnly
	Returned        string       `json:"returned"`   // always, never, default, request
	Uniqueness      string       `json:"uniqueness,omitempty"`
	ReferenceTypes  []string     `json:"referenceTypes,omitempty"`
	SubAttributes   []*Attribute `json:"subAttributes,omitempty"`
}

// Values of Attribute.Mutability and Attribute.Returned.
const (
	ReadOnly  = "readOnly"
	ReadWrite = "readWrite"
	Immutable = "immutable"
	WriteOnly = "writeOnly"

	ReturnedAlways  = "always"
	ReturnedNever   = "never"
	ReturnedDefault = "default"
	ReturnedRequest = "request"
)

// Schema is a schema definition (RFC 7643 section 7).
type Schema struct {
	ID          string       `json:"id"` // its URI
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Attributes  []*Attribute `json:"attributes"`
}

// Extension is a schema that a resource type adds to its core schema.
type Extension struct {
	Schema   *Schema
	Required bool
}

// ResourceType is a kind of resource and its endpoint (RFC 7643 section 6).
type ResourceType struct {
	Name        string // User
	Endpoint    string // Users, without a slash
	Description string
	Schema      *Schema
	Extensions  []Extension
}

// Registry is the set of resource types that are known. It is immutable and
// safe for concurrent use.
type Registry struct {
	Types []*ResourceType

	schemas []*Schema // of the types, their extensions and discovery
}
