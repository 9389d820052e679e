package custom

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func bulkOf(members string, operations ...string) string {
	return `{"schemas":["` + scim.BulkRequestURI + `"],` + members + `"Operations":[` + strings.Join(operations, ",") + `]}`
}

func results(operations ...string) string {
	return `{"schemas":["` + scim.BulkResponseURI + `"],"Operations":[` + strings.Join(operations, ",") + `]}`
}

func TestBulk(t *testing.T) {
	rules := []Rule{
		{ID: "a", Resource: []string{"user"}, Verbs: []Verb{Rename{"costUnit", costUnit}}},
		{ID: "b", On: []string{"delete"}, Verbs: []Verb{Reject{403, "", "no"}}},
		{ID: "c", On: []string{"patch"}, Verbs: []Verb{Remove{"nickName"}}},
		{ID: "d", On: []string{"bulk"}, Verbs: []Verb{Header{Name: "X-Bulk", Value: "1"}}},
		{ID: "e", On: []string{"create"}, Verbs: []Verb{Header{Name: "X-Create", Value: "1"}}},
	}
	x := exchange{
		rules: rules, method: http.MethodPost, path: "/Bulk",
		body: bulkOf("",
			`{"method":"POST","path":"/Users","bulkId":"q","data":`+userOf(`"costUnit":"7"`)+`}`,
			`{"method":"DELETE","path":"/Users/1"}`,
			`{"method":"PATCH","path":"/Users/2","data":`+patchOf(`{"op":"replace","path":"nickName","value":"x"}`)+`}`,
			`{"method":"PUT","path":"/Groups/3","data":{"costUnit":"7"}}`,
			`{"method":"PUT","path":"/Users/3","data":`+userOf(`"costUnit":"7","`+acme+`":{"costUnit":"8"}`)+`}`,
		),
		answer: results(
			`{"method":"POST","bulkId":"q","status":"201","response":`+userOf(`"id":"1","`+acme+`":{"costUnit":"7"}`, acme)+`}`,
			`{"method":"PATCH","status":"200","response":{"nickName":"x","id":"2"}}`,
			`{"method":"PUT","status":"400","response":{"detail":"`+costUnit+` is odd"}}`,
		),
	}
	x.run(t)
	x.want(t, bulkOf("",
		`{"method":"POST","path":"/Users","bulkId":"q","data":`+userOf(`"`+acme+`":{"costUnit":"7"}`, acme)+`}`,
		`{"method":"PATCH","path":"/Users/2","data":`+nothingToDo+`}`,
		`{"method":"PUT","path":"/Groups/3","data":{"costUnit":"7"}}`,
	), results(
		`{"method":"POST","bulkId":"q","status":"201","response":`+userOf(`"id":"1","costUnit":"7"`)+`}`,
		`{"method":"DELETE","location":"https://scim.example.com/Users/1","response":{"schemas":["`+scim.ErrorURI+`"],"status":"403","detail":"no"},"status":"403"}`,
		`{"method":"PATCH","status":"200","response":{"id":"2"}}`,
		`{"method":"PUT","status":"400","response":{"detail":"`+costUnit+` is odd"}}`,
		`{"method":"PUT","location":"https://scim.example.com/Users/3","response":{"schemas":["`+scim.ErrorURI+`"],"status":"400","scimType":"invalidValue","detail":"body: costUnit and `+costUnit+`, which are one attribute, are given with different values"},"status":"400"}`,
	))
	if h := x.sent[0].Header; h.Get("X-Bulk") != "1" || h.Get("X-Create") != "" {
		t.Errorf("header %v", h)
	}
	if diff := cmp.Diff([]string{
		"d header.X-Bulk", "a Operations[0].data.body.costUnit", "b Operations[1].data.request", "c Operations[2].data.Operations[0].path",
		"a Operations[0].data.answer." + costUnit, "c Operations[2].data.answer.nickName",
	}, x.changes); diff != "" {
		t.Error(diff)
	}
}

func TestBulkFailOnErrors(t *testing.T) {
	put := func(id string) string {
		return `{"method":"PUT","path":"/Users/` + id + `","data":` + userOf(`"id":"`+id+`"`) + `}`
	}
	del := func(id string) string { return `{"method":"DELETE","path":"/Users/` + id + `"}` }
	done := func(id string) string {
		return `{"method":"PUT","location":"https://scim.example.com/Users/` + id + `","status":"200"}`
	}
	refused := func(id string) string {
		return `{"method":"DELETE","location":"https://scim.example.com/Users/` + id + `","response":{"schemas":["` + scim.ErrorURI + `"],"status":"403","detail":"no"},"status":"403"}`
	}
	for _, row := range []struct{ name, body, sent, answer, want string }{
		{
			"stops at the refusal", bulkOf(`"failOnErrors":1,`, put("1"), del("2"), put("3"), del("4")),
			bulkOf(`"failOnErrors":1,`, put("1")), results(done("1")), results(done("1"), refused("2")),
		},
		{
			"one more is allowed", bulkOf(`"failOnErrors":2,`, put("1"), del("2"), put("3")),
			bulkOf(`"failOnErrors":1,`, put("1"), put("3")), results(done("1"), done("3")), results(done("1"), refused("2"), done("3")),
		},
		{
			"the service provider stops first", bulkOf(`"failOnErrors":2,`, put("1"), put("3"), del("2")),
			bulkOf(`"failOnErrors":1,`, put("1"), put("3")), results(done("1")), results(done("1")),
		},
		{"nothing is sent", bulkOf("", del("2"), del("3")), "", "", results(refused("2"), refused("3"))},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := exchange{
				rules:  []Rule{{ID: "b", On: []string{"delete"}, Verbs: []Verb{Reject{403, "", "no"}}}},
				method: http.MethodPost, path: "/Bulk", body: row.body, answer: row.answer,
			}
			x.run(t)
			if row.sent != "" {
				x.want(t, row.sent, row.want)
				return
			}
			if diff := cmp.Diff(row.want, x.got.Body); diff != "" || len(x.sent) > 0 || x.got.Status != http.StatusOK {
				t.Errorf("%d, sent %v: %s", x.got.Status, x.lines(), diff)
			}
		})
	}
}

