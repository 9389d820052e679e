package rewrite_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

const ent = scim.EnterpriseUserURI

// patchCase is one PATCH: the operations that are sent, the state that a read
// shows (none: it must not be read), and the operations that leave, or the
// start of the error.
type patchCase struct {
	name  string
	path  string // default: /scim/v2/Users/u1
	ops   string
	state string
	want  string // operations; "-" if nothing is written
	fails string
}

var patchCases = []patchCase{
	{
		name: "path-less object of plain attributes stays",
		ops:  `[{"op":"replace","value":{"active":false,"name":{"givenName":"Ida"}}}]`,
		want: `[{"op":"replace","value":{"active":false,"name":{"givenName":"Ida"}}}]`,
	},
	{
		name: "a capital verb alone does not explode it",
		ops:  `[{"op":"Replace","value":{"active":false}}]`,
		want: `[{"op":"replace","value":{"active":false}}]`,
	},
	{
		name: "one odd key explodes all, in order",
		ops:  `[{"op":"replace","value":{"title":"Smith","name":{"givenName":"Ida","familyName":"Oak"},"name.middleName":"M","` + ent + `":{"department":"R1","manager":{"value":"7"}},"emails":[{"value":"i@example.com"}]}}]`,
		want: `[{"op":"replace","path":"title","value":"Smith"},{"op":"replace","path":"name.givenName","value":"Ida"},{"op":"replace","path":"name.familyName","value":"Oak"},{"op":"replace","path":"name.middleName","value":"M"},{"op":"replace","path":"` + ent + `:department","value":"R1"},{"op":"replace","path":"` + ent + `:manager","value":{"value":"7"}},{"op":"replace","path":"emails","value":[{"value":"i@example.com"}]}]`,
	},
	{
		name: "null in a path-less value removes that leaf",
		ops:  `[{"op":"replace","value":{"title":null,"name":{"middleName":null},"active":true}}]`,
		want: `[{"op":"remove","path":"title"},{"op":"remove","path":"name.middleName"},{"op":"replace","path":"active","value":true}]`,
	},
	{
		name: "the id of another resource in a value is refused",
		ops:  `[{"op":"replace","value":{"id":"u2","active":false}}]`, fails: "400 mutability: Operations[0].value.id",
	},
	{
		name: "remove all members only when no value key was given",
		path: "/scim/v2/Groups/g1",
		ops:  `[{"op":"remove","path":"members"}]`, want: `[{"op":"remove","path":"members"}]`,
	},
	{
		name: "removing no member removes nothing", path: "/scim/v2/Groups/g1",
		ops: `[{"op":"Remove","path":"members","value":[]},{"op":"remove","path":"members","value":null}]`, state: `{"id":"g1"}`, want: "-",
	},
	{
		name: "adding null to a list adds nothing", path: "/scim/v2/Groups/g1",
		ops: `[{"op":"add","path":"members","value":null}]`, state: `{"id":"g1"}`, want: "-",
	},
	{
		name: "an empty list clears", path: "/scim/v2/Groups/g1",
		ops: `[{"op":"replace","path":"members","value":[]}]`, want: `[{"op":"replace","path":"members","value":[]}]`,
	},
	{
		name: "members are removed one by one, in order, each once", path: "/scim/v2/Groups/g1",
		ops:  `[{"op":"remove","path":"members","value":[{"value":"a","$ref":null},{"value":"b","display":"B"},{"value":"a"}]}]`,
		want: `[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"}]`,
	},
	{
		name: "the list of members once more under its name", path: "/scim/v2/Groups/g1",
		ops:  `[{"op":"remove","path":"members","value":{"members":[{"$ref":null,"value":"a"}]}},{"op":"remove","path":"members","value":{"members":[]}},{"op":"add","path":"members","value":{"members":[{"value":"b"}]}}]`,
		want: `[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":[{"value":"b"}]}]`,
	},
	{
		name: "a member without a name is refused", path: "/scim/v2/Groups/g1",
		ops: `[{"op":"remove","path":"members","value":[{}]}]`, fails: "400 invalidValue: Operations[0].value[0]",
	},
	{
		name: "values without value are told by all that is given",
		ops:  `[{"op":"remove","path":"addresses","value":[{"type":"work","locality":"Graz","region":null}]}]`,
		want: `[{"op":"remove","path":"addresses[type eq \"work\" and locality eq \"Graz\"]"}]`,
	},
	{
		name: "a value on a sub-attribute of a list means that one value",
		ops:  `[{"op":"remove","path":"emails.value","value":"i@example.com"}]`,
		want: `[{"op":"remove","path":"emails[value eq \"i@example.com\"]"}]`,
	},
	{
		name: "absent element: the leaves become one element",
		ops:  `[{"op":"add","path":"addresses[type eq \"work\"].country","value":"AT"},{"op":"replace","path":"title","value":"T"},{"op":"Add","path":"addresses[type eq 'work'].locality","value":"Graz"}]`, state: `{"id":"u1"}`,
		want: `[{"op":"add","path":"addresses","value":[{"type":"work","country":"AT","locality":"Graz"}]},{"op":"replace","path":"title","value":"T"}]`,
	},
	{
		name: "leaves are not merged across another operation on the attribute",
		ops:  `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"},{"op":"add","path":"emails[type eq \"home\"].value","value":"h@example.com"},{"op":"replace","path":"emails[type eq \"work\"].display","value":"W"}]`, state: `{"id":"u1"}`,
		want: `[{"op":"add","path":"emails","value":[{"type":"work","value":"w@example.com"}]},{"op":"add","path":"emails","value":[{"type":"home","value":"h@example.com"}]},{"op":"replace","path":"emails[type eq \"work\"].display","value":"W"}]`,
	},
	{
		name: "an earlier removal makes it absent",
		ops:  `[{"op":"remove","path":"emails"},{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}]`, state: `{"id":"u1","emails":[{"type":"work","value":"old@example.com"}]}`,
		want: `[{"op":"remove","path":"emails"},{"op":"add","path":"emails","value":[{"type":"work","value":"w@example.com"}]}]`,
	},
	{
		name: "present element: replaced where it stands",
		ops:  `[{"op":"add","path":"emails[type eq \"work\"].value","value":"w@example.com"}]`, state: `{"id":"u1","emails":[{"type":"work","value":"old@example.com"}]}`,
		want: `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}]`,
	},
	{
		name: "a filter that describes nothing cannot be created",
		ops:  `[{"op":"add","path":"emails[type ne \"work\"].value","value":"w@example.com"}]`, state: `{"id":"u1"}`, fails: "400 noTarget: Operations[0].path",
	},
	{
		name: "the terms of the filter keep their type",
		ops:  `[{"op":"Add","path":"roles[primary eq \"True\"].value","value":"admin"}]`, state: `{"id":"u1"}`,
		want: `[{"op":"add","path":"roles","value":[{"primary":true,"value":"admin"}]}]`,
	},
	{
		name: "null at a filter that matches nothing has nothing to remove",
		ops:  `[{"op":"replace","path":"emails[type eq \"work\"].value","value":null},{"op":"replace","path":"title","value":"T"}]`, state: `{"id":"u1"}`,
		want: `[{"op":"replace","path":"title","value":"T"}]`,
	},
	{
		name: "an element at a filter without sub-attribute",
		ops:  `[{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"w@example.com","primary":"true"}}]`, state: `{"id":"u1"}`,
		want: `[{"op":"add","path":"emails","value":[{"type":"work","value":"w@example.com","primary":true}]}]`,
	},
	{
		name: "a manager is written whole",
		ops:  `[{"op":"add","path":"` + ent + `:manager.value","value":"7"},{"op":"replace","path":"manager","value":"8"},{"op":"remove","path":"` + ent + `:manager.value"}]`,
		want: `[{"op":"add","path":"` + ent + `:manager","value":{"value":"7"}},{"op":"replace","path":"` + ent + `:manager","value":{"value":"8"}},{"op":"remove","path":"` + ent + `:manager"}]`,
	},
	{
		name: "a filter on a manager is a condition: met",
		ops:  `[{"op":"remove","path":"manager[value eq \"7\"]"}]`, state: `{"id":"u1","` + ent + `":{"manager":{"value":"7"}}}`,
		want: `[{"op":"remove","path":"` + ent + `:manager"}]`,
	},
	{
		name: "a filter on a manager is a condition: not met",
		ops:  `[{"op":"remove","path":"manager[value eq \"7\"]"}]`, state: `{"id":"u1","` + ent + `":{"manager":{"value":"8"}}}`,
		want: "-",
	},
	{
		name: "an extension as the path",
		ops:  `[{"op":"replace","path":"` + ent + `","value":{"department":"R1","costCenter":"7"}}]`,
		want: `[{"op":"replace","path":"` + ent + `:department","value":"R1"},{"op":"replace","path":"` + ent + `:costCenter","value":"7"}]`,
	},
	{
		name: "removing an extension removes what it holds",
		ops:  `[{"op":"remove","path":"` + ent + `"}]`, state: `{"id":"u1","` + ent + `":{"department":"R1","costCenter":"7"}}`,
		want: `[{"op":"remove","path":"` + ent + `:department"},{"op":"remove","path":"` + ent + `:costCenter"}]`,
	},
	{
		name: "remove without a path, with attributes", path: "/scim/v2/Groups/g1",
		ops:  `[{"op":"remove","value":{"members":[{"value":"a"}],"externalId":"x"}}]`,
		want: `[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"externalId"}]`,
	},
	{name: "remove without a path", ops: `[{"op":"remove"}]`, fails: "400 noTarget: Operations[0]"},
	{name: "a verb that is none", ops: `[{"op":"update","path":"title","value":"x"}]`, fails: "400 invalidSyntax: Operations[0].op"},
	{name: "a path that is none", ops: `[{"op":"replace","path":"name..x","value":"x"}]`, fails: "400 invalidPath: Operations[0].path"},
	{name: "a filter that is none", ops: `[{"op":"replace","path":"emails[type zz 1].value","value":"x"}]`, fails: "400 invalidFilter: Operations[0].path"},
	{
		name: "a filter that compares with another type", ops: `[{"op":"add","path":"emails[primary eq \"maybe\"].display","value":"x"}]`,
		state: `{"id":"u1","emails":[{"primary":true}]}`, fails: "400 invalidFilter: Operations[0].path: filter",
	},
	{name: "a boolean that is none", ops: `[{"op":"replace","path":"active","value":"maybe"}]`, fails: "400 invalidValue: Operations[0].value"},
	{name: "a certificate that is none", ops: `[{"op":"add","path":"x509Certificates","value":[{"value":"no certificate"}]}]`, fails: "400 invalidValue: Operations[0].value[0].value"},
	{name: "a certificate that is a number", ops: `[{"op":"add","path":"x509Certificates","value":[{"value":17}]}]`, fails: "400 invalidValue: Operations[0].value[0].value"},
	{
		name: "null in a list of one is null",
		ops:  `[{"op":"replace","path":"name","value":[null]},{"op":"replace","path":"emails[type eq \"work\"]","value":[null]}]`, state: `{"id":"u1","emails":[{"type":"work","value":"w"}]}`,
		want: `[{"op":"remove","path":"name"},{"op":"remove","path":"emails[type eq \"work\"]"}]`,
	},
	{name: "null among values", ops: `[{"op":"add","path":"emails","value":[{"value":"w@example.com"},null]}]`, fails: "400 invalidValue: Operations[0].value[1]"},
	{
		name: "a value of an attribute that no schema knows is told by a boolean",
		ops:  `[{"op":"remove","path":"things","value":[{"type":"work","primary":"True"}]}]`,
		want: `[{"op":"remove","path":"things[type eq \"work\" and primary eq true]"}]`,
	},
	{
		name: "no value beside an attribute that no schema knows removes nothing",
		ops:  `[{"op":"remove","path":"things.primary","value":[]},{"op":"remove","path":"things","value":null}]`, state: `{"id":"u1"}`, want: "-",
	},
	{name: "two values for one", ops: `[{"op":"replace","path":"title","value":["a","b"]}]`, fails: "400 invalidValue: Operations[0].value"},
	{name: "no operations", ops: `[]`, state: `{"id":"u1"}`, want: "-"},
	{
		name: "values that the service provider shows in another type are the same values", path: "/scim/v2/Groups/g1",
		ops:   `[{"op":"add","path":"members[value eq \"17\"].display","value":"X"}]`,
		state: `{"id":"g1","members":[{"value":17}]}`,
		want:  `[{"op":"replace","path":"members[value eq \"17\"].display","value":"X"}]`,
	},
	{
		name:  "a manager that the service provider shows as a number",
		ops:   `[{"op":"add","path":"roles[primary eq true].display","value":"X"},{"op":"remove","path":"manager[value eq \"7\"]"}]`,
		state: `{"id":"u1","roles":[{"value":"a","primary":"True"}],"` + ent + `":{"manager":7}}`,
		want:  `[{"op":"replace","path":"roles[primary eq true].display","value":"X"},{"op":"remove","path":"` + ent + `:manager"}]`,
	},
	{
		name: "nothing is left once the resource was read",
		ops:  `[{"op":"remove","path":"` + ent + `"},{"op":"replace","path":"emails[type eq \"work\"].value","value":null}]`, state: `{"id":"u1"}`, want: "-",
	},
	{
		name: "removing an extension with a value removes what the value names",
		ops:  `[{"op":"remove","path":"` + ent + `","value":{"department":"R1"}},{"op":"remove","path":"` + ent + `","value":null},{"op":"remove","path":"` + ent + `","value":{}}]`,
		want: `[{"op":"remove","path":"` + ent + `:department"}]`,
	},
	{
		name: "removing an extension with a value that names nothing", ops: `[{"op":"remove","path":"` + ent + `","value":"R1"}]`,
		fails: "400 invalidValue: Operations[0].value",
	},
	{
		name: "an extension that becomes null is removed",
		ops:  `[{"op":"replace","value":{"` + ent + `":null,"title":"T"}},{"op":"replace","path":"` + ent + `","value":null}]`, state: `{"id":"u1","` + ent + `":{"department":"R1"}}`,
		want: `[{"op":"remove","path":"` + ent + `:department"},{"op":"replace","path":"title","value":"T"}]`,
	},
	{
		name: "remove without a path: null beside a single attribute still names it",
		ops:  `[{"op":"remove","value":{"title":null,"emails":null,"shoeSize":null,"` + ent + `":{"department":null},"name.givenName":[]}}]`,
		want: `[{"op":"remove","path":"title"},{"op":"remove","path":"` + ent + `:department"},{"op":"remove","path":"name.givenName"}]`,
	},
	{
		name: "remove without a path: read-only attributes go",
		ops:  `[{"op":"remove","value":{"id":"u1","meta":{"version":"2"},"title":"T"}}]`,
		want: `[{"op":"remove","path":"title"}]`,
	},
	{name: "the id cannot be removed", ops: `[{"op":"remove","path":"id","value":"u1"}]`, fails: "400 mutability: Operations[0]"},
	{
		name: "the id as a number", path: "/scim/v2/Users/17",
		ops:  `[{"op":"replace","path":"id","value":17},{"op":"replace","value":{"id":17,"title":"T"}}]`,
		want: `[{"op":"replace","path":"title","value":"T"}]`,
	},
	{
		name:  "read-only attributes in a value go, also when they differ",
		ops:   `[{"op":"replace","value":{"meta":{"version":"1"},"groups.display":"X","emails[type eq \"work\"].value":"w@example.com"}}]`,
		state: `{"id":"u1","meta":{"version":"2"},"emails":[{"type":"work","value":"old@example.com"}]}`,
		want:  `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}]`,
	},
	{
		name:  "read-only attributes as the target have to be what they are",
		ops:   `[{"op":"replace","path":"meta.version","value":"1"},{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}]`,
		state: `{"id":"u1","meta":{"version":"2"}}`, fails: "400 mutability: Operations[0]",
	},
	{
		name: "booleans that no schema knows", path: "/scim/v2/Groups/g1",
		ops:  `[{"op":"replace","path":"Active","value":"True"},{"op":"replace","path":"things.primary","value":"False"},{"op":"add","path":"urn:example:x:1.0:Group:thing.Primary","value":1}]`,
		want: `[{"op":"replace","path":"Active","value":true},{"op":"replace","path":"things.primary","value":false},{"op":"add","path":"urn:example:x:1.0:Group:thing.Primary","value":true}]`,
	},
	{
		name: "unknown attributes are kept",
		ops:  `[{"op":"replace","path":"shoeSize","value":"True"},{"op":"Add","path":"urn:example:x:1.0:User:badge","value":{"a":null}}]`,
		want: `[{"op":"replace","path":"shoeSize","value":"True"},{"op":"add","path":"urn:example:x:1.0:User:badge","value":{"a":null}}]`,
	},
}

