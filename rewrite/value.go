package rewrite

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// primaryAttribute stands for "primary" where no schema defines it (P4).
var primaryAttribute = &scim.Attribute{Name: "primary", Type: scim.TypeBoolean, Mutability: scim.ReadWrite}

// value gives v the type and multiplicity of attr (normal form P4 to P6, P14).
// A nil attr is one that no schema knows. Null and the empty array stay: what
// they mean depends on the operation.
func (s *session) value(attr *scim.Attribute, v *scim.Value, p *place) error {
	switch {
	case attr == nil:
		s.untyped(v, p)
		return nil
	case v.Empty():
		return nil
	case attr.MultiValued:
		return s.values(attr, v, p)
	}
	if v.Kind() == scim.Array {
		if v.Len() > 1 {
			return scim.BadRequest(scim.InvalidValue, "%s: %s takes one value, not %d", p.String(), attr.Name, v.Len())
		}
		if !s.didAt(ValueSingle, p) {
			return nil
		}
		v.Put(*v.At(0))
	}
	return s.element(attr, v, p)
}

// values brings a multi-valued attribute into form: an array whose elements fit
// and of which at most one is primary.
func (s *session) values(attr *scim.Attribute, v *scim.Value, p *place) error {
	if inner := nested(attr, v); inner != nil && s.didAt(ValueMulti, p) {
		v.Put(*inner)
	}
	if v.Kind() != scim.Array {
		if !s.didAt(ValueMulti, p) {
			return nil
		}
		v.Put(scim.ArrayValue(*v))
	}
	elements := v.Members()
	mark := s.mark()
	for i := range elements {
		if elements[i].Value.Kind() == scim.Null {
			return scim.BadRequest(scim.InvalidValue, "%s: null is no value of %s", s.nth(p, i).String(), attr.Name)
		}
		if err := s.element(attr, &elements[i].Value, s.nth(p, i)); err != nil {
			return err
		}
		s.release(mark)
	}
	s.onePrimary(attr, elements, p)
	return nil
}

// nested returns the list in {"members":[…]} where the list alone belongs, or
// nil. The object says once more what the path says already.
func nested(attr *scim.Attribute, v *scim.Value) *scim.Value {
	if attr == nil || v.Kind() != scim.Object || v.Len() != 1 || attr.SubAttribute(attr.Name) != nil {
		return nil
	}
	if inner := v.Get(attr.Name); inner != nil && inner.Kind() == scim.Array {
		return inner
	}
	return nil
}

// onePrimary is P14: the last of several primary values keeps the mark.
func (s *session) onePrimary(attr *scim.Attribute, elements []scim.Member, p *place) {
	if attr.Type != scim.TypeComplex || len(elements) < 2 {
		return
	}
	last := -1
	for i := len(elements) - 1; i >= 0; i-- {
		primary := elements[i].Value.Get("primary")
		if !primary.True() {
			continue
		}
		if last < 0 {
			last = i
			continue
		}
		if !s.didAt(ValuePrimary, s.below(s.nth(p, i), "primary")) {
			return
		}
		primary.Put(scim.BoolValue(false))
	}
}

// element brings one value of attr into form.
func (s *session) element(attr *scim.Attribute, v *scim.Value, p *place) error {
	if v.Kind() == scim.Null {
		return nil
	}
	if attr.Type == scim.TypeComplex {
		return s.complex(attr, v, p)
	}
	if v.Kind() == scim.Object {
		inner := wrapped(v)
		if inner == nil {
			return scim.BadRequest(scim.InvalidValue, "%s: %s takes %s, not an object", p.String(), attr.Name, attr.Type)
		}
		if !s.didAt(ValueSingle, p) {
			return nil
		}
		v.Put(*inner)
	}
	if fits(attr, v) {
		return wellFormed(attr, v, p)
	}
	to, ok := coerced(attr, v)
	if !ok {
		return scim.BadRequest(scim.InvalidValue, "%s: %s takes %s; this is %s that is none", p.String(), attr.Name, attr.Type, v.Kind())
	}
	if s.didAt(shapeOf(attr), p) {
		v.Put(to)
	}
	return nil
}

// wellFormed holds a text against the type whose form it has to have. The empty
// text is left alone: it says that there is nothing (P10).
func wellFormed(attr *scim.Attribute, v *scim.Value, p *place) error {
	if attr.Type != scim.TypeDateTime && attr.Type != scim.TypeBinary || v.Text() == "" || attr.CheckElement(v) == nil {
		return nil
	}
	return scim.BadRequest(scim.InvalidValue, "%s: %s takes %s; this is a string that is none", p.String(), attr.Name, attr.Type)
}

// wrapped returns the value in {"value":x}, or nil if v holds anything else.
func wrapped(v *scim.Value) *scim.Value {
	for _, m := range v.Members() {
		if !strings.EqualFold(m.Name, "value") && m.Value.Kind() != scim.Null {
			return nil
		}
	}
	return v.Get("value")
}

