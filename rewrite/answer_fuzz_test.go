package rewrite

import (
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// FuzzAnswer holds that a repaired answer is JSON if it was, needs no second
// repair, and shows no password.
func FuzzAnswer(f *testing.F) {
	f.Add("GET", "/scim/v2/Users?attributes=name.givenName,emails&startIndex=3", 200, `[`+strictUser+`,{"id":7,"name.givenName":"x","password":"y"}]`)
	f.Add("GET", "/scim/v2/Users/17?excludedAttributes=emails.type", 200, strictUser)
	f.Add("POST", "/Users", 200, `{"id":17,"active":"True","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value":3}`)
	f.Add("GET", "/Users?filter=userName%20pr", 404, errHead+`"status":404,"detail":"see http://10.0.0.4/Users/1"}`)
	f.Add("POST", "/Users", 500, `{"errors":[{"message":"duplicate key value at 10.0.0.4:5432"}]}`)
	f.Add("GET", "/ServiceProviderConfig", 200, `{"patch":{},"documentationUri":"http://b/x","meta":{"location":"http://b/ServiceProviderConfig"}}`)
	f.Add("POST", "/Bulk", 200, `{"Operations":[{"status":{"code":201},"location":"http://b/Users/1","response":{"id":1}}]}`)
	f.Fuzz(func(t *testing.T, method, target string, status int, body string) {
		path, query, _ := strings.Cut(target, "?")
		if _, ok := scim.Core().Route(scim.Base{}, path); !ok || status < 200 || status > 599 {
			return
		}
		s := sessionAt(t, path)
		req := &scim.Request{Method: method, Path: path, Query: query, Origin: "https://scim.example.com"}
		resp := &scim.Response{Status: status, Header: http.Header{}, Body: body}
		s.answer(req, resp)
		once, again := resp.Body, resp.Status
		if _, err := scim.Check(body, scim.Limits{}); err == nil && once != "" {
			if _, err := scim.Check(once, scim.Limits{}); err != nil {
				t.Fatalf("%s became %s: %v", body, once, err)
			}
		}
		if again >= 400 {
			return // a page that was a 404 is by now an error of the standard, which says more
		}
		if s.answer(req, resp); resp.Body != once || resp.Status != again {
			t.Fatalf("%s became %s and then %s", body, once, resp.Body)
		}
		if doc, err := scim.Check(once, scim.Limits{}); err == nil && s.rt != nil && s.rt.Name == "User" && s.route.Operation(method) == "get" {
			if v := scim.Parse(doc); v.Get("password").Exists() && status == 200 {
				t.Fatalf("%s shows a password", once)
			}
		}
	})
}

// FuzzAnswer11 holds that an answer which is said in SCIM 1.1 is JSON if it was,
// and names no schema of 2.0 where a client of 1.1 looks for its own.
func FuzzAnswer11(f *testing.F) {
	f.Add("GET", "/Users", 200, `{"schemas":["`+scim.ListResponseURI+`"],"totalResults":1,"Resources":[`+strictUser+`]}`)
	f.Add("GET", "/Groups/7", 200, `{"schemas":["`+scim.GroupURI+`"],"id":"7","members":[{"value":"1","$ref":"x"},3,null]}`)
	f.Add("GET", "/Users/7", 404, errHead+`"status":"404","detail":"no"}`)
	f.Add("GET", "/ServiceProviderConfig", 200, `{"patch":3,"authenticationSchemes":{"specUri":"x"},"meta":[]}`)
	f.Add("GET", "/Schemas", 200, `{"Resources":[{"id":"`+scim.UserURI+`","attributes":[{"name":"x","multiValued":true,"subAttributes":[{"name":"$ref"},7]}]}]}`)
	f.Add("POST", "/Bulk", 200, `{"Operations":[{"status":"409","response":{"schemas":["`+scim.ErrorURI+`"],"detail":"x"}},4]}`)
	f.Add("DELETE", "/Users/7", 204, ``)
	f.Fuzz(func(t *testing.T, method, path string, status int, body string) {
		if _, ok := scim.Core().Route(scim.Base{}, path); !ok || status < 200 || status > 599 {
			return
		}
		s := sessionAt(t, path)
		req := &scim.Request{Method: method, Path: path, Origin: "https://scim.example.com"}
		resp := &scim.Response{Status: status, Header: http.Header{}, Body: body}
		s.answer(req, resp)
		s.answer11(req, resp)
		doc, err := scim.Check(resp.Body, scim.Limits{})
		if _, was := scim.Check(body, scim.Limits{}); was != nil || body == "" || resp.Body == "" {
			return
		}
		if err != nil {
			t.Fatalf("%s became %s: %v", body, resp.Body, err)
		}
		if v := scim.Parse(doc); v.Kind() == scim.Object && isArray(v.Get(keySchemas)) && contains(v.Get(keySchemas), scim.UserURI) {
			t.Fatalf("%s became %s", body, resp.Body)
		}
	})
}
