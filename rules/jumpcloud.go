package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// jumpcloud is JumpCloud: users by PUT, members of groups one at a time by PATCH.
// What it sends others send as well, so that it cannot be told by its requests.
var jumpcloud = &Provider{
	Name:  "jumpcloud",
	Title: "JumpCloud",
	Own: []*rewrite.Rule{
		{
			ID: "jumpcloud.repeated-member", Do: rewrite.AlreadyDone{}, Form: "R6",
			Why:    "JumpCloud adds members again that it has added before, and takes the refusal of a service provider that minds for a failure. If the group is as it should be, the request is done.",
			Source: "https://github.com/Infisical/infisical/pull/2138",
		},
	},
}
