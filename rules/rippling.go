package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// rippling is Rippling. Which methods it uses, and whether it pages, is ticked off
// for each application.
var rippling = &Provider{
	Name:  "rippling",
	Title: "Rippling",
	Own: []*rewrite.Rule{
		{
			ID: "rippling.whole-list", Do: rewrite.FillPages{}, Form: "R3",
			Why:    "An application that is not marked as one with pages gets a request for the list and no second one. Users behind the first page do not exist for Rippling.",
			Source: "https://workos.com/docs/integrations/rippling-scim/2-create-your-rippling-application",
		},
	},
}
