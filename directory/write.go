package directory

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// The functions in this file change the store. They are called under the lock.

// entry finds the resource with the id that stands in a path.
func (d *Directory) entry(rt *scim.ResourceType, escaped string) (*entry, error) {
	id, err := url.PathUnescape(escaped)
	if e := d.store.byID[id]; err == nil && e != nil && e.typ == rt {
		return e, nil
	}
	return nil, scim.Errorf(http.StatusNotFound, "", "%s %s does not exist", rt.Name, scim.Quote(id))
}

// create adds a resource (RFC 7644 section 3.3).
func (d *Directory) create(rt *scim.ResourceType, id string, body *scim.Value) (*entry, error) {
	draft, err := readResource(body, rt)
	if err != nil {
		return nil, err
	}
	d.store.seq++
	now := d.now()
	e := &entry{typ: rt, id: id, seq: d.store.seq, created: now, modified: now, text: draft.text(id)}
	return e, d.put(nil, e)
}

// replace is PUT (RFC 7644 section 3.5.1). What the body leaves out is cleared,
// except immutable attributes, which stay.
func (d *Directory) replace(old *entry, body *scim.Value) (*entry, error) {
	draft, err := readResource(body, old.typ)
	if err != nil {
		return nil, err
	}
	if err := draft.keepImmutable(&old.tree); err != nil {
		return nil, err
	}
	return d.change(old, draft)
}

// patch is PATCH (RFC 7644 section 3.5.2).
func (d *Directory) patch(old *entry, body *scim.Value) (*entry, error) {
	ops, err := scim.ParsePatch(body)
	if err != nil {
		return nil, err
	}
	result, changed, err := scim.ApplyStrict(&old.tree, ops, old.typ)
	if err != nil {
		return nil, err
	}
	if !changed {
		return old, nil
	}
	draft, err := readResource(&result, old.typ)
	if err != nil {
		return nil, err
	}
	return d.change(old, draft)
}

// change stores what has become of a resource. A request that changes nothing
// leaves lastModified and the version alone (RFC 7644 section 3.5.2.1).
func (d *Directory) change(old *entry, draft *draft) (*entry, error) {
	text := draft.text(old.id)
	if text == old.text {
		return old, nil
	}
	next := &entry{typ: old.typ, id: old.id, seq: old.seq, created: old.created, modified: d.now(), text: text}
	return next, d.put(old, next)
}

// put stores next in the place of old, unless another resource has a value that
// must be unique (RFC 7644 section 3.3: 409).
func (d *Directory) put(old, next *entry) error {
	next.seal(d.unique[next.typ])
	if other := d.store.conflict(next); other != nil {
		return scim.Errorf(http.StatusConflict, scim.Uniqueness, "%s %s has this %s already",
			other.typ.Name, scim.Quote(other.id), d.uniqueNames(next, other))
	}
	d.store.swap(old, next)
	return nil
}

// uniqueNames names the attributes in which two entries must differ and do not.
func (d *Directory) uniqueNames(e, other *entry) string {
	for _, t := range d.unique[e.typ] {
		for _, key := range uniqueKeys(e, []scim.Target{t}) {
			if slices.Contains(other.keys, key) {
				return t.Path.String()
			}
		}
	}
	return "value"
}

// remove deletes a resource (RFC 7644 section 3.6), also from the groups that it
// is a member of.
func (d *Directory) remove(e *entry) error {
	for _, id := range slices.Clone(d.store.groups[e.id]) {
		group := d.store.byID[id]
		tree := group.tree.Clone()
		members := tree.Get("members")
		members.Keep(func(m *scim.Member) bool { return m.Value.Get("value").Text() != e.id })
		draft, err := readResource(&tree, group.typ)
		if err != nil {
			return err
		}
		if _, err := d.change(group, draft); err != nil {
			return err
		}
	}
	d.store.swap(d.store.byID[e.id], nil) // which is another entry if a group held itself
	return nil
}

// keepImmutable holds immutable attributes against those that are there already
// (RFC 7644 section 3.5.1): the same again, or not given.
func (d *draft) keepImmutable(old *scim.Value) error {
	kept, err := keepImmutable("", d.typ.Schema.Attributes, old, d.members)
	if err != nil {
		return err
	}
	d.members = kept
	for _, ext := range d.typ.Extensions {
		uri := ext.Schema.ID
		before := old.Get(uri)
		if before.Empty() {
			continue
		}
		at := slices.IndexFunc(d.members, func(m scim.Member) bool { return m.Name == uri })
		var now []scim.Member
		if at >= 0 {
			now = d.members[at].Value.Members()
		}
		kept, err := keepImmutable(uri+":", ext.Schema.Attributes, before, now)
		switch {
		case err != nil:
			return err
		case len(kept) == 0:
		case at >= 0:
			d.members[at].Value = scim.ObjectValue(kept...)
		default:
			d.members = append(d.members, scim.Member{Name: uri, Value: scim.ObjectValue(kept...)})
			if !slices.Contains(d.schemas, uri) {
				d.schemas = append(d.schemas, uri)
			}
		}
	}
	return nil
}

func keepImmutable(prefix string, attrs []*scim.Attribute, old *scim.Value, members []scim.Member) ([]scim.Member, error) {
	for _, a := range attrs {
		before := old.Get(a.Name)
		if a.Mutability != scim.Immutable || before.Empty() {
			continue
		}
		at := slices.IndexFunc(members, func(m scim.Member) bool { return m.Name == a.Name })
		switch {
		case at < 0:
			members = append(members, scim.Member{Name: a.Name, Value: *before})
		case members[at].Value.Raw() != before.Raw():
			return nil, scim.BadRequest(scim.Mutability, "%s%s: has a value that cannot be changed", prefix, a.Name)
		}
	}
	return members, nil
}
