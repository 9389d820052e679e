package directory

import (
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// What the standard does not allow is refused, and nothing is changed.
func TestRefusesBodies(t *testing.T) {
	user := func(more string) string {
		return `{"schemas":["` + userURI + `"],"userName":"pia.holm@example.com"` + more + `}`
	}
	extended := func(more string) string {
		return `{"schemas":["` + userURI + `","` + ent + `"],"userName":"pia.holm@example.com",` + more + `}`
	}
	tests := []struct{ name, body, scimType, detail string }{
		{"not JSON", `{`, "invalidSyntax", ""},
		{"not an object", `[1]`, "invalidSyntax", "the body must be an object, got an array"},
		{"one name twice", `{"schemas":["` + userURI + `"],"userName":"a","USERNAME":"b"}`, "invalidSyntax", ""},
		{"trailing data", user("") + `{}`, "invalidSyntax", ""},
		{"no schemas", `{"userName":"a"}`, "invalidSyntax", "schemas: want an array"},
		{"schemas as text", `{"schemas":"` + userURI + `","userName":"a"}`, "invalidSyntax", "schemas: want an array"},
		{"empty schemas", `{"schemas":[],"userName":"a"}`, "invalidSyntax", "schemas: want an array"},
		{"no core schema", `{"schemas":["` + ent + `"],"userName":"a"}`, "invalidSyntax", userURI + " is missing"},
		{"a schema twice", `{"schemas":["` + userURI + `","` + userURI + `"],"userName":"a"}`, "invalidSyntax", "named twice"},
		{"a vendor's marker", `{"schemas":["` + userURI + `","http://schemas.example.net/2006/ADSCIM/2.0/User"],"userName":"a"}`, "invalidSyntax", "schemas[1]"},
		{"a misspelt schema", `{"schemas":["` + userURI + `","` + strings.Replace(ent, "2.0:", "2.0", 1) + `"],"userName":"a"}`, "invalidSyntax", "schemas[1]"},
		{"another type's schema", `{"schemas":["` + userURI + `","` + groupURI + `"],"userName":"a"}`, "invalidSyntax", "is no schema of User"},
		{"undeclared extension", user(`,"` + ent + `":{"department":"Tools"}`), "invalidSyntax", ent + " is missing"},
		{"extension as text", extended(`"` + ent + `":"Tools"`), "invalidValue", "want an object, got a string"},
		{"extension attribute at the top", extended(`"department":"Tools"`), "invalidSyntax", `unknown attribute \"department\"`},
		{"flat extension name", extended(`"` + ent + `:department":"Tools"`), "invalidSyntax", "unknown attribute"},
		{"unknown extension attribute", extended(`"` + ent + `":{"shoeSize":"39"}`), "invalidSyntax", `unknown attribute \"shoeSize\": ` + ent},
		{"dotted name", user(`,"name.givenName":"Pia"`), "invalidSyntax", `unknown attribute \"name.givenName\"`},
		{"unknown attribute", user(`,"favouriteColour":"green"`), "invalidSyntax", `unknown attribute \"favouriteColour\"`},
		{"unknown sub-attribute", user(`,"roles":[{"value":"a","displayName":"A"}]`), "invalidSyntax", `roles: unknown sub-attribute \"displayName\"`},
		{"no userName", `{"schemas":["` + userURI + `"]}`, "invalidValue", "userName: is required"},
		{"null userName", `{"schemas":["` + userURI + `"],"userName":null}`, "invalidValue", "userName: is required"},
		{"empty userName", `{"schemas":["` + userURI + `"],"userName":""}`, "invalidValue", "userName: is required"},
		{"boolean as text", user(`,"active":"True"`), "invalidValue", "active: want a boolean, got a string"},
		{"primary as text", user(`,"emails":[{"value":"a","primary":"true"}]`), "invalidValue", "emails[0].primary"},
		{"array for one value", user(`,"title":["Engineer"]`), "invalidValue", "title: want a string, got an array"},
		{"object for several values", user(`,"emails":{"value":"a"}`), "invalidValue", "emails: want an array, got an object"},
		{"texts for objects", user(`,"emails":["a"]`), "invalidValue", "emails[0]: want an object"},
		{"two primary values", user(`,"emails":[{"value":"a","primary":true},{"value":"b","primary":true}]`), "invalidValue", "both primary"},
		{"manager as text", extended(`"` + ent + `":{"manager":"mara"}`), "invalidValue", ent + ":manager: want an object"},
		{"manager without id", extended(`"` + ent + `":{"manager":{"value":""}}`), "invalidValue", "manager.value: want the id"},
		{"ill password", user(`,"password":17`), "invalidValue", "password: want a string, got a number"},
	}
	d := seeded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, do(d, "POST", "/Users", tt.body), 400, tt.scimType, tt.detail)
			refused(t, do(d, "PUT", "/Users/nils", tt.body), 400, tt.scimType, tt.detail)
		})
	}
	refused(t, do(d, "POST", "/Groups", `{"schemas":["`+groupURI+`"]}`), 400, "invalidValue", "displayName: is required")
	refused(t, do(d, "POST", "/Groups", `{"schemas":["`+groupURI+`"],"displayName":"A","members":[{"display":"Mara"}]}`), 400, "invalidValue", "members.value")
	if got := at(do(d, "GET", "/Users", ""), "totalResults"); got != "3" {
		t.Errorf("%s users", got)
	}
}