// TestBulkAsItIs is about a request for which no rule has anything to do: it keeps
// its bytes, and so does the answer.
func TestBulkAsItIs(t *testing.T) {
	x := exchange{
		rules:  []Rule{{ID: "a", Verbs: []Verb{Remove{"nickName"}}}, {ID: "b", On: []string{"delete"}, Verbs: []Verb{Reject{403, "", "no"}}}},
		method: http.MethodPost, path: "/Bulk",
		body:   bulkOf("  ", `{ "method":"PUT", "path":"/Users/1", "data":{"title":"x"} }`, `{"method":"POST","path":"/Other"}`, `7`),
		answer: results(` {"method":"PUT","status":"200","response":{"title":"x"} }`),
	}
	x.run(t)
	x.want(t, x.body, x.answer)
}

func TestBulkState(t *testing.T) {
	rules := []Rule{{ID: "a", Verbs: []Verb{Copy{`emails[type eq "work"].value`, "userName"}}}}
	op := patchOf(`{"op":"remove","path":"emails[type eq \"work\"]"}`, `{"op":"add","path":"emails","value":[{"type":"work","value":"lind@example.com"}]}`)
	x := exchange{
		rules: rules, method: http.MethodPost, path: "/Bulk",
		body: bulkOf("",
			`{"method":"PATCH","path":"/Users/1","data":`+op+`}`,
			`{"method":"PATCH","path":"/Users/1","data":`+op+`}`,
			`{"method":"PATCH","path":"/Users/bulkId:a","data":`+op+`}`,
			`{"method":"PATCH","path":"/Users/9","data":`+op+`}`,
		),
	}
	x.through(t, serviceProvider(t, mara))
	if x.err != nil {
		t.Fatal(x.err)
	}
	v := scim.Parse(x.got.Body)
	var got []string
	for _, r := range v.Get("Operations").Members() {
		got = append(got, r.Value.Get("status").Text()+" "+r.Value.Get("response").Get("detail").Text())
	}
	if diff := cmp.Diff([]string{
		"200 ",
		"400 a rule depends on the state of this resource, which another operation of the same Bulk request changes: send the operation after it",
		"400 a rule depends on the state of this resource, which is only created by the same Bulk request: send the operation after it",
		`404 User "9" does not exist`,
	}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"GET /Users/1", "GET /Users/9", "POST /Bulk"}, x.lines()); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(x.sent[2].Body, `{"op":"replace","path":"userName","value":"lind@example.com"}`) {
		t.Errorf("sent %s", x.sent[2].Body)
	}
	if !strings.Contains(x.sent[2].Body, `"version":`) {
		t.Error("the operation does not hold for the version that was read")
	}
}

// TestBulkPaths is about paths that the standard does not have, but a service
// provider may take.
func TestBulkPaths(t *testing.T) {
	for _, path := range []string{"/Users/1", "Users/1", "/users/1", "https://scim.example.com/scim/v2/Users/1", "/scim/v2/Users/1", "/Users/1?x=1", "//Users/1"} {
		x := exchange{
			rules:  []Rule{{ID: "b", On: []string{"delete"}, Verbs: []Verb{Reject{403, "", "no"}}}},
			method: http.MethodPost, path: "/Bulk", body: bulkOf("", `{"method":"delete","path":"`+path+`"}`), answer: results(),
		}
		if x.run(t); x.err != nil || len(x.sent) > 0 || !strings.Contains(x.got.Body, `"location":"https://scim.example.com/Users/1"`) {
			t.Errorf("%s: sent %v, got %v %v", path, x.lines(), x.got, x.err)
		}
	}
}

func TestBulkBroken(t *testing.T) {
	broken := errors.New("broken")
	x := exchange{rules: []Rule{{ID: "a", Verbs: []Verb{Remove{"nickName"}}}}, method: http.MethodPost, path: "/Bulk"}
	for _, body := range []string{`{}`, `{"Operations":{}}`, `[`} {
		x.body = body
		x.run(t)
		if e := scim.AsError(x.err); e.Status != http.StatusBadRequest || len(x.sent) > 0 {
			t.Errorf("%s: %v", body, x.err)
		}
	}
	x.body = bulkOf("", `{"method":"POST","path":"/Users","bulkId":"q","data":{"title":"x"}}`)
	x.status, x.answer = http.StatusRequestEntityTooLarge, `{"status":"413","detail":"x"}`
	x.run(t)
	x.want(t, x.body, x.answer)
	x.through(t, func(context.Context, *scim.Request) (*scim.Response, error) { return nil, broken })
	if !errors.Is(x.err, broken) {
		t.Error(x.err)
	}
}
