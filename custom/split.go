package custom

import "errors"

// Split makes a list of a text.
type Split struct{ Attribute, Separator string }

// Join makes a text of a list.
type Join struct{ Attribute, Separator string }

func (v Split) String() string                    { return "split " + v.Attribute }
func (v Split) attributes() []string              { return []string{v.Attribute} }
func (v Split) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }

func (v Join) String() string                    { return "join " + v.Attribute }
func (v Join) attributes() []string              { return []string{v.Attribute} }
func (v Join) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
