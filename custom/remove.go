package custom

import "errors"

// Remove hides an attribute, both ways.
type Remove struct{ Attribute string }

func (v Remove) String() string                    { return "remove " + v.Attribute }
func (v Remove) attributes() []string              { return []string{v.Attribute} }
func (v Remove) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
