package scim

import "testing"

func TestApplyStrict(t *testing.T) {
	const ext = EnterpriseUserURI
	runApplyTests(t, Core().ByName("User"), ApplyStrict, []applyTest{
		{
			name:   "what the schema has",
			before: `{"schemas":["` + UserURI + `"],"active":true}`,
			ops: `[{"op":"replace","path":"active","value":false},{"op":"add","path":"` + ext + `:manager","value":{"value":"77"}},` +
				`{"op":"add","value":{"emails":[{"value":"a@example.com","display":"A","$ref":"x"}],"` + ext + `":{"division":"Nordics"}}}]`,
			after: `{"schemas":["` + UserURI + `","` + ext + `"],"active":false,"` + ext + `":{"manager":{"value":"77"},"division":"Nordics"},` +
				`"emails":[{"value":"a@example.com","display":"A","$ref":"x"}]}`,
		}, {
			name:   "attribute",
			before: `{}`,
			ops:    `[{"op":"add","path":"badge","value":"red"}]`,
			typ:    InvalidPath, detail: "badge is no attribute of the resource type",
		}, {
			name:   "sub-attribute",
			before: `{}`,
			ops:    `[{"op":"add","path":"name.callSign","value":"M"}]`,
			typ:    InvalidPath,
		}, {
			name:   "attribute of an extension without its URI",
			before: `{}`,
			ops:    `[{"op":"add","path":"department","value":"Field"}]`,
			typ:    InvalidPath,
		}, {
			name:   "attribute of an extension",
			before: `{}`,
			ops:    `[{"op":"add","path":"` + ext + `:badge","value":"red"}]`,
			typ:    InvalidPath,
		}, {
			name:   "extension",
			before: `{}`,
			ops:    `[{"op":"add","path":"urn:example:acme:2.0:User:badge","value":"red"}]`,
			typ:    InvalidPath,
		}, {
			name:   "extension as an object",
			before: `{}`,
			ops:    `[{"op":"add","value":{"urn:example:acme:2.0:User":{"badge":"red"}}}]`,
			typ:    InvalidPath,
		}, {
			name:   "attribute in an extension as an object",
			before: `{}`,
			ops:    `[{"op":"add","value":{"` + ext + `":{"badge":"red"}}}]`,
			typ:    InvalidPath, detail: `has no attribute "badge"`,
		}, {
			name:   "full name as the name of a member",
			before: `{}`,
			ops:    `[{"op":"add","value":{` + department + `:"Field"}}]`,
			typ:    InvalidPath,
		}, {
			name:   "attribute without a path",
			before: `{}`,
			ops:    `[{"op":"add","value":{"badge":"red"}}]`,
			typ:    InvalidPath,
		}, {
			name:   "sub-attribute in a value",
			before: `{}`,
			ops:    `[{"op":"add","path":"roles","value":[{"value":"r1","displayName":"R"}]}]`,
			typ:    InvalidValue, detail: `roles has no sub-attribute "displayName"`,
		}, {
			name:   "sub-attribute in a value that is merged",
			before: `{"name":{"givenName":"Mara"}}`,
			ops:    `[{"op":"add","path":"name","value":{"callSign":"M"}}]`,
			typ:    InvalidValue,
		}, {
			name:   "value outside an array",
			before: `{}`,
			ops:    `[{"op":"add","path":"emails","value":{"value":"a@example.com"}}]`,
			typ:    InvalidValue, detail: "emails: want an array, got an object",
		}, {
			name:   "read-only attribute with its value",
			before: `{"id":"17"}`,
			ops:    `[{"op":"replace","value":{"id":"17"}}]`,
			typ:    Mutability,
		}, {
			name:   "read-only sub-attribute in a value",
			before: `{}`,
			ops:    `[{"op":"add","path":"` + ext + `:manager","value":{"value":"77","displayName":"Olle"}}]`,
			typ:    Mutability, detail: "manager.displayName is readOnly",
		}, {
			name:   "schema that the resource type does not have",
			before: `{"schemas":["` + UserURI + `"]}`,
			ops:    `[{"op":"add","path":"schemas","value":["urn:example:acme:2.0:User"]}]`,
			typ:    InvalidValue,
		}, {
			name:   "schemas without the core schema",
			before: `{"schemas":["` + UserURI + `"]}`,
			ops:    `[{"op":"replace","path":"schemas","value":["` + ext + `"]}]`,
			typ:    InvalidValue, detail: "is missing",
		}, {
			name:   "filter that is wrong for a value that is not there",
			before: `{}`,
			ops:    `[{"op":"remove","path":"emails[primary eq \"True\"]"}]`,
			typ:    InvalidFilter,
		},
	})
}
