package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// values merges the values of a list with those that are there, or puts them in
// their place if the list is cleared.
func (p *partialResource) values(path scim.AttrPath, attr *scim.Attribute, v *scim.Value, at *place) error {
	elements := []scim.Member{{Value: *v}}
	switch {
	case v.Kind() == scim.Array:
		elements = v.Members()
	case v.Kind() == scim.Null:
		return nil // there is nothing to merge
	}
	cleared := p.isCleared(path)
	var added []scim.Value
	for i := range elements {
		here, element := p.nth(at, i), &elements[i].Value
		deleted, err := marked(element, here)
		switch {
		case err != nil:
			return err
		case deleted && cleared: // the whole list goes anyway
		case deleted:
			if err := p.delete(path, element, here); err != nil {
				return err
			}
		case cleared || p.isOnlyAdded(attr, element):
			added = append(added, *element)
		default:
			if err := p.merge(path, attr, element, here); err != nil {
				return err
			}
		}
	}
	switch {
	case len(added) > 0 && cleared:
		return p.target(&operation{op: scim.Replace, text: path.String(), value: scim.ArrayValue(added...), at: *at, member: true})
	case len(added) > 0:
		return p.target(&operation{op: scim.Add, text: path.String(), value: scim.ArrayValue(added...), at: *at, member: true})
	case cleared && len(elements) > 0:
		return p.target(&operation{op: scim.Remove, text: path.String(), at: *at, member: true})
	}
	return nil
}

// marked takes the operation off a value and reports whether it is to be deleted.
func marked(v *scim.Value, at *place) (deleted bool, err error) {
	i := v.Index("operation")
	if i < 0 {
		return false, nil
	}
	word, kind := v.At(i).Text(), v.At(i).Kind()
	deleted = strings.EqualFold(word, "delete")
	if !deleted && kind != scim.Null && (kind != scim.String || word != "" && !strings.EqualFold(word, "add")) {
		return false, scim.BadRequest(scim.InvalidSyntax, "%s.operation: a value can only be deleted", at.String())
	}
	v.Delete(i)
	return deleted, nil
}

// delete removes one value.
func (p *partialResource) delete(path scim.AttrPath, v *scim.Value, at *place) error {
	p.deletes = true
	return p.target(&operation{op: scim.Remove, text: path.String(), value: scim.ArrayValue(*v), at: *at, member: true})
}

// isOnlyAdded tells a value that is not looked for among those that are there:
// a member of a group, which a service provider holds once whatever else is said
// of it (RFC 7644 section 3.5.2.1), and one that nothing identifies.
func (p *partialResource) isOnlyAdded(attr *scim.Attribute, v *scim.Value) bool {
	return attr == nil || attr.Type != scim.TypeComplex || isReference(attr) || v.Kind() != scim.Object || v.Get("value").Empty()
}

// merge sets what is given of the value with that value, or adds it (P9).
func (p *partialResource) merge(path scim.AttrPath, attr *scim.Attribute, v *scim.Value, at *place) error {
	found := scim.PatchPath{Attr: path, Filter: equals("value", v.Get("value"))}
	merged := false
	for i := range v.Members() {
		m := &v.Members()[i]
		if strings.EqualFold(m.Name, "value") {
			continue
		}
		found.Sub, merged = m.Name, true
		if err := p.target(&operation{op: scim.Replace, text: found.String(), value: m.Value, at: *p.below(at, m.Name), member: true}); err != nil {
			return err
		}
	}
	if merged {
		return nil
	}
	o := &operation{op: scim.Add, path: found, target: scim.Target{Attr: attr, Path: path}, at: *at}
	if err := p.readState(o); err != nil {
		return err
	}
	there, err := p.matches(o)
	if there || err != nil {
		return err
	}
	return p.target(&operation{op: scim.Add, text: path.String(), value: scim.ArrayValue(*v), at: *at, member: true})
}
