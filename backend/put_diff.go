package backend

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// differ makes operations of what a resource shall be and is not.
type differ struct {
	*Backend
	rt  *scim.ResourceType
	ops []scim.Operation
}

// resource compares whole resources.
func (d *differ) resource(now, want *scim.Value) error {
	for i := range want.Members() {
		m := &want.Members()[i]
		var err error
		switch {
		case strings.EqualFold(m.Name, "schemas"), strings.EqualFold(m.Name, "id"):
			// They follow from the attributes, and from the path.
		case strings.Contains(m.Name, ":"):
			err = d.extension(m.Name, now.Get(m.Name), &m.Value)
		default:
			err = d.attribute(scim.AttrPath{Name: m.Name}, now.Get(m.Name), &m.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// extension compares the attributes of an extension.
func (d *differ) extension(uri string, now, want *scim.Value) error {
	switch {
	case !want.Empty() && want.Kind() != scim.Object:
		return errNoPath(uri)
	case want.Empty():
		for _, m := range now.Members() {
			if err := d.attribute(scim.AttrPath{URI: uri, Name: m.Name}, &m.Value, want); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range want.Members() {
		m := &want.Members()[i]
		if err := d.attribute(scim.AttrPath{URI: uri, Name: m.Name}, now.Get(m.Name), &m.Value); err != nil {
			return err
		}
	}
	return nil
}

// attribute compares the values of one attribute; now is nil if it has none.
func (d *differ) attribute(path scim.AttrPath, now, want *scim.Value) error {
	path, a := attribute(path, d.rt)
	switch {
	case a != nil && isReadOnly(a):
		return nil
	case a != nil && isHidden(a): // what cannot be compared is written
		now = nil
		if want.Empty() {
			return d.add(scim.Remove, path, nil)
		}
	case want.Empty() && now.Empty():
		return nil
	case sameAttribute(path, membersPath) && hasMembers(d.rt):
		return d.members(now, want)
	case want.Empty():
		return d.add(scim.Remove, path, nil)
	case isSplit(a, want) && now.Exists() && now.Kind() == scim.Object:
		return d.leaves(path, a, now, want)
	}
	wanted := want.Clone()
	dropBelow(&wanted, a, isReadOnly)
	if !now.Empty() {
		shown := now.Clone()
		dropBelow(&shown, a, isReadOnly)
		if sameValues(&shown, &wanted) {
			return nil
		}
	}
	return d.set(path, now, &wanted)
}

// isSplit tells a complex value whose parts are written one by one, so that those
// that are left out stay. One that is known by its value is written whole.
func isSplit(a *scim.Attribute, want *scim.Value) bool {
	if want.Kind() != scim.Object {
		return false
	}
	return a == nil || a.Type == scim.TypeComplex && !a.MultiValued && a.SubAttribute("value") == nil
}

// leaves compares the sub-attributes of a complex value.
func (d *differ) leaves(path scim.AttrPath, a *scim.Attribute, now, want *scim.Value) error {
	for i := range want.Members() {
		m := &want.Members()[i]
		sub := a.SubAttribute(m.Name)
		if sub != nil && isReadOnly(sub) {
			continue
		}
		path.Sub = m.Name
		old, err := now.Get(m.Name), error(nil)
		switch {
		case m.Value.Empty() && !old.Empty():
			err = d.add(scim.Remove, path, nil)
		case !sameValues(old, &m.Value):
			err = d.set(path, old, &m.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fewMembers is up to how many members are removed and added one by one. For more
// it is shorter to say who is a member then.
const fewMembers = 1000

// members compares the members of a group. Where not all are shown, it is only
// known who shall be one.
func (d *differ) members(now, want *scim.Value) error {
	var have scim.Value
	if now != nil {
		have = *now
	}
	if d.membersHidden(d.rt) {
		return d.replaceMembers(want)
	}
	changes, err := compareMembers(&have, want, false)
	switch n := len(changes.gone) + len(changes.come); {
	case err != nil || n > fewMembers:
		return d.replaceMembers(want)
	case n == 0:
		return nil
	}
	for _, id := range changes.gone {
		d.ops = append(d.ops, *removal(id))
	}
	if len(changes.come) == 0 {
		return nil
	}
	list := scim.ArrayValue(changes.come...)
	return d.add(scim.Add, membersPath, &list)
}

func (d *differ) replaceMembers(want *scim.Value) error {
	if want.Empty() {
		return d.add(scim.Remove, membersPath, nil)
	}
	return d.add(scim.Replace, membersPath, want)
}

// set gives an attribute a value. Not every service provider takes the
// replacement of what is not there for an addition (RFC 7644 section 3.5.2.3).
func (d *differ) set(path scim.AttrPath, now, want *scim.Value) error {
	if now.Empty() {
		return d.add(scim.Add, path, want)
	}
	return d.add(scim.Replace, path, want)
}

func (d *differ) add(op scim.Op, path scim.AttrPath, value *scim.Value) error {
	text := path.String()
	if _, err := scim.ParseStrictPath(text); err != nil {
		return errNoPath(text)
	}
	made := scim.Operation{Op: op, Path: text}
	if value != nil {
		made.Value = *value
	}
	d.ops = append(d.ops, made)
	return nil
}

func errNoPath(name string) error {
	return scim.Errorf(http.StatusNotImplemented, "", "%s: the service provider has no PUT, and no path of a PATCH leads to this attribute", scim.Quote(name))
}
