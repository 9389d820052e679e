package caddymodule

import (
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// CELLibrary produces options that expose this matcher for use in CEL expression
// matchers.
//
// Example:
//
//	expression scim({'provider': ['entra', 'okta'], 'operation': 'delete'}) || method('OPTIONS')
func (*MatchSCIM) CELLibrary(ctx caddy.Context) (cel.Library, error) {
	app, err := appOf(ctx)
	if err != nil {
		return nil, err
	}
	return caddyhttp.CELMatcherImpl(
		"scim",
		"scim_matcher_request_map",
		[]*cel.Type{caddyhttp.CELTypeJSON},
		func(data ref.Val) (caddyhttp.RequestMatcherWithError, error) {
			fields, err := caddyhttp.CELValueToMapStrList(data)
			if err != nil {
				return nil, err
			}
			return matcherOf(fields, app)
		},
	)
}

// matcherOf makes the matcher that has these fields.
func matcherOf(fields map[string][]string, app *App) (*MatchSCIM, error) {
	m := &MatchSCIM{app: app}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		into := m.field(name)
		if into == nil {
			return nil, unknown("field", name, matchFields)
		}
		*into = fields[name]
	}
	if app != nil {
		app.expect(m)
	}
	return m, m.check()
}

// Interface guards.
var (
	_ caddyhttp.CELLibraryProducer = (*MatchSCIM)(nil)
)
