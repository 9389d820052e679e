package rules

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/rewrite"
)

// generic stands for any client that no fingerprint fits. Its rules are the
// shapes of package rewrite, one each, and hold for every provider.
var generic = &Provider{
	Name:  "generic",
	Title: "Any other SCIM client",
	Rules: slices.Concat[[]*rewrite.Rule](requestRules, nameRules, schemaRules, patchRules, valueRules, filterRules, answerRules),
}
