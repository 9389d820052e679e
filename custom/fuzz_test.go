package custom

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// fuzzed are the rules that FuzzRules chooses from, one for each bit.
var fuzzed = []Rule{
	{ID: "rename-in", Resource: []string{"User"}, Verbs: []Verb{Rename{"costUnit", costUnit}}},
	{ID: "rename-out", Verbs: []Verb{Rename{"name.familyName", "lastName"}}},
	{ID: "rename-sub", Verbs: []Verb{Rename{"emails.value", "emails.address"}}},
	{ID: "copy", Verbs: []Verb{Copy{`emails[type eq "work"].value`, "userName"}}},
	{ID: "remove", Verbs: []Verb{Remove{"nickName"}, Remove{"addresses.country"}}},
	{ID: "set", Verbs: []Verb{Set{"userType", "Employee"}, Default{department, "7"}}},
	{ID: "map", Verbs: []Verb{Map{"title", []Pair{{"a", "b"}, {"b", "a"}}}, Lowercase{"userName"}, Trim{"displayName"}}},
	{ID: "coerce", Verbs: []Verb{Coerce{"active", "string"}}},
	{ID: "wrap", Verbs: []Verb{Unwrap{`addresses[type eq "work"].locality`, "city"}, Wrap{"phone", `phoneNumbers[type eq "work"].value`}}},
	{ID: "lists", Verbs: []Verb{Split{"badges", ","}, Join{"tags", ";"}}},
	{ID: "operator", Verbs: []Verb{FilterOp{"title", "eq", "co"}}},
	{ID: "when", When: `userType eq "Contractor"`, Verbs: []Verb{Remove{"title"}, Header{Name: "X-Contractor", Value: "1"}}},
	{ID: "reject", On: []string{"delete", "create"}, When: `active eq false`, Verbs: []Verb{Reject{403, "", "no"}}},
	{ID: "replace", Verbs: []Verb{Replace{"userName", `^(.*)@example\.com$`, "$1", `^([^@]*)$`, "$1@example.com"}, Status{200, 202}}},
}

// FuzzRules puts requests that are JSON through rules. Nothing may panic, an error
// is one of SCIM, what is sent is as strict as what came, what no rule has
// reported keeps its bytes, and a hidden attribute does not show.
func FuzzRules(f *testing.F) {
	f.Add(uint16(0xFFFF), uint8(0), "", whole, whole)
	f.Add(uint16(0xFFFF), uint8(1), "attributes=nickName", patchOf(pieces...), whole)
	f.Add(uint16(0x00FF), uint8(2), "filter=title%20eq%20%22a%22&sortBy=nickName", "", `{"totalResults":1,"Resources":[`+whole+`]}`)
	f.Add(uint16(0x3FFF), uint8(3), "", `{"schemas":["`+scim.SearchRequestURI+`"],"filter":"emails[value eq \"x\"]","attributes":["name"]}`, `[`+whole+`]`)
	f.Add(uint16(0x3FFF), uint8(4), "", bulkOf(`"failOnErrors":1,`, `{"method":"POST","bulkId":"a","path":"/Users","data":`+whole+`}`, `{"method":"PATCH","path":"/Users/2","data":`+patchOf(pieces[0])+`}`), results(`{"method":"POST","bulkId":"a","status":"201","response":`+whole+`}`))
	f.Add(uint16(0x3000), uint8(5), "", "", `{"detail":"name.lastName"}`)
	var compiled [1 << 14]*Rules
	f.Fuzz(func(t *testing.T, chosen uint16, kind uint8, query, body, answer string) {
		chosen %= 1 << 14
		if compiled[chosen] == nil {
			var rules []Rule
			for i := range fuzzed {
				if chosen&(1<<i) != 0 {
					rules = append(rules, fuzzed[i])
				}
			}
			compiled[chosen] = newRules(t, rules...)
		}
		req := &scim.Request{Query: query, Body: body, Header: http.Header{}}
		switch kind % 6 {
		case 0:
			req.Method, req.Path = http.MethodPut, "/Users/1"
		case 1:
			req.Method, req.Path = http.MethodPatch, "/Users/1"
		case 2:
			req.Method, req.Path, req.Body = http.MethodGet, "/Users", ""
		case 3:
			req.Method, req.Path = http.MethodPost, "/Users/.search"
		case 4:
			req.Method, req.Path = http.MethodPost, "/Bulk"
		case 5:
			req.Method, req.Path, req.Body = http.MethodDelete, "/Users/1", ""
		}
		if strings.ContainsAny(query, "+?#\x00") || strings.Contains(query, "&&") {
			return // normal form has none
		}
		if _, err := scim.Check(body, scim.Limits{}); req.Body != "" && err != nil {
			return // it does not come through the door
		}
		putThrough(t, compiled[chosen], req, answer)
	})
}

func putThrough(t *testing.T, rules *Rules, req *scim.Request, answer string) {
	route, _ := scim.Core().Route(scim.Base{}, req.Path)
	var sent *scim.Request
	reported := 0
	given := *req
	send, err := rules.Wrap(t.Context(), route, req, func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == req.Method {
			again := *out
			sent = &again
		}
		return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: answer}, nil
	}, func(c rewrite.Change) {
		if !strings.Contains(c.At, "answer.") {
			reported++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := send(t.Context(), req)
	if e := scim.AsError(err); err != nil && e.Status == http.StatusInternalServerError {
		t.Fatalf("%v", err)
	}
	if given.Query != req.Query || given.Body != req.Body {
		t.Fatal("the request of the client was changed")
	}
	if sent != nil {
		if reported == 0 && (sent.Body != given.Body || sent.Query != given.Query) {
			t.Fatalf("changed without a report: %s %s", sent.Query, sent.Body)
		}
		if reported > 0 {
			isStrict(t, req.Method, sent)
		}
	}
	if err == nil && resp.Status < 300 {
		looksLikeJSON(t, answer, resp.Body)
	}
}

// looksLikeJSON holds that an answer in JSON stays so.
func looksLikeJSON(t *testing.T, answer, body string) {
	if _, err := scim.Check(answer, scim.Limits{Depth: answerDepth}); err != nil {
		return
	}
	if _, err := scim.Check(body, scim.Limits{Bytes: len(body) + 1, Depth: answerDepth + 2}); err != nil && body != "" {
		t.Fatalf("%s became %s: %v", answer, body, err)
	}
}
