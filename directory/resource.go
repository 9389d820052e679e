package directory

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// draft is a resource as a client wants it to be: checked, names in the case of
// the schema, without read-only attributes and without what has no value.
type draft struct {
	typ     *scim.ResourceType
	schemas []string
	members []scim.Member
}

// readResource takes the body of POST and PUT, or the outcome of a PATCH, apart
// and refuses what the schemas do not know. Read-only attributes are not looked
// at (RFC 7644 sections 3.3 and 3.5.1).
func readResource(body *scim.Value, rt *scim.ResourceType) (*draft, error) {
	if body.Kind() != scim.Object {
		return nil, scim.BadRequest(scim.InvalidSyntax, "the body must be an object, got %s", body.Kind())
	}
	d := &draft{typ: rt}
	if err := d.readSchemas(body.Get("schemas")); err != nil {
		return nil, err
	}
	for i := range body.Members() {
		if err := d.readMember(&body.Members()[i]); err != nil {
			return nil, err
		}
	}
	return d, d.checkRequired()
}

// readSchemas holds "schemas" against RFC 7643 section 3: it names the schema of
// the resource type, and beside it only extensions of that type.
func (d *draft) readSchemas(v *scim.Value) error {
	if v.Empty() || v.Kind() != scim.Array {
		return scim.BadRequest(scim.InvalidSyntax, "schemas: want an array that names %s", d.typ.Schema.ID)
	}
	for i := range v.Members() {
		uri := v.At(i).Text()
		switch ext := d.typ.Extension(uri); {
		case ext != nil:
			uri = ext.Schema.ID
		case strings.EqualFold(uri, d.typ.Schema.ID):
			uri = d.typ.Schema.ID
		default:
			return scim.BadRequest(scim.InvalidSyntax, "schemas[%d]: %s is no schema of %s", i, v.At(i).Raw(), d.typ.Name)
		}
		if slices.Contains(d.schemas, uri) {
			return scim.BadRequest(scim.InvalidSyntax, "schemas[%d]: %s is named twice", i, uri)
		}
		d.schemas = append(d.schemas, uri)
	}
	if !slices.Contains(d.schemas, d.typ.Schema.ID) {
		return scim.BadRequest(scim.InvalidSyntax, "schemas: %s is missing", d.typ.Schema.ID)
	}
	return nil
}

func (d *draft) readMember(m *scim.Member) error {
	if ext := d.typ.Extension(m.Name); ext != nil {
		return d.readExtension(ext.Schema, &m.Value)
	}
	target, ok := d.typ.Resolve(scim.AttrPath{Name: m.Name})
	if !ok {
		return unknown(m.Name, d.typ.Schema)
	}
	if target.Attr.Name == "schemas" {
		return nil
	}
	v, err := clean(target.Attr, &m.Value)
	if err != nil || !v.Exists() {
		return err
	}
	d.members = append(d.members, scim.Member{Name: target.Attr.Name, Value: v})
	return nil
}

// readExtension reads the attributes of an extension, which stand in an object
// under its URI (RFC 7643 section 3).
func (d *draft) readExtension(schema *scim.Schema, v *scim.Value) error {
	switch {
	case v.Kind() == scim.Null:
		return nil
	case v.Kind() != scim.Object:
		return scim.BadRequest(scim.InvalidValue, "%s: want an object, got %s", schema.ID, v.Kind())
	case !slices.Contains(d.schemas, schema.ID):
		return scim.BadRequest(scim.InvalidSyntax, "schemas: %s is missing, but the body has attributes of it", schema.ID)
	}
	var kept []scim.Member
	for i := range v.Members() {
		m := &v.Members()[i]
		target, ok := d.typ.Resolve(scim.AttrPath{URI: schema.ID, Name: m.Name})
		if !ok {
			return unknown(m.Name, schema)
		}
		value, err := clean(target.Attr, &m.Value)
		if err != nil {
			e := scim.AsError(err)
			return scim.Errorf(e.Status, e.Type, "%s:%s", schema.ID, e.Detail)
		}
		if value.Exists() {
			kept = append(kept, scim.Member{Name: target.Attr.Name, Value: value})
		}
	}
	if len(kept) > 0 {
		d.members = append(d.members, scim.Member{Name: schema.ID, Value: scim.ObjectValue(kept...)})
	}
	return nil
}

// clean checks one attribute and leaves out what is read-only, write-only or has
// no value. An Absent Value means that nothing is left.
func clean(a *scim.Attribute, v *scim.Value) (scim.Value, error) {
	if a.Mutability == scim.ReadOnly {
		return scim.Value{}, nil
	}
	if err := a.Check(v); err != nil {
		return scim.Value{}, err
	}
	switch {
	case v.Empty() || a.Mutability == scim.WriteOnly:
		return scim.Value{}, nil
	case a.Type != scim.TypeComplex:
		return *v, nil
	case a.MultiValued:
		return cleanValues(a, v)
	}
	kept, err := cleanObject(a, v)
	if err != nil || kept.Len() == 0 {
		return scim.Value{}, err
	}
	return kept, checkReference(a, &kept)
}

