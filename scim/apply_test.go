package scim

import (
	"strings"
	"testing"
)

// applyTest is a resource, operations, and what becomes of it: the exact text of
// the result, or the type of the error and a part of its detail. No result means
// that nothing changes.
type applyTest struct {
	name   string
	before string
	ops    string
	after  string

	typ    ErrorType
	detail string
}

func runApplyTests(t *testing.T, rt *ResourceType, apply func(*Value, []Operation, *ResourceType) (Value, bool, error), tests []applyTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Check(tt.before, Limits{}); err != nil {
				t.Fatal(err)
			}
			resource := Parse(tt.before)
			result, changed, err := apply(&resource, parsePatch(t, tt.ops), rt)
			if resource.Raw() != tt.before {
				t.Errorf("the resource was touched: %s", resource.Raw())
			}
			if tt.typ != "" {
				e := AsError(err)
				if err == nil || e.Status != 400 || e.Type != tt.typ || !strings.Contains(e.Detail, tt.detail) {
					t.Errorf("got  %v, %s\nwant %s: %s", err, result.Raw(), tt.typ, tt.detail)
				}
				if result.Exists() || changed {
					t.Errorf("an error came with a result: %s", result.Raw())
				}
				return
			}
			want := tt.after
			if want == "" {
				want = tt.before
			}
			if err != nil || result.Raw() != want || changed != (tt.after != "") {
				t.Errorf("got  %s, %t, %v\nwant %s", result.Raw(), changed, err, want)
			}
		})
	}
}

const department = `"` + EnterpriseUserURI + `:department"`

