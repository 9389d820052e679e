package limit

import (
	"cmp"
	"slices"
	"sync"
)

const (
	keysOfShard  = 4096 // at most, so that making room holds up nobody for long
	fewestCells  = 16
	evictedParts = 16 // one part in so many goes when all keys of a shard have a backlog
)

// cell is a key of a Memory.
type cell struct {
	hash uint64 // 0 if the cell is free
	due  int64  // when the backlog is gone, in nanoseconds from the epoch
}

// shard is a part of the keys: a table with linear probing, a quarter of which
// is free at least. Nothing is ever taken out of it. When it is full it is made
// anew without the keys that can be forgotten.
type shard struct {
	sync.Mutex
	cells []cell // a power of two
	keys  int
	most  int      // keys
	_     [2]int64 // a shard has a cache line of its own
}

// find is the cell of a key, or nil.
func (s *shard) find(hash uint64) *cell {
	mask := len(s.cells) - 1
	for i := int(hash) & mask; mask > 0; i = (i + 1) & mask {
		switch c := &s.cells[i]; c.hash {
		case hash:
			return c
		case 0:
			return nil
		}
	}
	return nil
}

// set gives a key its state: in its cell, or in a new one.
func (s *shard) set(c *cell, hash uint64, due, now int64) {
	if c != nil {
		c.due = due
		return
	}
	if s.keys >= s.most || s.keys >= len(s.cells)/4*3 {
		s.makeRoom(now)
	}
	s.put(cell{hash, due})
}

func (s *shard) put(c cell) {
	mask := len(s.cells) - 1
	i := int(c.hash) & mask
	for s.cells[i].hash != 0 {
		i = (i + 1) & mask
	}
	s.cells[i] = c
	s.keys++
}

// makeRoom makes the table anew, with room for one key more at least. It is
// full again after as many new keys as it kept, or as it evicted, so the work
// is a small constant for each of them.
func (s *shard) makeRoom(now int64) {
	kept := s.worthKeeping(now)
	size := fewestCells
	for size/4*3 < min(2*len(kept), s.most) {
		size *= 2
	}
	s.cells, s.keys = make([]cell, size), 0
	for _, c := range kept {
		s.put(c)
	}
}

// worthKeeping are the keys that have a backlog: without one, a key is as if it
// had never been used. If that leaves no room in a shard that must not grow, the
// part of them whose backlog is gone first has to go as well.
func (s *shard) worthKeeping(now int64) []cell {
	kept := make([]cell, 0, s.keys)
	for _, c := range s.cells {
		if c.hash != 0 && c.due > now {
			kept = append(kept, c)
		}
	}
	if len(kept) < s.most {
		return kept
	}
	slices.SortFunc(kept, func(a, b cell) int { return cmp.Compare(a.due, b.due) })
	return kept[(len(kept)-1)/evictedParts+1:]
}
