package custom

import "errors"

// FilterOp asks by a wider operator.
type FilterOp struct{ Attribute, From, To string }

func (v FilterOp) String() string                    { return "filter_op " + v.Attribute + " " + v.From + " " + v.To }
func (v FilterOp) attributes() []string              { return []string{v.Attribute} }
func (v FilterOp) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