// What the standard allows is taken, also where clients rarely use it.
func TestTakesBodies(t *testing.T) {
	tests := []struct{ name, body, place, want string }{
		{"unused extension", `{"schemas":["` + ent + `","` + userURI + `"],"userName":"a"}`, "schemas", `["` + ent + `","` + userURI + `"]`},
		{"schema in another case", `{"SCHEMAS":["` + strings.ToUpper(userURI) + `"],"userName":"a"}`, "schemas", `["` + userURI + `"]`},
		{"names in another case", `{"schemas":["` + userURI + `"],"username":"a","NAME":{"GIVENNAME":"Pia"}}`, "name", `{"givenName":"Pia"}`},
		{"read-only of any type", `{"schemas":["` + userURI + `"],"userName":"a","id":7,"meta":"x","groups":{}}`, "id", `"id-1"`},
		{"null extension", `{"schemas":["` + userURI + `"],"userName":"a","` + ent + `":null}`, ent, ``},
		{"nothing in it", `{"schemas":["` + userURI + `"],"userName":"a","name":{},"emails":[{}],"title":null}`, "name", ``},
		{"null reference", `{"schemas":["` + userURI + `","` + ent + `"],"userName":"a","` + ent + `":{"manager":{"value":"mara","$ref":null,"displayName":"ignored"}}}`, ent, `{"manager":{"value":"mara"}}`},
		{"simple values", `{"schemas":["` + userURI + `","` + acmeURI + `"],"userName":"a","` + acmeURI + `":{"tags":["x","y"]}}`, acmeURI + "/tags", `["x","y"]`},
		{"empty text", `{"schemas":["` + userURI + `"],"userName":"a","title":""}`, "title", `""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := do(seeded(t), "POST", "/Users", tt.body)
			if got := at(w, tt.place); w.Code != 201 || got != tt.want {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRefusesPatches(t *testing.T) {
	op := func(s string) string { return patch(s) }
	tests := []struct{ name, body, scimType, detail string }{
		{"no schemas", `{"Operations":[{"op":"add","path":"title","value":"x"}]}`, "invalidSyntax", "schemas"},
		{"no operations", op(``), "invalidSyntax", "Operations"},
		{"lower-case operations", `{"schemas":["` + scim.PatchOpURI + `"],"operations":[{"op":"add","path":"title","value":"x"}]}`, "invalidSyntax", "operations"},
		{"bare operation", `{"op":"add","path":"title","value":"x"}`, "invalidSyntax", ""},
		{"bare array", `[{"op":"add","path":"title","value":"x"}]`, "invalidSyntax", "must be an object"},
		{"Replace", op(`{"op":"Replace","path":"title","value":"x"}`), "invalidSyntax", "Operations[0].op"},
		{"Op", op(`{"Op":"replace","path":"title","value":"x"}`), "invalidSyntax", "Operations[0]"},
		{"move", op(`{"op":"move","path":"title","value":"x"}`), "invalidSyntax", "Operations[0].op"},
		{"no value", op(`{"op":"add","path":"title"}`), "invalidValue", "needs a value"},
		{"remove with a value", op(`{"op":"remove","path":"emails","value":[{"value":"mara@example.org"}]}`), "invalidSyntax", "remove takes no value"},
		{"remove without path", op(`{"op":"remove"}`), "noTarget", "Operations[0]"},
		{"replace where nothing is", op(`{"op":"replace","path":"emails[type eq \"other\"].value","value":"x"}`), "noTarget", "Operations[0]"},
		{"add where nothing is", op(`{"op":"add","path":"emails[type eq \"other\"].value","value":"x"}`), "noTarget", "Operations[0]"},
		{"text for a boolean in a filter", op(`{"op":"replace","path":"emails[primary eq \"True\"].value","value":"x"}`), "invalidFilter", "Operations[0]"},
		{"bare word in a filter", op(`{"op":"replace","path":"emails[type eq work].value","value":"x"}`), "invalidFilter", "Operations[0]"},
		{"filter that is not closed", op(`{"op":"replace","path":"emails[type eq \"work\"","value":"x"}`), "invalidFilter", "never closed"},
		{"path with two dots", op(`{"op":"add","path":"name.given.name","value":"x"}`), "invalidPath", "Operations[0]"},
		{"unknown attribute", op(`{"op":"add","path":"shoeSize","value":"39"}`), "invalidPath", "shoeSize"},
		{"extension attribute without URI", op(`{"op":"add","path":"department","value":"x"}`), "invalidPath", "department"},
		{"dotted name", op(`{"op":"replace","value":{"name.givenName":"x"}}`), "invalidPath", "name.givenName"},
		{"flat extension name", op(`{"op":"replace","value":{"` + ent + `:department":"x"}}`), "invalidPath", "department"},
		{"text for a boolean", op(`{"op":"replace","path":"active","value":"False"}`), "invalidValue", "want a boolean"},
		{"array for one value", op(`{"op":"replace","path":"name.givenName","value":[{"value":"x"}]}`), "invalidValue", "want a string"},
		{"object for several values", op(`{"op":"replace","path":"emails","value":{"value":"x"}}`), "invalidValue", "emails"},
		{"manager as text", op(`{"op":"add","path":"` + ent + `:manager","value":"nils"}`), "invalidValue", "manager"},
		{"manager without id", op(`{"op":"replace","path":"` + ent + `:manager","value":{"value":""}}`), "invalidValue", "manager"},
		{"read-only path", op(`{"op":"replace","path":"id","value":"mara"}`), "mutability", "id"},
		{"read-only name", op(`{"op":"replace","value":{"id":"mara","title":"x"}}`), "mutability", "id"},
		{"groups of a user", op(`{"op":"add","path":"groups","value":[{"value":"staff"}]}`), "mutability", "groups"},
		{"required attribute", op(`{"op":"remove","path":"userName"}`), "mutability", "userName"},
		{"unknown sub-attribute", op(`{"op":"add","path":"roles","value":[{"value":"a","displayName":"A"}]}`), "invalidValue", "displayName"},
		{"two primary values", op(`{"op":"replace","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}`), "invalidValue", "primary"},
		{"second of two", op(`{"op":"replace","path":"title","value":"Lost"},{"op":"remove"}`), "noTarget", "Operations[1]"},
	}
	d := seeded(t)
	before := do(d, "GET", "/Users/mara", "").Body.String()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, do(d, "PATCH", "/Users/mara", tt.body), 400, tt.scimType, tt.detail)
		})
	}
	if after := do(d, "GET", "/Users/mara", "").Body.String(); after != before {
		t.Errorf("changed by a refused request: %s", after)
	}
}

