package caddymodule

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// hiding are rules for what nobody may see.
const hiding = `
	scim {
		base_path /scim/v2
		rule acme.hidden {
			remove nickName
			remove urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber
			remove name.middleName
			remove emails.display
		}
	}
	reverse_proxy BACKEND
`

// secrets are the members that hide them.
const secrets = `"nickName":"SECRET","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"SECRET","department":"x"},` +
	`"name":{"middleName":"SECRET","familyName":"Lind"},"emails":[{"value":"a@example.com","display":"SECRET"}]`

// shownAnswers are the ways in which a service provider may show a resource.
var shownAnswers = map[string]string{
	"plain":          `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"17","userName":"ada",` + secrets + `}`,
	"no schemas":     `{"id":"17","userName":"ada",` + secrets + `}`,
	"other case":     `{"id":"17","userName":"ada","NICKNAME":"SECRET","URN:ietf:params:scim:schemas:extension:enterprise:2.0:user":{"EmployeeNumber":"SECRET"},"Name":{"MiddleName":"SECRET"},"EMAILS":[{"Display":"SECRET"}]}`,
	"twice":          `{"id":"17","nickName":"SECRET","nickname":"SECRET2","name":{"middleName":"SECRET","MiddleName":"SECRET"}}`,
	"twice, same":    `{"id":"17","nickName":"SECRET","nickName":"SECRET2"}`,
	"flat":           `{"id":"17","name.middleName":"SECRET","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"SECRET","emails.display":"SECRET"}`,
	"core prefix":    `{"id":"17","urn:ietf:params:scim:schemas:core:2.0:User:nickName":"SECRET","urn:ietf:params:scim:schemas:core:2.0:User":{"nickName":"SECRET"}}`,
	"bare":           `{"id":"17","employeeNumber":"SECRET"}`,
	"escaped":        `{"id":"17","\u006eickName":"SECRET"}`,
	"array of one":   `[{"id":"17",` + secrets + `}]`,
	"list":           `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"Resources":[{"id":"17",` + secrets + `}]}`,
	"list, lower":    `{"totalResults":1,"resources":[{"id":"17",` + secrets + `}]}`,
	"list of object": `{"totalResults":1,"Resources":{"id":"17",` + secrets + `}}`,
	"list in a list": `{"totalResults":1,"Resources":[[{"id":"17",` + secrets + `}]]}`,
	"odd type":       `{"id":"17","meta":{"resourceType":"Person"},` + secrets + `}`,
	"group type":     `{"id":"17","meta":{"resourceType":"Group"},` + secrets + `}`,
	"emails object":  `{"id":"17","emails":{"value":"a","display":"SECRET"},"name":[{"middleName":"SECRET"}]}`,
	"emails nested":  `{"id":"17","emails":[[{"display":"SECRET"}]]}`,
	"wrapped":        `{"data":{"id":"17",` + secrets + `}}`,
	"bom":            "\uFEFF" + `{"id":"17",` + secrets + `}`,
	"text before":    ")]}',\n" + `{"id":"17",` + secrets + `}`,
	"a string":       `"{\"nickName\":\"SECRET\"}"`,
	"xml":            `<User><nickName>SECRET</nickName></User>`,
	"broken":         `{"id":"17",` + secrets,
}

// TestHidden is about what a rule removes: no answer shows it, whatever the
// answer looks like and whatever was asked for.
func TestHidden(t *testing.T) {
	var body, contentType string
	var status int
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		switch {
		case !strings.HasSuffix(r.URL.Path, "/Bulk"):
			w.WriteHeader(status)
			io.WriteString(w, body)
		case r.Method == http.MethodPost:
			w.WriteHeader(status)
			io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[`+
				`{"method":"PUT","location":"/Users/17","status":"`+strconv.Itoa(status)+`","response":`+body+`}]}`)
		}
	})
	s := startSite(t, b, hiding)
	patch := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"x"}]}`
	gone := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"nickName","value":"x"}]}`
	user := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}`
	search := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"ada\""}`
	for _, req := range [][3]string{
		{"GET", "/scim/v2/Users/17", ""},
		{"GET", "/scim/v2/Users/17?attributes=userName,nickName,name", ""},
		{"GET", "/scim/v2/Users/17?excludedAttributes=title", ""},
		{"GET", "/scim/v2/Users", ""},
		{"GET", "/scim/v2/Users?startIndex=1&count=1", ""},
		{"GET", "/scim/v2/Users?cursor", ""},
		{"GET", "/scim/v2/users/", ""},
		{"GET", "/scim/v2/", ""},
		{"GET", "/scim/v2/Me", ""},
		{"PATCH", "/scim/v2/Me", patch},
		{"POST", "/scim/v2/Users", user},
		{"PUT", "/scim/v2/Users/17", user},
		{"PATCH", "/scim/v2/Users/17", patch},
		{"PATCH", "/scim/v2/Users/17", gone},
		{"POST", "/scim/v2/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PATCH","path":"/Users/17","bulkId":"a","data":` + patch + `}]}`},
		{"POST", "/scim/v2/Users/.search", search},
		{"POST", "/scim/v2/.search", search},
		{"DELETE", "/scim/v2/Users/17", ""},
		{"POST", "/scim/v2/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PUT","path":"/Users/17","data":` + user + `}]}`},
	} {
		for name, shape := range shownAnswers {
			for _, st := range []int{200, 206, 302, 409, 500} {
				for _, ct := range []string{"application/scim+json", "text/plain"} {
					body, status, contentType = shape, st, ct
					if name == "group type" && !strings.Contains(req[1], "Users") {
						continue // which is one where all types are
					}
					first := strings.TrimPrefix(shape, "\uFEFF")[0]
					if first != '{' && first != '[' && (st >= 400 || strings.HasSuffix(req[1], "Bulk")) {
						continue // the text of an error; and none can be a part of JSON
					}
					a := s.do(req[0], req[1], req[2])
					if strings.Contains(a.body, "SECRET") {
						t.Errorf("%s %s, %s, %d %s: %d %s", req[0], req[1], name, st, ct, a.status, a.body)
					}
				}
			}
		}
	}
}
