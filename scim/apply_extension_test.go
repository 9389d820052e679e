package scim

import "testing"

func TestApplyExtension(t *testing.T) {
	const ext = EnterpriseUserURI
	const plain = `{"schemas":["` + UserURI + `"],"userName":"mlind"}`
	const full = `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind","` + ext + `":{"department":"Field"}}`
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{
		{
			name:   "first attribute (PATCH-11)",
			before: plain,
			ops:    `[{"op":"add","path":"` + ext + `:department","value":"Field"}]`,
			after:  full,
		}, {
			name:   "URI in another case",
			before: full,
			ops:    `[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:user:Department","value":"Sales"}]`,
			after:  `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind","` + ext + `":{"department":"Sales"}}`,
		}, {
			name:   "last attribute goes, and the URI",
			before: full,
			ops:    `[{"op":"remove","path":"` + ext + `:department"}]`,
			after:  plain,
		}, {
			name:   "removed and added again",
			before: full,
			ops:    `[{"op":"remove","path":"` + ext + `:department"},{"op":"add","path":"` + ext + `:division","value":"Nordics"}]`,
			after:  `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind","` + ext + `":{"division":"Nordics"}}`,
		}, {
			name:   "attribute of an extension that is not there",
			before: plain,
			ops:    `[{"op":"remove","path":"` + ext + `:department"},{"op":"replace","path":"` + ext + `:manager.value","value":null}]`,
		}, {
			name:   "whole extension removed",
			before: full,
			ops:    `[{"op":"remove","path":"` + ext + `"}]`,
			after:  plain,
		}, {
			name:   "whole extension by its URI is merged",
			before: full,
			ops:    `[{"op":"replace","path":"` + ext + `","value":{"division":"Nordics"}}]`,
			after:  `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind","` + ext + `":{"department":"Field","division":"Nordics"}}`,
		}, {
			name:   "without a path, as an object",
			before: plain,
			ops:    `[{"op":"add","value":{"title":"Lead","` + ext + `":{"Manager":{"value":"77"},"costCenter":null}}}]`,
			after:  `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind","title":"Lead","` + ext + `":{"manager":{"value":"77"}}}`,
		}, {
			name:   "without a path, by full names (PATCH-48)",
			before: plain,
			ops:    `[{"op":"replace","value":{` + department + `:"Field","` + UserURI + `:title":"Lead"}}]`,
			after:  `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind","` + ext + `":{"department":"Field"},"title":"Lead"}`,
		}, {
			name:   "an extension without attributes is not made",
			before: plain,
			ops:    `[{"op":"add","value":{"title":"Lead","` + ext + `":{"manager":{}}}}]`,
			after:  `{"schemas":["` + UserURI + `"],"userName":"mlind","title":"Lead"}`,
		}, {
			name:   "extension that is no object",
			before: plain,
			ops:    `[{"op":"add","value":{"` + ext + `":"Field"}}]`,
			typ:    InvalidValue, detail: "want an object with the attributes of the extension",
		}, {
			name:   "dotted name",
			before: plain,
			ops:    `[{"op":"add","value":{"name.givenName":"Mara"}}]`,
			typ:    InvalidPath, detail: `"name.givenName" is a path and no name`,
		}, {
			name:   "full name with a dot",
			before: plain,
			ops:    `[{"op":"add","value":{"` + ext + `:manager.value":"77"}}]`,
			typ:    InvalidPath,
		}, {
			name:   "a dot behind the URI",
			before: plain,
			ops:    `[{"op":"add","path":"` + ext + `.department","value":"Field"}]`,
			typ:    InvalidPath,
		}, {
			name:   "core schema as a path",
			before: plain,
			ops:    `[{"op":"add","path":"` + UserURI + `","value":{"title":"Lead"}}]`,
			typ:    InvalidPath,
		}, {
			name:   "filter on an extension",
			before: full,
			ops:    `[{"op":"remove","path":"` + ext + `[department eq \"Field\"]"}]`,
			typ:    InvalidPath,
		}, {
			name:   "schemas that leave out an extension in use",
			before: full,
			ops:    `[{"op":"replace","value":{"schemas":["` + UserURI + `"]}}]`,
		}, {
			name:   "schemas in another order",
			before: full,
			ops:    `[{"op":"replace","path":"schemas","value":["` + ext + `","` + UserURI + `"]}]`,
		}, {
			name:   "schemas are extended",
			before: plain,
			ops:    `[{"op":"add","path":"schemas","value":["` + ext + `"]},{"op":"add","path":"schemas","value":["` + ext + `"]}]`,
			after:  `{"schemas":["` + UserURI + `","` + ext + `"],"userName":"mlind"}`,
		}, {
			name:   "schemas by filter",
			before: full,
			ops:    `[{"op":"remove","path":"schemas[value eq \"` + ext + `\"]"}]`,
			typ:    InvalidPath,
		},
	})
}