func TestTakesPatches(t *testing.T) {
	tests := []struct{ name, operations, place, want string }{
		{"without path", `{"op":"replace","value":{"active":false,"title":"Lead"}}`, "active", "false"},
		{"core URI", `{"op":"replace","path":"` + userURI + `:title","value":"Lead"}`, "title", `"Lead"`},
		{"path in another case", `{"op":"replace","path":"NAME.givenname","value":"Mari"}`, "name", `{"givenName":"Mari","familyName":"Lind"}`},
		{"operator in another case", `{"op":"replace","path":"emails[type EQ \"home\" AND primary ne true].value","value":"m@example.org"}`, "emails/1/value", `"m@example.org"`},
		{"extension as object", `{"op":"add","value":{"` + ent + `":{"costCenter":"C1"}}}`, ent + "/costCenter", `"C1"`},
		{"null", `{"op":"replace","path":"title","value":null}`, "title", ``},
		{"null reference", `{"op":"add","path":"` + ent + `:manager","value":{"value":"olga","$ref":null}}`, ent + "/manager", `{"value":"olga"}`},
		{"new primary", `{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`, "emails/0/primary", `false`},
		{"removal by filter", `{"op":"remove","path":"emails[type eq \"work\"]"}`, "emails", `[{"value":"mara@example.org","type":"home"}]`},
		{"password", `{"op":"replace","path":"password","value":"t1me2Go!x"}`, "password", ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := do(seeded(t), "PATCH", "/Users/mara", patch(tt.operations))
			if got := at(w, tt.place); w.Code != 200 || got != tt.want {
				t.Errorf("%d, %s: %s", w.Code, got, w.Body)
			}
		})
	}
}

