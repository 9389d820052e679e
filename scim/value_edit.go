package scim

import "slices"

// Set gives the member of that name a new value, or adds it at the end.
func (v *Value) Set(name string, to Value) {
	if i := v.Index(name); i >= 0 {
		v.members[i].Value = to
		v.stale = true
		return
	}
	v.Members()
	v.members = append(v.members, Member{Name: name, Value: to})
	v.stale = true
}

// Put replaces v itself, wherever it stands in its tree.
func (v *Value) Put(to Value) {
	to.placed = true
	*v = to
}

// Rename gives the i-th member another name.
func (v *Value) Rename(i int, name string) {
	v.Members()[i].Name = name
	v.stale = true
}

// Delete removes the i-th member or element.
func (v *Value) Delete(i int) {
	members := v.Members()
	v.members = append(members[:i], members[i+1:]...)
	v.stale = true
}

// Insert puts a member before the i-th.
func (v *Value) Insert(i int, m Member) {
	v.members = slices.Insert(v.Members(), i, m)
	v.stale = true
}

// Append adds elements to an array.
func (v *Value) Append(elements ...Value) {
	v.Members()
	for i := range elements {
		v.members = append(v.members, Member{Value: elements[i]})
	}
	v.stale = true
}

// Keep removes each member or element for which keep says no, and reports how
// many went.
func (v *Value) Keep(keep func(*Member) bool) int {
	members := v.Members()
	kept := members[:0]
	for i := range members {
		if keep(&members[i]) {
			kept = append(kept, members[i])
		}
	}
	gone := len(members) - len(kept)
	if gone > 0 {
		v.members, v.stale = kept, true
	}
	return gone
}
