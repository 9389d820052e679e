package custom

import "errors"

// Set gives an attribute a value whatever the client says.
type Set struct{ Attribute, Value string }

func (v Set) String() string                    { return "set " + v.Attribute }
func (v Set) attributes() []string              { return []string{v.Attribute} }
func (v Set) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
