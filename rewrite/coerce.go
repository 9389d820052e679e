package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// fits reports whether a simple value has the JSON kind of attr's type.
func fits(attr *scim.Attribute, v *scim.Value) bool {
	switch attr.Type {
	case scim.TypeBoolean:
		return v.Kind() == scim.Bool
	case scim.TypeInteger:
		return v.Kind() == scim.Number && isInteger(v.Raw())
	case scim.TypeDecimal:
		return v.Kind() == scim.Number
	case scim.TypeComplex:
		return v.Kind() == scim.Object
	default:
		return v.Kind() == scim.String
	}
}

// coerced returns v with the JSON kind of attr's type, and false when it has
// that kind already or cannot have it.
func coerced(attr *scim.Attribute, v *scim.Value) (scim.Value, bool) {
	switch attr.Type {
	case scim.TypeBoolean:
		return coercedBoolean(v)
	case scim.TypeInteger, scim.TypeDecimal:
		if v.Kind() != scim.String {
			return scim.Value{}, false
		}
		text := strings.TrimSpace(v.Text())
		number, err := scim.Check(text, scim.Limits{})
		to := scim.Parse(number)
		if err != nil || to.Kind() != scim.Number || attr.Type == scim.TypeInteger && !isInteger(text) {
			return scim.Value{}, false
		}
		return to, true
	case scim.TypeComplex, scim.TypeDateTime, scim.TypeBinary: // no number is one
		return scim.Value{}, false
	default:
		if v.Kind() != scim.Number {
			return scim.Value{}, false
		}
		return scim.StringValue(v.Raw()), true
	}
}

func coercedBoolean(v *scim.Value) (scim.Value, bool) {
	text := v.Raw()
	switch v.Kind() {
	case scim.String:
		text = strings.TrimSpace(v.Text())
	case scim.Number:
	default:
		return scim.Value{}, false
	}
	switch {
	case text == "1" || strings.EqualFold(text, "true"):
		return scim.BoolValue(true), true
	case text == "0" || strings.EqualFold(text, "false"):
		return scim.BoolValue(false), true
	}
	return scim.Value{}, false
}

// isInteger reports whether a JSON number has neither fraction nor exponent
// (RFC 7643 section 2.3.4).
func isInteger(number string) bool { return !strings.ContainsAny(number, ".eE") }

// shapeOf is the shape of a value that has the wrong type for attr.
func shapeOf(attr *scim.Attribute) Shape {
	switch attr.Type {
	case scim.TypeBoolean:
		return ValueBoolean
	case scim.TypeInteger, scim.TypeDecimal:
		return ValueInteger
	default:
		return ValueString
	}
}
