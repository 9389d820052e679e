package caddymodule

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestEvade is about requests that say what a rule rejects in other words.
func TestEvade(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		io.WriteString(w, ada)
	})
	s := startSite(t, b, `
	scim {
		rule acme.no-delete {
			on delete
			resource User
			reject 403 "no"
		}
		rule acme.no-evil {
			on create replace patch
			resource User
			when userType eq "evil"
			reject 403 "no"
		}
		rule acme.no-nick {
			on patch
			resource User
			when path eq "nickName" or path eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" or path eq "name.familyName"
			reject 403 "no"
		}
	}
	reverse_proxy BACKEND
`)
	for _, row := range evasions() {
		a := s.do(row.method, row.target, row.body, row.header...)
		for _, got := range b.requests() {
			if got.method == http.MethodPost && row.header != nil && got.header.Get(row.header[0]) == "" {
				continue // nobody takes it for another method
			}
			if got.method != http.MethodGet && got.method != http.MethodHead {
				t.Errorf("%s %s %v %s: %s %s %s %v was sent, %d %s", row.method, row.target, row.header, row.body, got.method, got.target, got.body, got.header, a.status, a.body)
			}
		}
	}
}

type evasion struct {
	method, target, body string
	header               []string
}

func evasions() []evasion {
	var all []evasion
	add := func(method, target, body string, header ...string) {
		all = append(all, evasion{method, target, body, header})
	}
	patch := func(op string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + op + `]}`
	}
	bulk := func(op string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[` + op + `]}`
	}
	const evil = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","userType":"evil"}`
	for _, path := range []string{
		"/Users/17", "/users/17", "/Users//17", "//Users/17", "/Users/17/", "/Users/17?x=y", "/%55sers/17", "/Users/./17", "/Groups/../Users/17",
		"/Users%2F17", "/Groups/..%2FUsers%2F17", "/Users/%31%37", "/Me", "/me", "/Me/", "/USERS/17", "/Users/17%20", "/Users/17#x", "/Users/17;v=1",
	} {
		add("DELETE", "/scim/v2"+path, "")
		add("POST", "/scim/v2"+path, "", "X-HTTP-Method-Override", "DELETE")
		add("POST", "/scim/v2"+path, `{}`, "X-Method-Override", "DELETE")
		add("POST", "/scim/v2"+path, `{}`, "X-HTTP-Method", "DELETE")
		add("POST", "/scim/v2"+path, evil, "X-HTTP-Method-Override", "PUT")
		add("POST", "/scim/v2"+path, patch(`{"op":"replace","path":"userType","value":"evil"}`), "X-HTTP-Method-Override", "PATCH")
		add("DELETE", "/scim/v1"+path, "")
		add("DELETE", path, "")
		add("PUT", "/scim/v2"+path, evil)
		add("PUT", "/scim/v1"+path, strings.ReplaceAll(evil, "urn:ietf:params:scim:schemas:core:2.0:User", "urn:scim:schemas:core:1.0"))
		for _, p := range []string{path, strings.TrimPrefix(path, "/"), "/scim/v2" + path, "https://example.com/scim/v2" + path, "scim/v2" + path} {
			for _, method := range []string{"DELETE", "delete", "Delete"} {
				add("POST", "/scim/v2/Bulk", bulk(`{"method":"`+method+`","path":"`+p+`"}`))
			}
			add("POST", "/scim/v2/Bulk", bulk(`{"method":"PUT","path":"`+p+`","data":`+evil+`}`))
			add("POST", "/scim/v2/Bulk", bulk(`{"Method":"PUT","Path":"`+p+`","Data":`+evil+`}`))
			add("POST", "/scim/v2/Bulk", bulk(`{"method":"PATCH","path":"`+p+`","data":`+patch(`{"op":"replace","path":"userType","value":"evil"}`)+`}`))
			add("POST", "/scim/v2/Bulk", bulk(`{"method":"PATCH","path":"`+p+`","data":{"op":"replace","path":"userType","value":"evil"}}`))
			add("POST", "/scim/v2/Bulk", bulk(`{"method":"PATCH","path":"`+p+`","data":[{"op":"replace","path":"userType","value":"evil"}]}`))
		}
	}
	for _, body := range []string{
		evil,
		`{"userName":"ada","userType":"EVIL"}`, `{"userName":"ada","USERTYPE":"evil"}`,
		`{"userName":"ada","urn:ietf:params:scim:schemas:core:2.0:User:userType":"evil"}`,
		`{"userName":"ada","urn:ietf:params:scim:schemas:core:2.0:User":{"userType":"evil"}}`,
		`{"userName":"ada","userType":"x","userType":"evil"}`, `{"userName":"ada","userType":["evil"]}`,
		`{"userName":"ada","user\u0054ype":"evil"}`, `{"userName":"ada","userType":{"value":"evil"}}`,
		"\uFEFF" + evil,
	} {
		add("POST", "/scim/v2/Users", body)
		add("POST", "/scim/v2/users/", body)
		add("POST", "/scim/v2/Users", body, "Content-Type", "text/plain")
		add("PUT", "/scim/v2/Users/17", body)
	}
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	for _, op := range []string{
		`{"op":"replace","path":"userType","value":"evil"}`, `{"op":"Add","path":"userType","value":["evil"]}`, `{"op":"replace","path":"USERTYPE","value":"evil"}`,
		`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:userType","value":"evil"}`, `{"op":"replace","value":{"userType":"evil"}}`,
		`{"op":"replace","path":"","value":{"userType":"evil"}}`, `{"op":"replace","path":"/userType","value":"evil"}`, `{"op":"replace","path":"$.userType","value":"evil"}`,
		`{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User:userType":"evil"}}`, `{"op":"replace","path":"userType","value":{"value":"evil"}}`,
		`{"op":"replace","path":"userType[value eq \"x\"].value","value":"evil"}`, `{"op":"replace","path":"userType.value","value":"evil"}`,
		`{"op":"replace","path":" userType ","value":"evil"}`,
		`{"op":"replace","path":"nickName","value":"x"}`, `{"op":"remove","path":"nickname"}`, `{"op":"replace","value":{"nickName":"x"}}`, `{"op":"add","value":{"title":"y","nickName":"x"}}`,
		`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:nickName","value":"x"}`,
		`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"nickName":"x"}}`,
		`{"op":"replace","path":"department","value":"x"}`, `{"op":"replace","value":{"department":"x"}}`, `{"op":"replace","path":"` + enterprise + `:department","value":"x"}`,
		`{"op":"replace","path":"` + enterprise + `","value":{"department":"x"}}`, `{"op":"replace","value":{"` + enterprise + `":{"department":"x"}}}`, `{"op":"replace","value":{"` + enterprise + `:department":"x"}}`,
		`{"op":"replace","path":"name.familyName","value":"x"}`, `{"op":"replace","path":"name","value":{"familyName":"x"}}`, `{"op":"replace","value":{"name":{"familyName":"x"}}}`, `{"op":"replace","value":{"name.familyName":"x"}}`,
	} {
		add("PATCH", "/scim/v2/Users/17", patch(op))
		add("PATCH", "/scim/v2/Users/17", op)
		add("PATCH", "/scim/v2/Me", patch(op))
		add("PATCH", "/scim/v2/Users/17", `{"Operations":[`+op+`,{"op":"replace","path":"title","value":"x"}]}`)
	}
	for _, body := range []string{`{"schemas":["urn:scim:schemas:core:1.0"],"userType":"evil"}`, `{"schemas":["urn:scim:schemas:core:1.0"],"nickName":"x"}`,
		`{"schemas":["urn:scim:schemas:core:1.0"],"meta":{"attributes":["nickName"]}}`, `{"schemas":["urn:scim:schemas:core:1.0"],"urn:scim:schemas:extension:enterprise:1.0":{"department":"x"}}`} {
		add("PATCH", "/scim/v1/Users/17", body)
		add("POST", "/scim/v1/Users/17", body, "X-HTTP-Method-Override", "PATCH")
	}
	return all
}
