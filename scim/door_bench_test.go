package scim

import (
	"encoding/json"
	"strings"
	"testing"
)

// entraPatch is a PATCH as Entra ID writes it once it is in normal form.
const entraPatch = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
	`{"op":"replace","path":"active","value":false},` +
	`{"op":"replace","path":"emails[type eq \"work\"].value","value":"mara.lind@example.com"},` +
	`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Field Service"},` +
	`{"op":"replace","path":"name.familyName","value":"Lind-Okafor"},` +
	`{"op":"replace","path":"displayName","value":"Mara Lind-Okafor"}]}`

// typicalUser is a user of 1.4 KB.
const typicalUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"5c1f0a52-6d0e-4d4b-9f0e-0b8f5a1f7e11",` +
	`"externalId":"00u7q2mara","userName":"mara.lind@example.com","name":{"formatted":"Ms. Mara E. Lind",` +
	`"familyName":"Lind","givenName":"Mara","middleName":"Elin","honorificPrefix":"Ms."},"displayName":"Mara Lind",` +
	`"nickName":"mara","title":"Service Engineer","preferredLanguage":"sv-SE","locale":"sv-SE",` +
	`"timezone":"Europe/Stockholm","active":true,"emails":[{"value":"m.lind@example.com","type":"work","primary":true},` +
	`{"value":"mara@lind.example","type":"home"}],"phoneNumbers":[{"value":"+46-8-555-0142","type":"work"},` +
	`{"value":"+46-70-555-0143","type":"mobile"}],"addresses":[{"type":"work","streetAddress":"Hamngatan 4",` +
	`"locality":"Stockholm","postalCode":"111 47","country":"SE","formatted":"Hamngatan 4\n111 47 Stockholm",` +
	`"primary":true}],"groups":[{"value":"7e0b1c","$ref":"https://example.com/scim/v2/Groups/7e0b1c",` +
	`"display":"Field Service"}],"roles":[{"value":"technician","primary":true}],` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"70142","costCenter":"4130",` +
	`"organization":"Example AB","division":"Nordics","manager":{"value":"26118915","displayName":"Olle Berg"}},` +
	`"meta":{"resourceType":"User","created":"2026-03-02T08:11:04Z","lastModified":"2026-10-11T16:40:22Z",` +
	`"version":"W/\"a330bc54\"","location":"https://example.com/scim/v2/Users/5c1f0a52-6d0e-4d4b-9f0e-0b8f5a1f7e11"}}`

func doorBodies() map[string]string {
	member := `{"value":"00u1a2b3c4d5e6f7g8h9","display":"mara.lind@example.com"}`
	return map[string]string{
		"EntraPatch": entraPatch,
		"User":       typicalUser,
		"1000Members": `{"schemas":["` + GroupURI + `"],"displayName":"All staff","members":[` +
			strings.Repeat(member+",", 999) + member + `]}`,
	}
}

func BenchmarkCheck(b *testing.B) {
	for name, body := range doorBodies() {
		b.Run(name+"/door", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := Check(body, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encoding-json", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var v any
				if err := json.Unmarshal([]byte(body), &v); err != nil {
					b.Fatal(err)
				}
				if _, err := json.Marshal(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
