package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ParseSchema reads a Schema resource (RFC 7643 section 7) and holds it against
// the rules for schemas: legal names and types, no name twice, and complex
// attributes of one level only. Characteristics that are left out have the
// defaults of RFC 7643 section 2.2.
func ParseSchema(doc string) (*Schema, error) {
	s, err := decodeSchema(doc)
	if err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("schema %s: %w", s.ID, err)
	}
	return s, nil
}

func decodeSchema(doc string) (*Schema, error) {
	s := new(Schema)
	if err := json.Unmarshal([]byte(doc), s); err != nil {
		return nil, fmt.Errorf("reading schema: %w", err)
	}
	for _, a := range s.Attributes {
		a.setDefaults()
	}
	return s, nil
}

func (a *Attribute) setDefaults() {
	if a == nil {
		return
	}
	if a.Type == "" {
		a.Type = TypeString
		if len(a.SubAttributes) > 0 {
			a.Type = TypeComplex
		}
	}
	a.Mutability = orDefault(a.Mutability, ReadWrite)
	a.Returned = orDefault(a.Returned, ReturnedDefault)
	a.Uniqueness = orDefault(a.Uniqueness, "none")
	if a.Type == TypeBinary || a.Type == TypeReference {
		a.CaseExact = true // RFC 7643 sections 2.3.6 and 2.3.7
	}
	for _, sub := range a.SubAttributes {
		sub.setDefaults()
	}
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (s *Schema) validate() error {
	if err := checkSchemaURI(s.ID); err != nil {
		return err
	}
	if len(s.Attributes) == 0 {
		return errors.New("it defines no attributes")
	}
	return checkAttributes(s.Attributes, false)
}

// checkSchemaURI wants a URI that can stand in front of ":attribute" in a path
// (RFC 7644 section 3.10).
func checkSchemaURI(uri string) error {
	scheme, rest, found := strings.Cut(uri, ":")
	switch {
	case uri == "":
		return errors.New("id is missing")
	case !found || scheme == "" || rest == "":
		return fmt.Errorf("id %q is not a URI", uri)
	case strings.ContainsAny(uri, " \t\r\n\"[]()<>\\"), strings.HasSuffix(uri, ":"):
		return fmt.Errorf("id %q cannot be used in an attribute path", uri)
	}
	return nil
}

func checkAttributes(attrs []*Attribute, nested bool) error {
	for i, a := range attrs {
		if a == nil {
			return fmt.Errorf("attribute %d is null", i)
		}
		if err := a.validate(nested); err != nil {
			return fmt.Errorf("attribute %q: %w", a.Name, err)
		}
		if findAttribute(attrs[:i], a.Name) != nil {
			return fmt.Errorf("attribute %q is defined twice", a.Name)
		}
	}
	return nil
}

func (a *Attribute) validate(nested bool) error {
	switch {
	case !legalName(a.Name):
		return errors.New("a name is a letter or $, then letters, digits, $, - and _")
	case !slices.Contains(types, a.Type):
		return fmt.Errorf("unknown type %q; known: %s", a.Type, listed(types))
	case !slices.Contains(mutabilities, a.Mutability):
		return fmt.Errorf("unknown mutability %q; known: %s", a.Mutability, listed(mutabilities))
	case !slices.Contains(returneds, a.Returned):
		return fmt.Errorf("unknown returned %q; known: %s", a.Returned, listed(returneds))
	case !slices.Contains(uniquenesses, a.Uniqueness):
		return fmt.Errorf("unknown uniqueness %q; known: %s", a.Uniqueness, listed(uniquenesses))
	case a.Type != TypeComplex && len(a.SubAttributes) > 0:
		return fmt.Errorf("type %s has no sub-attributes", a.Type)
	case a.Type != TypeComplex:
		return nil
	case nested: // RFC 7643 section 2.3.8
		return errors.New("a complex attribute cannot stand in another")
	case len(a.SubAttributes) == 0:
		return errors.New("type complex needs sub-attributes")
	}
	return checkAttributes(a.SubAttributes, true)
}

var (
	types = []Type{
		TypeString, TypeBoolean, TypeDecimal, TypeInteger,
		TypeDateTime, TypeBinary, TypeReference, TypeComplex,
	}
	mutabilities = []string{ReadOnly, ReadWrite, Immutable, WriteOnly}
	returneds    = []string{ReturnedAlways, ReturnedNever, ReturnedDefault, ReturnedRequest}
	uniquenesses = []string{"none", "server", "global"}
)

func listed[S ~string](words []S) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}

// legalName holds a name against ATTRNAME of RFC 7643 section 2.1. The grammar
// there wants a letter first, but the standard's own $ref does not have one.
func legalName(name string) bool {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c == '$':
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '_'):
		default:
			return false
		}
	}
	return name != ""
}
