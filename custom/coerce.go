package custom

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Coerce gives the values of an attribute another JSON type: string, boolean,
// integer or decimal.
//
// Body and PATCH: each value of the attribute, and each element if it has many;
// one that cannot have the type is refused with invalidValue. Filter: the values
// of eq and ne; another comparison is refused with invalidFilter if its value
// would become another, for what is a number in one place and text in the other
// has not one order. SortBy and attributes: nothing. Undo: what the service
// provider shows is given the type that the schema has. An attribute that no
// schema knows is taken for a string.
type Coerce struct {
	Attribute string
	Type      string
}

// String is the verb as the Caddyfile has it.
func (v Coerce) String() string { return "coerce " + v.Attribute + " " + v.Type }

func (v Coerce) attributes() []string { return []string{v.Attribute} }

func (v Coerce) compile(c *compiler) (worker, error) {
	to := scim.Type(v.Type)
	switch to {
	case scim.TypeString, scim.TypeBoolean, scim.TypeInteger, scim.TypeDecimal:
	default:
		return nil, fmt.Errorf("%s is no type: known are string, boolean, integer and decimal", scim.Quote(v.Type))
	}
	at, err := c.valueSpot(v.Attribute)
	if err != nil {
		return nil, err
	}
	own := scim.TypeString
	if at.leaf != nil {
		own = at.leaf.Type
	}
	forward, back := toType(to), toType(own)
	return inPlaceAt(at, forward,
		func(v *scim.Value) (scim.Value, bool, error) {
			value, changed, err := back(v)
			return value, changed && err == nil, nil // what cannot be undone is shown as it is
		},
		func(op scim.CompareOp, v *scim.Value) (scim.Value, error) {
			if _, changes, err := forward(v); !isEquality(op) && (changes || err != nil) {
				return *v, scim.BadRequest(scim.InvalidFilter, "its values have another type behind the gateway; only eq, ne and pr can be asked")
			}
			return forward.of(v)
		}), nil
}

// toType gives values the type to.
func toType(to scim.Type) converted {
	return func(v *scim.Value) (scim.Value, bool, error) {
		value, ok := coerced(v, to)
		if !ok {
			return scim.Value{}, false, scim.BadRequest(scim.InvalidValue, "%s that cannot be made a value of type %s", v.Kind(), to)
		}
		return value, value.Raw() != v.Raw(), nil
	}
}

// coerced is a simple value with the type to; v itself if it has that type. It
// reports false for one that cannot have it.
func coerced(v *scim.Value, to scim.Type) (scim.Value, bool) {
	text, ok := textOf(v)
	if !ok {
		return scim.Value{}, false
	}
	switch to {
	case scim.TypeBoolean:
		return coercedBoolean(v, strings.TrimSpace(text))
	case scim.TypeInteger:
		return coercedInteger(v, strings.TrimSpace(text))
	case scim.TypeDecimal:
		return coercedNumber(v, strings.TrimSpace(text))
	case scim.TypeString, scim.TypeDateTime, scim.TypeBinary, scim.TypeReference, scim.TypeComplex:
	}
	if v.Kind() == scim.String {
		return *v, true
	}
	return scim.StringValue(text), true
}

// coercedBoolean takes the words in any case, and 1 and 0 (normal form P4).
func coercedBoolean(v *scim.Value, text string) (scim.Value, bool) {
	switch {
	case v.Kind() == scim.Bool:
		return *v, true
	case text == "1" || strings.EqualFold(text, "true"):
		return scim.BoolValue(true), true
	case text == "0" || strings.EqualFold(text, "false"):
		return scim.BoolValue(false), true
	}
	return scim.Value{}, false
}

// coercedNumber takes a number as RFC 8259 writes it: leading zeros may be part
// of a key, and would be lost.
func coercedNumber(v *scim.Value, text string) (scim.Value, bool) {
	switch v.Kind() {
	case scim.Number:
		return *v, true
	case scim.Bool:
		return scim.IntValue(len("false") - len(text)), true // false is 0, true is 1
	}
	number := parsed(text)
	return number, number.Kind() == scim.Number
}

// coercedInteger takes a number without fraction and exponent (RFC 7643 section
// 2.3.4), or one that has none to speak of.
func coercedInteger(v *scim.Value, text string) (scim.Value, bool) {
	number, ok := coercedNumber(v, text)
	if !ok || !strings.ContainsAny(number.Raw(), ".eE") {
		return number, ok
	}
	const exact = 1 << 53 // a float64 holds the integers up to there
	f, err := strconv.ParseFloat(number.Raw(), 64)
	if err != nil || f != float64(int64(f)) || f >= exact || f <= -exact {
		return scim.Value{}, false
	}
	return scim.Parse(strconv.FormatInt(int64(f), 10)), true
}
