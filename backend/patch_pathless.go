package backend

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// mustExplode reports whether a value without a path holds something that is
// dealt with on its own.
func (p *patchPlan) mustExplode(value *scim.Value) bool {
	for name := range value.Parts() {
		switch {
		case p.caps.PatchMembers > 0 && strings.EqualFold(name, membersPath.Name),
			p.caps.NameFormatted && strings.EqualFold(name, namePath.Name):
			return true
		}
		for _, single := range p.caps.SingleValued {
			if len(single) >= len(name) && strings.EqualFold(single[:len(name)], name) { // the attribute, or the URI before it
				return true
			}
		}
	}
	return false
}

// explode makes one operation with a path of each leaf of a value without one,
// in the order of its keys.
func explode(op *scim.Operation, rt *scim.ResourceType) ([]scim.Operation, error) {
	e := exploder{op: op.Op, rt: rt}
	for name, v := range op.Value.Parts() {
		if err := e.member(name, v); err != nil {
			return nil, err
		}
	}
	return e.leaves, nil
}

type exploder struct {
	op     scim.Op
	rt     *scim.ResourceType
	leaves []scim.Operation
}

// member takes an attribute by its name, an extension with its attributes, or an
// attribute of an extension by its full name.
func (e *exploder) member(name string, v scim.Value) error {
	if strings.IndexByte(name, ':') < 0 {
		return e.attribute(scim.AttrPath{Name: name}, v)
	}
	if ext := e.rt.Extension(name); ext != nil {
		return e.extension(ext.Schema.ID, v)
	}
	path, err := scim.ParseAttrPath(name)
	if err != nil {
		return scim.BadRequest(scim.InvalidPath, "no attribute is named %s", scim.Quote(name))
	}
	if _, known := e.rt.Resolve(path); !known && v.Kind() == scim.Object {
		return e.extension(name, v)
	}
	return e.attribute(path, v)
}

func (e *exploder) extension(uri string, v scim.Value) error {
	if v.Kind() != scim.Object {
		return e.leaf(uri, v)
	}
	for name, v := range v.Parts() {
		if err := e.attribute(scim.AttrPath{URI: uri, Name: name}, v); err != nil {
			return err
		}
	}
	return nil
}

// attribute splits a complex attribute into its sub-attributes, but for one that
// is known by its value, such as the reference to a manager (normal form P6).
func (e *exploder) attribute(path scim.AttrPath, v scim.Value) error {
	t, known := e.rt.Resolve(path)
	if !known || t.Attr == nil || t.Attr.Type != scim.TypeComplex || t.Attr.MultiValued || v.Kind() != scim.Object || t.Attr.SubAttribute("value") != nil {
		return e.leaf(path.String(), v)
	}
	for name, v := range v.Parts() {
		if sub := t.Attr.SubAttribute(name); sub != nil && isReadOnly(sub) {
			continue // RFC 7643 section 2.2: it is ignored in a value
		}
		path.Sub = name
		if err := e.leaf(path.String(), v); err != nil {
			return err
		}
	}
	return nil
}

// leaf makes one operation. Where a value is taken away it is a removal (RFC 7643
// section 2.5).
func (e *exploder) leaf(path string, v scim.Value) error {
	target, err := scim.ParseStrictPath(path)
	if err != nil {
		return err
	}
	op := scim.Operation{Op: e.op, Path: path, Target: target, Value: v}
	switch {
	case v.Kind() == scim.Null, v.Empty() && e.op == scim.Replace:
		op.Op, op.Value = scim.Remove, scim.Value{}
	case v.Empty():
		return nil // an addition of nothing
	}
	e.leaves = append(e.leaves, op)
	return nil
}