// complex brings one complex value into form: an object whose sub-attributes
// are spelled and typed as in the schema.
func (s *session) complex(attr *scim.Attribute, v *scim.Value, p *place) error {
	switch v.Kind() {
	case scim.Object:
	case scim.String, scim.Number:
		if attr.SubAttribute("value") == nil {
			return scim.BadRequest(scim.InvalidValue, "%s: %s takes an object", p.String(), attr.Name)
		}
		if !s.didAt(ValueReference, p) {
			return nil
		}
		v.Put(scim.ObjectValue(scim.Member{Name: "value", Value: *v}))
	default:
		return scim.BadRequest(scim.InvalidValue, "%s: %s takes an object, not %s", p.String(), attr.Name, v.Kind())
	}
	err := s.members(attr, v, p)
	for err == nil && s.unpack(attr, v, p) {
		err = s.members(attr, v, p)
	}
	return err
}

// members brings the sub-attributes of a complex value into form.
func (s *session) members(attr *scim.Attribute, v *scim.Value, p *place) error {
	drop := false
	members, mark := v.Members(), s.mark()
	for i := range members {
		m := &members[i]
		here := s.below(p, m.Name)
		sub := s.subAttribute(attr, v, i, here)
		if m.Value.Kind() == scim.Null {
			drop = drop || nullPart(m.Name)
			continue
		}
		if err := s.value(sub, &m.Value, here); err != nil {
			return err
		}
		drop = drop || s.isMisled(m)
		s.release(mark)
	}
	if drop {
		v.Keep(func(m *scim.Member) bool {
			if s.isMisled(m) {
				return !s.didAt(ValueRef, s.below(p, m.Name))
			}
			return m.Value.Kind() != scim.Null || !nullPart(m.Name) || !s.didAt(ValueNullPart, s.below(p, m.Name))
		})
	}
	return nil
}

// isMisled tells a $ref that has the name of a resource type where that of its
// endpoint belongs, as in …/User/26, and so leads nowhere (RFC 7643 section 2.3.7).
func (s *session) isMisled(m *scim.Member) bool {
	if !strings.EqualFold(m.Name, "$ref") || m.Value.Kind() != scim.String {
		return false
	}
	path := m.Value.Text()
	last := strings.LastIndexByte(path, '/')
	if last < 0 {
		return false
	}
	name := path[strings.LastIndexByte(path[:last], '/')+1 : last]
	return s.plan.Registry.ByName(name) != nil && s.plan.Registry.ByEndpoint(name) == nil
}

// nullPart names the sub-attributes whose null is a client's way of saying
// nothing (P6).
func nullPart(name string) bool {
	return strings.EqualFold(name, "$ref") || strings.EqualFold(name, "display")
}

// subAttribute finds the definition of the i-th member of a complex value and
// corrects its name.
func (s *session) subAttribute(attr *scim.Attribute, v *scim.Value, i int, p *place) *scim.Attribute {
	name := v.Members()[i].Name
	sub := attr.SubAttribute(name)
	if sub == nil {
		if r, to := s.plan.Rules.renamed(attr, name); r != nil && v.Get(to) == nil {
			s.applied(r, p)
			v.Rename(i, to)
			return attr.SubAttribute(to)
		}
		if strings.EqualFold(name, "primary") {
			return primaryAttribute
		}
		return nil
	}
	if sub.Name != name && s.didAt(NameCase, p) {
		v.Rename(i, sub.Name)
	}
	return sub
}

// unpack puts the parts of a value in place whose text is a JSON object, and
// drops that text. It reports whether there was one.
func (s *session) unpack(attr *scim.Attribute, v *scim.Value, p *place) bool {
	i := v.Index("value")
	if i < 0 || !strings.HasPrefix(v.At(i).Text(), "{") {
		return false
	}
	r, keep := s.plan.Rules.unpacks(attr)
	doc, err := scim.Check(v.At(i).Text(), scim.Limits{})
	if r == nil || err != nil {
		return false
	}
	packed := scim.Parse(doc)
	if !slices.ContainsFunc(keep, func(pair Rename) bool { return says(&packed, pair.From) }) {
		return false
	}
	s.applied(r, p)
	if !slices.ContainsFunc(keep, func(pair Rename) bool { return pair.To == "value" && says(&packed, pair.From) }) {
		v.Delete(i)
	}
	for _, pair := range keep {
		if says(&packed, pair.From) {
			v.Set(pair.To, *packed.Get(pair.From))
		}
	}
	return true
}

// says reports whether an object has a member of that name that is not null.
func says(v *scim.Value, name string) bool {
	part := v.Get(name)
	return part.Exists() && part.Kind() != scim.Null
}

// untyped is P4 without a schema: only primary is known to be a boolean, wherever
// it stands.
func (s *session) untyped(v *scim.Value, p *place) {
	if v.Kind() < scim.Array || !strings.Contains(v.Raw(), `"primary"`) {
		return
	}
	members, mark := v.Members(), s.mark()
	for i := range members {
		m := &members[i]
		here := s.nth(p, i)
		if v.Kind() == scim.Object {
			here = s.below(p, m.Name)
		}
		if m.Name != "primary" {
			s.untyped(&m.Value, here)
		} else if to, ok := coerced(primaryAttribute, &m.Value); ok && s.didAt(ValueBoolean, here) {
			m.Value.Put(to)
		}
		s.release(mark)
	}
}
