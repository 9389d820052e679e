package caddymodule

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// RenameVerb gives an attribute, with all that is under it, another name:
// wherever the client says `from`, the service provider hears `to`. It reaches
// the bodies of creates and replacements, paths and values of PATCH, filters,
// `sortBy`, `attributes` and `excludedAttributes`, searches, and operations in
// Bulk.
//
// Answers, lists and the details of errors are renamed back.
//
// One of the two may be in an extension schema: its URI then enters `schemas`
// and leaves it together with the attribute. A body that gives both with
// different values is refused with `invalidValue`. Sub-attributes can be renamed
// within one parent, or between places that hold a single value. Attributes that
// are read-only cannot be renamed.
type RenameVerb struct {
	// The attribute as the client knows it, such as `costCenter`.
	From string `json:"from,omitempty"`

	// The attribute as the service provider knows it, such as
	// `urn:example:params:scim:schemas:extension:acme:2.0:User:costCenter`.
	To string `json:"to,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (RenameVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("rename") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	rename <from> <to>
func (r *RenameVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &r.From, &r.To)
}

func (r *RenameVerb) custom(*values) (custom.Verb, error) {
	return custom.Rename{From: r.From, To: r.To}, nil
}

// CopyVerb gives a second attribute the value of a first: a write that gives
// `from` gives `to` the same value, and a value of `to` that the client gave
// itself is overwritten.
//
// Nothing is undone: answers show both.
type CopyVerb struct {
	// The attribute that is copied. It may be a value path, such as
	// `emails[type eq "work"].value`.
	From string `json:"from,omitempty"`

	// The attribute that gets the value.
	To string `json:"to,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (CopyVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("copy") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	copy <from> <to>
func (c *CopyVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &c.From, &c.To)
}

func (c *CopyVerb) custom(*values) (custom.Verb, error) {
	return custom.Copy{From: c.From, To: c.To}, nil
}

// RemoveVerb keeps an attribute from the service provider, and from the client.
// It is taken out of bodies and PATCH operations, out of `attributes` and
// `sortBy`. A filter that names it is refused with `invalidFilter`: what is
// hidden cannot be searched by.
//
// Answers and lists do not show it either. A PATCH that has nothing left to do is
// answered with the resource as it is.
type RemoveVerb struct {
	// The attribute, such as `nickName`.
	Attribute string `json:"attribute,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (RemoveVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("remove") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	remove <attribute>
func (r *RemoveVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &r.Attribute)
}

func (r *RemoveVerb) custom(*values) (custom.Verb, error) {
	return custom.Remove{Attribute: r.Attribute}, nil
}

// Interface guards.
var (
	_ verb = (*RenameVerb)(nil)
	_ verb = (*CopyVerb)(nil)
	_ verb = (*RemoveVerb)(nil)
)
