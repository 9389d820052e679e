package rules

import (
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// How attributes are named, wherever a name stands: in bodies, paths, filters
// and projections (normal form G5, B1 and B5).
var nameRules = []*rewrite.Rule{
	{
		ID: "name.case", Do: rewrite.NameCase, Form: "G5", Legal: true,
		Why:    "Attribute names have no case, but service providers that keep resources as plain JSON store username beside userName and then answer with both or neither.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups",
	},
	{
		ID: "name.core-prefix", Do: rewrite.NameCorePrefix, Form: "G5", Legal: true,
		Why:    "The core schema's URI in front of an attribute may be left out and is nearly always; many path parsers know only extension URIs there and report an unknown attribute.",
		Source: "RFC 7644 §3.10",
	},
	{
		ID: "name.urn-dot", Do: rewrite.NameURNDot, Form: "G5",
		Why:    "The attribute of an extension follows its URI behind a colon. Behind a dot it reads as a sub-attribute of something called User.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
	},
	{
		ID: "name.flat-key", Do: rewrite.NameFlat, Form: "B2",
		Why:    "A key such as name.givenName is a path, not a name. Service providers store an attribute that is literally called so, and the real one never changes.",
		Source: "https://github.com/pingidentity/scim2/issues/224",
	},
	{
		ID: "name.manager-id", Do: rewrite.RenameSubAttribute{Attribute: "manager", From: "managerId", To: "value"}, Form: "G5",
		Why:    "SCIM 1.1 called the id of a manager managerId, and templates still do. To a service provider of today that is a manager without a value.",
		Source: "https://developers.onelogin.com/scim/define-user-schema",
	},
	{
		ID: "name.bare-extension", Do: rewrite.NameBareExtension, Form: "B5",
		Why:    "department and manager belong to the enterprise extension. Without its URI they are unknown core attributes, which service providers drop without a word.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups",
	},
	{
		ID: "body.schemas", Do: rewrite.BodySchemas, Form: "B1",
		Why:    "An extension that is used but not declared is ignored or refused, and one that is declared but not used makes validators ask for its attributes.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes",
	},
}

// Schema URIs that are known to be misspelt.
var schemaRules = []*rewrite.Rule{
	misspelt("schema.core-v2", "urn:scim:schemas:core:2.0", "",
		"https://github.com/goauthentik/authentik/issues/11249"),
	misspelt("schema.core-v1", "urn:scim:schemas:core:1.0", "",
		"https://github.com/grokability/snipe-it/issues/12642"),
	misspelt("schema.user-v2", "urn:scim:schemas:core:2.0:User", scim.UserURI,
		"https://github.com/osiam/osiam/issues/87"),
	misspelt("schema.group-v2", "urn:scim:schemas:core:2.0:Group", scim.GroupURI,
		"https://github.com/osiam/osiam/issues/87"),
	misspelt("schema.enterprise-v2", "urn:scim:schemas:extension:enterprise:2.0", scim.EnterpriseUserURI,
		"https://github.com/goauthentik/authentik/issues/11249"),
	misspelt("schema.enterprise-v1", "urn:scim:schemas:extension:enterprise:1.0", scim.EnterpriseUserURI,
		"https://developers.onelogin.com/scim/define-user-schema"),
	misspelt("schema.enterprise-colon", "urn:ietf:params:scim:schemas:extension:enterprise:2.0User", scim.EnterpriseUserURI,
		"https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"),
}

// misspelt is the rule for a schema URI that clients write wrong. An empty to
// stands for the core schema of the resource type at hand.
func misspelt(id, from, to, source string) *rewrite.Rule {
	right := to
	if right == "" {
		right = "the resource type's core schema"
	}
	return &rewrite.Rule{
		ID: id, Do: rewrite.RenameSchema{From: from, To: to}, Form: "B1",
		Why:    "A service provider that does not know " + from + " refuses the resource or ignores the attributes under it; " + right + " is meant.",
		Source: source,
	}
}
