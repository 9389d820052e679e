package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// Shapes of answers (normal form R).
var answerRules = []*rewrite.Rule{
	{
		ID: "answer.media-type", Do: rewrite.AnswerMediaType, Form: "R1",
		Why:    "Clients that check the media type reject an answer that is SCIM in all but its Content-Type.",
		Source: "https://github.com/MicrosoftDocs/azure-docs/issues/12728",
	},
	{
		ID: "answer.location", Do: rewrite.AnswerLocation, Form: "R1",
		Why:    "A service provider behind a gateway shows its own address in meta.location, $ref and Location: clients that follow it bypass the gateway or reach nothing, and inner host names leak.",
		Source: "RFC 7643 §3.1",
	},
	{
		ID: "answer.schemas", Do: rewrite.AnswerSchemas, Form: "R2",
		Why:    "A resource without schemas cannot be told from any other JSON object, and strict clients do not read it.",
		Source: "RFC 7643 §3",
	},
	{
		ID: "answer.types", Do: rewrite.AnswerTypes, Form: "R2",
		Why:    "An id given as a number loses digits or fails to decode in the client, which then creates the user a second time.",
		Source: "https://github.com/limosa-io/laravel-scim-server/issues/40",
	},
	{
		ID: "answer.flat-key", Do: rewrite.AnswerFlatName, Form: "R2",
		Why:    "A service provider that stored name.formatted as a key shows it as one. The client misses the attribute and sends it again in every cycle.",
		Source: "https://github.com/pingidentity/scim2/issues/224",
	},
	{
		ID: "answer.null", Do: rewrite.AnswerNull, Form: "R2",
		Why:    "null members make typed clients fail to decode the whole resource, though they stand for no value.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups",
	},
	{
		ID: "answer.password", Do: rewrite.AnswerPassword, Form: "R2",
		Why:    "password is never returned. Clients that update by reading and writing back would send it to the service provider as a new one.",
		Source: "RFC 7643 §4.1.1",
	},
	{
		ID: "answer.list", Do: rewrite.AnswerList, Form: "R3",
		Why:    "A search that answers with a bare array, or leaves out Resources when it is empty, stops clients that read totalResults and Resources.",
		Source: "https://github.com/AzureAD/SCIMReferenceCode/issues/56",
	},
	{
		ID: "answer.projection", Do: rewrite.AnswerProjection, Form: "L3",
		Why:    "A service provider that ignores excludedAttributes=members sends every member of a group with each look-up, and one that ignores attributes shows more than was asked for.",
		Source: "https://github.com/audriga/scim-server-php/issues/1",
	},
	{
		ID: "answer.empty-list", Do: rewrite.AnswerEmptyList, Form: "R4",
		Why:    "Not finding anyone is a success with an empty list. A 404 counts as a broken endpoint and can put the whole provisioning job into quarantine.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status",
	},
	{
		ID: "answer.unmatched", Do: rewrite.AnswerUnmatched, Form: "R9",
		Why:    "Clients act on the first resource of a look-up. From a service provider that ignores the filter, or an operator of it, they take somebody else's account for the one they asked for, and change it.",
		Source: "https://github.com/wso2-extensions/identity-client-scim2",
	},
	{
		ID: "answer.error", Do: rewrite.AnswerError, Form: "R5",
		Why:    "An error page in HTML or some other JSON reaches the administrator as a parser's complaint instead of the reason.",
		Source: "https://github.com/Metatavu/keycloak-scim-server/pull/114",
	},
	{
		ID: "answer.conflict", Do: rewrite.AnswerConflict, Form: "R5",
		Why:    "A duplicate that is reported as 400 or 500 is retried for ever; 409 with uniqueness tells the client to look for the existing account.",
		Source: "https://github.com/FusionAuth/fusionauth-issues/issues/1776",
	},
	{
		ID: "answer.status", Do: rewrite.AnswerStatus, Form: "R6",
		Why:    "Clients expect 201 with a Location for a create and 204 for a delete; with another status they do not record the id, or repeat the request.",
		Source: "RFC 7644 §3.3",
	},
	{
		ID: "answer.retry-after", Do: rewrite.AnswerRetryAfter, Form: "R7",
		Why:    "A client that is told to slow down but not for how long comes back at once, or gives up until the next cycle.",
		Source: "RFC 6585 §4",
	},
}
