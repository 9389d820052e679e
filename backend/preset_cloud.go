package backend

import "github.com/caddy-scim/caddy-scim/scim"

// lacks is the value of a capability that is on by default.
var lacks = new(bool)

// Attributes that filters may name for groups only.
const (
	groupName       = scim.GroupURI + ":displayName"
	groupExternalID = scim.GroupURI + ":externalId"
)

// cloudPresets are services that somebody else runs.
var cloudPresets = []*Preset{
	{
		Name: "aws", Title: "AWS IAM Identity Center",
		Source: "https://docs.aws.amazon.com/singlesignon/latest/developerguide/limitations.html",
		Note:   "Groups show no members, so a request that replaces all of them is refused.",
		Capabilities: Capabilities{
			PatchMembers:     100,
			PatchPathless:    lacks, // one attribute at most
			Put:              lacks, // users only
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", "externalId", groupName, "groups.value"},
			Page:             &Paging{Style: "cursor"},
			PageSize:         100,
			Sort:             lacks,
			Projection:       lacks,
			Search:           lacks,
			Bulk:             lacks,
			ETag:             lacks,
			Members:          "absent",
			MediaType:        "application/json",
			SingleValued:     []string{"emails", "phoneNumbers", "addresses"},
		},
	},
	{
		Name: "asana", Title: "Asana",
		Source: "https://developers.asana.com/docs/scim",
		Capabilities: Capabilities{
			NameFormatted:    true,
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName"},
		},
	},
	{
		Name: "atlassian", Title: "Atlassian Cloud",
		Source: "https://developer.atlassian.com/cloud/admin/user-provisioning/rest/",
		Note:   "A user who was deactivated answers 404 afterwards.",
		Capabilities: Capabilities{
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", "externalId"},
			Sort:             lacks,
			Bulk:             lacks,
			ETag:             lacks,
		},
	},
	{
		Name: "databricks", Title: "Databricks",
		Source: "https://docs.databricks.com/aws/en/reference/scim-2-1",
		Capabilities: Capabilities{
			Filter:           []string{"eq", "ne", "co", "sw", "and", "or"},
			FilterAttributes: []string{"userName", "displayName", "active"},
		},
	},
	{
		Name: "datadog", Title: "Datadog",
		Source: "https://docs.datadoghq.com/api/latest/scim/",
		Capabilities: Capabilities{
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", groupName, groupExternalID},
			SingleValued:     []string{"emails"}, // of type work
		},
	},
	{
		Name: "figma", Title: "Figma",
		Source: "https://developers.figma.com/docs/rest-api/scim/",
		Note:   "Accounts that were not created through SCIM are not seen.",
		Capabilities: Capabilities{
			PageSize: 200,
			Sort:     lacks,
			Bulk:     lacks,
			ETag:     lacks,
		},
	},
	{
		Name: "github", Title: "GitHub organization",
		Source: "https://docs.github.com/en/enterprise-cloud@latest/rest/scim/scim",
		Note:   "Setting active to false removes the user from the organization and deletes the identity.",
		Capabilities: Capabilities{
			ValuePaths:       "off",
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", "externalId", "emails", "emails.value"},
			Sort:             lacks,
			Search:           lacks,
			Bulk:             lacks,
		},
	},
	{
		Name: "google", Title: "Google Cloud Identity",
		Source: "https://docs.cloud.google.com/identity/docs/scim/reference/rest",
		Note:   "A list of all users or all groups cannot be had: every list needs a filter.",
		Capabilities: Capabilities{
			PatchOperations:  2,
			PatchMembers:     1,
			Put:              lacks,
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", groupName, groupExternalID},
			Page:             &Paging{Style: "off"},
			Sort:             lacks,
			Search:           lacks,
			Bulk:             lacks,
			ETag:             lacks,
		},
	},
	{
		Name: "hcp", Title: "HCP Terraform",
		Source: "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/scim",
		Capabilities: Capabilities{
			PatchOperations:  100,
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", "externalId"},
			PageSize:         200,
		},
	},
	{
		Name: "jfrog", Title: "JFrog Platform",
		Source: "https://jfrog.com/help/r/jfrog-rest-apis/patch-group",
		Note:   "A group can neither be renamed nor have anything but its members changed by PATCH.",
		Capabilities: Capabilities{
			MembersRemove: "value",
			OpCase:        "title",
			ETag:          lacks,
		},
	},
	{
		Name: "miro", Title: "Miro",
		Source: "https://developers.miro.com/docs/scim",
		Note:   "Groups can be read and changed, but neither created nor deleted.",
		Capabilities: Capabilities{
			PatchMembers: 8000,
		},
	},
	{
		Name: "salesforce", Title: "Salesforce",
		Source: "https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_rest_api.htm&type=5",
		Note:   "Groups can be read and changed, but neither created nor deleted.",
		Capabilities: Capabilities{
			// Without or: there, and does not bind tighter than or.
			Filter:   []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and"},
			PageSize: 200,
			Bulk:     lacks,
			Delete:   "deactivate",
		},
	},
	{
		Name: "sentry", Title: "Sentry",
		Source: "https://docs.sentry.io/api/scim/",
		Note:   "Setting active to false deletes the member for good; no other attribute of a user can be changed.",
		Capabilities: Capabilities{
			PatchOperations:  100,
			Put:              lacks,
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", "value", "displayName"},
			PageSize:         100,
			Sort:             lacks,
			Projection:       lacks, // excludedAttributes=members and no other
			Search:           lacks,
			Bulk:             lacks,
			ETag:             lacks,
		},
	},
	{
		Name: "slack", Title: "Slack",
		Source: "https://docs.slack.dev/reference/scim-api/scim-api-2",
		Note:   "DELETE deactivates a user.",
		Capabilities: Capabilities{
			// The configuration does not report filters, but they work.
			Filter: []string{"eq", "and"},
			Sort:   lacks,
			Search: lacks,
			Bulk:   lacks,
			ETag:   lacks,
		},
	},
	{
		Name: "snowflake", Title: "Snowflake",
		Source: "https://docs.snowflake.com/en/release-notes/bcr-bundles/2026_03/bcr-2276",
		Note:   "Before bundle 2026_03, a list without a filter holds one invented resource.",
		Capabilities: Capabilities{
			Filter:       []string{"eq", "sw"},
			Sort:         lacks,
			Bulk:         lacks,
			SingleValued: []string{"emails", "phoneNumbers", "addresses"},
		},
	},
	{
		Name: "zoom", Title: "Zoom",
		Source: "https://developers.zoom.us/docs/api/scim2/",
		Note:   "PUT changes the attributes that it names and leaves the others.",
		Capabilities: Capabilities{
			Filter:           []string{"eq"},
			FilterAttributes: []string{"userName", groupName},
		},
	},
}
