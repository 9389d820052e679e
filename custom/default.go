package custom

import "errors"

// Default gives an attribute a value where the client gives none.
type Default struct{ Attribute, Value string }

func (v Default) String() string                    { return "default " + v.Attribute }
func (v Default) attributes() []string              { return []string{v.Attribute} }
func (v Default) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
