package lifecycle

import "slices"

// EntraFlag is Microsoft Entra ID with aadOptscim062020 in its tenant URL:
// lower-case operations, one operation without path whose value has dotted and
// URN-qualified keys, members removed by filter.
//
// See https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility
func EntraFlag() Cycle {
	return Cycle{
		Name: "entra-flag", Provider: "entra", Title: "Microsoft Entra ID with aadOptscim062020", Header: entraHeader(),
		Steps: slices.Concat(entraStart("aadOptscim062020&"), entraUsers(), usersExist(), flagUpdates(), entraGroups(), flagMembers(), flagDeactivates(), entraLeavers(), end()),
	}
}

// flagUpdates changes Tomas in five ways, and Ines in those that clear.
func flagUpdates() []Step {
	return []Step{
		patch("update single values without path", "/Users/{tomas}",
			`{"op":"replace","value":{"displayName":"Tomas Berg-Lund","name.familyName":"Berg-Lund","title":"Surveyor"}}`),
		state("single values are updated", "/Users/{tomas}", nameUpdated()...),
		patch("update a value by filter, with others", "/Users/{tomas}", operations(
			`{"op":"replace","path":"emails[type eq \"work\"].value","value":"tomas.berg-lund@example.com"}`,
			`{"op":"replace","value":{"preferredLanguage":"sv"}}`)),
		state("one e-mail, with its other sub-attributes", "/Users/{tomas}", append(mailUpdated(), Expect{"preferredLanguage", "sv"})...),
		patch("add values that are absent", "/Users/{tomas}", operations(
			`{"op":"add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+46 70 555 01 23"}`,
			`{"op":"add","value":{"name.middleName":"Erik","name.formatted":"Tomas Erik Berg-Lund"}}`)),
		state("one phone number", "/Users/{tomas}", phoneAdded()...),
		state("name has its new parts beside the old", "/Users/{tomas}", append(nameUpdated(), Expect{"name/middleName", "Erik"}, Expect{"name.middleName", Absent})...),
		patch("update the extension by qualified keys", "/Users/{tomas}", operations(
			`{"op":"add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Surveys","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"4711"}}`,
			`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"{mara}"}`)),
		state("the extension is updated, the manager an object", "/Users/{tomas}", workUpdated()...),
		patch("assert the roles", "/Users/{tomas}",
			`{"op":"replace","path":"roles","value":[{"primary":"True","type":"WindowsAzureActiveDirectoryRole","displayName":"Surveyor","value":"surveyor"}]}`),
		state("the role is a role", "/Users/{tomas}", append(roleAdded(), Expect{"roles/0/display", "Surveyor"}, Expect{"roles/0/primary", true})...),
		patch("clear the manager", "/Users/{ines}",
			`{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":""}}`),
		state("no manager, the department stays", "/Users/{ines}",
			Expect{enterprise + "/manager", Absent}, Expect{enterprise + "/department", "Logistics"}),
	}
}

// flagMembers adds members and removes them by filter, and renames the group.
func flagMembers() []Step {
	return []Step{
		patch("add a member", "/Groups/{crew}", `{"op":"add","path":"members","value":[{"$ref":null,"value":"{mara}"}]}`),
		members("one member", "mara"),
		patch("add two members", "/Groups/{crew}", `{"op":"add","path":"members","value":[{"value":"{tomas}"},{"value":"{ines}"}]}`),
		members("three members", "mara", "tomas", "ines"),
		get("read the group without its members", "/Groups/{crew}?excludedAttributes=members",
			Expect{"id", "{crew}"}, Expect{"displayName", "Field Team"}, Expect{"members", Absent}),
		patch("remove one member of three", "/Groups/{crew}", `{"op":"remove","path":"members[value eq \"{tomas}\"]"}`),
		members("the other two stay", "mara", "ines"),
		// On-demand provisioning ignores the flag: one tenant sends both dialects.
		patch("add him again, on demand", "/Groups/{crew}", `{"op":"Add","path":"members","value":[{"value":"{tomas}"}]}`),
		patch("remove another, on demand", "/Groups/{crew}", `{"op":"Remove","path":"members","value":[{"value":"{ines}"}]}`),
		members("the other two stay again", "mara", "tomas"),
		patch("rename the group without path", "/Groups/{crew}", `{"op":"replace","value":{"displayName":"Field Crew"}}`),
		members("a new name leaves the members alone", "mara", "tomas"),
	}
}

// flagDeactivates takes an application away from Tomas.
func flagDeactivates() []Step {
	return []Step{
		patch("deactivate without path, with others", "/Users/{tomas}",
			`{"op":"replace","value":{"active":false,"name.honorificPrefix":"Mr"}}`),
		state("not active, as a boolean", "/Users/{tomas}", Expect{"active", false}, Expect{"name/honorificPrefix", "Mr"}),
	}
}
