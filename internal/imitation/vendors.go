package imitation

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

// no is a capability that is not there.
var no = new(bool)

// ByName finds the imitation of the service provider that a preset is for, or
// nil.
func ByName(name string) *Vendor {
	for i := range vendors {
		if vendors[i].Name == name {
			return &vendors[i]
		}
	}
	return nil
}

func limits(l directory.Limits) directory.Options { return directory.Options{Limits: l} }

// vendors have the limits that the page which the preset names tells of, in the
// order of their names.
var vendors = []Vendor{
	{
		Name: "asana",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName"}}.For("Users"),
			func(c *Call) *Refusal {
				ops := c.Body.Get("Operations")
				for i := range ops.Members() {
					if path := ops.At(i).Get("path").Text(); path == "name.givenName" || path == "name.familyName" {
						return refuse(http.StatusBadRequest, scim.InvalidPath, path+" is not supported")
					}
				}
				return nil
			},
		},
		Answers: []Answer{NoList("startIndex", "itemsPerPage")},
	},
	{
		Name: "atlassian",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName", "externalId"}}.For("Users"),
		},
		Options: limits(directory.Limits{Bulk: no, Sort: no, ETag: no}),
	},
	{
		Name:    "authentik",
		Answers: []Answer{Config(func(config *scim.Value) { supported(config, "patch", scim.BoolValue(false)) })},
		Options: limits(directory.Limits{Bulk: no, Search: no, Patch: "off", Sort: no, ETag: no}),
	},
	{
		Name: "aws",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName", "externalId", "groups.value"}}.For("Users"),
			Filters{Operators: []string{"eq"}, Attributes: []string{"displayName", "externalId"}}.For("Groups"),
			Missing(http.StatusNotFound, "PUT Groups"),
			Count(1, 100),
			OneValue("emails", "phoneNumbers", "addresses"),
			Patches{Attributes: []string{"displayName", "members", "externalId"}, NoReplaceMembers: true, PathlessMost: 1}.For("Groups"),
			Patches{PathlessMost: 1}.For("Users"),
		},
		Options: limits(directory.Limits{
			Bulk: no, Search: no,
			PatchMembers: 100, Page: &directory.Paging{Style: "cursor"}, PageSize: 100, PageOver: "refused",
			Projection: no, Sort: no, ETag: no, Members: "absent", Accepts: "application/json",
		}),
	},
	{
		Name: "databricks",
		Limits: []Limit{
			Filters{Operators: []string{"eq", "ne", "co", "sw", "and", "or"}, Attributes: []string{"userName", "displayName", "active"}}.For("Users"),
			Filters{Operators: []string{"eq", "ne", "co", "sw", "and", "or"}, Attributes: []string{"displayName"}}.For("Groups"),
		},
	},
	{
		Name: "datadog",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName"}}.For("Users"),
			Filters{Operators: []string{"eq"}, Attributes: []string{"displayName", "externalId"}}.For("Groups"),
			OneValue("emails"),
		},
	},
	{
		Name:    "django-scim2",
		Answers: []Answer{Config(func(config *scim.Value) { supported(config, "filter", scim.BoolValue(false)) })},
		Options: limits(directory.Limits{
			Bulk:       no,
			ValuePaths: "off", MembersRemove: "value", Sort: no, ETag: no,
			Filter: []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not"},
		}),
	},
	{
		Name:    "figma",
		Options: limits(directory.Limits{Bulk: no, PageSize: 200, PageOver: "refused", Sort: no, ETag: no}),
	},
	{
		Name:    "fusionauth",
		Options: limits(directory.Limits{Bulk: no, Members: "truncated"}),
	},
	{
		Name: "github",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName", "externalId", "emails", "emails.value"}}.For("Users"),
		},
		Options: limits(directory.Limits{Bulk: no, Search: no, ValuePaths: "off", Sort: no}),
	},
	{
		Name: "google",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName"}, Required: true}.For("Users"),
			Filters{Operators: []string{"eq"}, Attributes: []string{"displayName", "externalId"}, Required: true}.For("Groups"),
			MissingPage("PUT Users", "PUT Groups", "POST Bulk"),
			Patches{Operations: 20}.For("Users"),
			Patches{
				Operations: 2, Attributes: []string{"displayName", "description", "members", "externalId"},
				Removes: []string{"description", "members"}, NoReplaceMembers: true,
			}.For("Groups"),
		},
		Answers: []Answer{
			EmptyAfterPatch,
			Config(func(config *scim.Value) { config.Get("bulk").Delete(config.Get("bulk").Index("maxOperations")) }),
		},
		Options: limits(directory.Limits{Bulk: no, PatchMembers: 1, Page: &directory.Paging{Style: "off"}, Sort: no, ETag: no}),
	},
	{
		Name:    "hcp",
		Limits:  []Limit{Filters{Operators: []string{"eq"}, Attributes: []string{"userName", "externalId"}}.For("Users")},
		Options: limits(directory.Limits{PatchOperations: 100, PageSize: 200}),
	},
	{
		Name:    "jfrog",
		Limits:  []Limit{Patches{Attributes: []string{"members"}}.For("Groups")},
		Options: limits(directory.Limits{MembersRemove: "value", OpCase: "title", ETag: no}),
	},
	{
		Name:    "miro",
		Limits:  []Limit{Missing(http.StatusMethodNotAllowed, "POST Groups", "DELETE Groups")},
		Answers: []Answer{NoList("startIndex", "itemsPerPage")},
		Options: limits(directory.Limits{PatchMembers: 8000}),
	},
	{
		Name: "salesforce",
		Limits: []Limit{
			Plural,
			Filters{Operators: []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and"}}.For("Users"),
			Missing(http.StatusMethodNotAllowed, "DELETE Users", "POST Groups", "DELETE Groups"),
		},
		Options: limits(directory.Limits{Bulk: no, PageSize: 200, PageOver: "refused"}),
	},
	{
		Name:    "scim11",
		Options: limits(directory.Limits{Bulk: no, SCIM: "1.1", Patch: "off"}),
	},
	{
		Name: "sentry",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName", "value", "displayName"}}.For("Users"),
			Filters{Operators: []string{"eq"}, Attributes: []string{"displayName"}}.For("Groups"),
			Missing(http.StatusMethodNotAllowed, "PUT Users", "PUT Groups"),
			Patches{Attributes: []string{"displayName", "members"}, Removes: []string{"members"}}.For("Groups"),
			Patches{Attributes: []string{"active"}}.For("Users"),
		},
		Answers: []Answer{Errors(`{"schemas":["` + scim.ErrorURI + `"],"detail":%s}`)},
		Options: limits(directory.Limits{
			Bulk: no, Search: no,
			PatchOperations: 100, PageSize: 100, PageOver: "refused", Sort: no, Projection: no, ETag: no, MediaType: "application/json+scim",
		}),
	},
	{
		Name: "slack",
		Limits: []Limit{
			Filters{Operators: []string{"eq", "and"}}.For("Users"),
		},
		Answers: []Answer{Config(func(config *scim.Value) { supported(config, "filter", scim.BoolValue(false)) })},
		Options: limits(directory.Limits{Bulk: no, Search: no, Delete: "deactivate", Sort: no, ETag: no}),
	},
	{
		Name: "snowflake",
		Limits: []Limit{
			Filters{Operators: []string{"eq", "sw"}, Empty: true}.For("Users"),
			Filters{Operators: []string{"eq", "sw"}, Empty: true}.For("Groups"),
			OneValue("emails", "phoneNumbers", "addresses"),
		},
		Answers: []Answer{Config(func(config *scim.Value) { supported(config, "filter", scim.IntValue(0)) })},
		Options: limits(directory.Limits{Bulk: no, Sort: no}),
	},
	{
		Name: "zoom",
		Limits: []Limit{
			Filters{Operators: []string{"eq"}, Attributes: []string{"userName"}}.For("Users"),
			Filters{Operators: []string{"eq"}, Attributes: []string{"displayName"}}.For("Groups"),
		},
		Answers: []Answer{Errors(`{"code":%d,"message":%s}`)},
	},
}

// supported says in a ServiceProviderConfig what a feature is.
func supported(config *scim.Value, feature string, is scim.Value) {
	config.Get(feature).Set("supported", is)
}
