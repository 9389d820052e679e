package custom

import "testing"

func TestMap(t *testing.T) {
	departments := Map{Attribute: department, Values: []Pair{{"10", "Sales"}, {"20", "R&D"}, {"21", "R&D"}}}
	kinds := Map{Attribute: "emails.type", Values: []Pair{{"work", "business"}, {"home", "work"}}}
	swap := Map{Attribute: "active", Values: []Pair{{"true", "false"}, {"false", "true"}}}
	letters := Map{Attribute: "active", Values: []Pair{{"true", "Y"}, {"false", "N"}}}
	roles := Map{Attribute: "roles", Values: []Pair{{"a", "b"}, {"b", "a"}}} // means roles.value
	levels := Map{Attribute: "level", Values: []Pair{{"1", "junior"}, {"lead", "3"}}}
	runSent(t, []sentRow{
		{verb: departments, request: "POST /Users", body: `{"` + enterprise + `":{"department":"10"}}`, want: `{"` + enterprise + `":{"department":"Sales"}}`, changes: "body." + department},
		{verb: departments, request: "PUT /Users/1", body: `{"` + enterprise + `":{"department":"30"}}`},
		{verb: departments, request: "PUT /Users/1", body: `{"` + enterprise + `":{"department":null}}`},
		{verb: departments, request: "PUT /Users/1", body: `{"department":"10"}`},
		{verb: kinds, request: "POST /Users", body: `{"emails":[{"type":"Work"},{"type":"home"},{"type":"other"},{}]}`, want: `{"emails":[{"type":"business"},{"type":"work"},{"type":"other"},{}]}`, changes: "body.emails.type"},
		{verb: swap, request: "POST /Users", body: `{"active":true}`, want: `{"active":false}`},
		{verb: letters, request: "POST /Users", body: `{"active":true}`, want: `{"active":"Y"}`},
		{verb: letters, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"active":false}}`), want: patchOf(`{"op":"replace","value":{"active":"N"}}`)},
		{verb: letters, request: `GET /Users?filter=active eq true`, want: `active eq "Y"`},
		{verb: roles, request: "POST /Users", body: `{"roles":[{"value":"a"},{"value":"b"},{"value":"c"}]}`, want: `{"roles":[{"value":"b"},{"value":"a"},{"value":"c"}]}`},
		{verb: levels, request: "POST /Users", body: `{"level":1}`, want: `{"level":"junior"}`},
		{verb: levels, request: "POST /Users", body: `{"level":["lead","1",{"x":1},null,true]}`, want: `{"level":["3","junior",{"x":1},null,true]}`},

		{verb: departments, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"` + department + `","value":"20"}`), want: patchOf(`{"op":"replace","path":"` + department + `","value":"R&D"}`), changes: "Operations[0].value"},
		{verb: departments, request: "PATCH /Users/1", body: patchOf(`{"op":"add","value":{"title":"x","` + enterprise + `":{"department":"10"}}}`), want: patchOf(`{"op":"add","value":{"title":"x","` + enterprise + `":{"department":"Sales"}}}`)},
		{verb: departments, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"` + enterprise + `","value":{"department":"10"}}`), want: patchOf(`{"op":"add","path":"` + enterprise + `","value":{"department":"Sales"}}`)},
		{verb: departments, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"` + department + `"}`)},
		{verb: kinds, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"title","value":"x"}`, `{"op":"replace","path":"emails[type eq \"work\"].value","value":"home"}`), want: patchOf(`{"op":"replace","path":"title","value":"x"}`, `{"op":"replace","path":"emails[type eq \"business\"].value","value":"home"}`), changes: "Operations[1].path"},
		{verb: kinds, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[value eq \"a\" and not (type eq \"home\")]"}`), want: patchOf(`{"op":"remove","path":"emails[value eq \"a\" and not (type eq \"work\")]"}`)},
		{verb: kinds, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[value eq \"a\"].type","value":"home"}`), want: patchOf(`{"op":"replace","path":"emails[value eq \"a\"].type","value":"work"}`)},
		{verb: kinds, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[value eq \"a\"]","value":{"type":"home"}}`), want: patchOf(`{"op":"replace","path":"emails[value eq \"a\"]","value":{"type":"work"}}`)},
		{verb: kinds, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"emails","value":[{"type":"home"}]}`), want: patchOf(`{"op":"add","path":"emails","value":[{"type":"work"}]}`)},
		{verb: kinds, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[type sw \"w\"]"}`), err: `400 invalidFilter: Operations[0].path: emails.type sw: its values are mapped; only eq, ne and pr can be asked`},

		{verb: departments, request: `GET /Users?filter=` + department + ` eq "10" or title pr`, want: department + ` eq "Sales" or title pr`, changes: "query.filter"},
		{verb: departments, request: `GET /Users?filter=not (` + department + ` ne "10")`, want: `not (` + department + ` ne "Sales")`},
		{verb: departments, request: `GET /Users?filter=` + department + ` pr`},
		{verb: departments, request: `GET /Users?filter=title eq "10"`},
		{verb: departments, request: `GET /Users?filter=` + department + ` gt "10"`, err: `400 invalidFilter: filter: ` + department + ` gt: its values are mapped; only eq, ne and pr can be asked`},
		{verb: kinds, request: `GET /Users?filter=emails[type eq "home" and value co "x"]`, want: `emails[type eq "work" and value co "x"]`},
		{verb: kinds, request: `GET /Users?filter=emails.type eq "home"`, want: `emails.type eq "work"`},
		{verb: swap, request: `GET /Users?filter=active eq true`, want: `active eq false`},
		{verb: roles, request: `GET /Users?filter=roles.value eq "a" and roles[value eq "b"]`, want: `roles.value eq "b" and roles[value eq "a"]`},
		{verb: kinds, request: "POST /Users/.search", body: `{"filter":"emails.type eq \"home\"","count":1}`, want: `{"filter":"emails.type eq \"work\"","count":1}`, changes: "body.filter"},
	})
	runAnswers(t, []answerRow{
		{departments, "GET /Users/1", `{"` + enterprise + `":{"department":"sales"}}`, `{"` + enterprise + `":{"department":"10"}}`},
		{departments, "GET /Users/1", `{"` + enterprise + `":{"department":"R&D"}}`, `{"` + enterprise + `":{"department":"20"}}`},
		{departments, "GET /Users/1", `{"` + enterprise + `":{"department":"Legal"}}`, ""},
		{departments, "POST /Users", `{"` + enterprise + `":{"department":"Sales"}}`, `{"` + enterprise + `":{"department":"10"}}`},
		{kinds, "GET /Users", `{"totalResults":2,"Resources":[{"emails":[{"type":"work"}]},{"emails":[{"type":"business"}]}]}`, `{"totalResults":2,"Resources":[{"emails":[{"type":"home"}]},{"emails":[{"type":"work"}]}]}`},
		{letters, "GET /Users", `{"Resources":[{"active":"Y"},{"active":"n"},{"active":true}]}`, `{"Resources":[{"active":true},{"active":false},{"active":true}]}`},
		{swap, "PUT /Users/1", `{"active":true}`, `{"active":false}`},
		{levels, "GET /Users/1", `{"level":"junior"}`, `{"level":"1"}`},
		{levels, "GET /Users/1", `{"level":3}`, `{"level":"lead"}`},
	})
}

func TestMapRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`needs a value and what becomes of it`:                                    Map{Attribute: "title"},
		`"x" is mapped twice`:                                                     Map{Attribute: "title", Values: []Pair{{"X", "1"}, {"x", "2"}}},
		`"maybe" cannot be a value of active, which is of type boolean`:           Map{Attribute: "active", Values: []Pair{{"maybe", "true"}}},
		`name is complex: name one of its sub-attributes`:                         Map{Attribute: "name", Values: []Pair{{"a", "b"}}},
		enterprise + ` is an extension: name one of its attributes`:               Map{Attribute: enterprise, Values: []Pair{{"a", "b"}}},
		`id belongs to the service provider: no verb changes id, schemas or meta`: Map{Attribute: "ID", Values: []Pair{{"a", "b"}}},
	})
}
