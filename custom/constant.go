package custom

import (
	"context"
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// constant is a value of the configuration for an attribute.
type constant struct {
	at      spot
	raw     string // JSON text; a Value must not be read by two at a time
	text    string // with placeholders that decide on the type of the value; else empty
	expand  func(context.Context, string) string
	dynamic bool // it has placeholders
}

// value reads a value for an attribute of which there is one in a resource.
func (c *compiler) value(at spot, text string) (*constant, error) {
	switch {
	case at.name == "":
		return nil, fmt.Errorf("%s is an extension: name one of its attributes", at)
	case at.readOnly():
		return nil, fmt.Errorf("%s is read-only: no client writes it", at)
	case at.sub != "" && at.many():
		return nil, fmt.Errorf("%s has many values: there is no telling which of them is meant", at.root())
	}
	g := &constant{at: at, expand: c.expand, dynamic: c.expand != nil && strings.Contains(text, "{")}
	v, err := typed(at, text)
	switch {
	case err == nil:
		g.raw = v.Raw()
	case g.dynamic:
		g.text = text
	default:
		return nil, err
	}
	return g, nil
}

// typed is a text as the value of an attribute. One value is enough for an
// attribute that has many.
func typed(at spot, text string) (scim.Value, error) {
	if at.leaf == nil || !at.leaf.MultiValued {
		if v, ok := literal(text, at.leaf); ok {
			return v, nil
		}
		return scim.Value{}, fmt.Errorf("%s cannot be a value of %s, which is of type %s", scim.Quote(text), at, at.leaf.Type)
	}
	if v := parsed(text); v.Kind() == scim.Array {
		if err := at.leaf.Check(&v); err != nil {
			return v, fmt.Errorf("%s", scim.AsError(err).Detail)
		}
		return v, nil
	}
	if v, ok := literal(text, at.leaf); ok {
		return scim.ArrayValue(v), nil
	}
	return scim.Value{}, fmt.Errorf("%s cannot be a value of %s, which is of type %s", scim.Quote(text), at, at.leaf.Type)
}

// of is the value for one request.
func (g *constant) of(ctx context.Context) (scim.Value, error) {
	if g.text != "" {
		v, err := typed(g.at, g.expand(ctx, g.text))
		if err != nil {
			return v, scim.BadRequest(scim.InvalidValue, "%s: what the placeholders of its value stand for has not its type", g.at)
		}
		return v, nil
	}
	v := scim.Parse(g.raw)
	if g.dynamic {
		g.fill(ctx, &v)
	}
	return v, nil
}

// fill fills in the placeholders of the strings of a value.
func (g *constant) fill(ctx context.Context, v *scim.Value) {
	if v.Kind() == scim.String {
		if text := v.Text(); strings.Contains(text, "{") {
			v.Put(scim.StringValue(g.expand(ctx, text)))
		}
		return
	}
	for i := range v.Members() {
		g.fill(ctx, v.At(i))
	}
}

// says reports whether a value says anything: it is not null, "" or [].
func says(v *scim.Value) bool {
	return !v.Empty() && (v.Kind() != scim.String || v.Text() != "")
}
