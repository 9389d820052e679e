package caddymodule

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// SplitVerb makes a list of a string: the client has one text, the service
// provider several values. A filter with the attribute is refused with
// `invalidFilter`, except `pr`.
//
// Answers get the one text back.
type SplitVerb struct {
	// The attribute, such as
	// `urn:example:params:scim:schemas:extension:acme:2.0:User:badges`.
	Attribute string `json:"attribute,omitempty"`

	// The text that stands between two values, such as `,`.
	Separator string `json:"separator,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (SplitVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("split") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	split <attribute> <separator>
func (s *SplitVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &s.Attribute, &s.Separator)
}

func (s *SplitVerb) custom(*values) (custom.Verb, error) {
	return custom.Split{Attribute: s.Attribute, Separator: s.Separator}, nil
}

// JoinVerb makes a string of a list: the client has several values, the service
// provider one text. A filter with the attribute is refused with
// `invalidFilter`, except `pr`.
//
// Answers get the values back.
type JoinVerb struct {
	// The attribute, such as
	// `urn:example:params:scim:schemas:extension:acme:2.0:User:badges`.
	Attribute string `json:"attribute,omitempty"`

	// The text that is put between two values, such as `,`.
	Separator string `json:"separator,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (JoinVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("join") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	join <attribute> <separator>
func (j *JoinVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &j.Attribute, &j.Separator)
}

func (j *JoinVerb) custom(*values) (custom.Verb, error) {
	return custom.Join{Attribute: j.Attribute, Separator: j.Separator}, nil
}

// WrapVerb puts the value of an attribute into an element of a multi-valued one:
// where the client has `city`, the service provider has the locality of the
// address whose type is `work`. It is the opposite of `unwrap`.
//
// Answers get the value back to where the client has it.
type WrapVerb struct {
	// The attribute as the client knows it, such as
	// `urn:example:params:scim:schemas:extension:acme:2.0:User:city`.
	From string `json:"from,omitempty"`

	// The place in the element, such as `addresses[type eq "work"].locality`.
	To string `json:"to,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (WrapVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("wrap") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	wrap <from> <to>
func (w *WrapVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &w.From, &w.To)
}

func (w *WrapVerb) custom(*values) (custom.Verb, error) {
	return custom.Wrap{From: w.From, To: w.To}, nil
}

// UnwrapVerb takes a value out of an element of a multi-valued attribute: the
// client has it as the locality of the address whose type is `work`, the service
// provider as an attribute of its own. An element that holds nothing else then is
// dropped. A filter for the element with one comparison of the value, other than
// by `ne`, is turned into one for the attribute; others with that sub-attribute
// are refused with `invalidFilter`.
//
// Answers get the element back.
type UnwrapVerb struct {
	// The place in the element, such as `addresses[type eq "work"].locality`.
	From string `json:"from,omitempty"`

	// The attribute as the service provider knows it, such as
	// `urn:example:params:scim:schemas:extension:acme:2.0:User:city`.
	To string `json:"to,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (UnwrapVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("unwrap") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	unwrap <from> <to>
func (u *UnwrapVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &u.From, &u.To)
}

func (u *UnwrapVerb) custom(*values) (custom.Verb, error) {
	return custom.Unwrap{From: u.From, To: u.To}, nil
}

// Interface guards.
var (
	_ verb = (*SplitVerb)(nil)
	_ verb = (*JoinVerb)(nil)
	_ verb = (*WrapVerb)(nil)
	_ verb = (*UnwrapVerb)(nil)
)
