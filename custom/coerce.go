package custom

import "errors"

// Coerce gives the values of an attribute another type: string, boolean, integer
// or decimal.
type Coerce struct{ Attribute, Type string }

func (v Coerce) String() string                    { return "coerce " + v.Attribute + " " + v.Type }
func (v Coerce) attributes() []string              { return []string{v.Attribute} }
func (v Coerce) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
