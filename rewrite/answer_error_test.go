package rewrite

import (
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestAnswerError(t *testing.T) {
	json := http.Header{"Content-Type": {"application/json"}}
	test := func(name string, status int, body, want string, shapes ...Shape) exchange {
		return exchange{
			name: name, target: "/scim/v2/Users/17", status: status, header: json, body: body, wantBody: want, shapes: shapes,
			wantHeader: map[string]string{"Content-Type": scim.MediaType},
		}
	}
	foreign := func(name string, status int, body, detail string) exchange {
		e := scim.Error{Status: status, Detail: detail}
		return test(name, status, body, e.Body(), AnswerError)
	}
	runExchanges(t, []exchange{
		test("status as a number", 404, errHead+`"status":404}`, errHead+`"status":"404"}`, AnswerError, AnswerMediaType),
		test("another status", 403, errHead+`"scimType":"sensitive","status":"404"}`, errHead+`"scimType":"sensitive","status":"403"}`, AnswerError, AnswerMediaType),
		test("no schemas", 400, `{"status":"400","scimType":"invalidPath","detail":"x"}`, errHead+`"status":"400","scimType":"invalidPath","detail":"x"}`, AnswerError, AnswerMediaType),
		test("the type in another case", 400, errHead+`"status":"400","scimType":"InvalidPath"}`, errHead+`"status":"400","scimType":"invalidPath"}`, AnswerError, AnswerMediaType),
		test("a type of its own", 400, errHead+`"status":"400","scimType":"invalidMood","x":[]}`, errHead+`"status":"400","scimType":"invalidMood","x":[]}`, AnswerMediaType),
		foreign("empty", 401, "", "Unauthorized"),
		foreign("text", 502, "upstream is\n gone ", "upstream is gone"),
		foreign("page", 500, "<!DOCTYPE html><html><body>trace</body></html>", "Internal Server Error"),
		foreign("page in words", 500, "a <b>bad</b> thing", "Internal Server Error"),
		foreign("less than", 400, "1 < 2 and <3", "1 < 2 and <3"),
		foreign("long text", 500, strings.Repeat("x", 201), "Internal Server Error"),
		foreign("control characters", 500, "a\x00b", "Internal Server Error"),
		foreign("broken JSON", 500, `{"message":"x"`, "Internal Server Error"),
		foreign("message", 400, `{"message":"userName is missing","trace":"at x.y(z)"}`, "userName is missing"),
		foreign("error", 403, `{"error":"forbidden"}`, "forbidden"),
		foreign("OAuth", 401, `{"error":"invalid_token","error_description":"the token has expired"}`, "the token has expired"),
		foreign("problem", 400, `{"type":"about:blank","title":"Bad Request","status":400,"detail":"no body"}`, "no body"),
		foreign("nested", 400, `{"error":{"code":7,"message":"no body"}}`, "no body"),
		foreign("SCIM 1.1", 404, `{"Errors":[{"description":"Resource 17 not found","code":"404"}]}`, "Resource 17 not found"),
		foreign("array", 400, `["x"]`, "Bad Request"),
		foreign("an address", 502, `{"message":"dial tcp 10.0.0.4:8080: connect: connection refused"}`, "dial tcp …: connect: connection refused"),
		foreign("a name", 502, "cannot reach http://backend:8080/scim or db.internal, tell ops@corp.internal", "cannot reach … or …, tell ops@corp.internal"),
		foreign("a resource", 400, "see http://backend:8080/scim/Users/17", "see https://scim.example.com/scim/v2/Users/17"),
		foreign("not a host", 400, "line 3:17 at 12:30", "line 3:17 at 12:30"),
		{
			name: "challenge", target: "/Users", status: 401, header: http.Header{"Www-Authenticate": {`Bearer realm="x"`}}, shapes: []Shape{AnswerError},
			wantBody: errHead + `"status":"401","detail":"Unauthorized"}`, wantHeader: map[string]string{"WWW-Authenticate": `Bearer realm="x"`},
		},
		{name: "rule off", target: "/Users", status: 500, body: "oops", wantBody: "oops", off: []Shape{AnswerError}},
		{name: "head", method: "HEAD", target: "/Users/17", status: 404, body: ""},
	})
}

func TestAnswerConflict(t *testing.T) {
	conflict := func(name, method, target string, status int, body, want string) exchange {
		return exchange{name: name, method: method, target: target, status: status, body: body, wantStatus: 409, wantBody: want, shapes: []Shape{AnswerConflict}}
	}
	const unique = `"status":"409","scimType":"uniqueness"`
	runExchanges(t, []exchange{
		conflict("SCIM 400", "POST", "/Users", 400, errHead+`"status":"400","scimType":"uniqueness"}`, errHead+unique+`}`),
		conflict("type in another case", "PUT", "/Users/1", 400, errHead+`"status":"400","scimType":"UNIQUENESS"}`, errHead+unique+`}`),
		conflict("SCIM 409 without a type", "POST", "/Users", 409, errHead+`"status":"409","detail":"no"}`, errHead+`"status":"409","detail":"no","scimType":"uniqueness"}`),
		conflict("text 400", "POST", "/Users", 400, `{"message":"User mara already exists"}`, errHead+unique+`,"detail":"User mara already exists"}`),
		conflict("text 422", "PATCH", "/Users/1", 422, `{"errors":["userName has already been taken"]}`, errHead+unique+`,"detail":"userName has already been taken"}`),
		conflict("text 500", "POST", "/Groups", 500, `ERROR: duplicate key value violates unique constraint "groups_name"`, errHead+unique+`,"detail":"ERROR: duplicate key value violates unique constraint \"groups_name\""}`),
		conflict("bare 409", "POST", "/Users", 409, "", errHead+unique+`,"detail":"Conflict"}`),
		{name: "as it should be", method: "POST", target: "/Users", status: 409, body: errHead + unique + `}`, wantBody: errHead + unique + `}`},
		{name: "version", method: "PATCH", target: "/Users/1", status: 409, body: errHead + `"status":"409","detail":"version mismatch"}`, wantBody: errHead + `"status":"409","detail":"version mismatch"}`},
		{name: "another type", method: "POST", target: "/Users", status: 400, body: errHead + `"status":"400","scimType":"invalidSyntax","detail":"duplicate user"}`, wantBody: errHead + `"status":"400","scimType":"invalidSyntax","detail":"duplicate user"}`},
		{name: "a name twice", method: "POST", target: "/Users", status: 400, body: errHead + `"status":"400","detail":"duplicate key in JSON"}`, wantBody: errHead + `"status":"400","detail":"duplicate key in JSON"}`},
		{name: "a member", method: "PATCH", target: "/Groups/1", status: 400, body: errHead + `"status":"400","detail":"member already exists"}`, wantBody: errHead + `"status":"400","detail":"member already exists"}`},
		{name: "vague 500", method: "POST", target: "/Users", status: 500, body: errHead + `"status":"500","detail":"duplicate"}`, wantBody: errHead + `"status":"500","detail":"duplicate"}`},
		{name: "a read", target: "/Users", status: 400, body: errHead + `"status":"400","detail":"already exists"}`, wantBody: errHead + `"status":"400","detail":"already exists"}`},
	})
}
