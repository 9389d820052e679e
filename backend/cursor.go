package backend

// sealer seals the cursors that the gateway issues.
type sealer struct{}

func newSealer(key string) (*sealer, error) { return &sealer{}, nil }
