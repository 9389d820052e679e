package backend

func (b *Backend) search(next step) step   { return next }
func (b *Backend) deletion(next step) step { return next }
func (b *Backend) puts(next step) step     { return next }
func (b *Backend) patches(next step) step  { return next }
func (b *Backend) queries(next step) step  { return next }
