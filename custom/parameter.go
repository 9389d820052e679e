package custom

import "errors"

// Query sets a parameter of the query to the service provider, or deletes it.
type Query struct {
	Name, Value string
	Delete      bool
}

func (v Query) String() string                    { return "query " + v.Name }
func (v Query) attributes() []string              { return nil }
func (v Query) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
