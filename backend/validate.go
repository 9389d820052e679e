package backend

func (c *Capabilities) validate() error { return nil }
