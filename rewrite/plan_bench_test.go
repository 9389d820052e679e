package rewrite_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// planCase is a request as providers send it, with the resource that a read
// shows.
type planCase struct {
	name, method, path, query, body, state string
}

func planCases() []planCase {
	const user, group = "/scim/v2/Users/2819c223", "/scim/v2/Groups/e9e30dba"
	ops := func(list ...string) string {
		return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + strings.Join(list, ",") + `]}`
	}
	set := func(op, path, value string) string {
		return `{"op":"` + op + `","path":"` + path + `","value":` + value + `}`
	}
	strict := []string{
		set("replace", "active", "false"),
		set("replace", "name.givenName", `"Mara"`),
		set("add", scim.EnterpriseUserURI+":department", `"Research"`),
		set("replace", "displayName", `"Mara Lind"`),
		set("replace", "userName", `"mara.lind@example.com"`),
	}
	mailbox := `{"schemas":["` + scim.UserURI + `"],"id":"2819c223","userName":"mara.lind@example.com",` +
		`"name":{"givenName":"Maria","familyName":"Lind"},"emails":[{"type":"home","value":"mara@example.org"}],"active":true}`
	return []planCase{
		{name: "StrictGET", method: "GET", path: "/scim/v2/Users", query: "filter=userName%20eq%20%22mara.lind%40example.com%22&startIndex=1&count=100"},
		{name: "StrictPATCH/3", method: "PATCH", path: user, body: ops(strict[:3]...)},
		{name: "StrictPATCH/5", method: "PATCH", path: user, body: ops(strict...)},
		{name: "EntraPATCH/5", method: "PATCH", path: user, state: mailbox, body: ops(
			set("Replace", "active", `"False"`),
			set("Replace", `emails[type eq \"work\"].value`, `"mara.lind@example.com"`),
			set("Add", scim.EnterpriseUserURI+":department", `"Research"`),
			set("Replace", "name.givenName", `"Mara"`),
			set("Replace", "displayName", `"Mara Lind"`),
		)},
		{name: "EntraPATCH/path-less", method: "PATCH", path: user, body: ops(
			`{"op":"replace","value":{"displayName":"Mara Lind","name.givenName":"Mara","name.familyName":"Lind","` +
				scim.EnterpriseUserURI + `:employeeNumber":"7041","active":"True"}}`)},
		{name: "GroupPATCH/1", method: "PATCH", path: group, body: ops(set("Remove", "members", memberList(1)))},
		{name: "GroupPATCH/1000", method: "PATCH", path: group, body: ops(set("Remove", "members", memberList(1000)))},
	}
}

func memberList(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = `{"$ref":null,"value":"7f3e11d2-4c1a-4b7e-9a55-` + strconv.Itoa(100000000000+i) + `"}`
	}
	return "[" + strings.Join(members, ",") + "]"
}

// BenchmarkPlan is what the gateway does to a request and its answer, without
// transport. Beside each stands what one trip through encoding/json costs, which
// is the least that a gateway on generic maps would pay.
func BenchmarkPlan(b *testing.B) {
	for _, c := range planCases() {
		b.Run(c.name+"/plan", func(b *testing.B) { benchmarkPlan(b, c) })
		if c.body != "" {
			b.Run(c.name+"/json", func(b *testing.B) { benchmarkJSON(b, c.body) })
		}
	}
}

func benchmarkPlan(b *testing.B, c planCase) {
	req := &scim.Request{
		Method: c.method, Path: c.path, Query: c.query, Body: c.body, Origin: "https://scim.example.com",
		Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}, "User-Agent": {"example"}},
	}
	header := http.Header{"Content-Type": {scim.MediaType}}
	var resp scim.Response
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		switch {
		case out.Method != http.MethodGet:
			resp = scim.Response{Status: http.StatusNoContent, Header: header}
		case c.method != http.MethodGet:
			resp = scim.Response{Status: http.StatusOK, Header: header, Body: c.state}
		default:
			resp = scim.Response{Status: http.StatusOK, Header: header, Body: emptyList}
		}
		return &resp, nil
	}
	plan := compile(b, "entra")
	b.ReportAllocs()
	b.SetBytes(int64(len(c.body)))
	for b.Loop() {
		if _, _, err := plan.Do(context.Background(), req, send); err != nil {
			b.Fatal(err)
		}
	}
}

const emptyList = `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`

func benchmarkJSON(b *testing.B, body string) {
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
}