func TestRefusesRequests(t *testing.T) {
	body := `{"schemas":["` + userURI + `"],"userName":"pia.holm@example.com"}`
	tests := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		detail                     string
	}{
		{"unknown endpoint", "GET", "/Devices", "", nil, 404, "no endpoint"},
		{"endpoint in lower case", "GET", "/users", "", nil, 404, "no endpoint"},
		{"two slashes", "GET", "//Users", "", nil, 404, "no endpoint"},
		{"slash at the end", "GET", "/Users/", "", nil, 404, "no endpoint"},
		{"unknown id", "GET", "/Users/none", "", nil, 404, `User \"none\" does not exist`},
		{"id of another type", "GET", "/Groups/mara", "", nil, 404, "does not exist"},
		{"Me", "GET", "/Me", "", nil, 501, "/Me is not supported"},
		{"method", "PUT", "/Users", body, nil, 405, "does not take this method"},
		{"no media type", "POST", "/Users", body, []string{"Content-Type: "}, 415, "want application/scim+json"},
		{"text", "POST", "/Users", body, []string{"Content-Type: text/plain"}, 415, "want application/scim+json"},
		{"other spelling", "POST", "/Users", body, []string{"Content-Type: application/json+scim"}, 415, "want application/scim+json"},
		{"charset", "POST", "/Users", body, []string{"Content-Type: application/json; charset=latin1"}, 415, "want UTF-8"},
		{"gzip", "POST", "/Users", body, []string{"Content-Encoding: gzip"}, 415, "compressed"},
		{"accepts XML", "GET", "/Users", "", []string{"Accept: application/xml, application/json;q=0"}, 406, "answers are application/scim+json"},
		{"too large", "POST", "/Users", strings.Repeat(" ", 1<<20+1), nil, 413, "larger than 1048576 bytes"},
		{"filter on discovery", "GET", "/Schemas?filter=id%20pr", "", nil, 403, "takes no filter"},
		{"unknown schema", "GET", "/Schemas/urn:none", "", nil, 404, "does not exist"},
		{"unknown resource type", "GET", "/ResourceTypes/None", "", nil, 404, "does not exist"},
	}
	d := seeded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, do(d, tt.method, tt.target, tt.body, tt.headers...), tt.status, "", tt.detail)
		})
	}
	for target, want := range map[string]string{
		"/Users":      "GET, HEAD, POST",
		"/Users/mara": "GET, HEAD, PUT, PATCH, DELETE",
		"/Bulk":       "POST",
		"/.search":    "POST",
		"/Schemas":    "GET, HEAD",
	} {
		if got := do(d, http.MethodOptions, target, "").Header().Get("Allow"); got != want {
			t.Errorf("%s: Allow %q, want %q", target, got, want)
		}
	}
}

func TestTakesRequests(t *testing.T) {
	body := `{"schemas":["` + userURI + `"],"userName":"pia.holm@example.com"}`
	tests := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
	}{
		{"plain JSON", "POST", "/Users", body, []string{"Content-Type: application/json; charset=UTF-8"}, 201},
		{"accepts plain JSON", "GET", "/Users", "", []string{"Accept: text/html, application/json;q=0.8"}, 200},
		{"accepts all", "GET", "/Users", "", []string{"Accept: */*"}, 200},
		{"suffix", "GET", "/Users/mara.scim", "", nil, 200},
		{"HEAD", "HEAD", "/Users/mara", "", nil, 200},
		{"unknown parameter", "GET", "/Users?startindex=x&tenant=1&", "", nil, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := do(seeded(t), tt.method, tt.target, tt.body, tt.headers...)
			if w.Code != tt.status || (w.Body.Len() == 0) != (tt.method == "HEAD") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
