package custom

import "testing"

func TestSplit(t *testing.T) {
	badges := Split{"badges", ","}
	nick := Split{"nickName", "; "}
	acmeSites := Split{acme + ":sites", "|"}
	middle := Split{"name.middleName", " "}
	runSent(t, []sentRow{
		{verb: badges, request: "POST /Users", body: `{"userName":"x","badges":"a,b,,c"}`, want: `{"userName":"x","badges":["a","b","","c"]}`, changes: "body.badges"},
		{verb: badges, request: "POST /Users", body: `{"badges":["a,b","c"]}`, want: `{"badges":["a","b","c"]}`},
		{verb: badges, request: "POST /Users", body: `{"badges":["a"]}`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":""}`, want: `{"badges":[]}`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":null}`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":7}`, err: `400 invalidValue: body.badges: want text with "," between its parts, got a number`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":["a",{}]}`, err: `400 invalidValue: body.badges: want text with "," between its parts, got an object`},
		{verb: nick, request: "PUT /Users/1", body: `{"nickName":"a; b"}`, want: `{"nickName":["a","b"]}`},
		{verb: acmeSites, request: "PUT /Users/1", body: `{"` + acme + `":{"sites":"a|b"}}`, want: `{"` + acme + `":{"sites":["a","b"]}}`},
		{verb: middle, request: "PUT /Users/1", body: `{"name":{"middleName":"a b"}}`, want: `{"name":{"middleName":["a","b"]}}`},

		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"badges","value":"a,b"}`), want: patchOf(`{"op":"replace","path":"badges","value":["a","b"]}`), changes: "Operations[0].value"},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"badges","value":"a"}`), want: patchOf(`{"op":"replace","path":"badges","value":["a"]}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"badges"}`, `{"op":"replace","path":"title","value":"a,b"}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"badges","value":""}`), want: patchOf(`{"op":"remove","path":"badges"}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"add","value":{"title":"x","badges":"a,b"}}`), want: patchOf(`{"op":"add","value":{"title":"x"}}`, `{"op":"replace","path":"badges","value":["a","b"]}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"badges":"a,b"}}`), want: patchOf(`{"op":"replace","path":"badges","value":["a","b"]}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"badges":null,"title":"x"}}`), want: patchOf(`{"op":"replace","value":{"title":"x"}}`, `{"op":"remove","path":"badges"}`)},
		{verb: acmeSites, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"` + acme + `","value":{"sites":"a","x":1}}`), want: patchOf(`{"op":"add","path":"`+acme+`","value":{"x":1}}`, `{"op":"replace","path":"`+acme+`:sites","value":["a"]}`)},
		{verb: middle, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"name","value":{"middleName":"a b","givenName":"c"}}`), want: patchOf(`{"op":"replace","path":"name","value":{"givenName":"c"}}`, `{"op":"replace","path":"name.middleName","value":["a","b"]}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"title","value":"x"}`, `{"op":"replace","path":"badges","value":true}`), err: `400 invalidValue: Operations[1].value: want text with "," between its parts, got a boolean`},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"badges":true}}`), err: `400 invalidValue: Operations[0].value.badges: want text with "," between its parts, got a boolean`},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"badges[value eq \"a\"]"}`), err: `400 noTarget: Operations[0] (badges[value eq "a"]): badges has no such value`},

		{verb: badges, request: `GET /Users?filter=badges pr or title eq "a"`},
		{verb: badges, request: `GET /Users?filter=title pr and badges eq "a"`, err: `400 invalidFilter: filter: badges eq: it is a list in one place and a text in the other; only pr can be asked`},
		{verb: badges, request: `GET /Users?filter=badges[value eq "a"]`, err: `400 invalidFilter: filter: badges eq: it is a list in one place and a text in the other; only pr can be asked`},
	})
	runAnswers(t, []answerRow{
		{badges, "GET /Users/1", `{"badges":["a","b"]}`, `{"badges":"a,b"}`},
		{badges, "GET /Users", `{"Resources":[{"badges":["a",7]},{"badges":[]},{"title":"x"}]}`, `{"Resources":[{"badges":"a,7"},{},{"title":"x"}]}`},
		{nick, "GET /Users/1", `{"nickName":["a","b"]}`, `{"nickName":"a; b"}`},
		{nick, "GET /Users/1", `{"nickName":["a"]}`, `{"nickName":"a"}`},
		{middle, "GET /Users/1", `{"name":{"middleName":["a","b"],"givenName":"c"}}`, `{"name":{"middleName":"a b","givenName":"c"}}`},
		{badges, "GET /Users/1", `{"badges":"a,b"}`, ""},
		{badges, "GET /Users/1", `{"badges":[{"value":"a"}]}`, ""},
		{acmeSites, "PUT /Users/1", `{"schemas":["` + acme + `"],"` + acme + `":{"sites":["a"]}}`, `{"schemas":["` + acme + `"],"` + acme + `":{"sites":"a"}}`},
	})
}

