package custom

import "errors"

// Wrap puts the value of an attribute into an element of a multi-valued one.
type Wrap struct{ From, To string }

// Unwrap takes a value out of an element of a multi-valued attribute.
type Unwrap struct{ From, To string }

func (v Wrap) String() string                    { return "wrap " + v.From + " " + v.To }
func (v Wrap) attributes() []string              { return []string{v.From, v.To} }
func (v Wrap) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }

func (v Unwrap) String() string                    { return "unwrap " + v.From + " " + v.To }
func (v Unwrap) attributes() []string              { return []string{v.From, v.To} }
func (v Unwrap) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
