package custom

import (
	"fmt"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Map replaces values of an attribute by others, all at the same time, so that
// two may be swapped. Values that are in no pair stay as they are.
//
// Body and PATCH: each value of the attribute, and each element if it has many.
// Filter: the values of eq and ne; other comparisons but pr are refused with
// invalidFilter, for neither the order of values nor their parts are those that
// the client knows. SortBy and attributes: nothing. Undo: what the service
// provider shows is replaced the other way round, by the first pair that has it.
//
// Values are compared without regard to case unless the schema says caseExact.
// New ones are given the type of the attribute, or are text if they cannot have
// it: a service provider may want Y for true. Of an attribute that no schema knows,
// text stays text.
type Map struct {
	Attribute string
	Values    []Pair
}

// Pair is one entry of a Map: what the client says, and what the service provider
// is told.
type Pair struct{ From, To string }

// String is the verb as the Caddyfile has it, without its values.
func (v Map) String() string { return "map " + v.Attribute }

func (v Map) attributes() []string { return []string{v.Attribute} }

func (v Map) compile(c *compiler) (worker, error) {
	at, err := c.valueSpot(v.Attribute)
	if err != nil {
		return nil, err
	}
	if len(v.Values) == 0 {
		return nil, fmt.Errorf("needs a value and what becomes of it")
	}
	forward, back := mapping{map[string]string{}, at.leaf}, mapping{map[string]string{}, at.leaf}
	for _, p := range v.Values {
		if _, ok := literal(p.From, at.leaf); !ok {
			return nil, fmt.Errorf("%s cannot be a value of %s, which is of type %s", scim.Quote(p.From), at, at.leaf.Type)
		}
		from, to := folded(p.From, at.leaf), folded(p.To, at.leaf)
		if _, twice := forward.to[from]; twice {
			return nil, fmt.Errorf("%s is mapped twice", scim.Quote(p.From))
		}
		forward.to[from] = p.To
		if _, known := back.to[to]; !known {
			back.to[to] = p.From
		}
	}
	return inPlaceAt(at, forward.apply, back.apply, converted(forward.apply).equality("its values are mapped")), nil
}

// mapping is the values of a Map in one direction, by their folded text.
type mapping struct {
	to   map[string]string
	leaf *scim.Attribute // nil if no schema knows the attribute
}

// apply returns the value that takes the place of v.
func (m mapping) apply(v *scim.Value) (scim.Value, bool, error) {
	given, ok := textOf(v)
	if !ok {
		return scim.Value{}, false, nil
	}
	to, ok := m.to[folded(given, m.leaf)]
	if !ok || to == given {
		return scim.Value{}, false, nil
	}
	if m.leaf == nil && v.Kind() == scim.String {
		return scim.StringValue(to), true, nil
	}
	value, ok := literal(to, m.leaf)
	if !ok {
		value = scim.StringValue(to)
	}
	return value, true, nil
}