func TestApplyAdd(t *testing.T) {
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{
		{
			name:   "attribute that is not there (PATCH-22)",
			before: `{"userName":"mlind", "active":true}`,
			ops:    `[{"op":"add","path":"title","value":"Engineer"}]`,
			after:  `{"userName":"mlind","active":true,"title":"Engineer"}`,
		}, {
			name:   "single value is replaced (PATCH-25)",
			before: `{"title":"Engineer","userName":"mlind"}`,
			ops:    `[{"op":"add","path":"title","value":"Lead"}]`,
			after:  `{"title":"Lead","userName":"mlind"}`,
		}, {
			name:   "value that is there (PATCH-26)",
			before: `{"title":"Engineer", "active" : true}`,
			ops:    `[{"op":"add","path":"title","value":"\u0045ngineer"},{"op":"add","path":"active","value":true}]`,
		}, {
			name:   "name in another case, with the URN of the core schema (GEN-09, GEN-10)",
			before: `{"Title":"Engineer"}`,
			ops:    `[{"op":"add","path":"URN:ietf:params:scim:schemas:core:2.0:user:TITLE","value":"Lead"}]`,
			after:  `{"Title":"Lead"}`,
		}, {
			name:   "new member in the case of the schema",
			before: `{}`,
			ops:    `[{"op":"add","path":"NICKNAME","value":"mara"},{"op":"add","path":"Name.GIVENNAME","value":"Mara"}]`,
			after:  `{"nickName":"mara","name":{"givenName":"Mara"}}`,
		}, {
			name:   "complex attribute is merged (PATCH-23)",
			before: `{"name":{"givenName":"Mara", "middleName":"Elin"}}`,
			ops:    `[{"op":"add","path":"name","value":{"familyName":"Lind","middleName":"E."}}]`,
			after:  `{"name":{"givenName":"Mara","middleName":"E.","familyName":"Lind"}}`,
		}, {
			name:   "complex attribute needs sub-attributes (PATCH-23)",
			before: `{"name":{"givenName":"Mara"}}`,
			ops:    `[{"op":"add","path":"name","value":"Mara Lind"}]`,
			typ:    InvalidValue, detail: "Operations[0] (name): name: want an object, got a string",
		}, {
			name:   "values are appended (PATCH-24)",
			before: `{"emails":[ {"value": "a@example.com"} ]}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"b@example.com"},{"value" : "c@example.com"}]}]`,
			after:  `{"emails":[{"value": "a@example.com"},{"value":"b@example.com"},{"value" : "c@example.com"}]}`,
		}, {
			name:   "values that are there, members in another order (PATCH-26)",
			before: `{"emails":[{"value":"a@example.com","type":"work","primary":true}]}`,
			ops:    `[{"op":"add","path":"emails","value":[{"primary":true,"Type":"work","display":null,"value":"a@example.com"}]}]`,
		}, {
			name:   "one of two values is there, one comes twice",
			before: `{"emails":[{"value":"a@example.com"}]}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"b@example.com"},{"value":"a@example.com"},{"value":"b@example.com"}]}]`,
			after:  `{"emails":[{"value":"a@example.com"},{"value":"b@example.com"}]}`,
		}, {
			name:   "another value with the same text differs",
			before: `{"emails":[{"value":"a@example.com","type":"work"}]}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"a@example.com","type":"home"}]}]`,
			after:  `{"emails":[{"value":"a@example.com","type":"work"},{"value":"a@example.com","type":"home"}]}`,
		}, {
			name:   "one value without an array",
			before: `{"emails":[{"value":"a@example.com"}]}`,
			ops:    `[{"op":"add","path":"emails","value":{"value":"b@example.com"}}]`,
			after:  `{"emails":[{"value":"a@example.com"},{"value":"b@example.com"}]}`,
		}, {
			name:   "an empty array adds nothing",
			before: `{"emails":[{"value":"a@example.com"}]}`,
			ops:    `[{"op":"add","path":"emails","value":[]}]`,
		}, {
			name:   "an empty attribute is filled in its place",
			before: `{"emails":[],"title":null,"name":null}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"a@example.com"}]},{"op":"add","path":"title","value":"Lead"},{"op":"add","path":"name.givenName","value":"Mara"}]`,
			after:  `{"emails":[{"value":"a@example.com"}],"title":"Lead","name":{"givenName":"Mara"}}`,
		}, {
			name:   "a new primary value (PATCH-12)",
			before: `{"emails":[{"value":"a@example.com","primary":true},{"value":"b@example.com"}]}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"c@example.com","primary":true}]}]`,
			after:  `{"emails":[{"value":"a@example.com","primary":false},{"value":"b@example.com"},{"value":"c@example.com","primary":true}]}`,
		}, {
			name:   "two primary values",
			before: `{}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"a@example.com","primary":true},{"value":"b@example.com","primary":true}]}]`,
			typ:    InvalidValue, detail: "both primary",
		}, {
			name:   "sub-attribute of the values that a filter selects (PATCH-27)",
			before: `{"emails":[{"type":"work","value":"a@example.com"},{"type":"home","value":"b@example.com"}]}`,
			ops:    `[{"op":"add","path":"emails[type eq \"work\"].display","value":"A"}]`,
			after:  `{"emails":[{"type":"work","value":"a@example.com","display":"A"},{"type":"home","value":"b@example.com"}]}`,
		}, {
			name:   "filter that selects nothing (PATCH-27)",
			before: `{"emails":[{"type":"home","value":"b@example.com"}]}`,
			ops:    `[{"op":"add","path":"emails[type eq \"work\"].value","value":"a@example.com"}]`,
			typ:    NoTarget, detail: `Operations[0] (emails[type eq "work"].value): emails has no such value`,
		}, {
			name:   "null takes away (RES-07)",
			before: `{"title":"Lead","nickName":"mara"}`,
			ops:    `[{"op":"add","path":"title","value":null}]`,
			after:  `{"nickName":"mara"}`,
		}, {
			name:   "sub-attributes without a value are not kept",
			before: `{}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"a@example.com","display":null},{"type":null}]},{"op":"add","path":"name","value":{"givenName":null}}]`,
			after:  `{"emails":[{"value":"a@example.com"}]}`,
		}, {
			name:   "wrong type",
			before: `{"active":true}`,
			ops:    `[{"op":"add","path":"title","value":"x"},{"op":"add","path":"active","value":"False"}]`,
			typ:    InvalidValue, detail: "Operations[1] (active): active: want a boolean, got a string",
		}, {
			name:   "wrong type in a value",
			before: `{}`,
			ops:    `[{"op":"add","path":"emails","value":[{"value":"a@example.com"},{"value":1}]}]`,
			typ:    InvalidValue, detail: "emails[1].value: want a string, got a number",
		}, {
			name:   "several values for one",
			before: `{}`,
			ops:    `[{"op":"add","path":"title","value":["Lead"]}]`,
			typ:    InvalidValue, detail: "title: want a string, got an array",
		},
	})
}

