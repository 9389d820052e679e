package lifecycle

import (
	"net/http"
	"slices"
)

// Entra is Microsoft Entra ID as it provisions by default: capitalised
// operations with a path each, booleans as strings, members removed by value,
// values of absent elements set by a filter, references as strings.
//
// See https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
// and application-provisioning-config-problem-scim-compatibility beside it.
func Entra() Cycle {
	return Cycle{
		Name: "entra", Provider: "entra", Title: "Microsoft Entra ID", Header: entraHeader(),
		Steps: slices.Concat(entraStart(""), entraUsers(), usersExist(), entraUpdates(), entraGroups(), entraMembers(), entraDeactivates(), entraLeavers(), end()),
	}
}

// entraHeader is what Entra sends. It names no client: no User-Agent.
func entraHeader() http.Header {
	return http.Header{"Content-Type": {mediaType + "; charset=utf-8"}, "User-Agent": {""}}
}

// entraStart tests the connection with look-ups for what cannot exist, then looks
// for the user who is about to be created.
func entraStart(flag string) []Step {
	return []Step{
		get("test connection, users", `/Users?`+flag+`filter=userName+eq+%225d0a1c9e-6f0b-4b52-9c1d-0a7c4d1e8f23%22`, misses()...),
		get("test connection, groups", `/Groups?`+flag+`excludedAttributes=members&filter=displayName+eq+%22b1f6e0aa-3c11-4f37-8d5e-9e0f7c2a6b44%22`, misses()...),
		get("look-up that misses", `/Users?`+flag+`filter=userName+eq+%22mara.lind%40example.com%22`, misses()...),
	}
}

// entraUsers creates the users: read-only meta, an empty array, a schema without
// attributes, a manager as a string.
func entraUsers() []Step {
	return []Step{
		post("create Mara", "/Users", "mara", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
			"externalId": "mara.lind", "userName": "mara.lind@example.com", "active": true, "displayName": "Mara Lind",
			"emails": [{"primary": true, "type": "work", "value": "mara.lind@example.com"}],
			"meta": {"resourceType": "User"},
			"name": {"formatted": "Mara Lind", "familyName": "Lind", "givenName": "Mara"},
			"roles": []}`, Expect{"id", Present}),
		post("create Tomas", "/Users", "tomas", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
			"externalId": "tomas.berg", "userName": "tomas.berg@example.com", "active": true, "displayName": "Tomas Berg",
			"emails": [{"primary": true, "type": "work", "value": "tomas.berg@example.com"}],
			"meta": {"resourceType": "User"},
			"name": {"formatted": "Tomas Berg", "familyName": "Berg", "givenName": "Tomas"},
			"roles": []}`, Expect{"id", Present}),
		post("create Ines with a manager", "/Users", "ines", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
			"externalId": "ines.okoro", "userName": "ines.okoro@example.com", "active": true, "displayName": "Ines Okoro",
			"meta": {"resourceType": "User"}, "title": null,
			"name": {"familyName": "Okoro", "givenName": "Ines"},
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Logistics", "manager": "{mara}"}}`, Expect{"id", Present}),
		get("look-up that hits, in another case", `/Users?filter=userName+eq+%22MARA.LIND%40EXAMPLE.COM%22`, hits("{mara}")...),
		get("look-up by externalId", `/Users?filter=externalId+eq+%22tomas.berg%22`, hits("{tomas}")...),
		get("look-up by work e-mail", `/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22tomas.berg%40example.com%22`, hits("{tomas}")...),
		get("read Ines", "/Users/{ines}", Expect{enterprise + "/manager", Object}, Expect{enterprise + "/manager/value", "{mara}"}, Expect{"roles", Absent}),
	}
}

