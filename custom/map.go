package custom

import "errors"

// Map exchanges values of an attribute.
type Map struct {
	Attribute string
	Values    []Pair
}

// Pair is a value and the one that takes its place.
type Pair struct{ From, To string }

func (v Map) String() string                    { return "map " + v.Attribute }
func (v Map) attributes() []string              { return []string{v.Attribute} }
func (v Map) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
