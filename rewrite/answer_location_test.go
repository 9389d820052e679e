package rewrite

import (
	"net/http"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestAnswerRebased(t *testing.T) {
	const own = "https://scim.example.com/scim/v2"
	tests := []struct{ sent, want string }{
		{"http://10.0.0.4:8080/api/Users/17", own + "/Users/17"},
		{"http://10.0.0.4:8080/api/users/17/", own + "/Users/17"},
		{"http://10.0.0.4:8080/Groups/a%2Fb?x=1", own + "/Groups/a%2Fb?x=1"},
		{"//backend/scim/Users/17", own + "/Users/17"},
		{"http://backend/scim/Users/Groups", own + "/Users/Groups"},
		{"http://backend/schemas/urn:ietf:params:scim:schemas:core:2.0:User", own + "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"},
		{"http://backend/v2/ServiceProviderConfig", own + "/ServiceProviderConfig"},
		{"http://scim.example.com/scim/v2/Users/17", own + "/Users/17"},
		{"https://scim.example.com/internal/Users/17", own + "/Users/17"},
		{own + "/Users/17", ""},
		{own + "/anything", ""},
		{"../Users/17", ""},
		{"/internal/Users/17", ""},
		{"Users/17", ""},
		{"https://photos.example.org/17.jpg", ""},
		{"http://", ""},
		{"http://backend", ""},
		{"", ""},
	}
	for _, tt := range tests {
		s := sessionAt(t, "/scim/v2/Users")
		a := answer{s: s, req: &scim.Request{Origin: "https://scim.example.com"}}
		if got, _ := a.rebased(tt.sent); got != tt.want {
			t.Errorf("%s became %q, want %q", tt.sent, got, tt.want)
		}
	}
}

func TestAnswerLocation(t *testing.T) {
	header := http.Header{
		"Content-Type": {scim.MediaType}, "Location": {"http://10.0.0.4:8080/api/Groups/9b1c"}, "Content-Location": {"http://10.0.0.4:8080/api/Groups/9b1c"},
	}
	runExchanges(t, []exchange{
		{
			name: "created", method: "POST", target: "/scim/v2/Groups", status: 201, header: header,
			body: `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"http:\/\/10.0.0.4:8080\/api\/Groups\/9b1c"},` +
				`"members":[{"value":"17","$ref":"http://10.0.0.4:8080/api/Users/17"},{"value":"18","$ref":"../Users/18"}]}`,
			wantBody: `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"https://scim.example.com/scim/v2/Groups/9b1c"},` +
				`"members":[{"value":"17","$ref":"https://scim.example.com/scim/v2/Users/17"},{"value":"18","$ref":"../Users/18"}]}`,
			shapes: []Shape{AnswerLocation},
			wantHeader: map[string]string{
				"Location":         "https://scim.example.com/scim/v2/Groups/9b1c",
				"Content-Location": "https://scim.example.com/scim/v2/Groups/9b1c",
			},
		},
		{
			name: "created somewhere else", method: "POST", target: "/scim/v2/Groups", status: 201, shapes: []Shape{AnswerLocation},
			header: http.Header{"Content-Type": {scim.MediaType}, "Location": {"http://10.0.0.4:8080/teams/9b1c"}},
			body: `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"http://10.0.0.4:8080/teams/9b1c"},` +
				`"members":[{"value":"17","$ref":"http://10.0.0.4:8080/people/17"}]}`,
			wantBody: `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"https://scim.example.com/scim/v2/Groups/9b1c"},` +
				`"members":[{"value":"17","$ref":"https://scim.example.com/people/17"}]}`,
			wantHeader: map[string]string{"Location": "https://scim.example.com/scim/v2/Groups/9b1c"},
		},
		{
			name: "to be replaced later", method: "PUT", target: "/scim/v2/Groups/9b1c", status: 202, shapes: []Shape{AnswerLocation},
			header:   http.Header{"Content-Type": {scim.MediaType}},
			body:     `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"http://10.0.0.4:8080/api/Groups/9b1c"}}`,
			wantBody: `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"https://scim.example.com/scim/v2/Groups/9b1c"}}`,
		},
		{
			name: "moved", target: "/scim/v2/Me", status: 308, shapes: []Shape{AnswerLocation},
			header:     http.Header{"Location": {"http://10.0.0.4:8080/api/Users/17"}},
			wantHeader: map[string]string{"Location": "https://scim.example.com/scim/v2/Users/17"},
		},
		{
			name: "rule off", target: "/scim/v2/Me", status: 308, off: []Shape{AnswerLocation},
			header:     http.Header{"Location": {"http://10.0.0.4:8080/api/Users/17"}},
			wantHeader: map[string]string{"Location": "http://10.0.0.4:8080/api/Users/17"},
		},
		{
			name: "an error about what is behind the gateway", target: "/scim/v2/Users/17", status: 500, shapes: []Shape{AnswerLocation},
			body:     errHead + `"status":"500","detail":"dial tcp 10.0.0.4:8080: refused, see http://db.internal/x or https://example.org/help"}`,
			wantBody: errHead + `"status":"500","detail":"dial tcp …: refused, see … or https://example.org/help"}`,
		},
		{
			name: "an error about an address", target: "/scim/v2/Users/17", status: 404, shapes: []Shape{AnswerLocation},
			body:     errHead + `"status":"404","detail":"nothing at http://10.0.0.4:8080/api/Users/17."}`,
			wantBody: errHead + `"status":"404","detail":"nothing at https://scim.example.com/scim/v2/Users/17."}`,
		},
	})
}

func TestAnswerDiscovery(t *testing.T) {
	const config = `"patch":{"supported":true},"filter":{"supported":true,"maxResults":200}`
	runExchanges(t, []exchange{
		{
			name: "service provider", target: "/scim/v2/ServiceProviderConfig", status: 200, shapes: []Shape{AnswerLocation, AnswerNull, AnswerSchemas},
			body: `{"documentationUri":"http://10.0.0.4:8080/docs",` + config + `,"sort":null,"authenticationSchemes":[{"type":"oauth2","specUri":"https://www.rfc-editor.org/info/rfc6750","documentationUri":"http://10.0.0.4:8080/api/help"}],` +
				`"meta":{"location":"http://10.0.0.4:8080/api/ServiceProviderConfig"}}`,
			wantBody: `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"documentationUri":"https://scim.example.com/docs",` + config +
				`,"authenticationSchemes":[{"type":"oauth2","specUri":"https://www.rfc-editor.org/info/rfc6750","documentationUri":"https://scim.example.com/scim/v2/help"}],` +
				`"meta":{"location":"https://scim.example.com/scim/v2/ServiceProviderConfig"}}`,
		},
		{
			name: "resource types", target: "/scim/v2/ResourceTypes", status: 200, shapes: []Shape{AnswerList, AnswerLocation, AnswerSchemas},
			body: `[{"id":"User","name":"User","endpoint":"http://10.0.0.4/Users","schema":` + userURI + `,"meta":{"location":"http://10.0.0.4/ResourceTypes/User"}}]`,
			wantBody: listHead + `"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"User","name":"User",` +
				`"endpoint":"https://scim.example.com/scim/v2/Users","schema":` + userURI + `,"meta":{"location":"https://scim.example.com/scim/v2/ResourceTypes/User"}}],` +
				`"totalResults":1,"startIndex":1,"itemsPerPage":1}`,
		},
		{
			name: "one schema", target: "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", status: 200,
			body:     `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":` + groupURI + `,"attributes":[{"name":"password","returned":"never"}]}`,
			wantBody: `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":` + groupURI + `,"attributes":[{"name":"password","returned":"never"}]}`,
		},
	})
}

func TestAnswerBulk(t *testing.T) {
	const head = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[`
	runExchanges(t, []exchange{{
		name: "bulk", method: "POST", target: "/scim/v2/Bulk", status: 200, shapes: []Shape{AnswerLocation, AnswerTypes, AnswerPassword},
		body: head + `{"method":"POST","bulkId":"q","location":"http://10.0.0.4/Users/1","status":{"code":"201"},"response":{"schemas":[` + userURI + `],"id":"1","password":"x"}},` +
			`{"method":"DELETE","status":204},{"method":"PUT","status":"404","response":` + errHead + `"status":404}}]}`,
		wantBody: head + `{"method":"POST","bulkId":"q","location":"https://scim.example.com/scim/v2/Users/1","status":"201","response":{"schemas":[` + userURI + `],"id":"1"}},` +
			`{"method":"DELETE","status":"204"},{"method":"PUT","status":"404","response":` + errHead + `"status":"404"}}]}`,
	}})
}
