package backend

// softwarePresets are servers that one runs oneself, and versions of SCIM.
var softwarePresets = []*Preset{
	{
		Name: "authentik", Title: "authentik, as a source",
		Source: "https://github.com/goauthentik/authentik/issues/13386",
		Capabilities: Capabilities{
			Patch:  "put",
			Sort:   lacks,
			Search: lacks,
			Bulk:   lacks,
			ETag:   lacks,
		},
	},
	{
		Name: "django-scim2", Title: "django-scim2",
		Source: "https://github.com/15five/django-scim2/blob/master/src/django_scim/adapters.py",
		Capabilities: Capabilities{
			ValuePaths:    "off",
			MembersRemove: "value",
			// It says that it has no filters, but has them.
			Filter: []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not"},
			Sort:   lacks,
			Bulk:   lacks,
			ETag:   lacks,
		},
	},
	{
		Name: "fusionauth", Title: "FusionAuth",
		Source: "https://github.com/FusionAuth/fusionauth-issues/issues/2784",
		Note:   "A group shows its first 100 members, and a PATCH loses the others.",
		Capabilities: Capabilities{
			Bulk:    lacks,
			Members: "truncated",
		},
	},
	{
		Name: "scim11", Title: "SCIM 1.1",
		Source: "http://www.simplecloud.info/specs/draft-scim-api-01.html",
		Capabilities: Capabilities{
			Patch:     "put",
			Search:    lacks,
			Bulk:      lacks,
			MediaType: "application/json",
			SCIM:      "1.1",
		},
	},
}
