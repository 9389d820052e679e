package scim

import "slices"

// findCircles finds the creations that refer to one another in a circle, or to
// themselves: the strongly connected components of the operations (Tarjan 1972).
// Only creations are referred to, so only they can be in one. Calls go as deep
// as there are operations, of which a service provider takes not too many.
func (b *BulkRequest) findCircles() {
	f := circleFinder{met: make([]int, len(b.Operations))}
	for _, op := range b.Operations {
		if f.met[op.Index] == 0 && len(op.Refs) > 0 {
			f.visit(op)
		}
	}
}

type circleFinder struct {
	stack []*BulkOperation
	met   []int // by index: when an operation was met, from 1; or settled
	count int
}

// settled is later than anything: what is in no circle with those on the stack.
const settled = int(^uint(0) >> 1)

// visit returns the earliest operation on the stack that can be reached from op.
func (f *circleFinder) visit(op *BulkOperation) int {
	f.count++
	f.met[op.Index] = f.count
	low, start := f.count, len(f.stack)
	f.stack = append(f.stack, op)
	for _, ref := range op.Refs {
		if f.met[ref.Index] == 0 {
			low = min(low, f.visit(ref))
		} else {
			low = min(low, f.met[ref.Index])
		}
	}
	if low < f.met[op.Index] {
		return low
	}
	circle := slices.Clone(f.stack[start:])
	f.stack = f.stack[:start]
	slices.SortFunc(circle, func(a, b *BulkOperation) int { return a.Index - b.Index })
	for _, member := range circle {
		f.met[member.Index] = settled
		if len(circle) > 1 || slices.Contains(op.Refs, op) {
			member.Circle = circle
		}
	}
	return settled
}

// Together reports whether two operations are of one circle.
func (op *BulkOperation) Together(other *BulkOperation) bool {
	return op.Circle != nil && other.Circle != nil && op.Circle[0] == other.Circle[0]
}
