package directory

import (
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// list answers a query over the resources of some types. It is called under the
// lock.
func (d *Directory) list(r renderer, types []*scim.ResourceType, q query) ([]byte, error) {
	found, err := d.find(r, types, q.filter)
	if err != nil {
		return nil, err
	}
	if q.sortBy != nil {
		if err := sortEntries(r, types, found, q); err != nil {
			return nil, err
		}
	}
	total := len(found)
	found = found[min(q.start-1, total):]
	found = found[:min(q.count, len(found))]

	projections := map[*scim.ResourceType]projection{}
	for _, rt := range types {
		projections[rt] = d.projection(rt, q.attributes, q.excluded)
	}
	dst := appendListHead(make([]byte, 0, 256+1024*len(found)), total, q.start, len(found))
	for i, e := range found {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = r.resource(dst, e, projections[e.typ])
	}
	return append(dst, "]}"...), nil
}

// appendListHead begins a ListResponse (RFC 7644 section 3.4.2), up to the
// resources.
func appendListHead(dst []byte, total, start, count int) []byte {
	dst = append(dst, `{"schemas":["`+scim.ListResponseURI+`"],"totalResults":`...)
	dst = strconv.AppendInt(dst, int64(total), 10)
	dst = strconv.AppendInt(append(dst, `,"startIndex":`...), int64(start), 10)
	dst = strconv.AppendInt(append(dst, `,"itemsPerPage":`...), int64(count), 10)
	return append(dst, `,"Resources":[`...)
}

// find returns the entries that a filter asks for, in order of creation.
func (d *Directory) find(r renderer, types []*scim.ResourceType, filter scim.Expression) ([]*entry, error) {
	if err := checkFilter(filter, types); err != nil {
		return nil, err
	}
	var found []*entry
	computed := filter != nil && asksComputed(filter)
	for _, rt := range types {
		all := r.byType[rt]
		if filter == nil {
			found = append(found, all...)
			continue
		}
		if few, ok := d.candidates(rt, filter); ok {
			all = few
		}
		for _, e := range all {
			tree := &e.tree
			if computed {
				tree = r.complete(e)
			}
			ok, err := scim.Matches(filter, tree, rt)
			if err != nil {
				return nil, err
			}
			if ok {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// candidates narrows a search for one value of id or of an attribute with unique
// values (userName eq "…") to the one entry that can have it.
func (d *Directory) candidates(rt *scim.ResourceType, filter scim.Expression) ([]*entry, bool) {
	switch f := filter.(type) {
	case *scim.LogicalExpression:
		if f.Op != scim.And {
			return nil, false
		}
		if few, ok := d.candidates(rt, f.Left); ok {
			return few, true
		}
		return d.candidates(rt, f.Right)
	case *scim.AttributeExpression:
		if f.Op != scim.Equal || f.Value.Kind() != scim.String {
			return nil, false
		}
		t, ok := rt.Resolve(f.Path)
		if !ok || t.Attr == nil || t.Path.Sub != "" {
			return nil, false
		}
		if t.Schema == nil && t.Attr.Name == "id" {
			return only(d.store.byID[f.Value.Text()], rt), true
		}
		for _, unique := range d.unique[rt] {
			if unique.Path == t.Path {
				return only(d.store.byKey[uniqueKey(rt, t, &f.Value)], rt), true
			}
		}
	}
	return nil, false
}

func only(e *entry, rt *scim.ResourceType) []*entry {
	if e == nil || e.typ != rt {
		return nil
	}
	return []*entry{e}
}
