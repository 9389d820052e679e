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
