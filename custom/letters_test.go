package custom

import "testing"

func TestLetters(t *testing.T) {
	lower, upper, trim := Lowercase{"userName"}, Uppercase{"addresses.country"}, Trim{"name.familyName"}
	emails := Lowercase{"emails"} // means emails.value
	runSent(t, []sentRow{
		{verb: lower, request: "POST /Users", body: `{"userName":"Mara.Ölz@Example.com","title":"CEO"}`, want: `{"userName":"mara.ölz@example.com","title":"CEO"}`, changes: "body.userName"},
		{verb: lower, request: "PUT /Users/1", body: `{"userName":"mara"}`},
		{verb: lower, request: "PUT /Users/1", body: `{"userName":17}`},
		{verb: emails, request: "POST /Users", body: `{"emails":[{"value":"A@Example.com","type":"Work"},{"type":"Home"}]}`, want: `{"emails":[{"value":"a@example.com","type":"Work"},{"type":"Home"}]}`},
		{verb: upper, request: "PUT /Users/1", body: `{"addresses":[{"country":"de"},{"country":"FR"}]}`, want: `{"addresses":[{"country":"DE"},{"country":"FR"}]}`},
		{verb: trim, request: "POST /Users", body: `{"name":{"familyName":" van Dyk\t"}}`, want: `{"name":{"familyName":"van Dyk"}}`},

		{verb: lower, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"userName","value":"Mara"}`), want: patchOf(`{"op":"replace","path":"userName","value":"mara"}`)},
		{verb: lower, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","value":{"userName":"Mara","title":"CEO"}}`), want: patchOf(`{"op":"replace","value":{"userName":"mara","title":"CEO"}}`), changes: "Operations[0].value"},
		{verb: emails, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[value co \"EX\"].value","value":"B@Example.com"}`), want: patchOf(`{"op":"replace","path":"emails[value co \"ex\"].value","value":"b@example.com"}`), changes: "Operations[0].path Operations[0].value"},
		{verb: trim, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"name","value":{"familyName":" Dyk"}}`), want: patchOf(`{"op":"add","path":"name","value":{"familyName":"Dyk"}}`)},

		{verb: lower, request: `GET /Users?filter=userName eq "Mara"`, want: `userName eq "mara"`},
		{verb: lower, request: `GET /Users?filter=userName sw "M" and not (userName gt "N")`, want: `userName sw "m" and not (userName gt "n")`},
		{verb: lower, request: `GET /Users?filter=userName eq "mara" and title eq "CEO"`},
		{verb: emails, request: `GET /Users?filter=emails.value eq "A@example.com" or emails[type eq "Work" and value ew "COM"]`, want: `emails.value eq "a@example.com" or emails[type eq "Work" and value ew "com"]`},
		{verb: trim, request: `GET /Users?filter=name.familyName eq " Dyk "`, want: `name.familyName eq "Dyk"`},
		{verb: trim, request: `GET /Users?filter=name.familyName co " D"`},
		{verb: lower, request: "POST /Users/.search", body: `{"filter":"userName eq \"Mara\""}`, want: `{"filter":"userName eq \"mara\""}`},
	})
	runAnswers(t, []answerRow{
		{lower, "GET /Users/1", `{"userName":"MARA"}`, ""},
		{trim, "GET /Users", `{"Resources":[{"name":{"familyName":" Dyk"}}]}`, ""},
	})
}

func TestLettersRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`active is of type boolean: the verb is for text`:                           Lowercase{"active"},
		`x509Certificates.value is of type binary: the verb is for text`:            Uppercase{"x509Certificates"},
		`meta belongs to the service provider: no verb changes id, schemas or meta`: Trim{"meta"},
	})
}
