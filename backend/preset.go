package backend

// Preset is what is known about a service provider.
type Preset struct {
	Name   string // aws, as in the Caddyfile
	Title  string
	Source string
	Capabilities
}

// Presets returns every preset, by name.
func Presets() []*Preset { return nil }

// PresetByName returns the preset of that name, or nil.
func PresetByName(name string) *Preset { return nil }