// cleanValues cleans the values of a complex multi-valued attribute. A value
// that refers to a resource stands there once: a group has a member, or not.
func cleanValues(a *scim.Attribute, v *scim.Value) (scim.Value, error) {
	kept := make([]scim.Value, 0, v.Len())
	seen := map[string]bool{}
	for i := range v.Members() {
		element, err := cleanObject(a, v.At(i))
		if err != nil {
			return scim.Value{}, err
		}
		if err := checkReference(a, &element); err != nil {
			return scim.Value{}, err
		}
		if element.Len() == 0 {
			continue
		}
		if isReference(a) {
			id := element.Get("value").Text()
			if seen[id] {
				continue
			}
			seen[id] = true
		}
		kept = append(kept, element)
	}
	if len(kept) == 0 {
		return scim.Value{}, nil
	}
	return scim.ArrayValue(kept...), nil
}

// cleanObject cleans a complex value, which Check has looked at.
func cleanObject(a *scim.Attribute, v *scim.Value) (scim.Value, error) {
	kept := make([]scim.Member, 0, v.Len())
	for i := range v.Members() {
		m := &v.Members()[i]
		sub := a.SubAttribute(m.Name)
		if sub == nil {
			return scim.Value{}, scim.BadRequest(scim.InvalidSyntax, "%s: unknown sub-attribute %s", a.Name, scim.Quote(m.Name))
		}
		value, err := clean(sub, &m.Value)
		if err != nil {
			return scim.Value{}, err
		}
		if value.Exists() {
			kept = append(kept, scim.Member{Name: sub.Name, Value: value})
		}
	}
	if len(kept) > 0 {
		if err := required(a.Name+".", a.SubAttributes, kept); err != nil {
			return scim.Value{}, err
		}
	}
	return scim.ObjectValue(kept...), nil
}

// isReference reports whether a value of the attribute refers to a resource: it
// has a "value" that is an id, and a "$ref" that is the resource's URI.
func isReference(a *scim.Attribute) bool {
	return a.SubAttribute("$ref") != nil && a.SubAttribute("value") != nil
}

// checkReference wants an id where a resource is referred to. An id is never
// empty (RFC 7643 section 3.1).
func checkReference(a *scim.Attribute, v *scim.Value) error {
	if !isReference(a) {
		return nil
	}
	id := v.Get("value")
	if id.Text() == "" && (a.MultiValued || id.Exists()) {
		return scim.BadRequest(scim.InvalidValue, "%s.value: want the id of a resource", a.Name)
	}
	return nil
}

// checkRequired looks for attributes that have to be there (RFC 7643 section 7).
func (d *draft) checkRequired() error {
	if err := required("", d.typ.Schema.Attributes, d.members); err != nil {
		return err
	}
	for _, ext := range d.typ.Extensions {
		uri := ext.Schema.ID
		at := slices.IndexFunc(d.members, func(m scim.Member) bool { return m.Name == uri })
		if at < 0 {
			if ext.Required {
				return scim.BadRequest(scim.InvalidValue, "%s: is required", uri)
			}
			continue
		}
		if err := required(uri+":", ext.Schema.Attributes, d.members[at].Value.Members()); err != nil {
			return err
		}
	}
	return nil
}

func required(prefix string, attrs []*scim.Attribute, members []scim.Member) error {
	for _, a := range attrs {
		if !a.Required || a.Mutability == scim.ReadOnly || a.Mutability == scim.WriteOnly {
			continue
		}
		at := slices.IndexFunc(members, func(m scim.Member) bool { return m.Name == a.Name })
		if at < 0 || members[at].Value.Kind() == scim.String && members[at].Value.Text() == "" {
			return scim.BadRequest(scim.InvalidValue, "%s%s: is required", prefix, a.Name)
		}
	}
	return nil
}

// text renders the draft as the text of an entry.
func (d *draft) text(id string) string {
	dst := append(make([]byte, 0, 512), `{"schemas":[`...)
	for i, uri := range d.schemas {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = scim.AppendString(dst, uri)
	}
	dst = scim.AppendString(append(dst, `],"id":`...), id)
	for i := range d.members {
		dst = append(scim.AppendString(append(dst, ','), d.members[i].Name), ':')
		dst = d.members[i].Value.AppendTo(dst)
	}
	return string(append(dst, '}'))
}

func unknown(name string, schema *scim.Schema) error {
	return scim.BadRequest(scim.InvalidSyntax, "unknown attribute %s: %s does not define it", scim.Quote(name), schema.ID)
}
