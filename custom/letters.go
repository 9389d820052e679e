package custom

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Lowercase writes the values of an attribute in lower case.
//
// Body and PATCH: each value of the attribute, and each element if it has many.
// Filter: the values of all comparisons. SortBy and attributes: nothing. There is
// no undo: the answer shows what the service provider has.
type Lowercase struct{ Attribute string }

// Uppercase writes the values of an attribute in upper case. Else it is like
// Lowercase.
type Uppercase struct{ Attribute string }

// Trim removes the white space around the values of an attribute.
//
// Body and PATCH: each value of the attribute, and each element if it has many.
// Filter: the values of eq and ne; white space at the end of a part that co, sw or
// ew looks for is meant. SortBy and attributes: nothing. There is no undo.
type Trim struct{ Attribute string }

// String is the verb as the Caddyfile has it.
func (v Lowercase) String() string { return "lowercase " + v.Attribute }

// String is the verb as the Caddyfile has it.
func (v Uppercase) String() string { return "uppercase " + v.Attribute }

// String is the verb as the Caddyfile has it.
func (v Trim) String() string { return "trim " + v.Attribute }

func (v Lowercase) attributes() []string { return []string{v.Attribute} }
func (v Uppercase) attributes() []string { return []string{v.Attribute} }
func (v Trim) attributes() []string      { return []string{v.Attribute} }

func (v Lowercase) compile(c *compiler) (worker, error) {
	return inAllComparisons(c, v.Attribute, strings.ToLower)
}

func (v Uppercase) compile(c *compiler) (worker, error) {
	return inAllComparisons(c, v.Attribute, strings.ToUpper)
}

func inAllComparisons(c *compiler, attribute string, write func(string) string) (worker, error) {
	at, err := c.textSpot(attribute)
	if err != nil {
		return nil, err
	}
	return inPlaceAt(at, text(write), nil, text(write).anyOperand), nil
}

func (v Trim) compile(c *compiler) (worker, error) {
	at, err := c.textSpot(v.Attribute)
	if err != nil {
		return nil, err
	}
	trim := text(strings.TrimSpace)
	return inPlaceAt(at, trim, nil, func(op scim.CompareOp, v *scim.Value) (scim.Value, error) {
		if !isEquality(op) {
			return *v, nil
		}
		return trim.of(v)
	}), nil
}
