package backend

import (
	"container/heap"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// maxSorted bounds the bytes of resources that are held while they are sorted.
// Beyond that only their keys are, and the page is read in a second walk.
const maxSorted = 8 << 20

// sortKey is what a resource type is sorted by (RFC 7644 section 3.4.2.3).
type sortKey struct {
	target scim.Target
	leaf   *scim.Attribute
}

// sortKeys finds the attribute to sort by in each resource type that has it.
func (l *listing) sortKeys() (map[*scim.ResourceType]sortKey, error) {
	path, err := scim.ParseAttrPath(l.q.sortBy)
	if err != nil {
		return nil, scim.BadRequest(scim.InvalidValue, "sortBy: %s is no attribute name", scim.Quote(l.q.sortBy))
	}
	keys := map[*scim.ResourceType]sortKey{}
	for _, c := range l.calls {
		t, ok := c.rt.Resolve(path)
		if !ok {
			continue
		}
		leaf := t.Leaf()
		if leaf != nil && leaf.Type == scim.TypeComplex {
			leaf = leaf.SubAttribute("value")
			if !t.Attr.MultiValued {
				leaf = nil
			}
		}
		if leaf == nil {
			return nil, scim.BadRequest(scim.InvalidValue, "sortBy: %s needs a sub-attribute", path.String())
		}
		keys[c.rt] = sortKey{t, leaf}
	}
	if len(keys) == 0 {
		return nil, scim.BadRequest(scim.InvalidValue, "sortBy: unknown attribute %s", path.String())
	}
	return keys, nil
}

// of finds the value that a resource is sorted by: of several the primary one,
// else the first.
func (k sortKey) of(v *scim.Value) scim.Value {
	if k.leaf == nil {
		return scim.Value{}
	}
	if k.target.Path.URI != "" {
		v = v.Get(k.target.Path.URI)
	}
	v = v.Get(k.target.Path.Name)
	if v.Empty() {
		return scim.Value{}
	}
	if v.Kind() == scim.Array {
		v = primary(v)
	}
	if v.Kind() == scim.Object {
		sub := k.target.Path.Sub
		if sub == "" {
			sub = "value"
		}
		v = v.Get(sub)
	}
	if v.Empty() {
		return scim.Value{}
	}
	return scim.Parse(strings.Clone(v.Raw())) // and not the whole resource with it
}

func primary(values *scim.Value) *scim.Value {
	for i := range values.Members() {
		if values.At(i).Get("primary").True() {
			return values.At(i)
		}
	}
	return values.At(0)
}

// sortable is a resource while the answer is sorted.
type sortable struct {
	key  scim.Value
	rt   *scim.ResourceType
	leaf *scim.Attribute
	nth  int // in the order in which it came
	id   string
	raw  string // empty once there are too many
}

// sorter keeps the first of the resources in their order.
type sorter struct {
	list       []sortable // a heap with the last of them on top
	limit      int
	bytes      int
	lean       bool // only keys are kept
	descending bool
}

// compare orders two resources. What has no value comes last, in descending
// order first; what is equal keeps the order in which it came.
func (s *sorter) compare(a, b *sortable) int {
	order := 0
	switch {
	case a.key.Empty() && b.key.Empty():
	case a.key.Empty():
		order = 1
	case b.key.Empty():
		order = -1
	default:
		order, _ = a.leaf.Compare(&a.key, &b.key)
	}
	if s.descending {
		order = -order
	}
	if order == 0 {
		order = a.nth - b.nth
	}
	return order
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (s *sorter) Len() int           { return len(s.list) }
func (s *sorter) Less(i, j int) bool { return s.compare(&s.list[i], &s.list[j]) > 0 }
func (s *sorter) Swap(i, j int)      { s.list[i], s.list[j] = s.list[j], s.list[i] }

// Push implements heap.Interface.
func (s *sorter) Push(x any) { s.list = append(s.list, x.(sortable)) }

// Pop implements heap.Interface.
func (s *sorter) Pop() any {
	last := s.list[len(s.list)-1]
	s.list = s.list[:len(s.list)-1]
	return last
}

// add takes a resource in, unless there are enough that come before it.
func (s *sorter) add(e sortable) {
	if s.limit == 0 || len(s.list) == s.limit && s.compare(&e, &s.list[0]) > 0 {
		return
	}
	if s.lean {
		e.raw = ""
	}
	s.bytes += len(e.raw)
	if len(s.list) == s.limit {
		s.bytes -= len(s.list[0].raw)
		s.list[0] = e
		heap.Fix(s, 0)
	} else {
		heap.Push(s, e)
	}
	if s.bytes > maxSorted {
		s.lean, s.bytes = true, 0
		for i := range s.list {
			s.list[i].raw = ""
		}
	}
}

// sorted sorts the answer here and returns one page of it.
func (l *listing) sorted(skip, want int) (*result, error) {
	keys, err := l.sortKeys()
	if err != nil {
		return nil, err
	}
	s := sorter{limit: min(skip, largestScan) + want, descending: l.q.descending}
	if want == 0 {
		s.limit = 0
	}
	total := 0
	err = l.each(l.pageSize(want), func(w *walk, r *resource) (bool, error) {
		key := keys[w.call.rt]
		s.add(sortable{key: key.of(&r.value), rt: w.call.rt, leaf: key.leaf, nth: total, id: strings.Clone(r.id), raw: r.value.Raw()})
		total++
		return true, nil
	})
	if err != nil {
		return nil, overBudget(err)
	}
	slices.SortFunc(s.list, func(a, b sortable) int { return s.compare(&a, &b) })
	page := s.list[min(skip, len(s.list)):]
	held, err := l.hold(page, s.lean)
	return &result{held: held, total: total, start: skip + 1}, overBudget(err)
}

// largestScan is more than any walk reads.
const largestScan = 1 << 30

// hold returns the resources of a page. Those of which only the keys were kept
// are read again.
func (l *listing) hold(page []sortable, lean bool) ([]string, error) {
	if lean {
		type name struct {
			rt *scim.ResourceType
			id string
		}
		wanted := make(map[name]*sortable, len(page))
		for i := range page {
			wanted[name{page[i].rt, page[i].id}] = &page[i]
		}
		if err := l.each(l.pageSize(len(page)), func(w *walk, r *resource) (bool, error) {
			this := name{w.call.rt, r.id}
			if e := wanted[this]; e != nil {
				e.raw = r.value.Raw()
				delete(wanted, this)
			}
			return len(wanted) > 0, nil
		}); err != nil {
			return nil, err
		}
	}
	win := window{want: len(page)}
	for i := range page {
		if v := scim.Parse(page[i].raw); v.Exists() {
			win.take(&v)
		}
	}
	return win.held, nil
}
