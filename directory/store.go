package directory

import (
	"fmt"
	"hash/fnv"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// entry is one resource. Once stored it never changes; a change of the resource
// stores another entry, so that what a reader holds stays whole.
type entry struct {
	typ      *scim.ResourceType
	id       string
	seq      uint64 // order of creation
	created  time.Time
	modified time.Time

	// text is the JSON of all that clients may write, schemas and id first,
	// with names in the case of the schema. What the directory itself knows
	// (meta, the groups of a user) is added when it is shown.
	text    string
	tree    scim.Value // text, opened throughout: readers share it
	version string     // entity-tag
	keys    []string   // values that no other resource may have
	members []string   // ids of the members of a group
}

// seal fills in what follows from the text.
func (e *entry) seal(unique []scim.Target) *entry {
	e.tree = scim.Parse(e.text)
	open(&e.tree)
	e.keys = uniqueKeys(e, unique)
	e.members = memberIDs(&e.tree)
	sum := fnv.New64a()
	fmt.Fprint(sum, e.modified.UnixNano(), e.text)
	e.version = fmt.Sprintf(`W/"%016x"`, sum.Sum64())
	return e
}

// open looks into every part of v. From then on reading it changes nothing.
func open(v *scim.Value) {
	for i := range v.Members() {
		open(v.At(i))
	}
}

// memberIDs lists the ids of the members, if it is a group.
func memberIDs(resource *scim.Value) []string {
	members := resource.Get("members")
	if members.Empty() || members.Kind() != scim.Array {
		return nil
	}
	ids := make([]string, 0, members.Len())
	for i := range members.Members() {
		ids = append(ids, members.At(i).Get("value").Text())
	}
	return ids
}

// store is all resources and the ways to find them. Its owner locks.
type store struct {
	byID    map[string]*entry
	byType  map[*scim.ResourceType][]*entry // in order of creation
	byKey   map[string]*entry
	groups  map[string][]string // ids of the groups that a resource is a member of
	seq     uint64
	journal []change // what rollback undoes; kept between begin and commit
	keeping bool
}

type change struct{ old, next *entry }

func newStore() store {
	return store{
		byID:   map[string]*entry{},
		byType: map[*scim.ResourceType][]*entry{},
		byKey:  map[string]*entry{},
		groups: map[string][]string{},
	}
}

// conflict finds an entry that already has one of the values that only e may
// have.
func (s *store) conflict(e *entry) *entry {
	for _, key := range e.keys {
		if other := s.byKey[key]; other != nil && other.id != e.id {
			return other
		}
	}
	return nil
}

// swap puts next in the place of old. Either may be nil: then next is added, or
// old removed.
func (s *store) swap(old, next *entry) {
	if s.keeping {
		s.journal = append(s.journal, change{old, next})
	}
	if old != nil {
		for _, key := range old.keys {
			delete(s.byKey, key)
		}
		delete(s.byID, old.id)
	}
	if next != nil {
		for _, key := range next.keys {
			s.byKey[key] = next
		}
		s.byID[next.id] = next
	}
	s.order(old, next)
	s.enlist(old, next)
}

// order keeps byType in order of creation.
func (s *store) order(old, next *entry) {
	either := next
	if next == nil {
		either = old
	}
	list := s.byType[either.typ]
	at := sort.Search(len(list), func(i int) bool { return list[i].seq >= either.seq })
	switch {
	case old == nil:
		list = slices.Insert(list, at, next)
	case next == nil:
		list = slices.Delete(list, at, at+1)
	default:
		list[at] = next
	}
	s.byType[either.typ] = list
}

// enlist brings groups up to date. Most changes of a group touch one place in
// its list of members, so only what lies between its common ends is looked at.
func (s *store) enlist(old, next *entry) {
	var before, after []string
	var group string
	if old != nil {
		before, group = old.members, old.id
	}
	if next != nil {
		after, group = next.members, next.id
	}
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	for _, id := range before {
		kept := slices.DeleteFunc(slices.Clone(s.groups[id]), func(g string) bool { return g == group })
		if s.groups[id] = kept; len(kept) == 0 {
			delete(s.groups, id)
		}
	}
	for _, id := range after {
		s.groups[id] = append(s.groups[id], group)
	}
}

// begin starts to keep what rollback needs.
func (s *store) begin() { s.keeping, s.journal = true, nil }

// commit makes the changes since begin final.
func (s *store) commit() { s.keeping, s.journal = false, nil }

// rollback undoes the changes since begin.
func (s *store) rollback() {
	s.keeping = false
	for _, c := range slices.Backward(s.journal) {
		s.swap(c.next, c.old)
	}
	s.journal = nil
}

// uniqueAttributes lists the attributes of a resource type whose values no two
// resources share: strings with a uniqueness (RFC 7643 section 7).
func uniqueAttributes(rt *scim.ResourceType) []scim.Target {
	var targets []scim.Target
	add := func(uri string, attrs []*scim.Attribute) {
		for _, a := range attrs {
			if a.Uniqueness == "none" || a.MultiValued || a.Type == scim.TypeComplex {
				continue
			}
			if t, ok := rt.Resolve(scim.AttrPath{URI: uri, Name: a.Name}); ok {
				targets = append(targets, t)
			}
		}
	}
	add("", rt.Schema.Attributes)
	for _, ext := range rt.Extensions {
		add(ext.Schema.ID, ext.Schema.Attributes)
	}
	return targets
}

func uniqueKeys(e *entry, unique []scim.Target) []string {
	var keys []string
	for _, t := range unique {
		holder := &e.tree
		if t.Path.URI != "" {
			holder = holder.Get(t.Path.URI)
		}
		if v := holder.Get(t.Path.Name); v.Exists() {
			keys = append(keys, uniqueKey(e.typ, t, v))
		}
	}
	return keys
}

// uniqueKey is equal for values that count as the same.
func uniqueKey(rt *scim.ResourceType, t scim.Target, v *scim.Value) string {
	text := v.Raw()
	if v.Kind() == scim.String {
		text = v.Text()
		if !t.Attr.CaseExact {
			text = strings.ToLower(text)
		}
	}
	return rt.Name + "\x00" + t.Path.String() + "\x00" + text
}
