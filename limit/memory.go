package limit

import (
	"context"
	"hash/maphash"
	"time"
)

// DefaultKeys is how many keys a Memory holds if it is not said.
const DefaultKeys = 1 << 20

// Memory is a Store in the memory of this process. It holds a bounded number of
// keys, in shards with a lock each. It needs no goroutine: a key is forgotten,
// once its backlog is gone, when its shard needs the room.
//
// Keys are told apart by 64 bits of a hash with a secret seed. The odds that any
// two of a million are taken for one are one to thirty million, and then these
// two share a rate.
type Memory struct {
	seed   maphash.Seed
	epoch  time.Time // of all times within, so that they are monotonic and small
	shift  uint      // of a hash, which leaves the number of its shard
	shards []shard
}

// NewMemory is a store for that many keys, or for DefaultKeys if it is 0. A new
// key takes the place of those that have no backlog left, and if all have one,
// of those that are closest to that: who is asking too much is remembered.
func NewMemory(keys int) *Memory {
	if keys <= 0 {
		keys = DefaultKeys
	}
	bits := uint(0)
	for keys>>bits > keysOfShard && bits < 16 {
		bits++
	}
	m := &Memory{seed: maphash.MakeSeed(), epoch: time.Now(), shift: 64 - bits, shards: make([]shard, 1<<bits)}
	for i := range m.shards {
		m.shards[i].most = keys >> bits
	}
	return m
}

// Reserve implements Store.
func (m *Memory) Reserve(ctx context.Context, limits []Limit) (d Decision, err error) {
	d.Refused = -1
	if err := ctx.Err(); err != nil {
		return d, err
	}
	now := int64(time.Since(m.epoch))
	switch {
	case len(limits) == 1:
		m.one(now, limits, &d)
	case len(limits) > MaxLimits:
		return d, ErrTooMany
	default:
		m.all(now, limits, &d)
	}
	return d, nil
}

// Keys is how many keys are held, those included that have no backlog left and
// were not yet forgotten.
func (m *Memory) Keys() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.Lock()
		n += s.keys
		s.Unlock()
	}
	return n
}

// one decides on one limit, as most requests have.
func (m *Memory) one(now int64, limits []Limit, d *Decision) {
	hash := m.hash(limits[0].Key)
	s := &m.shards[hash>>m.shift]
	s.Lock()
	c := s.find(hash)
	if c != nil {
		d.Backlog[0] = time.Duration(max(0, c.due-now))
	}
	d.Decide(limits)
	if d.OK {
		s.set(c, hash, now+int64(d.Backlog[0]), now)
	}
	s.Unlock()
}

// all decides on several limits. The shards are locked in their order, so that
// no two requests wait for each other.
func (m *Memory) all(now int64, limits []Limit, d *Decision) {
	var hashes [MaxLimits]uint64
	var locked [MaxLimits]int
	shards := locked[:0]
	for i := range limits {
		hashes[i] = m.hash(limits[i].Key)
		shards = insert(shards, int(hashes[i]>>m.shift))
	}
	for _, n := range shards {
		m.shards[n].Lock()
	}
	for i := range limits {
		if c := m.shards[hashes[i]>>m.shift].find(hashes[i]); c != nil {
			d.Backlog[i] = time.Duration(max(0, c.due-now))
		}
	}
	d.Decide(limits)
	if d.OK {
		for i := range limits {
			s := &m.shards[hashes[i]>>m.shift]
			s.set(s.find(hashes[i]), hashes[i], now+int64(d.Backlog[i]), now)
		}
	}
	for _, n := range shards {
		m.shards[n].Unlock()
	}
}

// hash is that of a key, never 0, which says that a cell is free.
func (m *Memory) hash(key string) uint64 { return max(1, maphash.String(m.seed, key)) }

// insert puts n into its place in a short ordered list, once.
func insert(list []int, n int) []int {
	at := len(list)
	for at > 0 && list[at-1] >= n {
		at--
	}
	if at < len(list) && list[at] == n {
		return list
	}
	list = append(list, n)
	copy(list[at+1:], list[at:])
	list[at] = n
	return list
}
