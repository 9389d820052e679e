package scim

import "testing"

func TestApplyRemove(t *testing.T) {
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{
		{
			name:   "single value (PATCH-30)",
			before: `{"userName":"mlind","title":"Lead", "active":true}`,
			ops:    `[{"op":"remove","path":"title"}]`,
			after:  `{"userName":"mlind","active":true}`,
		}, {
			name:   "value that is not there",
			before: `{"userName":"mlind"}`,
			ops:    `[{"op":"remove","path":"title"},{"op":"remove","path":"name.givenName"},{"op":"remove","path":"emails"},{"op":"remove","path":"emails.type"}]`,
		}, {
			name:   "all values",
			before: `{"emails":[{"value":"a@example.com"}],"active":true}`,
			ops:    `[{"op":"remove","path":"emails"}]`,
			after:  `{"active":true}`,
		}, {
			name:   "values that a filter selects",
			before: `{"emails":[{"type":"work"},{"type":"home","value":"b@example.com"},{"type":"work","display":"W"}]}`,
			ops:    `[{"op":"remove","path":"emails[type eq \"work\"]"}]`,
			after:  `{"emails":[{"type":"home","value":"b@example.com"}]}`,
		}, {
			name:   "last values",
			before: `{"emails":[{"type":"work"}],"active":true}`,
			ops:    `[{"op":"remove","path":"emails[type eq \"work\"]"}]`,
			after:  `{"active":true}`,
		}, {
			name:   "sub-attribute of values that a filter selects",
			before: `{"emails":[{"type":"work","display":"W"},{"type":"home","display":"H"}]}`,
			ops:    `[{"op":"remove","path":"emails[type eq \"work\"].display"}]`,
			after:  `{"emails":[{"type":"work"},{"type":"home","display":"H"}]}`,
		}, {
			name:   "last sub-attribute of a value",
			before: `{"emails":[{"type":"work"},{"type":"home"}]}`,
			ops:    `[{"op":"remove","path":"emails[type eq \"work\"].type"}]`,
			after:  `{"emails":[{"type":"home"}]}`,
		}, {
			name:   "sub-attribute that is not there",
			before: `{"emails":[{"type":"work"}]}`,
			ops:    `[{"op":"remove","path":"emails[type eq \"work\"].display"}]`,
		}, {
			name:   "filter that selects nothing",
			before: `{"emails":[{"type":"home"}]}`,
			ops:    `[{"op":"remove","path":"emails[type eq \"work\"]"}]`,
			typ:    NoTarget,
		}, {
			name:   "sub-attribute of a complex attribute",
			before: `{"name":{"givenName":"Mara","familyName":"Lind"}}`,
			ops:    `[{"op":"remove","path":"name.givenName"}]`,
			after:  `{"name":{"familyName":"Lind"}}`,
		}, {
			name:   "last sub-attribute of a complex attribute",
			before: `{"name":{"givenName":"Mara"},"active":true}`,
			ops:    `[{"op":"remove","path":"name.givenName"}]`,
			after:  `{"active":true}`,
		}, {
			name:   "required attribute (PATCH-31)",
			before: `{"userName":"mlind"}`,
			ops:    `[{"op":"remove","path":"userName"}]`,
			typ:    Mutability, detail: "userName is required",
		}, {
			name:   "required attribute by null",
			before: `{"userName":"mlind"}`,
			ops:    `[{"op":"replace","path":"userName","value":null}]`,
			typ:    Mutability, detail: "userName is required",
		}, {
			name:   "schemas",
			before: `{"schemas":["` + UserURI + `"]}`,
			ops:    `[{"op":"remove","path":"schemas"}]`,
			typ:    Mutability, detail: "schemas is required",
		}, {
			name:   "read-only attribute (PATCH-31)",
			before: `{"id":"17"}`,
			ops:    `[{"op":"remove","path":"id"}]`,
			typ:    Mutability, detail: "id is readOnly",
		},
	})
}

