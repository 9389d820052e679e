package backend

import (
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestNumericIDs(t *testing.T) {
	const patch = `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[`
	for _, test := range []struct {
		name, method, target, body string
		wantQuery, wantBody        string
	}{
		{name: "path", method: "GET", target: "/Users/17"},
		{name: "id", method: "PUT", target: "/Users/17", body: `{"id":"17","userName":"18"}`, wantBody: `{"id":17,"userName":"18"}`},
		{name: "no number", method: "PUT", target: "/Users/x17", body: `{ "id":"x17"}`, wantBody: `{ "id":"x17"}`},
		{name: "not in this spelling", method: "PUT", target: "/Users/017", body: `{"id":"017"}`, wantBody: `{"id":"017"}`},
		{
			name: "members", method: "POST", target: "/Groups",
			body:     `{"displayName":"17","members":[{"value":"17","display":"18"},{"value":"a"}]}`,
			wantBody: `{"displayName":"17","members":[{"value":17,"display":"18"},{"value":"a"}]}`,
		},
		{
			name: "manager", method: "POST", target: "/Users",
			body:     `{"emails":[{"value":"17"}],"` + scim.EnterpriseUserURI + `":{"manager":{"value":"26"},"employeeNumber":"701984"}}`,
			wantBody: `{"emails":[{"value":"17"}],"` + scim.EnterpriseUserURI + `":{"manager":{"value":26},"employeeNumber":"701984"}}`,
		},
		{
			name: "operations at members", method: "PATCH", target: "/Groups/4",
			body: patch + `{"op":"add","path":"members","value":[{"value":"17"}]},{"op":"remove","path":"members[value eq \"18\"]"},` +
				`{"op":"Add","value":{"members":[{"value":"19"}]}},{"op":"Remove","path":"members","value":[{"value":"20"}]}]}`,
			wantBody: patch + `{"op":"add","path":"members","value":[{"value":17}]},{"op":"remove","path":"members[value eq 18]"},` +
				`{"op":"Add","value":{"members":[{"value":19}]}},{"op":"Remove","path":"members","value":[{"value":20}]}]}`,
		},
		{
			name: "operations at the manager", method: "PATCH", target: "/Users/17",
			body: patch + `{"op":"replace","path":"` + scim.EnterpriseUserURI + `:manager","value":{"value":"26"}},` +
				`{"op":"replace","path":"` + scim.EnterpriseUserURI + `:manager.value","value":"27"},` +
				`{"op":"add","path":"` + scim.EnterpriseUserURI + `","value":{"manager":{"value":"28"}}},` +
				`{"op":"add","path":"emails[value eq \"29\"].value","value":"30"},{"op":"remove","path":"a b"}]}`,
			wantBody: patch + `{"op":"replace","path":"` + scim.EnterpriseUserURI + `:manager","value":{"value":26}},` +
				`{"op":"replace","path":"` + scim.EnterpriseUserURI + `:manager.value","value":27},` +
				`{"op":"add","path":"` + scim.EnterpriseUserURI + `","value":{"manager":{"value":28}}},` +
				`{"op":"add","path":"emails[value eq \"29\"].value","value":"30"},{"op":"remove","path":"a b"}]}`,
		},
		{
			name: "filter", method: "GET", target: "/Users?count=1&filter=id%20eq%20%2217%22%20or%20userName%20eq%20%2217%22&x",
			wantQuery: "count=1&filter=id%20eq%2017%20or%20userName%20eq%20%2217%22&x",
		},
		{
			name: "filter of members", method: "GET", target: "/Groups?filter=members.value%20eq%20%2217%22%20and%20members%5Bvalue%20eq%20%2218%22%20and%20display%20eq%20%2219%22%5D",
			wantQuery: "filter=members.value%20eq%2017%20and%20members%5Bvalue%20eq%2018%20and%20display%20eq%20%2219%22%5D",
		},
		{name: "filter without ids", method: "GET", target: "/Users?filter=userName%20eq%20%2217%22", wantQuery: "filter=userName%20eq%20%2217%22"},
		{
			name: "search", method: "POST", target: "/Users/.search", body: `{"filter":"id eq \"17\"","attributes":["id"]}`,
			wantBody: `{"filter":"id eq 17","attributes":["id"]}`,
		},
		{
			name: "bulk", method: "POST", target: "/Bulk",
			body: `{"Operations":[{"method":"POST","path":"/Groups","data":{"members":[{"value":"17"},{"value":"bulkId:a"}]}},` +
				`{"method":"PATCH","path":"/Groups/4","data":{"Operations":[{"op":"remove","path":"members[value eq \"17\"]"}]}},{"method":"DELETE","path":"/Users/17"}]}`,
			wantBody: `{"Operations":[{"method":"POST","path":"/Groups","data":{"members":[{"value":17},{"value":"bulkId:a"}]}},` +
				`{"method":"PATCH","path":"/Groups/4","data":{"Operations":[{"op":"remove","path":"members[value eq 17]"}]}},{"method":"DELETE","path":"/Users/17"}]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := always(200, `{"id":17,"Resources":[]}`)
			resp, err := bottom(t, newBackend(t, Capabilities{IDs: "number"}), i, newRequest(test.method, test.target, test.body))
			must(t, resp, err)
			if i.asked[0].Query != test.wantQuery || i.asked[0].Body != test.wantBody {
				t.Errorf("sent %s\n     %s\nwant %s\n     %s", i.asked[0].Query, i.asked[0].Body, test.wantQuery, test.wantBody)
			}
		})
	}
}
