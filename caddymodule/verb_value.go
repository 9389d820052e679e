package caddymodule

import (
	"fmt"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// SetVerb gives an attribute a value, whatever the client says: in the bodies of
// creates and replacements, and in a PATCH that touches the attribute. A PATCH
// that does not touch it is left alone.
//
// Nothing is undone: answers show what was set.
type SetVerb struct {
	// The attribute, such as `userType`.
	Attribute string `json:"attribute,omitempty"`

	// The value as text: `true` for a boolean, `17` for a number. For an attribute
	// that no schema knows, text that is a JSON value other than a string is taken
	// for it. Placeholders are replaced, those of the environment when the
	// configuration is loaded.
	Value string `json:"value,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (SetVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("set") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	set <attribute> <value>
func (s *SetVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &s.Attribute, &s.Value)
}

func (s *SetVerb) custom(v *values) (custom.Verb, error) {
	value, err := v.typed(s.Value)
	return custom.Set{Attribute: s.Attribute, Value: value}, err
}

// DefaultVerb gives an attribute a value where the client gives none: where it
// is missing, null or empty in the body of a create or a replacement, and where a
// PATCH removes it.
//
// Nothing is undone: answers show the value.
type DefaultVerb struct {
	// The attribute, such as `userType`.
	Attribute string `json:"attribute,omitempty"`

	// The value as text, as that of `set`.
	Value string `json:"value,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (DefaultVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("default") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	default <attribute> <value>
func (a *DefaultVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &a.Attribute, &a.Value)
}

func (a *DefaultVerb) custom(v *values) (custom.Verb, error) {
	value, err := v.typed(a.Value)
	return custom.Default{Attribute: a.Attribute, Value: value}, err
}

// MapVerb replaces certain values of an attribute, or of each element of a
// multi-valued one, by others: in bodies, in the values of PATCH, and in filters
// with `eq` and `ne`. Other comparisons with the attribute are refused with
// `invalidFilter`. All pairs are looked up at once, so that two values can be
// swapped. Upper and lower case make no difference, unless they do for the
// attribute.
//
// Answers get the values of the client back. Where several have become the same,
// the first of them is taken.
type MapVerb struct {
	// The attribute, such as
	// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.
	Attribute string `json:"attribute,omitempty"`

	// The values and what becomes of them. Others are left as they are.
	Values []*MapValue `json:"values,omitempty"`
}

// MapValue is a value and what becomes of it.
type MapValue struct {
	// The value as the client has it.
	From string `json:"from"`

	// The value as the service provider has it. One that the type of the attribute
	// does not allow, such as `Y` for `true`, is sent as text.
	To string `json:"to"`
}

// CaddyModule returns the Caddy module information.
func (MapVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("map") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	map <attribute> {
//	    <from> <to>
//	    ...
//	}
func (m *MapVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the name of the verb
	if !d.AllArgs(&m.Attribute) {
		return d.ArgErr()
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		value := &MapValue{From: d.Val()}
		if !d.AllArgs(&value.To) {
			return d.ArgErr()
		}
		same := func(other *MapValue) bool { return other.From == value.From }
		if slices.ContainsFunc(m.Values, same) {
			return d.Errf("map: %q is mapped already", value.From)
		}
		m.Values = append(m.Values, value)
	}
	if len(m.Values) == 0 {
		return d.Errf("map %s: a block with lines of the form <from> <to> is expected", m.Attribute)
	}
	return nil
}

func (m *MapVerb) custom(*values) (custom.Verb, error) {
	pairs := make([]custom.Pair, len(m.Values))
	for i, value := range m.Values {
		pairs[i] = custom.Pair{From: value.From, To: value.To}
	}
	return custom.Map{Attribute: m.Attribute, Values: pairs}, nil
}

// CoerceVerb turns the values of an attribute into another data type: in bodies,
// in the values of PATCH, and in filters. A value that cannot be turned is
// refused with `invalidValue`.
//
// Answers get the type of the schema back.
type CoerceVerb struct {
	// The attribute, such as `employeeNumber`.
	Attribute string `json:"attribute,omitempty"`

	// The data type that the service provider wants: `string`, `boolean`,
	// `integer` or `decimal`.
	Type string `json:"type,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (CoerceVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("coerce") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	coerce <attribute> string|boolean|integer|decimal
func (c *CoerceVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &c.Attribute, &c.Type)
}

func (c *CoerceVerb) custom(*values) (custom.Verb, error) {
	if err := oneOf("type", c.Type, "string", "boolean", "integer", "decimal"); err != nil {
		return nil, fmt.Errorf("coerce: %w", err)
	}
	return custom.Coerce{Attribute: c.Attribute, Type: c.Type}, nil
}

// oneOf refuses a word that is none of those known.
func oneOf(what, word string, known ...string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return unknown(what, word, known)
}

// Interface guards.
var (
	_ verb = (*SetVerb)(nil)
	_ verb = (*DefaultVerb)(nil)
	_ verb = (*MapVerb)(nil)
	_ verb = (*CoerceVerb)(nil)
)