func TestPatch(t *testing.T) {
	plan := compile(t, "entra")
	for _, c := range patchCases {
		t.Run(c.name, func(t *testing.T) {
			if c.path == "" {
				c.path = "/scim/v2/Users/u1"
			}
			got, err := forward(t, plan, c)
			if c.fails != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.fails) {
					t.Fatalf("got %v (%s), want %s…", err, got, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func compile(t testing.TB, provider string) *rewrite.Plan {
	t.Helper()
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName(provider), Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// forward runs one case and returns the operations that left, or "-".
func forward(t *testing.T, plan *rewrite.Plan, c patchCase) (string, error) {
	t.Helper()
	req := &scim.Request{
		Method: http.MethodPatch, Path: c.path, Header: http.Header{"Content-Type": {scim.MediaType}},
		Body: `{"schemas":["` + scim.PatchOpURI + `"],"Operations":` + c.ops + `}`,
	}
	wrote, reads := "-", 0
	_, _, err := plan.Do(context.Background(), req, func(_ context.Context, r *scim.Request) (*scim.Response, error) {
		if r.Method == http.MethodGet {
			if c.state == "" {
				t.Error("the resource was read without need")
			}
			if reads++; reads > 1 {
				t.Error("the resource was read again")
			}
			return &scim.Response{Status: 200, Header: http.Header{}, Body: c.state}, nil
		}
		body := scim.Parse(r.Body)
		wrote = body.Get("Operations").Raw()
		return &scim.Response{Status: 204, Header: http.Header{}}, nil
	})
	return wrote, err
}
