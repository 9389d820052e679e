package backend

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// The JSON types of ids (Capabilities.IDs). RFC 7643 section 3.1 has strings;
// this is how service providers with numbers are spoken to. What they show is
// made text again with the rest of a resource (see shape).
const (
	idsString = "string"
	idsNumber = "number"
)

// number writes the ids in a request as numbers: in bodies, in paths of PATCH
// and in filters. An id that is no number stays: it is the service provider's to
// refuse.
func (b *Backend) number(x *exchange, req *scim.Request) (err error) {
	rt := x.route.Type
	inParameters := func(name, value string) (string, error) {
		if name != "filter" {
			return value, nil
		}
		return b.numberFilter(rt, value)
	}
	if req.Query, err = mapQuery(req.Query, inParameters); err != nil || req.Body == "" {
		return err
	}
	if x.operation == "search" {
		req.Body, err = mapSearch(req.Body, inParameters)
		return err
	}
	body := scim.Parse(req.Body)
	switch x.operation {
	case "create", "replace", "patch":
		b.numberBody(rt, req.Method, &body)
	case "bulk":
		b.numberBulk(x, &body)
	}
	if body.Changed() {
		req.Body = body.Raw()
	}
	return nil
}

func (b *Backend) numberBody(rt *scim.ResourceType, method string, body *scim.Value) {
	switch {
	case rt == nil:
	case method == http.MethodPatch:
		b.numberPatch(rt, body)
	default:
		b.numberResource(rt, body)
	}
}

// numberBulk does so in the data of each operation of a Bulk request.
func (b *Backend) numberBulk(x *exchange, body *scim.Value) {
	ops := body.Get("Operations")
	for i := range ops.Members() {
		op := ops.At(i)
		route, ok := b.registry.Route(b.base, x.route.Base+"/"+strings.TrimPrefix(op.Get("path").Text(), "/"))
		if data := op.Get("data"); ok && data.Exists() {
			b.numberBody(route.Type, strings.ToUpper(op.Get("method").Text()), data)
		}
	}
}

// numberResource does so in the attributes of a resource or of a part of one.
func (b *Backend) numberResource(rt *scim.ResourceType, v *scim.Value) {
	for i := range v.Members() {
		m := &v.Members()[i]
		if ext := rt.Extension(m.Name); ext != nil {
			b.numberExtension(ext.Schema, &m.Value)
			continue
		}
		if t, ok := rt.Resolve(scim.AttrPath{Name: m.Name}); ok {
			b.numberAttribute(t.Attr, &m.Value)
		}
	}
}

func (b *Backend) numberExtension(s *scim.Schema, v *scim.Value) {
	whole := scim.Attribute{SubAttributes: s.Attributes}
	for i := range v.Members() {
		m := &v.Members()[i]
		b.numberAttribute(whole.SubAttribute(m.Name), &m.Value)
	}
}

// numberAttribute does so in the value of one attribute.
func (b *Backend) numberAttribute(attr *scim.Attribute, v *scim.Value) {
	switch {
	case isID(attr):
		numberValue(v)
	case !b.refers(attr):
	case v.Kind() == scim.Array:
		for i := range v.Members() {
			b.numberAttribute(attr, v.At(i))
		}
	default:
		numberValue(v.Get("value"))
	}
}

// isID tells the attribute id.
func isID(attr *scim.Attribute) bool { return attr != nil && attr.Name == "id" }

// refers tells the attributes whose value is the id of another resource: those
// with a reference to a resource type beside it, as members, groups and manager
// have.
func (b *Backend) refers(attr *scim.Attribute) bool {
	ref := attr.SubAttribute("$ref")
	if ref == nil {
		return false
	}
	for _, name := range ref.ReferenceTypes {
		if b.registry.ByName(name) != nil {
			return true
		}
	}
	return false
}

// numberValue makes the text of a number that number.
func numberValue(v *scim.Value) {
	text := v.Text()
	if text == "" || len(text) > 18 || text[0] == '0' && text != "0" || strings.Trim(text, "0123456789") != "" {
		return
	}
	v.Put(scim.Parse(text))
}

// numberPatch does so in the operations of a PATCH, which may be in the spelling
// of a service provider.
func (b *Backend) numberPatch(rt *scim.ResourceType, body *scim.Value) {
	ops := body.Get("Operations")
	for i := range ops.Members() {
		op := patchView(ops.At(i))
		if op.path == nil {
			b.numberResource(rt, op.value)
			continue
		}
		path, err := scim.ParseStrictPath(op.path.Text())
		if err != nil {
			continue // no id is in it
		}
		target, ok := rt.Resolve(path.Attr)
		switch {
		case !ok:
		case target.Attr == nil:
			b.numberExtension(target.Schema, op.value)
		case b.refers(target.Attr):
			b.numberReference(target, path, op)
		}
	}
}

// numberReference does so in an operation at an attribute that refers to other
// resources.
func (b *Backend) numberReference(target scim.Target, path scim.PatchPath, op operationView) {
	sub := path.Attr.Sub + path.Sub
	switch {
	case op.value == nil:
	case strings.EqualFold(sub, "value"):
		numberValue(op.value)
	case sub == "":
		b.numberAttribute(target.Attr, op.value)
	}
	if path.Filter == nil {
		return
	}
	eachComparison(path.Filter, nil, func(_ *scim.ValuePath, c *scim.AttributeExpression) {
		if strings.EqualFold(c.Path.Name, "value") {
			numberValue(&c.Value)
		}
	})
	if to := path.String(); to != op.path.Text() {
		op.path.Put(scim.StringValue(to))
	}
}

// numberFilter does so in a filter. rt is nil for all types of resources; only
// their ids are known then.
func (b *Backend) numberFilter(rt *scim.ResourceType, text string) (string, error) {
	e, err := scim.ParseStrictFilter(text)
	if err != nil {
		return "", err
	}
	changed := false
	eachComparison(e, nil, func(in *scim.ValuePath, c *scim.AttributeExpression) {
		path := c.Path
		if in != nil {
			path = scim.AttrPath{URI: in.Path.URI, Name: in.Path.Name, Sub: c.Path.Name}
		}
		if b.namesID(rt, path) && c.Value.Kind() == scim.String {
			numberValue(&c.Value)
			changed = changed || c.Value.Kind() == scim.Number
		}
	})
	if !changed {
		return text, nil
	}
	return e.String(), nil
}

// namesID tells the attribute paths whose value is an id.
func (b *Backend) namesID(rt *scim.ResourceType, path scim.AttrPath) bool {
	if rt == nil {
		return path.URI == "" && path.Sub == "" && strings.EqualFold(path.Name, "id")
	}
	t, ok := rt.Resolve(path)
	if !ok || t.Attr == nil {
		return false
	}
	return isID(t.Attr) || b.refers(t.Attr) && (t.Sub == nil || t.Sub.Name == "value")
}