func TestApplyMutability(t *testing.T) {
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{
		{
			name:   "read-only attribute",
			before: `{"id":"17"}`,
			ops:    `[{"op":"replace","path":"id","value":"18"}]`,
			typ:    Mutability, detail: "Operations[0] (id): id is readOnly",
		}, {
			name:   "read-only attribute with its value",
			before: `{"id":"17","meta":{"resourceType":"User"}}`,
			ops:    `[{"op":"replace","value":{"id":"17","meta":{"resourceType":"User"}}}]`,
		}, {
			name:   "read-only attribute that is not there",
			before: `{}`,
			ops:    `[{"op":"add","path":"groups","value":[{"value":"g1"}]}]`,
			typ:    Mutability, detail: "groups is readOnly",
		}, {
			name:   "read-only sub-attribute",
			before: `{"meta":{"resourceType":"User"}}`,
			ops:    `[{"op":"replace","path":"meta.resourceType","value":"Person"}]`,
			typ:    Mutability,
		}, {
			name:   "values of a read-only attribute",
			before: `{"groups":[{"value":"g1"}]}`,
			ops:    `[{"op":"remove","path":"groups[value eq \"g1\"]"}]`,
			typ:    Mutability,
		}, {
			name:   "read-only sub-attribute in a value",
			before: `{"schemas":["` + UserURI + `","` + EnterpriseUserURI + `"],"` + EnterpriseUserURI + `":{"manager":{"value":"1","displayName":"Olle"}}}`,
			ops:    `[{"op":"replace","path":"` + EnterpriseUserURI + `:manager","value":{"value":"2","displayName":"Åsa"}}]`,
			after:  `{"schemas":["` + UserURI + `","` + EnterpriseUserURI + `"],"` + EnterpriseUserURI + `":{"manager":{"value":"2","displayName":"Olle"}}}`,
		}, {
			name:   "write-only attribute",
			before: `{}`,
			ops:    `[{"op":"replace","path":"password","value":"Tr4-la-la"}]`,
			after:  `{"password":"Tr4-la-la"}`,
		},
	})
}

func TestApplyMembers(t *testing.T) {
	runApplyTests(t, Core().ByName("Group"), Apply, []applyTest{
		{
			name:   "members are known by their value (PATCH-26)",
			before: `{"members":[{"value":"7f31","display":"Mara","type":"User"}]}`,
			ops:    `[{"op":"add","path":"members","value":[{"value":"7f31"},{"value":"9c02"}]}]`,
			after:  `{"members":[{"value":"7f31","display":"Mara","type":"User"},{"value":"9c02"}]}`,
		}, {
			name:   "removal of a member",
			before: `{"members":[{"value":"7f31"},{"value":"9c02"}]}`,
			ops:    `[{"op":"remove","path":"members[value eq \"7f31\"]"}]`,
			after:  `{"members":[{"value":"9c02"}]}`,
		}, {
			name:   "removal of who is no member (PATCH-32)",
			before: `{"members":[{"value":"7f31"}]}`,
			ops:    `[{"op":"remove","path":"members[value eq \"9c02\"]"}]`,
		}, {
			name:   "removal from no members",
			before: `{"displayName":"Crew"}`,
			ops:    `[{"op":"remove","path":"members[value eq \"9c02\"]"},{"op":"remove","path":"members"}]`,
		}, {
			name:   "a member cannot become another (RES-14)",
			before: `{"members":[{"value":"7f31"}]}`,
			ops:    `[{"op":"replace","path":"members[value eq \"7f31\"].value","value":"9c02"}]`,
			typ:    Mutability, detail: "value is immutable",
		}, {
			name:   "nor by replacing the record",
			before: `{"members":[{"value":"7f31"}]}`,
			ops:    `[{"op":"replace","path":"members[value eq \"7f31\"]","value":{"value":"9c02"}}]`,
			typ:    Mutability,
		}, {
			name:   "an immutable sub-attribute may be given once (PATCH-10)",
			before: `{"members":[{"value":"7f31"}]}`,
			ops:    `[{"op":"add","path":"members[value eq \"7f31\"].type","value":"User"},{"op":"add","path":"members[value eq \"7f31\"].type","value":"User"}]`,
			after:  `{"members":[{"value":"7f31","type":"User"}]}`,
		}, {
			name:   "nor removed",
			before: `{"members":[{"value":"7f31","type":"User"}]}`,
			ops:    `[{"op":"remove","path":"members[value eq \"7f31\"].type"}]`,
			typ:    Mutability,
		}, {
			name:   "all members replaced",
			before: `{"members":[{"value":"7f31"}],"displayName":"Crew"}`,
			ops:    `[{"op":"replace","path":"members","value":[{"value":"9c02"}]}]`,
			after:  `{"members":[{"value":"9c02"}],"displayName":"Crew"}`,
		}, {
			name:   "add of a value that replace sees as new",
			before: `{"members":[{"value":"7f31"}]}`,
			ops:    `[{"op":"add","path":"members","value":[{"display":"nobody"}]}]`,
			after:  `{"members":[{"value":"7f31"},{"display":"nobody"}]}`,
		},
	})
}