func TestJoin(t *testing.T) {
	badges := Join{"badges", ","}
	runSent(t, []sentRow{
		{verb: badges, request: "POST /Users", body: `{"badges":["a","b"]}`, want: `{"badges":"a,b"}`, changes: "body.badges"},
		{verb: badges, request: "POST /Users", body: `{"badges":"a,b"}`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":[]}`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":["a,b"]}`, err: `400 invalidValue: body.badges: "," stands between the parts and cannot be in one of them`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":[7]}`, err: `400 invalidValue: body.badges: want a list of texts, got a number in it`},
		{verb: badges, request: "PUT /Users/1", body: `{"badges":true}`, err: `400 invalidValue: body.badges: want a list of texts, got a boolean`},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"badges","value":["a","b"]}`), want: patchOf(`{"op":"replace","path":"badges","value":"a,b"}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"badges","value":[]}`), want: patchOf(`{"op":"remove","path":"badges"}`)},
		{verb: badges, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"badges":["a"],"title":"x"}}`), want: patchOf(`{"op":"replace","value":{"title":"x"}}`, `{"op":"replace","path":"badges","value":"a"}`)},
		{verb: badges, request: `GET /Users?filter=badges co "a"`, err: `400 invalidFilter: filter: badges co: it is a list in one place and a text in the other; only pr can be asked`},
	})
	runAnswers(t, []answerRow{
		{badges, "GET /Users/1", `{"badges":"a,b"}`, `{"badges":["a","b"]}`},
		{badges, "GET /Users/1", `{"badges":""}`, `{}`},
		{badges, "GET /Users/1", `{"badges":["a"]}`, ""},
	})
}

// TestJoinByState holds what depends on the values that are there.
func TestJoinByState(t *testing.T) {
	tests := []struct{ op, shown, want string }{
		{`{"op":"add","path":"badges","value":["c"]}`, `{"badges":"a,b"}`, `{"op":"replace","path":"badges","value":"a,b,c"}`},
		{`{"op":"add","path":"badges","value":["c"]}`, `{}`, `{"op":"replace","path":"badges","value":"c"}`},
		{`{"op":"add","value":{"title":"x","badges":["c"]}}`, `{"badges":"a"}`, `{"op":"replace","path":"badges","value":"a,c"},{"op":"add","value":{"title":"x"}}`},
		{`{"op":"remove","path":"badges[value eq \"a\"]"}`, `{"badges":"a,b"}`, `{"op":"replace","path":"badges","value":"b"}`},
		{`{"op":"remove","path":"badges[value eq \"a\"]"}`, `{"badges":"a"}`, `{"op":"remove","path":"badges"}`},
	}
	for _, tt := range tests {
		body := patchOf(tt.op)
		sent, _, _, err := through(t, []Verb{Join{"badges", ","}}, "PATCH /Users/1", body, tt.shown)
		if err != nil {
			t.Errorf("%s: %v", tt.op, err)
			continue
		}
		if want := patchOf(tt.want); sent.Body != want {
			t.Errorf("%s on %s:\n got %s\nwant %s", tt.op, tt.shown, sent.Body, want)
		}
		isStrict(t, tt.op, sent)
	}
}

func TestSplitRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`the separator is empty`:                                                                               Split{"title", ""},
		`active is of type boolean: the verb is for text`:                                                      Split{"active", ","},
		`emails is of type complex: the verb is for text`:                                                      Join{"emails", ","},
		`emails.value stands in each of many values, which hold no lists`:                                      Split{"emails.value", ","},
		enterprise + ` is an extension: name one of its attributes`:                                            Split{enterprise, ","},
		`title has one value, and a list of more is refused before any rule; declare it with many in a schema`: Join{"title", ","},
	})
}
