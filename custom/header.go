package custom

import "errors"

// Header sets a header field of the request to the service provider, or deletes
// it.
type Header struct {
	Name, Value string
	Delete      bool
}

func (v Header) String() string                    { return "header " + v.Name }
func (v Header) attributes() []string              { return nil }
func (v Header) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
