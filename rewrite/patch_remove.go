package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// remove brings a remove with a path into normal form. A value is what decides:
// RFC 7644 defines none for remove, so that a strict server reads "remove
// members, value [x]" as "remove all members" (P7).
func (p *patcher) remove(o *operation) error {
	if isReadOnly(o.target) {
		return p.dropReadOnly(o)
	}
	if o.path.Filter != nil && p.isSingle(o) {
		return p.removeSingleFiltered(o)
	}
	if !o.value.Exists() {
		p.wholeReference(o)
		return p.emit(o)
	}
	at := o.valueAt(p.session)
	switch leaf := o.leaf(); {
	case o.path.Filter == nil && o.target.Sub != nil && o.target.Attr.MultiValued:
		return p.removeBySub(o, leaf, at)
	case o.path.Filter != nil || leaf != nil && !leaf.MultiValued:
		if p.didAt(RemoveValue, at) {
			o.value, o.whole = scim.Value{}, ""
		}
		p.wholeReference(o)
		return p.emit(o)
	default:
		return p.removeValues(o, leaf, at)
	}
}

// isSingle tells a path whose attribute has one value only.
func (p *patcher) isSingle(o *operation) bool {
	return o.target.Attr != nil && !o.target.Attr.MultiValued
}

// removePathless is P8: an object says what to remove, attribute by attribute.
func (p *patcher) removePathless(o *operation) error {
	if o.value.Kind() != scim.Object || o.value.Len() == 0 {
		return scim.BadRequest(scim.NoTarget, "%s: remove needs a path", o.at.String())
	}
	if !p.didAt(RemovePathless, &o.at) {
		return p.emit(o)
	}
	at := o.valueAt(p.session)
	for i := range o.value.Members() {
		m := &o.value.Members()[i]
		if err := p.removeMember(m, p.below(at, m.Name)); err != nil {
			return err
		}
	}
	return nil
}

// removeMember makes the operations for one key of a path-less remove.
func (p *patcher) removeMember(m *scim.Member, at *place) error {
	if p.isExtension(m) {
		return p.removeUnder(m.Name, &m.Value, at)
	}
	if p.redundantSchemas(m.Name, &m.Value) && p.didAt(PatchReadOnly, at) {
		return nil
	}
	return p.removeKey(m.Name, &m.Value, at)
}

// removeUnder makes the operations for the keys of an extension's object.
func (p *patcher) removeUnder(uri string, v *scim.Value, at *place) error {
	for i := range v.Members() {
		m := &v.Members()[i]
		path := scim.AttrPath{URI: uri, Name: m.Name}
		if err := p.removeKey(path.String(), &m.Value, p.below(at, m.Name)); err != nil {
			return err
		}
	}
	return nil
}

// removeKey removes what a key names. No value beside a key that is, or may be,
// that of a list means none of its values (P7).
func (p *patcher) removeKey(key string, v *scim.Value, at *place) error {
	if v.Empty() && !p.isSingleKey(key) {
		p.didAt(RemoveNothing, at)
		return nil
	}
	return p.target(&operation{op: scim.Remove, text: key, value: *v, at: *at, member: true})
}

// isSingleKey tells the key of an attribute that is known to have one value. It
// records nothing.
func (p *patcher) isSingleKey(key string) bool {
	path, _, err := scim.ParsePath(key)
	if err != nil || path.Filter != nil {
		return false
	}
	before := len(p.changes)
	t, ok := p.resolve(path.Attr, new(place))
	p.changes = p.changes[:before]
	return ok && t.Attr != nil && !t.Attr.MultiValued
}

// removeSingleFiltered deals with a filter on a single-valued attribute, such
// as manager[value eq "26"]: it removes the value only if it is the present one.
func (p *patcher) removeSingleFiltered(o *operation) error {
	if err := p.readState(o); err != nil {
		return err
	}
	at := o.pathAt(p.session)
	matches, err := p.matchesSingle(o)
	if err != nil {
		return err
	}
	if !p.didAt(FilterSingle, at) {
		return p.emit(o)
	}
	if !matches && !p.state.blind {
		return nil
	}
	path := o.path.Attr
	path.Sub = o.path.Sub
	o.target.Sub = o.target.Attr.SubAttribute(path.Sub)
	o.value = scim.Value{}
	o.setPath(scim.PatchPath{Attr: path})
	p.wholeReference(o)
	return p.emit(o)
}

// alternatives takes the path of a removal apart that joins several by or, such as
// members[value eq "7"] or members[value eq "8"]. It returns nil for any other.
func alternatives(o *operation) []string {
	const either = "] or "
	if o.op != scim.Remove || o.value.Exists() {
		return nil
	}
	var paths []string
	for rest, from := o.text, 0; ; {
		i := strings.Index(rest[from:], either)
		path := rest
		if i >= 0 {
			path = rest[:from+i+1]
		}
		parsed, _, err := scim.ParsePath(path)
		switch {
		case err == nil && parsed.Filter != nil:
			paths = append(paths, path)
		case i < 0:
			return nil
		default: // it stands inside a value
			from += i + len(either)
			continue
		}
		if i < 0 {
			return paths
		}
		rest, from = rest[from+i+len(either):], 0
	}
}

// removeEach makes an operation of each path.
func (p *patcher) removeEach(o *operation, paths []string) error {
	for _, path := range paths {
		if err := p.target(&operation{op: scim.Remove, text: path, extra: o.extra, at: o.at}); err != nil {
			return err
		}
	}
	return nil
}
