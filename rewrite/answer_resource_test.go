package rewrite

import (
	"strings"
	"testing"
)

func TestAnswerResource(t *testing.T) {
	group := `{"schemas":[` + groupURI + `],"id":"9b1c"`
	user := `{"schemas":[` + userURI + `],"id":"17"`
	both := `{"schemas":[` + userURI + `,` + entURI + `],"id":"17"`
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	one := func(name, body, want string, shapes ...Shape) exchange {
		return exchange{name: name, target: "/scim/v2/Users/17", status: 200, body: body, wantBody: want, shapes: shapes}
	}
	runExchanges(t, []exchange{
		one("no schemas", `{"id":"17","userName":"mara"}`, user+`,"userName":"mara"}`, AnswerSchemas),
		one("null schemas", `{"schemas":null,"id":"17"}`, user+`}`, AnswerNull, AnswerSchemas),
		one("empty schemas", `{"schemas":[],"id":"17"}`, user+`}`, AnswerSchemas),
		one("schemas as a text", `{"schemas":`+userURI+`,"id":"17","x":1}`, user+`,"x":1}`, AnswerTypes),
		one("deep", user+`,"password":"x","y":`+deep+`}`, user+`,"y":`+deep+`}`, AnswerPassword),
		one("schemas of an extension", user+`,`+entURI+`:{"department":"Logistics"}}`, both+`,`+entURI+`:{"department":"Logistics"}}`, AnswerSchemas),
		one("an empty extension", user+`,`+entURI+`:{}}`, user+`,`+entURI+`:{}}`),
		one("not a resource", `{"done":true}`, `{"done":true}`),
		one("numeric id", `{"schemas":[`+userURI+`],"id":17}`, user+`}`, AnswerTypes),
		one("numeric references", user+`,"groups":[{"value":9007199254740993}]}`, user+`,"groups":[{"value":"9007199254740993"}]}`, AnswerTypes),
		one("booleans as text", user+`,"active":"True","emails":[{"primary":"false"}]}`, user+`,"active":true,"emails":[{"primary":false}]}`, AnswerTypes),
		one("no boolean", user+`,"active":"perhaps"}`, user+`,"active":"perhaps"}`),
		one("booleans without a schema", user+`,"x":{"y":[{"primary":"TRUE"}]}}`, user+`,"x":{"y":[{"primary":true}]}}`, AnswerTypes),
		one("manager as text", both+`,`+entURI+`:{"manager":"26"}}`, both+`,`+entURI+`:{"manager":{"value":"26"}}}`, AnswerTypes),
		one("manager as a number", both+`,`+entURI+`:{"manager":{"value":26}}}`, both+`,`+entURI+`:{"manager":{"value":"26"}}}`, AnswerTypes),
		one("nulls", user+`,"title":null,"name":{"givenName":null,"familyName":"Lind"},"emails":[null,{"display":null,"value":"m@example.com"}],`+entURI+`:null,"x":{"y":null}}`,
			user+`,"name":{"familyName":"Lind"},"emails":[{"value":"m@example.com"}],"x":{}}`, AnswerNull),
		one("password", user+`,"Password":"s3cret"}`, user+`}`, AnswerPassword),
		one("flat name", user+`,"name.familyName":"Lind","userName":"mara","name.givenName":"Mara"}`, user+`,"name":{"familyName":"Lind","givenName":"Mara"},"userName":"mara"}`, AnswerFlatName),
		one("flat beside an object", user+`,"name":{"familyName":"Lind"},"name.givenName":"Mara","name.familyName":"Old"}`, user+`,"name":{"familyName":"Lind","givenName":"Mara"}}`, AnswerFlatName),
		one("flat extension", both+`,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Logistics","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value":"26"}`,
			both+`,`+entURI+`:{"department":"Logistics","manager":{"value":"26"}}}`, AnswerFlatName),
		one("flat inside an extension", both+`,`+entURI+`:{"manager.value":26}}`, both+`,`+entURI+`:{"manager":{"value":"26"}}}`, AnswerFlatName, AnswerTypes),
		one("no object for a flat key", user+`,"name":"Mara Lind","name.givenName":"Mara"}`, user+`,"name":"Mara Lind","name.givenName":"Mara"}`),
		one("dots of others", user+`,"x.y":1,"emails.value":"m@example.com"}`, user+`,"x.y":1,"emails.value":"m@example.com"}`),
		{name: "members", target: "/Groups/9b1c", status: 200, body: group + `,"members":[{"value":1},"2",3]}`, wantBody: group + `,"members":[{"value":"1"},{"value":"2"},{"value":"3"}]}`, shapes: []Shape{AnswerTypes}},
		{name: "me", target: "/Me", status: 200, body: `{"id":17,"password":"x"}`, wantBody: user + `}`, shapes: []Shape{AnswerTypes, AnswerPassword, AnswerSchemas}},
		{name: "rule off", target: "/Users/17", status: 200, body: user + `,"title":null,"active":"true"}`, wantBody: user + `,"title":null,"active":true}`, off: []Shape{AnswerNull}, shapes: []Shape{AnswerTypes}},
		{name: "patched", method: "PATCH", target: "/Users/17", status: 200, body: user + `,"password":"x"}`, wantBody: user + `}`, shapes: []Shape{AnswerPassword}},
	})
}

