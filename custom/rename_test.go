package custom

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	acme     = "urn:example:params:scim:schemas:extension:acme:2.0:User"
	costUnit = acme + ":costUnit"
)

// userOf is a body with schemas: those of a User and the extensions named.
func userOf(members string, extensions ...string) string {
	schemas := `"` + scim.UserURI + `"`
	for _, uri := range extensions {
		schemas += `,"` + uri + `"`
	}
	return `{"schemas":[` + schemas + `],` + members + `}`
}

func TestRename(t *testing.T) {
	in := Rename{"costUnit", costUnit}
	out := Rename{costUnit, "costUnit"}
	nick := Rename{"NICKNAME", "displayName"}
	surname := Rename{"name.familyName", "surname"}
	family := Rename{"surname", "name.familyName"}
	manager := Rename{enterprise + ":manager.value", "managerId"}
	extension := Rename{enterprise, "urn:example:hr:2.0:User"}
	runSent(t, []sentRow{
		{verb: in, request: "POST /Users", body: userOf(`"userName":"mara","costUnit":"7"`), want: userOf(`"userName":"mara","`+acme+`":{"costUnit":"7"}`, acme), changes: "body.costUnit"},
		{verb: in, request: "PUT /Users/1", body: userOf(`"COSTUNIT":null`), want: userOf(`"`+acme+`":{"costUnit":null}`, acme)},
		{verb: in, request: "PUT /Users/1", body: userOf(`"title":"x"`)},
		{verb: in, request: "PUT /Users/1", body: userOf(`"costUnit":"7","`+acme+`":{"costUnit":"7"}`, acme), want: userOf(`"`+acme+`":{"costUnit":"7"}`, acme)},
		{verb: in, request: "PUT /Users/1", body: userOf(`"costUnit":"7","`+acme+`":{"costUnit":"8"}`, acme), err: `400 invalidValue: body: costUnit and ` + costUnit + `, which are one attribute, are given with different values`},
		{verb: out, request: "POST /Users", body: userOf(`"`+acme+`":{"costUnit":"7"}`, acme), want: userOf(`"costUnit":"7"`)},
		{verb: out, request: "POST /Users", body: userOf(`"`+acme+`":{"costUnit":"7","contractor":true}`, acme), want: userOf(`"`+acme+`":{"contractor":true},"costUnit":"7"`, acme)},
		{verb: nick, request: "POST /Users", body: userOf(`"nickName":"Mara","title":"x"`), want: userOf(`"displayName":"Mara","title":"x"`)},
		{verb: family, request: "PUT /Users/1", body: userOf(`"surname":"Lind","name":{"givenName":"Mara"}`), want: userOf(`"name":{"givenName":"Mara","familyName":"Lind"}`)},
		{verb: surname, request: "PUT /Users/1", body: userOf(`"name":{"familyName":"Lind"}`), want: userOf(`"surname":"Lind"`)},
		{verb: Rename{"emails.value", "emails.address"}, request: "PUT /Users/1", body: userOf(`"emails":[{"value":"a@example.com","type":"work"},{"type":"home"}]`), want: userOf(`"emails":[{"address":"a@example.com","type":"work"},{"type":"home"}]`)},

		{verb: in, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"costUnit","value":"7"}`, `{"op":"remove","path":"costUnit"}`, `{"op":"add","value":{"costUnit":"8","active":true}}`), want: patchOf(`{"op":"replace","path":"`+costUnit+`","value":"7"}`, `{"op":"remove","path":"`+costUnit+`"}`, `{"op":"add","value":{"active":true,"`+acme+`":{"costUnit":"8"}}}`), changes: "Operations[0].path Operations[1].path Operations[2].value"},
		{verb: in, request: "PATCH /Users/1", body: patchOf(`{"op":"add","value":{"costUnit":"8","` + acme + `":{"costUnit":"9"}}}`), err: `400 invalidValue: Operations[0].value: costUnit and ` + costUnit + `, which are one attribute, are given with different values`},
		{verb: out, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"`+acme+`","value":{"costUnit":"7","contractor":true}}`, `{"op":"remove","path":"`+acme+`"}`), want: patchOf(`{"op":"replace","path":"`+acme+`","value":{"contractor":true}}`, `{"op":"replace","path":"costUnit","value":"7"}`, `{"op":"remove","path":"`+acme+`"}`, `{"op":"remove","path":"costUnit"}`)},
		{verb: surname, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"name","value":{"familyName":"Lind"}}`, `{"op":"remove","path":"name.familyName"}`), want: patchOf(`{"op":"replace","path":"surname","value":"Lind"}`, `{"op":"remove","path":"surname"}`)},
		{verb: Rename{"emails", "mails"}, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"a"}`, `{"op":"add","path":"emails","value":[{"value":"b"}]}`), want: patchOf(`{"op":"replace","path":"mails[type eq \"work\"].value","value":"a"}`, `{"op":"add","path":"mails","value":[{"value":"b"}]}`)},
		{verb: Rename{"emails.value", "emails.address"}, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"emails[type eq \"work\" and value eq \"b\"].value","value":"a"}`, `{"op":"add","path":"emails","value":[{"value":"b"},{"type":"home"}]}`, `{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"c"}}`), want: patchOf(`{"op":"replace","path":"emails[type eq \"work\" and address eq \"b\"].address","value":"a"}`, `{"op":"add","path":"emails","value":[{"address":"b"},{"type":"home"}]}`, `{"op":"replace","path":"emails[type eq \"home\"]","value":{"address":"c"}}`)},
		{verb: manager, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"` + enterprise + `:manager","value":{"value":"26"}}`), want: patchOf(`{"op":"replace","path":"managerId","value":"26"}`)},
		{verb: extension, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"`+department+`","value":"7"}`, `{"op":"add","value":{"`+enterprise+`":{"department":"a"}}}`, `{"op":"remove","path":"`+enterprise+`"}`), want: patchOf(`{"op":"replace","path":"urn:example:hr:2.0:User:department","value":"7"}`, `{"op":"add","value":{"urn:example:hr:2.0:User":{"department":"a"}}}`, `{"op":"remove","path":"urn:example:hr:2.0:User"}`)},
		{verb: in, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"title","value":"costUnit"}`)},

		{verb: in, request: `GET /Users?filter=costUnit eq "7" and not (COSTUNIT pr)`, want: costUnit + ` eq "7" and not (` + costUnit + ` pr)`, changes: "query.filter"},
		{verb: in, request: `GET /Users?filter=title eq "costUnit"`},
		{verb: Rename{"emails", "mails"}, request: `GET /Users?filter=emails.value eq "1" or emails[type eq "work"] or emails pr`, want: `mails.value eq "1" or mails[type eq "work"] or mails pr`},
		{verb: Rename{"emails.value", "emails.address"}, request: `GET /Users?filter=emails.value eq "1" or emails[type eq "work" and value co "x"]`, want: `emails.address eq "1" or emails[type eq "work" and address co "x"]`},
		{verb: manager, request: `GET /Users?filter=` + enterprise + `:manager[value eq "1" and displayName eq "x"]`, want: `managerId eq "1" and ` + enterprise + `:manager.displayName eq "x"`},
		{verb: manager, request: `GET /Users?filter=` + enterprise + `:manager[displayName eq "x"]`},
		{verb: manager, request: `GET /Users?filter=` + enterprise + `:manager pr`, want: enterprise + `:manager pr or managerId pr`},
		{verb: extension, request: `GET /Users?filter=` + department + ` eq "a"`, want: `urn:example:hr:2.0:User:department eq "a"`},
	})
	runAnswers(t, []answerRow{
		{in, "GET /Users/1", userOf(`"id":"1","`+acme+`":{"costUnit":"7"}`, acme), userOf(`"id":"1","costUnit":"7"`)},
		{in, "GET /Users", `{"Resources":[` + userOf(`"`+acme+`":{"costUnit":"7","x":1}`, acme) + `,{"id":"2"}]}`, `{"Resources":[` + userOf(`"`+acme+`":{"x":1},"costUnit":"7"`, acme) + `,{"id":"2"}]}`},
		{out, "GET /Users/1", userOf(`"costUnit":"7"`), userOf(`"`+acme+`":{"costUnit":"7"}`, acme)},
		{nick, "GET /Users/1", `{"nickName":"theirs","displayName":"Mara"}`, `{"nickName":"Mara"}`},
		{surname, "GET /Users/1", `{"surname":"Lind","name":{"givenName":"Mara"}}`, `{"name":{"givenName":"Mara","familyName":"Lind"}}`},
		{family, "GET /Users/1", `{"name.familyName":"Lind"}`, `{"surname":"Lind"}`},
		{Rename{"emails.value", "emails.address"}, "GET /Users/1", `{"emails":[{"address":"a"},{"type":"x"}]}`, `{"emails":[{"value":"a"},{"type":"x"}]}`},
		{in, "GET /Users/1", `{"title":"x"}`, ""},
		{in, "GET /Users/1", `costUnit`, ""},
	})
	refused(t, map[string]Verb{
		"an attribute cannot take its own place":                                                                                 Rename{"nickName", "NickName"},
		"groups is read-only: no client writes it":                                                                               Rename{"teams", "groups"},
		"id belongs to the service provider: no verb changes id, schemas or meta":                                                Rename{"id", "uid"},
		"meta.version belongs to the service provider: no verb changes id, schemas or meta":                                      Rename{"version", "meta.version"},
		"nickName and emails must both have one value or both have many":                                                         Rename{"nickName", "emails"},
		"active is of type boolean and title of type string":                                                                     Rename{"active", "title"},
		"one of name and name.familyName is a part of the other":                                                                 Rename{"name", "name.familyName"},
		"emails has many values: rename a sub-attribute within emails, or use wrap or unwrap":                                    Rename{"emails.value", "mail"},
		"an extension as a whole can only take the place of another":                                                             Rename{enterprise, "title"},
		`"a b" is not an attribute path such as userName, name.familyName or ` + scim.EnterpriseUserURI + `:department`:          Rename{"a b", "title"},
		`"emails[x pr]" is not an attribute path such as userName, name.familyName or ` + scim.EnterpriseUserURI + `:department`: Rename{"emails[x pr]", "title"},
	})
}