// entraUpdates changes Tomas in five ways, and Ines in those that clear.
func entraUpdates() []Step {
	return []Step{
		patch("update single values", "/Users/{tomas}", operations(
			`{"op":"Replace","path":"displayName","value":"Tomas Berg-Lund"}`,
			`{"op":"Replace","path":"name.familyName","value":"Berg-Lund"}`,
			`{"op":"Add","path":"title","value":"Surveyor"}`)),
		state("single values are updated", "/Users/{tomas}", nameUpdated()...),
		patch("update a value by filter", "/Users/{tomas}",
			`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"tomas.berg-lund@example.com"}`),
		state("one e-mail, with its other sub-attributes", "/Users/{tomas}", mailUpdated()...),
		patch("add values that are absent", "/Users/{tomas}", operations(
			`{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+46 70 555 01 23"}`,
			`{"op":"Add","path":"addresses[type eq \"work\"].streetAddress","value":"Storgatan 12"}`,
			`{"op":"Add","path":"addresses[type eq \"work\"].locality","value":"Uppsala"}`,
			`{"op":"Replace","path":"addresses[type eq \"work\"].Country","value":"SE"}`)),
		state("one phone number", "/Users/{tomas}", phoneAdded()...),
		state("one address of three parts", "/Users/{tomas}", Expect{"addresses/#", 1},
			Expect{"addresses[type=work]/streetAddress", "Storgatan 12"}, Expect{"addresses[type=work]/locality", "Uppsala"}, Expect{"addresses[type=work]/country", "SE"}),
		patch("update the extension, manager as a string", "/Users/{tomas}", operations(
			`{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Surveys"}`,
			`{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber","value":"4711"}`,
			`{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"{mara}"}`)),
		state("the extension is updated, the manager an object", "/Users/{tomas}", workUpdated()...),
		patch("add a role as JSON in a string", "/Users/{tomas}",
			`{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"7c2f6d1e-93b4-4a0e-8a57-2f1f6b1d9c30\",\"value\":\"surveyor\",\"displayName\":\"Surveyor\"}"}]}`),
		state("the role is a role", "/Users/{tomas}", append(roleAdded(), Expect{"roles/0/display", "Surveyor"})...),
		patch("clear the manager", "/Users/{ines}",
			`{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":""}`),
		state("no manager, the department stays", "/Users/{ines}",
			Expect{enterprise + "/manager", Absent}, Expect{enterprise + "/department", "Logistics"}),
	}
}

// entraGroups creates the groups, with the schema that only Entra knows.
func entraGroups() []Step {
	return []Step{
		get("look-up of a group that misses", `/Groups?excludedAttributes=members&filter=displayName+eq+%22Field+Team%22`, misses()...),
		post("create a group", "/Groups", "crew", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
			"externalId": "9e1d4c70-52a8-4f43-b7a6-0d7f3b0a5e11", "displayName": "Field Team", "meta": {"resourceType": "Group"}}`, Expect{"id", Present}),
		post("create a second group", "/Groups", "shift", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
			"externalId": "41c8a2b5-7f60-4a1d-9b3e-6a2d8c9f0b77", "displayName": "Night Shift", "meta": {"resourceType": "Group"}}`, Expect{"id", Present}),
		get("look-up of a group that hits", `/Groups?excludedAttributes=members&filter=displayName+eq+%22FIELD+TEAM%22`, hits("{crew}")...),
		state("the group is there", "/Groups/{crew}", Expect{"displayName", "Field Team"}, Expect{"members/#", 0}, Expect{"schemas/#", 1}),
	}
}

// entraMembers adds and removes members, by value, and renames the group.
func entraMembers() []Step {
	return []Step{
		patch("add a member", "/Groups/{crew}", `{"op":"Add","path":"members","value":[{"$ref":null,"value":"{mara}"}]}`),
		members("one member", "mara"),
		patch("add two members", "/Groups/{crew}", `{"op":"Add","path":"members","value":[{"value":"{tomas}"},{"value":"{ines}"}]}`),
		members("three members", "mara", "tomas", "ines"),
		get("read the group without its members", "/Groups/{crew}?excludedAttributes=members",
			Expect{"id", "{crew}"}, Expect{"displayName", "Field Team"}, Expect{"members", Absent}),
		patch("remove one member of three", "/Groups/{crew}", `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"{tomas}"}]}`),
		members("the other two stay", "mara", "ines"),
		patch("add him again", "/Groups/{crew}", `{"op":"Add","path":"members","value":[{"value":"{tomas}"}]}`),
		patch("remove another", "/Groups/{crew}", `{"op":"Remove","path":"members","value":[{"value":"{ines}"}]}`),
		members("the other two stay again", "mara", "tomas"),
		patch("rename the group", "/Groups/{crew}", `{"op":"Replace","path":"displayName","value":"Field Crew"}`),
		members("a new name leaves the members alone", "mara", "tomas"),
	}
}

// entraDeactivates takes an application away from Tomas.
func entraDeactivates() []Step {
	return []Step{
		patch("deactivate", "/Users/{tomas}", `{"op":"Replace","path":"active","value":"False"}`),
		state("not active, as a boolean", "/Users/{tomas}", Expect{"active", false}),
	}
}

// entraLeavers finds Tomas again and reactivates him, and deletes Ines and the
// second group.
func entraLeavers() []Step {
	return []Step{
		get("look-up of a deactivated user", `/Users?filter=userName+eq+%22tomas.berg%40example.com%22`, hits("{tomas}", Expect{"Resources/0/active", false})...),
		patch("reactivate", "/Users/{tomas}", `{"op":"Replace","path":"active","value":"True"}`),
		state("active, as a boolean", "/Users/{tomas}", Expect{"active", true}),
		patch("deactivate before deletion", "/Users/{ines}", `{"op":"Replace","path":"active","value":"False"}`),
		remove("delete a user", "/Users/{ines}"),
		{Name: "read a deleted user", Method: http.MethodGet, Target: "/Users/{ines}", Status: []int{http.StatusNotFound}},
		remove("delete a group", "/Groups/{shift}"),
	}
}