func TestAnswerPlaces(t *testing.T) {
	tests := []struct{ target, body, at string }{
		{"/Users/17", `{"id":17,"schemas":[` + userURI + `]}`, "answer.id"},
		{"/Users/17", `{"id":"17"}`, "answer.schemas"},
		{"/Users/17", `{"id":"17","schemas":[` + userURI + `],"emails":[{"value":"a"},{"primary":"true"}]}`, "answer.emails[1].primary"},
		{"/Users", listHead + `"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{"schemas":[` + userURI + `],"id":"1"},{"schemas":[` + userURI + `],"id":"2","meta":{"location":"http://10.0.0.4/Users/2"}}]}`, "answer.Resources[1].meta.location"},
		{"/Users", listHead + `"totalResults":"0","startIndex":1,"itemsPerPage":0,"Resources":[]}`, "answer.totalResults"},
	}
	for _, tt := range tests {
		s := repair(t, "GET", tt.target, 200, tt.body)
		if len(s.changes) != 1 || s.changes[0].At != tt.at {
			t.Errorf("changes are %v, want one at %s", s.changes, tt.at)
		}
	}
}

func TestAnswerProjection(t *testing.T) {
	body := `{"schemas":[` + userURI + `,` + entURI + `],"id":"17","userName":"mara","name":{"familyName":"Lind","givenName":"Mara"},` +
		`"emails":[{"value":"m@example.com","type":"work"},{"type":"home"}],"urn:example:x:1.0:User":{"y":1},` + entURI + `:{"department":"Logistics","manager":{"value":"26","displayName":"Ida"}}}`
	head := `{"schemas":[` + userURI + `,` + entURI + `],"id":"17"`
	tests := []struct{ query, want string }{
		{"attributes=userName", head + `,"userName":"mara"}`},
		{"attributes=USERNAME,name.givenName", head + `,"userName":"mara","name":{"givenName":"Mara"}}`},
		{"attributes=emails.value", head + `,"emails":[{"value":"m@example.com"}]}`},
		{"attributes=id", head + `}`},
		{"attributes=nickName", head + `}`},
		{"attributes=urn%3Aexample%3Ax%3A1.0%3AUser%3Ay", head + `,"urn:example:x:1.0:User":{"y":1}}`},
		{"attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", head + `,` + entURI + `:{"manager":{"value":"26"}}}`},
		{"attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", head + `,` + entURI + `:{"department":"Logistics","manager":{"value":"26","displayName":"Ida"}}}`},
		{"excludedAttributes=emails,name.givenName,id,urn:example:x:1.0:User," + "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", head + `,"userName":"mara","name":{"familyName":"Lind"}}`},
		{
			"excludedAttributes=emails.type,userName,name,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
			head + `,"emails":[{"value":"m@example.com"}],"urn:example:x:1.0:User":{"y":1},` + entURI + `:{"department":"Logistics"}}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			shapes := []Shape{AnswerProjection}
			exchange{target: "/Users/17?" + tt.query, status: 200, body: body, wantBody: tt.want, shapes: shapes}.run(t)
			exchange{target: "/Users/17?" + tt.query, status: 200, body: body, wantBody: body, off: shapes}.run(t)
			list := func(resource string) string {
				return listHead + `"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[` + resource + `,` + resource + `]}`
			}
			exchange{target: "/Users?" + tt.query, status: 200, body: list(body), wantBody: list(tt.want), shapes: shapes}.run(t)
		})
	}
	exchange{
		method: "POST", target: "/Users/.search", sent: `{"attributes":["userName"],"excludedAttributes":["id"]}`, status: 200,
		body:     listHead + `"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"schemas":[` + userURI + `],"id":"1","userName":"mara","title":"x"}]}`,
		wantBody: listHead + `"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"schemas":[` + userURI + `],"id":"1","userName":"mara"}]}`,
		shapes:   []Shape{AnswerProjection},
	}.run(t)
}
