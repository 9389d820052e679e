package custom

import "testing"

func TestCoerce(t *testing.T) {
	number := Coerce{Attribute: "badge", Type: "integer"}
	decimal := Coerce{Attribute: "share", Type: "decimal"}
	word := Coerce{Attribute: "active", Type: "string"}
	flag := Coerce{Attribute: "contractor", Type: "boolean"}
	primary := Coerce{Attribute: "emails.primary", Type: "string"}
	runSent(t, []sentRow{
		{verb: number, request: "POST /Users", body: `{"badge":"17"}`, want: `{"badge":17}`, changes: "body.badge"},
		{verb: number, request: "POST /Users", body: `{"badge":" -17 "}`, want: `{"badge":-17}`},
		{verb: number, request: "POST /Users", body: `{"badge":17}`},
		{verb: number, request: "POST /Users", body: `{"badge":1.70e1}`, want: `{"badge":17}`},
		{verb: number, request: "POST /Users", body: `{"badge":true}`, want: `{"badge":1}`},
		{verb: number, request: "POST /Users", body: `{"badge":null}`},
		{verb: number, request: "POST /Users", body: `{"badge":["1","2"]}`, want: `{"badge":[1,2]}`},
		{verb: number, request: "POST /Users", body: `{"badge":"007"}`, err: `400 invalidValue: body.badge: a string that cannot be made a value of type integer`},
		{verb: number, request: "POST /Users", body: `{"badge":""}`, err: `400 invalidValue: body.badge: a string that cannot be made a value of type integer`},
		{verb: number, request: "POST /Users", body: `{"badge":1.5}`, err: `400 invalidValue: body.badge: a number that cannot be made a value of type integer`},
		{verb: number, request: "POST /Users", body: `{"badge":1e300}`, err: `400 invalidValue: body.badge: a number that cannot be made a value of type integer`},
		{verb: number, request: "POST /Users", body: `{"badge":{"a":1}}`, err: `400 invalidValue: body.badge: an object that cannot be made a value of type integer`},
		{verb: decimal, request: "PUT /Users/1", body: `{"share":"0.50"}`, want: `{"share":0.50}`},
		{verb: decimal, request: "PUT /Users/1", body: `{"share":"half"}`, err: `400 invalidValue: body.share: a string that cannot be made a value of type decimal`},
		{verb: word, request: "PUT /Users/1", body: `{"active":true}`, want: `{"active":"true"}`},
		{verb: flag, request: "PUT /Users/1", body: `{"contractor":"TRUE"}`, want: `{"contractor":true}`},
		{verb: flag, request: "PUT /Users/1", body: `{"contractor":0}`, want: `{"contractor":false}`},
		{verb: flag, request: "PUT /Users/1", body: `{"contractor":"maybe"}`, err: `400 invalidValue: body.contractor: a string that cannot be made a value of type boolean`},
		{verb: primary, request: "PUT /Users/1", body: `{"emails":[{"primary":true},{"primary":false},{"value":"a"}]}`, want: `{"emails":[{"primary":"true"},{"primary":"false"},{"value":"a"}]}`},

		{verb: word, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"active":false}}`), want: patchOf(`{"op":"replace","value":{"active":"false"}}`)},
		{verb: word, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"active","value":false}`), want: patchOf(`{"op":"replace","path":"active","value":"false"}`)},
		{verb: primary, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[primary eq true].value","value":"a"}`), want: patchOf(`{"op":"replace","path":"emails[primary eq \"true\"].value","value":"a"}`)},
		{verb: number, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"title","value":"x"}`, `{"op":"add","path":"badge","value":"x"}`), err: `400 invalidValue: Operations[1].value: a string that cannot be made a value of type integer`},

		{verb: number, request: `GET /Users?filter=badge eq "17"`, want: `badge eq 17`},
		{verb: number, request: `GET /Users?filter=badge ne "17" or badge pr`, want: `badge ne 17 or badge pr`},
		{verb: number, request: `GET /Users?filter=badge gt 17`},
		{verb: number, request: `GET /Users?filter=badge gt "17"`, err: `400 invalidFilter: filter: badge gt: its values have another type behind the gateway; only eq, ne and pr can be asked`},
		{verb: number, request: `GET /Users?filter=badge sw "1"`, err: `400 invalidFilter: filter: badge sw: its values have another type behind the gateway; only eq, ne and pr can be asked`},
		{verb: number, request: `GET /Users?filter=badge eq "x"`, err: `400 invalidValue: filter: badge eq: a string that cannot be made a value of type integer`},
		{verb: word, request: "POST /Users/.search", body: `{"filter":"active eq true"}`, want: `{"filter":"active eq \"true\""}`},
	})
	runAnswers(t, []answerRow{
		{number, "GET /Users/1", `{"badge":17}`, `{"badge":"17"}`},
		{number, "GET /Users", `{"Resources":[{"badge":[17,"x"]}]}`, `{"Resources":[{"badge":["17","x"]}]}`},
		{word, "GET /Users/1", `{"active":"true"}`, `{"active":true}`},
		{word, "GET /Users/1", `{"active":"perhaps"}`, ""},
		{flag, "PUT /Users/1", `{"contractor":true}`, `{"contractor":"true"}`},
		{Coerce{Attribute: "badge", Type: "string"}, "GET /Users/1", `{"badge":"17"}`, ""},
	})
}

func TestCoerceRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`"number" is no type: known are string, boolean, integer and decimal`: Coerce{Attribute: "title", Type: "number"},
		`name is complex: name one of its sub-attributes`:                     Coerce{Attribute: "name", Type: "string"},
	})
}
