package lifecycle

import "slices"

// OktaPut is Okta with an application of the integration wizard: every change of
// a user or a group is a GET and a PUT of everything that came back.
//
// See https://developer.okta.com/docs/reference/scim/scim-20/
func OktaPut() Cycle {
	return Cycle{
		Name: "okta-put", Provider: "okta", Title: "Okta, changes by PUT", Header: oktaHeader(),
		Steps: slices.Concat(oktaUsers(), usersExist(), oktaProfile(), putGroups(), putLeavers(), end()),
	}
}

// oktaProfile changes Tomas in five ways.
func oktaProfile() []Step {
	return slices.Concat(
		put("update single values", "tomas", "/Users/{tomas}",
			Edit{"displayName", "Tomas Berg-Lund"}, Edit{"name/familyName", "Berg-Lund"}, Edit{"title", "Surveyor"}),
		[]Step{state("single values are updated", "/Users/{tomas}", nameUpdated()...)},
		put("update the e-mail", "tomas", "/Users/{tomas}",
			Edit{"emails", []any{map[string]any{"primary": true, "value": "tomas.berg-lund@example.com", "type": "work"}}}),
		[]Step{state("one e-mail, with its other sub-attributes", "/Users/{tomas}", mailUpdated()...)},
		put("add a phone number", "tomas", "/Users/{tomas}",
			Edit{"phoneNumbers", []any{map[string]any{"value": "+46 70 555 01 23", "type": "mobile"}}}),
		[]Step{state("one phone number", "/Users/{tomas}", phoneAdded()...)},
		put("update the extension", "tomas", "/Users/{tomas}",
			Edit{"schemas", []any{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise}},
			Edit{enterprise + "/department", "Surveys"}, Edit{enterprise + "/employeeNumber", "4711"}, Edit{enterprise + "/manager", map[string]any{"value": "{mara}"}}),
		[]Step{state("the extension is updated, the manager an object", "/Users/{tomas}", workUpdated()...)},
		put("add a role", "tomas", "/Users/{tomas}",
			Edit{"roles", []any{map[string]any{"value": "surveyor", "display": "Surveyor"}}}),
		[]Step{state("the role is a role", "/Users/{tomas}", roleAdded()...)},
	)
}

// putGroups creates the groups and changes them by PUT of the whole list.
func putGroups() []Step {
	return slices.Concat(
		[]Step{
			get("look-up of a group that misses", `/Groups?filter=displayName+eq+%22Field+Team%22&startIndex=1&count=100`, misses()...),
			post("create a group with a member", "/Groups", "crew", `{
				"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Field Team",
				"members": [{"value": "{mara}", "display": "mara.lind@example.com"}]}`, Expect{"id", Present}),
			members("one member", "mara"),
			post("create a second group", "/Groups", "shift", `{
				"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Night Shift", "members": []}`, Expect{"id", Present}),
		},
		put("write the group again", "crew", "/Groups/{crew}"),
		put("add two members", "crew", "/Groups/{crew}", Edit{"members", refs("mara", "tomas", "ines")}),
		[]Step{members("three members", "mara", "tomas", "ines")},
		put("remove one member of three", "crew", "/Groups/{crew}", Edit{"members", refs("mara", "ines")}),
		[]Step{members("the other two stay", "mara", "ines")},
		put("exchange a member", "crew", "/Groups/{crew}", Edit{"members", refs("mara", "tomas")}),
		[]Step{members("one in, one out", "mara", "tomas")},
		put("rename the group", "crew", "/Groups/{crew}", Edit{"displayName", "Field Crew"}),
		[]Step{members("a new name leaves the members alone", "mara", "tomas")},
	)
}

// putLeavers deactivates, finds again and reactivates Tomas.
func putLeavers() []Step {
	return slices.Concat(
		put("deactivate", "tomas", "/Users/{tomas}", Edit{"active", false}),
		oktaFinds(),
		put("reactivate", "tomas", "/Users/{tomas}", Edit{"active", true}),
		[]Step{state("active, as a boolean", "/Users/{tomas}", Expect{"active", true})},
		oktaDeletes(),
	)
}
