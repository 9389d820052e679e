package caddymodule

// mode says what is done with the requests of a provider.
type mode uint8

const (
	modeEnforce mode = iota // carry out what the plan says
	modeObserve             // let them go on as they came, and report what the plan says
	modeOff                 // let them go on as they came
)

// modes are their names in the configuration.
var modes = [...]string{modeEnforce: "enforce", modeObserve: "observe", modeOff: "off"}

// String returns the name of the mode.
func (m mode) String() string { return modes[m] }

// parseMode reads a mode; an empty one is enforce.
func parseMode(word string) (mode, error) {
	if word == "" {
		return modeEnforce, nil
	}
	for i, name := range modes {
		if name == word {
			return mode(i), nil
		}
	}
	return modeEnforce, unknown("mode", word, modes[:])
}
