package backend

// lanes keeps changes of one resource from interleaving.
type lanes struct{}
