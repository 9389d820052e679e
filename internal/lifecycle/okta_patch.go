package lifecycle

import "slices"

// OktaPatch is Okta with an integration of its network: profiles by PUT, the
// state and the password of a user and everything about groups by PATCH, without
// path where it can be, and with the id among the values.
//
// See https://developer.okta.com/docs/reference/scim/scim-20/
func OktaPatch() Cycle {
	return Cycle{
		Name: "okta-patch", Provider: "okta", Title: "Okta, changes by PATCH", Header: oktaHeader(),
		Steps: slices.Concat(oktaUsers(), usersExist(), oktaProfile(), patchPassword(), patchGroups(), patchLeavers(), end()),
	}
}

// patchPassword sets a password, which no answer may show.
func patchPassword() []Step {
	return []Step{
		patch("set the password", "/Users/{tomas}", `{"op":"replace","value":{"password":"Vq9sLd4x"}}`),
		state("no password shows, nothing else changes", "/Users/{tomas}",
			append(workUpdated(), Expect{"password", Absent}, Expect{"displayName", "Tomas Berg-Lund"})...),
	}
}

// patchGroups creates the groups and changes them by PATCH.
func patchGroups() []Step {
	return []Step{
		get("look-up of a group that misses", `/Groups?filter=displayName+eq+%22Field+Team%22&startIndex=1&count=100`, misses()...),
		post("create a group with a member", "/Groups", "crew", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Field Team",
			"members": [{"value": "{mara}", "display": "mara.lind@example.com"}]}`, Expect{"id", Present}),
		members("one member", "mara"),
		post("create a second group", "/Groups", "shift", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Night Shift", "members": []}`, Expect{"id", Present}),
		patch("replace the members", "/Groups/{crew}",
			`{"op":"replace","path":"members","value":[{"value":"{mara}","display":"mara.lind@example.com"},{"value":"{tomas}","display":"tomas.berg@example.com"},{"value":"{ines}","display":"ines.okoro@example.com"}]}`),
		members("three members", "mara", "tomas", "ines"),
		patch("remove one member of three", "/Groups/{crew}", `{"op":"remove","path":"members[value eq \"{tomas}\"]"}`),
		members("the other two stay", "mara", "ines"),
		patch("remove one and add one in one request", "/Groups/{crew}", operations(
			`{"op":"remove","path":"members[value eq \"{ines}\"]"}`,
			`{"op":"add","path":"members","value":[{"value":"{tomas}","display":"tomas.berg@example.com"}]}`)),
		members("one in, one out", "mara", "tomas"),
		patch("rename the group, with its id", "/Groups/{crew}", `{"op":"replace","value":{"id":"{crew}","displayName":"Field Crew"}}`),
		members("a new name leaves the members alone", "mara", "tomas"),
		patch("empty the second group", "/Groups/{shift}", `{"op":"replace","path":"members","value":[]}`),
		state("the second group is empty", "/Groups/{shift}", Expect{"members/#", 0}, Expect{"displayName", "Night Shift"}),
	}
}

// patchLeavers deactivates, finds again and reactivates Tomas.
func patchLeavers() []Step {
	return slices.Concat(
		[]Step{patch("deactivate", "/Users/{tomas}", `{"op":"replace","value":{"active":false}}`)},
		oktaFinds(),
		[]Step{
			patch("reactivate", "/Users/{tomas}", `{"op":"replace","value":{"active":true}}`),
			state("active, as a boolean", "/Users/{tomas}", Expect{"active", true}),
		},
		oktaDeletes(),
	)
}
