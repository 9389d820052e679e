package lifecycle

import (
	"net/http"
	"slices"
)

// Strict is a client that sends what RFC 7644 wants and nothing else. Where this
// cycle fails, it is the server or the gateway that is wrong, not the dialect.
func Strict() Cycle {
	return Cycle{
		Name: "strict", Provider: "generic", Title: "RFC 7644 to the letter",
		Header: http.Header{"Accept": {mediaType}, "Content-Type": {mediaType}, "User-Agent": {"strict"}},
		Steps:  slices.Concat(strictUsers(), usersExist(), strictUpdates(), strictGroups(), strictLeavers(), end()),
	}
}

func strictUsers() []Step {
	return []Step{
		get("test connection", "/ServiceProviderConfig", Expect{"patch/supported", true}),
		get("look-up that misses", `/Users?filter=userName%20eq%20%22mara.lind%40example.com%22`, misses()...),
		post("create Mara", "/Users", "mara", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "mara.lind@example.com",
			"name": {"givenName": "Mara", "familyName": "Lind"}, "displayName": "Mara Lind", "active": true,
			"emails": [{"value": "mara.lind@example.com", "type": "work", "primary": true}]}`, Expect{"id", Present}),
		post("create Tomas", "/Users", "tomas", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "tomas.berg@example.com",
			"name": {"givenName": "Tomas", "familyName": "Berg"}, "displayName": "Tomas Berg", "active": true, "password": "Rz6uTn4k",
			"emails": [{"value": "tomas.berg@example.com", "type": "work", "primary": true}]}`, Expect{"id", Present}),
		post("create Ines", "/Users", "ines", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
			"userName": "ines.okoro@example.com", "name": {"givenName": "Ines", "familyName": "Okoro"}, "active": true,
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Logistics", "manager": {"value": "{mara}"}}}`, Expect{"id", Present}),
		get("look-up that hits, in another case", `/Users?filter=userName%20eq%20%22MARA.LIND%40EXAMPLE.COM%22`, hits("{mara}")...),
	}
}

func strictUpdates() []Step {
	return []Step{
		patch("update single values", "/Users/{tomas}", operations(
			`{"op":"replace","path":"displayName","value":"Tomas Berg-Lund"}`,
			`{"op":"replace","path":"name.familyName","value":"Berg-Lund"}`,
			`{"op":"add","path":"title","value":"Surveyor"}`)),
		state("single values are updated", "/Users/{tomas}", nameUpdated()...),
		patch("update a value by filter", "/Users/{tomas}",
			`{"op":"replace","path":"emails[type eq \"work\"].value","value":"tomas.berg-lund@example.com"}`),
		state("one e-mail, with its other sub-attributes", "/Users/{tomas}", mailUpdated()...),
		patch("add a value", "/Users/{tomas}",
			`{"op":"add","path":"phoneNumbers","value":[{"type":"mobile","value":"+46 70 555 01 23"}]}`),
		state("one phone number", "/Users/{tomas}", phoneAdded()...),
		patch("update the extension", "/Users/{tomas}", operations(
			`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Surveys"}`,
			`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber","value":"4711"}`,
			`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"{mara}"}}`)),
		state("the extension is updated", "/Users/{tomas}", workUpdated()...),
		patch("add a role", "/Users/{tomas}", `{"op":"add","path":"roles","value":[{"value":"surveyor","display":"Surveyor"}]}`),
		state("the role is there", "/Users/{tomas}", roleAdded()...),
	}
}

func strictGroups() []Step {
	return []Step{
		post("create a group with a member", "/Groups", "crew", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Field Team", "members": [{"value": "{mara}"}]}`, Expect{"id", Present}),
		post("create a second group", "/Groups", "shift", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Night Shift"}`, Expect{"id", Present}),
		members("one member", "mara"),
		patch("add two members", "/Groups/{crew}", `{"op":"add","path":"members","value":[{"value":"{tomas}"},{"value":"{ines}"}]}`),
		members("three members", "mara", "tomas", "ines"),
		patch("remove one member of three", "/Groups/{crew}", `{"op":"remove","path":"members[value eq \"{ines}\"]"}`),
		members("the other two stay", "mara", "tomas"),
		patch("rename the group", "/Groups/{crew}", `{"op":"replace","path":"displayName","value":"Field Crew"}`),
		members("a new name leaves the members alone", "mara", "tomas"),
	}
}

func strictLeavers() []Step {
	return []Step{
		patch("deactivate", "/Users/{tomas}", `{"op":"replace","path":"active","value":false}`),
		state("not active", "/Users/{tomas}", Expect{"active", false}),
		get("look-up of a deactivated user", `/Users?filter=userName%20eq%20%22tomas.berg%40example.com%22`, hits("{tomas}", Expect{"Resources/0/active", false})...),
		patch("reactivate", "/Users/{tomas}", `{"op":"replace","path":"active","value":true}`),
		remove("delete a user", "/Users/{ines}"),
		remove("delete a group", "/Groups/{shift}"),
	}
}