func TestApplyReplace(t *testing.T) {
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{
		{
			name:   "single value (PATCH-41)",
			before: `{"active":true,"title":"Lead"}`,
			ops:    `[{"op":"replace","path":"active","value":false}]`,
			after:  `{"active":false,"title":"Lead"}`,
		}, {
			name:   "attribute that is not there (PATCH-42)",
			before: `{"active":true}`,
			ops:    `[{"op":"replace","path":"name.familyName","value":"Lind"},{"op":"replace","path":"title","value":"Lead"}]`,
			after:  `{"active":true,"name":{"familyName":"Lind"},"title":"Lead"}`,
		}, {
			name:   "all values (PATCH-41)",
			before: `{"emails":[{"value":"a@example.com","primary":true},{"value":"b@example.com"}],"active":true}`,
			ops:    `[{"op":"replace","path":"emails","value":[{"value":"c@example.com"}]}]`,
			after:  `{"emails":[{"value":"c@example.com"}],"active":true}`,
		}, {
			name:   "all values by the same",
			before: `{"emails":[{"value":"a@example.com","primary":true}, {"value":"b@example.com"}]}`,
			ops:    `[{"op":"replace","path":"emails","value":[{"primary":true,"value":"a@example.com"},{"value":"b@example.com"}]}]`,
		}, {
			name:   "all values by none (RES-07)",
			before: `{"emails":[{"value":"a@example.com"}],"active":true}`,
			ops:    `[{"op":"replace","path":"emails","value":[]}]`,
			after:  `{"active":true}`,
		}, {
			name:   "none by none",
			before: `{"active":true,"emails":[]}`,
			ops:    `[{"op":"replace","path":"emails","value":[]},{"op":"replace","path":"title","value":null},{"op":"replace","path":"ims","value":[]}]`,
		}, {
			name:   "complex attribute is merged (PATCH-43)",
			before: `{"name":{"givenName":"Mara","familyName":"Lind"}}`,
			ops:    `[{"op":"replace","path":"name","value":{"familyName":"Okafor"}}]`,
			after:  `{"name":{"givenName":"Mara","familyName":"Okafor"}}`,
		}, {
			name:   "null within a complex value",
			before: `{"name":{"givenName":"Mara","familyName":"Lind"}}`,
			ops:    `[{"op":"replace","path":"name","value":{"familyName":null}}]`,
			after:  `{"name":{"givenName":"Mara"}}`,
		}, {
			name:   "last sub-attribute goes",
			before: `{"name":{"givenName":"Mara"},"active":true}`,
			ops:    `[{"op":"replace","path":"name.givenName","value":null}]`,
			after:  `{"active":true}`,
		}, {
			name:   "sub-attribute of all values that a filter selects (PATCH-44)",
			before: `{"emails":[{"type":"work","value":"a@example.com"},{"type":"home"},{"type":"WORK","value":"b@example.com"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"].display","value":"x"}]`,
			after:  `{"emails":[{"type":"work","value":"a@example.com","display":"x"},{"type":"home"},{"type":"WORK","value":"b@example.com","display":"x"}]}`,
		}, {
			name:   "the sub-attribute that the filter is about",
			before: `{"emails":[{"type":"work","value":"a@example.com"},{"type":"home"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"].type","value":"home"}]`,
			after:  `{"emails":[{"type":"home","value":"a@example.com"},{"type":"home"}]}`,
		}, {
			name:   "values that a filter selects (PATCH-44, PATCH-46)",
			before: `{"emails":[{"type":"work","value":"a@example.com","display":"A"},{"type":"home"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"b@example.com","display":null}}]`,
			after:  `{"emails":[{"type":"work","value":"b@example.com"},{"type":"home"}]}`,
		}, {
			name:   "values that a filter selects by null",
			before: `{"emails":[{"type":"work"},{"type":"home"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"]","value":null}]`,
			after:  `{"emails":[{"type":"home"}]}`,
		}, {
			name:   "values that a filter selects by a text",
			before: `{"emails":[{"type":"work"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"]","value":"b@example.com"}]`,
			typ:    InvalidValue, detail: "emails: want an object of sub-attributes, got a string",
		}, {
			name:   "filter that selects nothing (PATCH-45)",
			before: `{"emails":[{"type":"home"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@example.com"}]`,
			typ:    NoTarget,
		}, {
			name:   "filter on an attribute that is not there",
			before: `{}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"b@example.com"}}]`,
			typ:    NoTarget,
		}, {
			name:   "filter on a single value",
			before: `{"name":{"givenName":"Mara"}}`,
			ops:    `[{"op":"replace","path":"name[givenName eq \"Mara\"].familyName","value":"Lind"}]`,
			typ:    InvalidPath, detail: "name is not multi-valued",
		}, {
			name:   "comparison that is not defined",
			before: `{"emails":[{"type":"home","primary":true}]}`,
			ops:    `[{"op":"replace","path":"emails[primary gt false].value","value":"b@example.com"}]`,
			typ:    InvalidFilter,
		}, {
			name:   "primary moves (PATCH-12)",
			before: `{"emails":[{"type":"work","primary":true},{"type":"home"},{"type":"other","primary":false}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}]`,
			after:  `{"emails":[{"type":"work","primary":false},{"type":"home","primary":true},{"type":"other","primary":false}]}`,
		}, {
			name:   "primary in a value that a filter selects",
			before: `{"emails":[{"type":"work","primary":true},{"type":"home"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"home\"]","value":{"primary":true}}]`,
			after:  `{"emails":[{"type":"work","primary":false},{"type":"home","primary":true}]}`,
		}, {
			name:   "primary of two values: the last one keeps it",
			before: `{"emails":[{"type":"work","value":"a@example.com"},{"type":"work","value":"b@example.com"}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"work\"].primary","value":true}]`,
			after:  `{"emails":[{"type":"work","value":"a@example.com","primary":false},{"type":"work","value":"b@example.com","primary":true}]}`,
		}, {
			name:   "an operation on something else leaves primary alone",
			before: `{"emails":[{"type":"work","primary":true},{"type":"home","primary":true}]}`,
			ops:    `[{"op":"replace","path":"emails[type eq \"home\"].value","value":"b@example.com"}]`,
			after:  `{"emails":[{"type":"work","primary":true},{"type":"home","primary":true,"value":"b@example.com"}]}`,
		}, {
			name:   "sub-attribute of all values",
			before: `{"emails":[{"value":"a@example.com"},{"value":"b@example.com","type":"home"}]}`,
			ops:    `[{"op":"replace","path":"emails.type","value":"work"}]`,
			after:  `{"emails":[{"value":"a@example.com","type":"work"},{"value":"b@example.com","type":"work"}]}`,
		}, {
			name:   "sub-attribute of no values",
			before: `{}`,
			ops:    `[{"op":"replace","path":"emails.type","value":"work"}]`,
			typ:    NoTarget,
		}, {
			name:   "sub-attribute of a simple attribute",
			before: `{"title":"Lead"}`,
			ops:    `[{"op":"replace","path":"title.value","value":"x"}]`,
			typ:    InvalidPath, detail: "title has no sub-attributes",
		}, {
			name:   "order (PATCH-08)",
			before: `{"title":"Lead"}`,
			ops:    `[{"op":"remove","path":"title"},{"op":"add","path":"title","value":"Head"},{"op":"replace","path":"title","value":"Chief"}]`,
			after:  `{"title":"Chief"}`,
		}, {
			name:   "atomicity (PATCH-09)",
			before: `{"title":"Lead","emails":[{"type":"work"}]}`,
			ops:    `[{"op":"replace","path":"title","value":"Head"},{"op":"remove","path":"emails"},{"op":"remove","path":"emails[type eq \"work\"]"}]`,
			typ:    NoTarget, detail: "Operations[2]",
		},
	})
}

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
