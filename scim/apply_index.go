package scim

import "strings"

// elementIndex finds values in a long list, so that adding many members to a
// large group takes time in proportion to their number. It holds as long as the
// list is only appended to.
type elementIndex struct {
	uri, name string
	last      map[uint64]int32 // hash to the last element that has it, from 1
	before    []int32          // for each element the one before with its hash
}

// worthAnIndex is the number of comparisons from which on an index is cheaper.
const worthAnIndex = 1024

// indexed returns the index of a list for n values to be added, or nil if there
// is little to compare. The last one is kept: clients send an operation for each
// member.
func (p *patcher) indexed(list *Value, name string, byValue bool, n int) *elementIndex {
	x := p.index
	if x.covers(p.uri, name) {
		return x
	}
	p.compared += n * list.Len()
	if p.compared < worthAnIndex {
		return nil
	}
	x = &elementIndex{uri: p.uri, name: name, last: make(map[uint64]int32, list.Len()+n)}
	for i := range list.Members() {
		x.note(list, i, byValue)
	}
	p.index, p.compared = x, 0
	return x
}

func (x *elementIndex) covers(uri, name string) bool {
	return x != nil && x.uri == uri && strings.EqualFold(x.name, name)
}

// outdated drops the index of an attribute that is changed in another way.
func (p *patcher) outdated(name string) {
	if p.index.covers(p.uri, name) {
		p.index = nil
	}
}

// note adds the i-th element to the index.
func (x *elementIndex) note(list *Value, i int, byValue bool) {
	if x == nil {
		return
	}
	h := hashElement(list.At(i), byValue)
	x.before = append(x.before, x.last[h])
	x.last[h] = int32(i) + 1
}

// has reports whether v is among the elements of the list.
func (x *elementIndex) has(list, v *Value, byValue bool) bool {
	if x != nil {
		for i := x.last[hashElement(v, byValue)]; i > 0; i = x.before[i-1] {
			if sameElement(list.At(int(i)-1), v, byValue) {
				return true
			}
		}
		return false
	}
	for i := range list.Members() {
		if sameElement(list.At(i), v, byValue) {
			return true
		}
	}
	return false
}

// sameElement compares values of a multi-valued attribute: as a whole, or by
// what identifies them.
func sameElement(a, b *Value, byValue bool) bool {
	if byValue {
		x, y := a.Get("value"), b.Get("value")
		if !x.Empty() && !y.Empty() {
			return SameValue(x, y)
		}
	}
	return SameValue(a, b)
}

// hashElement is equal for elements that sameElement finds equal. It leaves out
// primary, which changes in elements that are in the index.
func hashElement(v *Value, byValue bool) uint64 {
	if byValue {
		if id := v.Get("value"); !id.Empty() {
			return hashValue(id)
		}
	}
	if v.Kind() != Object {
		return hashValue(v)
	}
	return hashObject(v, "primary")
}
