package custom

import "errors"

// Lowercase writes the values of an attribute in lower case.
type Lowercase struct{ Attribute string }

// Uppercase writes the values of an attribute in upper case.
type Uppercase struct{ Attribute string }

// Trim takes white space off both ends of the values of an attribute.
type Trim struct{ Attribute string }

func (v Lowercase) String() string                    { return "lowercase " + v.Attribute }
func (v Lowercase) attributes() []string              { return []string{v.Attribute} }
func (v Lowercase) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }

func (v Uppercase) String() string                    { return "uppercase " + v.Attribute }
func (v Uppercase) attributes() []string              { return []string{v.Attribute} }
func (v Uppercase) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }

func (v Trim) String() string                    { return "trim " + v.Attribute }
func (v Trim) attributes() []string              { return []string{v.Attribute} }
func (v Trim) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
