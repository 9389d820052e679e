package caddymodule

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/custom"
)

// HeaderVerb sets a header of the request to the service provider, or takes one
// away. Headers that describe the connection or the body cannot be set.
//
// Nothing is undone.
type HeaderVerb struct {
	// The name of the header.
	Name string `json:"name,omitempty"`

	// The value. Placeholders are replaced, those of the environment when the
	// configuration is loaded.
	Value string `json:"value,omitempty"`

	// Whether the header is taken away. Default: `false`.
	Delete bool `json:"delete,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (HeaderVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("header") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	header <name> <value>
//	header -<name>
func (h *HeaderVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseSetOrDelete(d, &h.Name, &h.Value, &h.Delete)
}

func (h *HeaderVerb) custom(v *values) (custom.Verb, error) {
	value, err := v.text(h.Value)
	return custom.Header{Name: h.Name, Value: value, Delete: h.Delete}, err
}

// QueryVerb sets a parameter of the query to the service provider, or takes one
// away. The filter cannot be set in this way.
//
// Nothing is undone.
type QueryVerb struct {
	// The name of the parameter.
	Name string `json:"name,omitempty"`

	// The value, before it is encoded. Placeholders are replaced, those of the
	// environment when the configuration is loaded.
	Value string `json:"value,omitempty"`

	// Whether the parameter is taken away. Default: `false`.
	Delete bool `json:"delete,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (QueryVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("query") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	query <name> <value>
//	query -<name>
func (q *QueryVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	return parseSetOrDelete(d, &q.Name, &q.Value, &q.Delete)
}

func (q *QueryVerb) custom(v *values) (custom.Verb, error) {
	value, err := v.text(q.Value)
	return custom.Query{Name: q.Name, Value: value, Delete: q.Delete}, err
}

// parseSetOrDelete reads "<verb> <name> <value>" or "<verb> -<name>".
func parseSetOrDelete(d *caddyfile.Dispenser, name, value *string, remove *bool) error {
	d.Next() // consume the name of the verb
	if !d.Args(name) {
		return d.ArgErr()
	}
	if *name, *remove = strings.CutPrefix(*name, "-"); !*remove && !d.Args(value) || d.NextArg() {
		return d.ArgErr()
	}
	return noBlock(d)
}

// StatusVerb answers another status than the service provider did. The error
// message of RFC 7644 gets it too.
type StatusVerb struct {
	// The status of the service provider, such as `422`.
	From int `json:"from,omitempty"`

	// The status that the client gets, such as `400`. An error stays an error, and
	// a success a success, except that a delete of what is gone already may be
	// answered with `204`.
	To int `json:"to,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (StatusVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("status") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	status <from> <to>
func (s *StatusVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	var from, to string
	if err := parseArgs(d, &from, &to); err != nil {
		return err
	}
	if err := parseStatus(d, "status", from, &s.From); err != nil {
		return err
	}
	return parseStatus(d, "status", to, &s.To)
}

func (s *StatusVerb) custom(*values) (custom.Verb, error) {
	return custom.Status{From: s.From, To: s.To}, nil
}

// parseStatus reads an HTTP status.
func parseStatus(d *caddyfile.Dispenser, name, text string, into *int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 599 {
		return d.Errf("%s: an HTTP status is expected, not %s", name, text)
	}
	*into = n
	return nil
}

// RejectVerb answers the request with an error of RFC 7644 and sends nothing to
// the service provider. Of a Bulk request, only the operations that the rule
// applies to fail. It is the only verb of its rule.
type RejectVerb struct {
	// The HTTP status, from `400` to `599`.
	Status int `json:"status,omitempty"`

	// The `scimType` of the error, such as `invalidValue`. Default: none.
	Type string `json:"scim_type,omitempty"`

	// What the client is told, for a person.
	Detail string `json:"detail,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (RejectVerb) CaddyModule() caddy.ModuleInfo { return verbInfo("reject") }

// UnmarshalCaddyfile sets up the verb from Caddyfile tokens. Syntax:
//
//	reject <status> [<scim_type>] <detail>
func (r *RejectVerb) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the name of the verb
	args := d.RemainingArgs()
	switch len(args) {
	case 2:
		r.Detail = args[1]
	case 3:
		r.Type, r.Detail = args[1], args[2]
	default:
		return d.ArgErr()
	}
	if err := parseStatus(d, "reject", args[0], &r.Status); err != nil {
		return err
	}
	return noBlock(d)
}

func (r *RejectVerb) custom(*values) (custom.Verb, error) {
	if r.Type != "" {
		if err := oneOf("scimType", r.Type, scimTypes...); err != nil {
			return nil, fmt.Errorf("reject: %w", err)
		}
	}
	return custom.Reject{Status: r.Status, Type: r.Type, Detail: r.Detail}, nil
}

// scimTypes are those of RFC 7644 table 9.
var scimTypes = []string{
	"invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax",
	"invalidPath", "noTarget", "invalidValue", "invalidVers", "sensitive",
}

// Interface guards.
var (
	_ verb = (*HeaderVerb)(nil)
	_ verb = (*QueryVerb)(nil)
	_ verb = (*StatusVerb)(nil)
	_ verb = (*RejectVerb)(nil)
)
