package backend

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// A PATCH of SCIM 1.1 (draft-scim-api-01 section 3.3.2) is a part of the
// resource. Attributes that meta.attributes names are removed; then what is
// given is merged: single values are replaced, values of a multi-valued
// attribute are added, or removed if they say "operation": "delete".
//
// Operations of RFC 7644 have an order and a partial resource has none. So they
// are folded: what a later operation overrides is left out.

// partial is the partial resource while it is made, with names of SCIM 2.0.
type partial struct {
	rt      *scim.ResourceType
	given   scim.Value
	cleared []string  // for meta.attributes
	plural  []*values // of multi-valued attributes
}

// values are what is added to a multi-valued attribute and deleted from it.
type values struct {
	path    scim.AttrPath
	cleared bool
	list    []scim.Value
	at      map[string]int // where in list a value stands, by its text
}

// patch11 writes a PATCH in SCIM 1.1.
func patch11(rt *scim.ResourceType, body *scim.Value) (string, error) {
	p := partial{rt: rt, given: scim.ObjectValue()}
	ops := body.Get("Operations")
	for i := range ops.Members() {
		if err := p.operation(patchView(ops.At(i))); err != nil {
			return "", scim.Errorf(err.Status, err.Type, "Operations[%d]: %s", i, err.Detail)
		}
	}
	return p.body(), nil
}

func (p *partial) operation(op operationView) *scim.Error {
	if op.path == nil {
		if strings.EqualFold(op.verb, "remove") {
			return scim.BadRequest(scim.NoTarget, "remove without a path")
		}
		return p.whole("", op.verb, op.value)
	}
	path, err := scim.ParseStrictPath(op.path.Text())
	if err != nil {
		return scim.AsError(err)
	}
	target, known := p.rt.Resolve(path.Attr)
	if known {
		path.Attr = target.Path
	}
	if known && target.Attr == nil && !strings.EqualFold(op.verb, "remove") {
		return p.whole(target.Schema.ID, op.verb, op.value)
	}
	return p.change(target.Attr, path, op.verb, op.value)
}

// whole is an operation with an object of attributes as its value: of the
// resource, or of the extension with that URI.
func (p *partial) whole(uri, verb string, value *scim.Value) *scim.Error {
	for i := range value.Members() {
		m := &value.Members()[i]
		if ext := p.rt.Extension(m.Name); uri == "" && ext != nil {
			if err := p.whole(ext.Schema.ID, verb, &m.Value); err != nil {
				return err
			}
			continue
		}
		path := scim.AttrPath{URI: uri, Name: m.Name}
		target, _ := p.rt.Resolve(path)
		if target.Attr != nil && target.Schema == nil && target.Attr.Mutability == scim.ReadOnly || strings.EqualFold(m.Name, keySchemas) {
			continue // id and meta are not the client's to set
		}
		if err := p.change(target.Attr, scim.PatchPath{Attr: path}, verb, &m.Value); err != nil {
			return err
		}
	}
	return nil
}

// change is an operation at one attribute.
func (p *partial) change(attr *scim.Attribute, path scim.PatchPath, verb string, value *scim.Value) *scim.Error {
	remove := strings.EqualFold(verb, "remove")
	plural := attr != nil && attr.MultiValued || attr == nil && value.Exists() && value.Kind() == scim.Array
	if plural || path.Filter != nil {
		return p.changeValues(path, verb, remove, value)
	}
	if remove || value.Empty() {
		p.remove(path.Attr)
		return nil
	}
	p.set(path.Attr, *value)
	return nil
}

// changeValues is an operation at a multi-valued attribute.
func (p *partial) changeValues(path scim.PatchPath, verb string, remove bool, value *scim.Value) *scim.Error {
	text, byValue := valueOf(path.Filter)
	switch v := p.valuesOf(path.Attr); {
	case path.Attr.Sub != "" || path.Sub != "" || path.Filter != nil && !(remove && byValue):
		return scim.Errorf(http.StatusNotImplemented, "",
			"%s: the service provider speaks SCIM 1.1, whose PATCH cannot say this; set value_paths read or patch put", path)
	case byValue:
		v.delete(text)
	case remove && value.Exists():
		return v.deleteAll(value)
	case remove:
		v.clear()
	default:
		if strings.EqualFold(verb, "replace") {
			v.clear()
		}
		v.add(value)
	}
	return nil
}

// valueOf is what a filter in brackets holds the value against, if it does
// nothing else: value eq "…".
func valueOf(filter scim.Expression) (scim.Value, bool) {
	e, ok := filter.(*scim.AttributeExpression)
	if !ok || e.Op != scim.Equal || !strings.EqualFold(e.Path.String(), "value") {
		return scim.Value{}, false
	}
	return e.Value, true
}