// Attributes that no schema knows are treated by what is there.
func TestApplyUnknown(t *testing.T) {
	const acme = "urn:example:params:scim:schemas:extension:acme:2.0:User"
	for _, rt := range []*ResourceType{Core().ByName("User"), nil} {
		runApplyTests(t, rt, Apply, []applyTest{
			{
				name:   "single value",
				before: `{"badge":"red"}`,
				ops:    `[{"op":"replace","path":"badge","value":"blue"},{"op":"add","path":"shoeSize","value":41}]`,
				after:  `{"badge":"blue","shoeSize":41}`,
			}, {
				name:   "array",
				before: `{"Badges":["red"]}`,
				ops:    `[{"op":"add","path":"badges","value":"blue"},{"op":"add","path":"badges","value":["red","green"]}]`,
				after:  `{"Badges":["red","blue","green"]}`,
			}, {
				name:   "numbers are compared by what they count",
				before: `{"sizes":[1.0,20]}`,
				ops:    `[{"op":"add","path":"sizes","value":[1,2e1]}]`,
			}, {
				name:   "array of simple values and a filter",
				before: `{"badges":["red","blue"]}`,
				ops:    `[{"op":"remove","path":"badges[value eq \"red\"]"},{"op":"replace","path":"badges[value eq \"blue\"]","value":"green"}]`,
				after:  `{"badges":["green"]}`,
			}, {
				name:   "object",
				before: `{"desk":{"room":"4.12"}}`,
				ops:    `[{"op":"replace","path":"desk.floor","value":4},{"op":"add","path":"desk","value":{"room":null}},{"op":"add","path":"car.plate","value":"ABC 123"}]`,
				after:  `{"desk":{"floor":4},"car":{"plate":"ABC 123"}}`,
			}, {
				name:   "text for an object",
				before: `{"desk":{"room":"4.12"}}`,
				ops:    `[{"op":"replace","path":"desk","value":"4.13"}]`,
				typ:    InvalidValue,
			}, {
				name:   "array for a single value",
				before: `{"badge":"red","x":1}`,
				ops:    `[{"op":"add","path":"badge","value":["blue"]}]`,
				after:  `{"badge":["blue"],"x":1}`,
			}, {
				name:   "filter on a single value",
				before: `{"desk":{"room":"4.12"}}`,
				ops:    `[{"op":"replace","path":"desk[room eq \"4.12\"].floor","value":4}]`,
				typ:    InvalidPath, detail: "desk is not multi-valued",
			}, {
				name:   "sub-attribute of a simple value",
				before: `{"badge":"red"}`,
				ops:    `[{"op":"replace","path":"badge.colour","value":"blue"}]`,
				typ:    InvalidPath,
			}, {
				name:   "extension, by path",
				before: `{"schemas":["x"]}`,
				ops:    `[{"op":"add","path":"` + acme + `:badge","value":"red"}]`,
				after:  `{"schemas":["x","` + acme + `"],"` + acme + `":{"badge":"red"}}`,
			}, {
				name:   "extension, as an object",
				before: `{"schemas":["x"]}`,
				ops:    `[{"op":"add","value":{"` + acme + `":{"badge":"red"}}},{"op":"replace","path":"` + acme + `","value":{"badge":"blue"}}]`,
				after:  `{"schemas":["x","` + acme + `"],"` + acme + `":{"badge":"blue"}}`,
			}, {
				name:   "extension, by full name",
				before: `{"schemas":["x"]}`,
				ops:    `[{"op":"add","value":{"` + acme + `:badge":"red"}}]`,
				after:  `{"schemas":["x","` + acme + `"],"` + acme + `":{"badge":"red"}}`,
			}, {
				name:   "extension, removed",
				before: `{"schemas":["x","` + acme + `"],"` + acme + `":{"badge":"red"}}`,
				ops:    `[{"op":"remove","path":"` + acme + `"}]`,
				after:  `{"schemas":["x"]}`,
			}, {
				name:   "resource without schemas",
				before: `{}`,
				ops:    `[{"op":"add","path":"` + acme + `:badge","value":"red"}]`,
				after:  `{"` + acme + `":{"badge":"red"}}`,
			},
		})
	}
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{
		{
			name:   "sub-attribute of a known attribute",
			before: `{"name":{"givenName":"Mara"}}`,
			ops:    `[{"op":"add","path":"name.callSign","value":"M"},{"op":"add","path":"emails","value":[{"value":"a@example.com","verified":true}]}]`,
			after:  `{"name":{"givenName":"Mara","callSign":"M"},"emails":[{"value":"a@example.com","verified":true}]}`,
		}, {
			name:   "attribute of a known extension",
			before: `{}`,
			ops:    `[{"op":"add","path":"` + EnterpriseUserURI + `:badge","value":"red"}]`,
			after:  `{"` + EnterpriseUserURI + `":{"badge":"red"}}`,
		},
	})
}

