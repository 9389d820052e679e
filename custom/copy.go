package custom

import "errors"

// Copy gives a second attribute the value that a write gives the first.
type Copy struct{ From, To string }

func (v Copy) String() string                    { return "copy " + v.From + " " + v.To }
func (v Copy) attributes() []string              { return []string{v.From, v.To} }
func (v Copy) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
