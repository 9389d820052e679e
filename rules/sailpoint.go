package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// sailpoint is SailPoint Identity Security Cloud and IdentityIQ. It reads what the
// service provider says about itself before anything else.
var sailpoint = &Provider{
	Name:  "sailpoint",
	Title: "SailPoint",
	Own: []*rewrite.Rule{
		{
			ID: "sailpoint.rate-limit", Do: rewrite.RepeatHeader{From: "Retry-After", To: "X-Rate-Limit-Retry-After-Seconds"}, Form: "R7",
			Why:    "SailPoint waits as long as a header of another name says. With Retry-After alone it comes back at once, and is refused again.",
			Source: "https://documentation.sailpoint.com/connectors/scim_2_0/help/integrating_scim2/supported_features.html",
		},
	},
}
