package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// Shapes of PATCH requests (normal form P1 to P3 and P7 to P12).
var patchRules = []*rewrite.Rule{
	{
		ID: "patch.schemas", Do: rewrite.PatchSchemas, Form: "P1",
		Why:    "A PATCH body has to name the PatchOp schema; service providers that check it answer 400 or even 404 without.",
		Source: "https://github.com/jelhub/scimgateway/issues/113",
	},
	{
		ID: "patch.key-case", Do: rewrite.PatchKeyCase, Form: "P1",
		Why:    "operations or Path are unknown members to a JSON decoder that minds case: the request succeeds and nothing happens.",
		Source: "RFC 7644 §3.5.2",
	},
	{
		ID: "patch.extra-member", Do: rewrite.PatchExtra, Form: "P1",
		Why:    "Some clients name their operations, or put the id of the resource beside them. RFC 6902, on which PATCH is based, has such members ignored; service providers that hold a body against a schema refuse it.",
		Source: "RFC 6902 §4",
	},
	{
		ID: "patch.bare-body", Do: rewrite.PatchBare, Form: "P1",
		Why:    "An operation, or an array of them, sent without the envelope of schemas and Operations is the body of no PATCH that the RFC knows.",
		Source: "RFC 7644 §3.5.2",
	},
	{
		ID: "patch.resource", Do: rewrite.PatchResource, Form: "P16",
		Why:    "Some clients send the resource as it shall be where operations belong. Each attribute of it replaces the one that is there, and what it does not name stays.",
		Source: "https://github.com/Tirasa/ConnIdSCIMBundle/blob/1c923e8b/src/main/java/net/tirasa/connid/bundles/scim/common/service/AbstractSCIMService.java",
	},
	{
		ID: "patch.op-case", Do: rewrite.PatchOpCase, Form: "P2",
		Why:    "The RFC spells the three verbs in lower case only. Service providers that compare them exactly refuse Add, Replace and Remove.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
	},
	{
		ID: "patch.pathless", Do: rewrite.PatchPathless, Form: "P3",
		Why:    "A path-less value that holds paths for keys, URIs or read-only attributes is read in as many ways as there are service providers. One leaf an operation, each with a path, is read in one.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
	},
	{
		ID: "patch.extension-path", Do: rewrite.PatchExtensionPath, Form: "P3", Legal: true,
		Why:    "RFC 7643 has an extension's URI name the object with its attributes, but read as a path its last part is an attribute called User, which most service providers do not find. Each attribute under it gets its own operation.",
		Source: "RFC 7644 §3.5.2",
	},
	{
		ID: "patch.manager-path", Do: rewrite.ManagerPath, Form: "P6", Legal: true,
		Why:    "manager.value is a legal path, but on a user without a manager several service providers find nothing there to set. manager is written whole.",
		Source: "RFC 7643 §4.3",
	},
	{
		ID: "patch.remove-value", Do: rewrite.RemoveValue, Form: "P7",
		Why:    "remove takes no value. A service provider that goes by the RFC ignores it and empties the attribute: one member was to leave, and the whole group is gone.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
	},
	{
		ID: "patch.remove-nothing", Do: rewrite.RemoveNothing, Form: "P7",
		Why:    "A remove whose list of values is empty is meant to remove nothing, and by the RFC removes everything.",
		Source: "RFC 7644 §3.5.2.2",
	},
	{
		ID: "patch.remove-either", Do: rewrite.RemoveEither, Form: "P7",
		Why:    "Two paths joined by or are no path, but the removal of both can be meant only one way. A service provider answers invalidPath, and the members stay.",
		Source: "https://github.com/workos/scim-bridge/blob/main/tests/scim-shared.test.ts",
	},
	{
		ID: "patch.remove-pathless", Do: rewrite.RemovePathless, Form: "P8",
		Why:    "remove needs a path. Clients that put the attributes to remove into an object value get noTarget.",
		Source: "RFC 7644 §3.5.2.2",
	},
	{
		ID: "patch.value-filter-absent", Do: rewrite.FilterAbsent, Form: "P9",
		Why:    "Clients set emails[type eq \"work\"].value to have a work address, whether there is one or not. By the RFC a replace that matches nothing fails with noTarget, and the new user never gets the address.",
		Source: "https://github.com/thomaspoignant/scim-patch/issues/42",
	},
	{
		ID: "patch.value-filter-add", Do: rewrite.FilterAdd, Form: "P9", Legal: true,
		Why:    "The RFC does not say what add at a value filter does when it matches: some set the sub-attribute, some append a second element, some refuse the path. replace has one meaning.",
		Source: "https://github.com/pingidentity/scim2/issues/135",
	},
	{
		ID: "patch.single-value-filter", Do: rewrite.FilterSingle, Form: "P9",
		Why:    "A filter on an attribute that has one value, such as manager[value eq \"26\"], is no path of RFC 7644. It says: only if this is the present value.",
		Source: "https://github.com/thomaspoignant/scim-patch/issues/453",
	},
	{
		ID: "patch.null", Do: rewrite.PatchNull, Form: "P10", Legal: true,
		Why:    "null is the same as no value, but service providers store it, refuse it for its type, or crash on it. remove says what is meant.",
		Source: "RFC 7643 §2.5",
	},
	{
		ID: "patch.read-only", Do: rewrite.PatchReadOnly, Form: "P11",
		Why:    "Clients repeat id, meta or groups inside a PATCH, and a service provider has to refuse the whole request with mutability.",
		Source: "https://developer.okta.com/docs/reference/scim/scim-20/",
	},
	{
		ID: "patch.nothing-left", Do: rewrite.PatchNothing, Form: "P12",
		Why:    "A PATCH without an operation is invalid. When there is nothing to do, the resource as it stands is the true answer.",
		Source: "RFC 7644 §3.5.2",
	},
}
