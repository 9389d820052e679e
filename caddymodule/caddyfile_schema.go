package caddymodule

import (
	"slices"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/scim"
)

// parseHandlerSchema reads "schema <resource_type> <urn> { … }".
func parseHandlerSchema(d *caddyfile.Dispenser, h *Handler) error {
	return parseSchema(d, &h.Schemas)
}

func parseSchema(d *caddyfile.Dispenser, into *[]*Schema) error {
	s := new(Schema)
	if !d.AllArgs(&s.Resource, &s.ID) {
		return d.ArgErr()
	}
	if err := parseAttributes(d, &s.Attributes); err != nil {
		return err
	}
	*into = append(*into, s)
	if _, err := extend(scim.Core(), *into); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

// parseAttributes reads a block of attribute definitions.
func parseAttributes(d *caddyfile.Dispenser, into *[]*Attribute) error {
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		a := &Attribute{Name: d.Val()}
		if err := parseCharacteristics(d, a); err != nil {
			return err
		}
		if err := parseAttributes(d, &a.Attributes); err != nil {
			return err
		}
		*into = append(*into, a)
	}
	return nil
}

// characteristics are the words that may follow the name of an attribute, beside
// those for its type.
var characteristics = map[string]func(*Attribute){
	"multi":      func(a *Attribute) { a.Multi = true },
	"case_exact": func(a *Attribute) { a.CaseExact = true },
	"read_only":  func(a *Attribute) { a.ReadOnly = true },
	"required":   func(a *Attribute) { a.Required = true },
}

// parseCharacteristics reads "[<type>] [multi] [case_exact] [read_only]
// [required]" behind the name of an attribute.
func parseCharacteristics(d *caddyfile.Dispenser, a *Attribute) error {
	for first := true; d.NextArg(); first = false {
		switch set := characteristics[d.Val()]; {
		case set != nil:
			set(a)
		case first && slices.Contains(dataTypes, d.Val()):
			a.Type = d.Val()
		default:
			return unknownCharacteristic(d, first)
		}
	}
	return nil
}

func unknownCharacteristic(d *caddyfile.Dispenser, first bool) error {
	known := []string{"multi", "case_exact", "read_only", "required"}
	if first {
		return d.WrapErr(unknown("type", d.Val(), append(slices.Clone(dataTypes), known...)))
	}
	return d.WrapErr(unknown("characteristic", d.Val(), known))
}