// set gives a single-valued attribute a value. A complex one keeps what the
// value does not name (RFC 7644 section 3.5.2.3).
func (p *partial) set(path scim.AttrPath, value scim.Value) {
	in := p.holder(path.URI)
	switch given := in.Get(path.Name); {
	case path.Sub != "" && given.Exists() && given.Kind() == scim.Object:
		given.Set(path.Sub, value)
	case path.Sub != "":
		in.Set(path.Name, scim.ObjectValue(scim.Member{Name: path.Sub, Value: value}))
	case given.Exists() && given.Kind() == scim.Object && value.Kind() == scim.Object:
		for i := range value.Members() {
			given.Set(value.Members()[i].Name, *value.At(i))
		}
	default:
		in.Set(path.Name, value)
	}
}

// remove takes an attribute or a sub-attribute away. What was given before is
// no longer.
func (p *partial) remove(path scim.AttrPath) {
	in, name := p.holder(path.URI), path.Name
	if path.Sub != "" {
		in, name = in.Get(path.Name), path.Sub
	}
	if i := in.Index(name); i >= 0 {
		in.Delete(i)
	}
	p.cleared = append(p.cleared, path11(path).String())
}

// holder is the object in which the attributes of a schema stand.
func (p *partial) holder(uri string) *scim.Value {
	if uri == "" {
		return &p.given
	}
	if p.given.Get(uri) == nil {
		p.given.Set(uri, scim.ObjectValue())
	}
	return p.given.Get(uri)
}

func (p *partial) valuesOf(path scim.AttrPath) *values {
	path.Sub = ""
	for _, v := range p.plural {
		if v.path == path {
			return v
		}
	}
	v := &values{path: path, at: map[string]int{}}
	p.plural = append(p.plural, v)
	return v
}

func (v *values) clear() {
	v.cleared, v.list = true, nil
	clear(v.at)
}

// add adds one value or several. One that was to be deleted no longer is.
func (v *values) add(value *scim.Value) {
	if value.Exists() && value.Kind() == scim.Array {
		for i := range value.Members() {
			v.add(value.At(i))
		}
		return
	}
	if !value.Empty() {
		v.put(value.Get("value"), *value)
	}
}

// deleteAll deletes the values of an array, or one.
func (v *values) deleteAll(value *scim.Value) *scim.Error {
	if value.Kind() == scim.Array {
		for i := range value.Members() {
			if err := v.deleteAll(value.At(i)); err != nil {
				return err
			}
		}
		return nil
	}
	key := value.Get("value")
	if key.Empty() {
		return scim.BadRequest(scim.InvalidValue, "%s: what is removed has no value", v.path)
	}
	v.delete(*key)
	return nil
}

// delete deletes the value with that text. After all were removed only those
// that were added since are there.
func (v *values) delete(value scim.Value) {
	marked := scim.ObjectValue(
		scim.Member{Name: "value", Value: value},
		scim.Member{Name: "operation", Value: scim.StringValue("delete")},
	)
	if v.cleared {
		marked = scim.Value{} // left out
	}
	v.put(&value, marked)
}

func (v *values) put(key *scim.Value, value scim.Value) {
	if !key.Exists() {
		v.list = append(v.list, value)
		return
	}
	if i, there := v.at[key.Raw()]; there {
		v.list[i] = value
		return
	}
	v.at[key.Raw()] = len(v.list)
	v.list = append(v.list, value)
}

// body writes the partial resource.
func (p *partial) body() string {
	for _, v := range p.plural {
		var list []scim.Value
		for i := range v.list {
			if v.list[i].Exists() {
				list = append(list, v.list[i])
			}
		}
		if v.cleared {
			p.cleared = append(p.cleared, path11(v.path).String())
		}
		if len(list) > 0 {
			p.holder(v.path.URI).Set(v.path.Name, scim.ArrayValue(list...))
		}
	}
	p.given.Keep(func(m *scim.Member) bool { return m.Value.Kind() != scim.Object || m.Value.Len() > 0 })
	resource11(p.rt, &p.given)
	if len(p.cleared) > 0 {
		names := make([]scim.Value, len(p.cleared))
		for i, name := range p.cleared {
			names[i] = scim.StringValue(name)
		}
		p.given.Set("meta", scim.ObjectValue(scim.Member{Name: "attributes", Value: scim.ArrayValue(names...)}))
	}
	return p.given.Raw()
}
