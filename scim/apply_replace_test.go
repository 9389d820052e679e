package scim

import "testing"

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
