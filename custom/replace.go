package custom

import "errors"

// Replace changes the values of an attribute by a regular expression.
type Replace struct{ Attribute, Pattern, With, UndoPattern, UndoWith string }

func (v Replace) String() string                    { return "replace " + v.Attribute + " " + v.Pattern + " " + v.With }
func (v Replace) attributes() []string              { return []string{v.Attribute} }
func (v Replace) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
