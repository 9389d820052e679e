package custom

import "errors"

// Reject refuses a request.
type Reject struct {
	Status       int
	Type, Detail string
}

func (v Reject) String() string                    { return "reject" }
func (v Reject) attributes() []string              { return nil }
func (v Reject) compile(*compiler) (worker, error) { return nil, errors.New("not there yet") }
