package backend

import (
	"hash/maphash"
)

// idSet remembers ids by two hashes: a collection of 100,000 costs a few
// megabytes, however long its ids are.
type idSet struct {
	seeds [2]maphash.Seed
	known map[[2]uint64]struct{}
}

func newIDSet() idSet {
	return idSet{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, known: map[[2]uint64]struct{}{}}
}

// add reports whether an id is new. A resource without one always is.
func (s idSet) add(id string) bool {
	if id == "" {
		return true
	}
	key := [2]uint64{maphash.String(s.seeds[0], id), maphash.String(s.seeds[1], id)}
	if _, known := s.known[key]; known {
		return false
	}
	s.known[key] = struct{}{}
	return true
}
