package caddymodule

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// LowercaseVerb makes the values of an attribute lower-case: in bodies, in the
// values of PATCH, and in what filters compare with.
//
// Nothing is undone: answers show what the service provider has.
type LowercaseVerb struct {
	// The attribute, such as `userName`.
	Attribute string `json:"attribute,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (LowercaseVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("lowercase") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	lowercase <attribute>
func (l *LowercaseVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &l.Attribute)
}

func (l *LowercaseVerb) custom(*values) (custom.Verb, error) {
	return custom.Lowercase{Attribute: l.Attribute}, nil
}

// UppercaseVerb makes the values of an attribute upper-case: in bodies, in the
// values of PATCH, and in what filters compare with.
//
// Nothing is undone: answers show what the service provider has.
type UppercaseVerb struct {
	// The attribute, such as `addresses.country`.
	Attribute string `json:"attribute,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (UppercaseVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("uppercase") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	uppercase <attribute>
func (u *UppercaseVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &u.Attribute)
}

func (u *UppercaseVerb) custom(*values) (custom.Verb, error) {
	return custom.Uppercase{Attribute: u.Attribute}, nil
}

// TrimVerb takes white space off both ends of the values of an attribute: in
// bodies, in the values of PATCH, and in what filters compare with by `eq` and
// `ne`.
//
// Nothing is undone: answers show what the service provider has.
type TrimVerb struct {
	// The attribute, such as `name.familyName`.
	Attribute string `json:"attribute,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (TrimVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("trim") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	trim <attribute>
func (t *TrimVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseArgs(d, &t.Attribute)
}

func (t *TrimVerb) custom(*values) (custom.Verb, error) {
	return custom.Trim{Attribute: t.Attribute}, nil
}

// ReplaceVerb replaces what a regular expression finds in the values of an
// attribute: in bodies, in the values of PATCH, and in filters with `eq` and
// `ne`. Other comparisons with the attribute are refused with `invalidFilter`,
// except `pr`.
//
// Answers are left alone, unless `undo_pattern` says what to replace in them.
type ReplaceVerb struct {
	// The attribute, such as `userName`.
	Attribute string `json:"attribute,omitempty"`

	// The regular expression, in [the syntax of
	// RE2](https://github.com/google/re2/wiki/Syntax).
	Pattern string `json:"pattern,omitempty"`

	// What each match is replaced by. `$1` is what the first group has matched.
	// Default: nothing, so that a match is taken away.
	With string `json:"with,omitempty"`

	// The regular expression for the values in answers. Default: none; answers are
	// left alone.
	UndoPattern string `json:"undo_pattern,omitempty"`

	// What each match in an answer is replaced by. Default: nothing.
	UndoWith string `json:"undo_with,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (ReplaceVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("replace") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	replace <attribute> <pattern> <with> [undo <pattern> <with>]
func (r *ReplaceVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the name of the verb
	if !d.Args(&r.Attribute, &r.Pattern, &r.With) {
		return d.ArgErr()
	}
	if d.NextArg() {
		if d.Val() != "undo" {
			return d.WrapErr(unknown("word", d.Val(), []string{"undo"}))
		}
		if !d.AllArgs(&r.UndoPattern, &r.UndoWith) {
			return d.ArgErr()
		}
	}
	return noBlock(d)
}

func (r *ReplaceVerb) custom(*values) (custom.Verb, error) {
	return custom.Replace{
		Attribute: r.Attribute, Pattern: r.Pattern, With: r.With,
		UndoPattern: r.UndoPattern, UndoWith: r.UndoWith,
	}, nil
}

// Interface guards.
var (
	_ verb = (*LowercaseVerb)(nil)
	_ verb = (*UppercaseVerb)(nil)
	_ verb = (*TrimVerb)(nil)
	_ verb = (*ReplaceVerb)(nil)
)
