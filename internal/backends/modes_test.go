package backends_test

import (
	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/directory"
)

// mode is a way to be less than a full service provider, and what the gateway is
// told of it.
type mode struct {
	name   string
	limits directory.Limits
	told   backend.Capabilities
	cannot string // why not every step can go well; empty if it can
}

var (
	no         = new(false)
	everyThird = &directory.Unavailable{Every: 3}
	later      = &directory.Unavailable{Every: 3, RetryAfter: new(0)}
)

// modes are the ways, one after the other, then several at once.
var modes = []mode{
	{name: "full"},

	{name: "no PATCH", limits: directory.Limits{Patch: "off"}, told: backend.Capabilities{Patch: "put"}},
	{name: "no PATCH, no ETag", limits: directory.Limits{Patch: "off", ETag: no}, told: backend.Capabilities{Patch: "put", ETag: no}},
	{name: "one operation per PATCH", limits: directory.Limits{PatchOperations: 1}, told: backend.Capabilities{PatchOperations: 1}},
	{name: "2 members per request", limits: directory.Limits{PatchMembers: 2}, told: backend.Capabilities{PatchMembers: 2}},
	{name: "1 member per request, one operation", limits: directory.Limits{PatchMembers: 1, PatchOperations: 1}, told: backend.Capabilities{PatchMembers: 1, PatchOperations: 1}},
	{name: "operations with a path only", limits: directory.Limits{PatchPathless: no}, told: backend.Capabilities{PatchPathless: no}},
	{name: "operations without a path only", limits: directory.Limits{PatchPaths: no}, told: backend.Capabilities{PatchPaths: no}},
	{name: "no value paths", limits: directory.Limits{ValuePaths: "off"}, told: backend.Capabilities{ValuePaths: "read"}},
	{name: "members removed by value", limits: directory.Limits{MembersRemove: "value"}, told: backend.Capabilities{MembersRemove: "value"}},
	{name: "verbs in title case", limits: directory.Limits{OpCase: "title"}, told: backend.Capabilities{OpCase: "title"}},
	{name: "no PUT", limits: directory.Limits{Put: no}, told: backend.Capabilities{Put: no}},

	{
		name: "filters: `userName eq` only", limits: directory.Limits{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}},
		told: backend.Capabilities{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}},
	},
	{
		name: "other filters find nothing", limits: directory.Limits{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}, FilterOther: "empty"},
		told: backend.Capabilities{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}},
	},
	{name: "filters ignored", limits: directory.Limits{Filter: []string{"off"}, FilterOther: "ignored"}, told: backend.Capabilities{Filter: []string{"off"}}},

	{
		name: "paging by offset", limits: directory.Limits{Page: &directory.Paging{Style: "offset", Size: "limit"}, PageSize: 2},
		told: backend.Capabilities{Page: &backend.Paging{Style: "offset", Size: "limit"}, PageSize: 2},
	},
	{
		name: "paging by page number", limits: directory.Limits{Page: &directory.Paging{Style: "page", Size: "per_page"}, PageSize: 2},
		told: backend.Capabilities{Page: &backend.Paging{Style: "page", Size: "per_page"}, PageSize: 2},
	},
	{
		name: "paging by cursor", limits: directory.Limits{Page: &directory.Paging{Style: "cursor"}, PageSize: 2},
		told: backend.Capabilities{Page: &backend.Paging{Style: "cursor"}, PageSize: 2},
	},
	{name: "no paging", limits: directory.Limits{Page: &directory.Paging{Style: "off"}}, told: backend.Capabilities{Page: &backend.Paging{Style: "off"}}},
	{name: "count over the maximum refused", limits: directory.Limits{PageSize: 2, PageOver: "refused"}, told: backend.Capabilities{PageSize: 2}},
	{
		name: "filters ignored, pages of 2", limits: directory.Limits{Filter: []string{"off"}, FilterOther: "ignored", PageSize: 2, PageOver: "refused"},
		told: backend.Capabilities{Filter: []string{"off"}, PageSize: 2},
	},
	{
		name: "no sorting, projection, .search, Bulk", limits: directory.Limits{Sort: no, Projection: no, Search: no, Bulk: no},
		told: backend.Capabilities{Sort: no, Projection: no, Search: no, Bulk: no},
	},
	{name: "no discovery", limits: directory.Limits{Discovery: no}, told: backend.Capabilities{Discovery: no}},

	{name: "numeric ids", limits: directory.Limits{IDs: "number"}, told: backend.Capabilities{IDs: "number"}},
	{name: "errors in HTML, 500 for a duplicate", limits: directory.Limits{Errors: "html", Conflict: 500}},
	{name: "errors as text, 400 for a duplicate", limits: directory.Limits{Errors: "text", Conflict: 400}},
	{name: "errors in a shape of their own", limits: directory.Limits{Errors: "json"}},
	{name: "errors without a body", limits: directory.Limits{Errors: "empty"}},
	{name: "404 for an empty list, 200 for created", limits: directory.Limits{Nothing: 404, Created: 200}},
	{name: "bare lists", limits: directory.Limits{List: &directory.ListShape{}}},
	{
		name: "lists in a shape of their own", limits: directory.Limits{List: &directory.ListShape{Resources: "data.items", Total: "data.total"}},
		told: backend.Capabilities{List: &backend.ListShape{Resources: "data.items", Total: "data.total"}},
	},
	{name: "no schemas", limits: directory.Limits{Missing: []string{"schemas"}}},
	{name: "answers as text/plain", limits: directory.Limits{MediaType: "text/plain"}},
	{name: "application/json only", limits: directory.Limits{MediaType: "application/json", Accepts: "application/json"}, told: backend.Capabilities{MediaType: "application/json"}},
	{name: "no ETag", limits: directory.Limits{ETag: no}, told: backend.Capabilities{ETag: no}},
	{name: "every third request 503", limits: directory.Limits{Unavailable: everyThird}},
	{name: "every third request 503, with Retry-After", limits: directory.Limits{Unavailable: later}},
	{
		name: "every third request 500 with a text", limits: directory.Limits{Unavailable: &directory.Unavailable{Every: 3, Status: 500, Text: "Rate exceeded"}, Errors: "text"},
		told: backend.Capabilities{ThrottleText: []string{"Rate exceeded"}},
	},

	{name: "SCIM 1.1", limits: directory.Limits{SCIM: "1.1"}, told: backend.Capabilities{SCIM: "1.1"}},
	{name: "SCIM 1.1 without PATCH", limits: directory.Limits{SCIM: "1.1", Patch: "off"}, told: backend.Capabilities{SCIM: "1.1", Patch: "put"}},

	{
		name: "much of it at once",
		limits: directory.Limits{
			PatchOperations: 1, PatchMembers: 1, PatchPathless: no, ValuePaths: "off", OpCase: "title", Put: no,
			Filter: []string{"eq"}, FilterAttributes: []string{"userName"}, FilterOther: "empty", Page: &directory.Paging{Style: "offset", Size: "limit"}, PageSize: 2, PageOver: "refused",
			Sort: no, Projection: no, Search: no, Bulk: no, ETag: no, Discovery: no, IDs: "number", Errors: "html", Conflict: 500, List: &directory.ListShape{},
			MediaType: "application/json", Accepts: "application/json", Missing: []string{"schemas"}, Unavailable: &directory.Unavailable{Every: 7, RetryAfter: new(0)},
		},
		told: backend.Capabilities{
			PatchOperations: 1, PatchMembers: 1, PatchPathless: no, ValuePaths: "read", OpCase: "title", Put: no,
			Filter: []string{"eq"}, FilterAttributes: []string{"userName"}, Page: &backend.Paging{Style: "offset", Size: "limit"}, PageSize: 2,
			Sort: no, Projection: no, Search: no, Bulk: no, ETag: no, Discovery: no, IDs: "number", MediaType: "application/json",
		},
	},
	{
		name: "much of it at once, no PATCH",
		limits: directory.Limits{
			Patch: "off", Filter: []string{"off"}, FilterOther: "ignored", Page: &directory.Paging{Style: "off"},
			Sort: no, Projection: no, Search: no, Bulk: no, ETag: no, Discovery: no, IDs: "number", Errors: "json", Conflict: 400,
			List: &directory.ListShape{Resources: "users", Total: "total"}, MediaType: "text/plain",
		},
		told: backend.Capabilities{
			Patch: "put", Filter: []string{"off"}, Page: &backend.Paging{Style: "off"},
			Sort: no, Projection: no, Search: no, Bulk: no, ETag: no, Discovery: no, IDs: "number", List: &backend.ListShape{Resources: "users", Total: "total"},
		},
	},
}

// short are modes that lack something that nothing can make up for.
var short = []mode{
	{name: "no meta", limits: directory.Limits{Missing: []string{"meta"}}, told: backend.Capabilities{Meta: no}},
	{
		name: "members not shown", limits: directory.Limits{Members: "absent"}, told: backend.Capabilities{Members: "absent"},
		cannot: "who is in a group cannot be read, so a PUT of what was read is refused",
	},
	{
		name: "members truncated", limits: directory.Limits{Members: "truncated"}, told: backend.Capabilities{Members: "truncated"},
		cannot: "who is in a group cannot be read, so a PUT of what was read is refused",
	},
	{
		name: "DELETE deactivates", limits: directory.Limits{Delete: "deactivate"}, told: backend.Capabilities{Delete: "deactivate"},
		cannot: "a deleted user is still found, deactivated",
	},
	{
		name: "no DELETE of users", limits: directory.Limits{Delete: "off"}, told: backend.Capabilities{Delete: "deactivate"},
		cannot: "a deleted user is still found, deactivated",
	},
}
