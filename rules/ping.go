package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

const pingfederateReference = "https://docs.pingidentity.com/integrations/scim/pf_scim_connector.html"

// The products of Ping Identity. Nothing is known by which their requests could be
// told from others.
var (
	pingfederate = &Provider{
		Name:  "pingfederate",
		Title: "PingFederate",
		Own: []*rewrite.Rule{
			{
				ID: "pingfederate.whole-list", Do: rewrite.FillPages{}, Form: "R3",
				Why:    "PingFederate reads all groups to find one by its name. A group that is on the second page is not found and made a second time.",
				Source: pingfederateReference,
			},
		},
	}
	pingone      = &Provider{Name: "pingone", Title: "PingOne"}
	pingdatasync = &Provider{Name: "pingdatasync", Title: "PingDataSync"}
)