// TestRenameLists is about what runSent does not show: the other parameters.
func TestRenameLists(t *testing.T) {
	surname := Rename{"name.familyName", "surname"}
	for _, row := range []struct {
		verb       Verb
		query      string
		want       string
		wantSearch string
	}{
		{Rename{"costUnit", costUnit}, "attributes=userName,costUnit&sortBy=costUnit&count=2", "attributes=userName," + escape(costUnit) + "&sortBy=" + escape(costUnit) + "&count=2", ""},
		{surname, "attributes=name,name.familyName", "attributes=name,surname", ""},
		{surname, "excludedAttributes=name", "excludedAttributes=name,surname", ""},
		{surname, "x=name.familyName&sortBy=name.givenName", "x=name.familyName&sortBy=name.givenName", ""},
		{Rename{enterprise, "urn:example:hr:2.0:User"}, "attributes=" + escape(enterprise) + "," + escape(department), "attributes=" + escape("urn:example:hr:2.0:User") + "," + escape("urn:example:hr:2.0:User:department"), ""},
	} {
		x := exchange{rules: []Rule{{ID: "x", Verbs: []Verb{row.verb}}}, method: "GET", path: "/Users", query: row.query, answer: "{}"}
		x.run(t)
		if x.err != nil || x.sent[0].Query != row.want {
			t.Errorf("%s: %s: got %s (%v), want %s", row.verb, row.query, x.sent[0].Query, x.err, row.want)
		}
	}
	x := exchange{
		rules:  []Rule{{ID: "x", Verbs: []Verb{surname}}},
		method: "POST", path: "/Users/.search", answer: `{"Resources":[{"surname":"Lind"}]}`,
		body: `{"schemas":["` + scim.SearchRequestURI + `"],"filter":"name.familyName sw \"L\"","sortBy":"name.familyName","attributes":["name"],"count":3}`,
	}
	x.run(t)
	x.want(t, `{"schemas":["`+scim.SearchRequestURI+`"],"filter":"surname sw \"L\"","sortBy":"surname","attributes":["name","surname"],"count":3}`, `{"Resources":[{"name":{"familyName":"Lind"}}]}`)
}

func TestRenameInErrors(t *testing.T) {
	for text, want := range map[string]string{
		"displayName is taken":                      "nickName is taken",
		"The DisplayName is taken.":                 "The nickName is taken.",
		"xdisplayName, displayName2, a.displayName": "xdisplayName, displayName2, a.displayName",
		"(displayName): displayName.":               "(nickName): nickName.",
		"urn:x:displayName":                         "urn:x:displayName",
		"'displayName','displayName'":               "'nickName','nickName'",
		"no attribute":                              "no attribute",
	} {
		x := exchange{
			rules:  []Rule{{ID: "x", Resource: []string{"User"}, Verbs: []Verb{Rename{"nickName", "displayName"}}}},
			method: "GET", path: "/Users/1", status: 409,
			answer: `{"schemas":["` + scim.ErrorURI + `"],"status":"409","detail":` + scim.Quote(text) + `}`,
		}
		x.run(t)
		if got := scim.Parse(x.got.Body); got.Get("detail").Text() != want {
			t.Errorf("%s: got %s, want %s", text, got.Get("detail").Text(), want)
		}
	}
}
