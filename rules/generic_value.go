package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// Values and members of bodies, in POST, PUT and PATCH alike (normal form P4
// to P6, P14, B3 and B4).
var valueRules = []*rewrite.Rule{
	{
		ID: "value.boolean", Do: rewrite.ValueBoolean, Form: "P4",
		Why:    "A boolean sent as \"False\" is a type error to a strict service provider and true to one that asks whether the string is empty: the leaver stays active.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
	},
	{
		ID: "value.integer", Do: rewrite.ValueInteger, Form: "P4",
		Why:    "Mapping languages know only strings, so an integer attribute arrives quoted and is refused for its type.",
		Source: "RFC 7643 §2.3.4",
	},
	{
		ID: "value.string", Do: rewrite.ValueString, Form: "P4",
		Why:    "An employee number or post code arrives as a JSON number. A service provider that checks types refuses it; one that does not keeps a value that no filter finds.",
		Source: "https://developer.okta.com/docs/reference/scim/scim-20/",
	},
	{
		ID: "value.single", Do: rewrite.ValueSingle, Form: "P5",
		Why:    "A single value that comes as a list of one, or as an object with a value, has the wrong type for its attribute.",
		Source: "https://stackoverflow.com/questions/52840348",
	},
	{
		ID: "value.multi", Do: rewrite.ValueMulti, Form: "P5",
		Why:    "Serializers collapse a list of one. A service provider that ranges over emails fails on the object, or stores its keys.",
		Source: "https://developers.onelogin.com/scim/define-user-schema",
	},
	{
		ID: "value.reference", Do: rewrite.ValueReference, Form: "P6",
		Why:    "manager is an object with a value. As a bare string it is refused, or stored so that the next read cannot be decoded.",
		Source: "https://github.com/apache/directory-scimple/issues/1242",
	},
	{
		ID: "value.null-part", Do: rewrite.ValueNullPart, Form: "P6", Legal: true,
		Why:    "\"$ref\": null says nothing, and service providers that expect a URL there refuse the member.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups",
	},
	{
		ID: "value.reference-path", Do: rewrite.ValueRef, Form: "P6",
		Why:    "A $ref such as /User/26 has the name of the resource type where /Users belongs. It leads nowhere, and service providers that look it up refuse the member; its value says who is meant.",
		Source: "https://github.com/Tirasa/ConnIdSCIMBundle/blob/1c923e8b/src/main/java/net/tirasa/connid/bundles/scim/v2/SCIMv2Connector.java",
	},
	{
		ID: "value.primary", Do: rewrite.ValuePrimary, Form: "P14",
		Why:    "At most one value of an attribute is primary. With two, the service provider refuses the resource or keeps whichever it read first.",
		Source: "RFC 7643 §2.4",
	},
	{
		ID: "body.read-only", Do: rewrite.BodyReadOnly, Form: "B3", Legal: true,
		Why:    "The RFC has read-only attributes ignored, yet service providers refuse a create that brings its own meta or groups.",
		Source: "https://developer.okta.com/docs/reference/scim/scim-20/",
	},
	{
		ID: "body.null", Do: rewrite.BodyNull, Form: "B4", Legal: true,
		Why:    "null and [] in a create say that there is no value, which is true without them; many service providers refuse them for their type.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups",
	},
}