func TestApplyRequiredExtension(t *testing.T) {
	acme, err := ParseSchema(`{"id":"urn:example:acme:2.0:User","name":"Acme","attributes":[` +
		`{"name":"badge","type":"string"},{"name":"door","type":"string","mutability":"immutable"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := Core().With("User", acme, true)
	if err != nil {
		t.Fatal(err)
	}
	const before = `{"schemas":["urn:example:acme:2.0:User"],"urn:example:acme:2.0:User":{"badge":"red"}}`
	runApplyTests(t, registry.ByName("User"), Apply, []applyTest{
		{
			name:   "its last attribute",
			before: before,
			ops:    `[{"op":"remove","path":"urn:example:acme:2.0:User:badge"}]`,
			typ:    Mutability, detail: "extension urn:example:acme:2.0:User is required",
		}, {
			name:   "as a whole",
			before: before,
			ops:    `[{"op":"remove","path":"urn:example:acme:2.0:User"}]`,
			typ:    Mutability,
		}, {
			name:   "immutable attribute of an extension that goes",
			before: `{"urn:example:acme:2.0:User":{"door":"4"}}`,
			ops:    `[{"op":"add","value":{"urn:example:acme:2.0:User":null}}]`,
			typ:    Mutability, detail: "door is immutable",
		}, {
			name:   "immutable attribute: first value, same value",
			before: before,
			ops:    `[{"op":"add","path":"urn:example:acme:2.0:User:door","value":"4"},{"op":"replace","path":"urn:example:acme:2.0:User:door","value":"4"}]`,
			after:  `{"schemas":["urn:example:acme:2.0:User"],"urn:example:acme:2.0:User":{"badge":"red","door":"4"}}`,
		}, {
			name:   "immutable attribute: another value",
			before: `{"urn:example:acme:2.0:User":{"door":"4"}}`,
			ops:    `[{"op":"replace","path":"urn:example:acme:2.0:User:door","value":"5"}]`,
			typ:    Mutability, detail: "door is immutable",
		},
	})
}
