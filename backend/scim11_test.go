package backend

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	enterprise20 = scim.EnterpriseUserURI
	enterprise10 = "urn:scim:schemas:extension:enterprise:1.0"
)

func TestSCIM11Requests(t *testing.T) {
	for _, test := range []struct {
		name, method, target, body string
		wantQuery, wantBody        string
	}{
		{
			name: "create", method: "POST", target: "/Users",
			body:     `{"schemas":["` + scim.UserURI + `","` + enterprise20 + `"],"userName":"mara.lind","` + enterprise20 + `":{"department":"Tools","manager":{"value":"26","$ref":"../Users/26"}}}`,
			wantBody: `{"schemas":["urn:scim:schemas:core:1.0","` + enterprise10 + `"],"userName":"mara.lind","` + enterprise10 + `":{"department":"Tools","manager":{"managerId":"26"}}}`,
		},
		{
			name: "replace a group", method: "PUT", target: "/Groups/4",
			body:     `{"schemas":["` + scim.GroupURI + `"],"id":"4","members":[{"value":"17"}]}`,
			wantBody: `{"schemas":["urn:scim:schemas:core:1.0"],"id":"4","members":[{"value":"17"}]}`,
		},
		{
			name: "filter", method: "GET",
			target:    "/Users?filter=" + string(appendEscaped(nil, enterprise20+`:manager.value eq "26" and `+enterprise20+`:department pr`)) + "&count=2",
			wantQuery: "filter=" + string(appendEscaped(nil, enterprise10+`:manager.managerId eq "26" and `+enterprise10+`:department pr`)) + "&count=2",
		},
		{
			name: "filter of a complex attribute", method: "GET",
			target:    "/Users?filter=" + string(appendEscaped(nil, enterprise20+`:manager eq "26"`)),
			wantQuery: "filter=" + string(appendEscaped(nil, enterprise10+`:manager.managerId eq "26"`)),
		},
		{name: "filter of core attributes", method: "GET", target: "/Users?filter=userName%20eq%20%22a%22", wantQuery: "filter=userName%20eq%20%22a%22"},
		{
			name: "attributes", method: "GET", target: "/Users/17?attributes=userName," + strings.ReplaceAll(enterprise20, ":", "%3A") + "%3Amanager",
			wantQuery: "attributes=userName," + strings.ReplaceAll(enterprise10, ":", "%3A") + "%3Amanager",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := always(200, `{"id":"17","totalResults":0}`)
			resp, err := bottom(t, newBackend(t, Capabilities{SCIM: "1.1"}), i, newRequest(test.method, test.target, test.body))
			must(t, resp, err)
			if i.asked[0].Query != test.wantQuery || i.asked[0].Body != test.wantBody {
				t.Errorf("sent %s\n     %s\nwant %s\n     %s", i.asked[0].Query, i.asked[0].Body, test.wantQuery, test.wantBody)
			}
		})
	}
}

func TestSCIM11Answers(t *testing.T) {
	const user = `{"schemas":["urn:scim:schemas:core:1.0","` + enterprise10 + `"],"id":"17","meta":{"version":"3"},"` + enterprise10 + `":{"manager":{"managerId":"26","displayName":"Jo"}}}`
	const want = `{"schemas":["` + scim.UserURI + `","` + enterprise20 + `"],"id":"17","meta":{"version":"3","resourceType":"User"},"` + enterprise20 + `":{"manager":{"value":"26","displayName":"Jo"}}}`
	for _, test := range []struct{ name, target, answer, want string }{
		{"resource", "/Users/17", user, want},
		{"list", "/Users", `{"schemas":["urn:scim:schemas:core:1.0"],"totalResults":1,"Resources":[` + user + `]}`, listOpen + `,"totalResults":1,"Resources":[` + want + `]}`},
		{"group", "/Groups/4", `{"schemas":["urn:scim:schemas:core:1.0"],"id":"4"}`, `{"schemas":["` + scim.GroupURI + `"],"id":"4"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, err := bottom(t, newBackend(t, Capabilities{SCIM: "1.1"}), always(200, test.answer), newRequest("GET", test.target, ""))
			if must(t, resp, err); resp.Body != test.want {
				t.Errorf("got  %s\nwant %s", resp.Body, test.want)
			}
		})
	}
}

func TestSCIM11HasNo(t *testing.T) {
	for _, req := range []*scim.Request{
		newRequest("POST", "/Bulk", `{}`), newRequest("POST", "/Users/.search", `{}`), newRequest("GET", "/Me", ""),
	} {
		i := always(200, "{}")
		_, err := bottom(t, newBackend(t, Capabilities{SCIM: "1.1"}), i, req)
		if e, is := errors.AsType[*scim.Error](err); !is || e.Status != 501 || len(i.asked) != 0 {
			t.Errorf("%s: %v, %v", req.Path, err, i.lines())
		}
	}
}

func TestSCIM11Patch(t *testing.T) {
	const core = `{"schemas":["urn:scim:schemas:core:1.0"]`
	for _, test := range []struct{ name, endpoint, ops, want string }{
		{
			"single values", "/Users/17",
			`{"op":"replace","path":"active","value":false},{"op":"add","path":"name.givenName","value":"Mara"},{"op":"replace","path":"name","value":{"familyName":"Lind"}}`,
			`{"active":false,"name":{"givenName":"Mara","familyName":"Lind"},"schemas":["urn:scim:schemas:core:1.0"]}`,
		},
		{
			"without a path", "/Users/17", `{"op":"replace","value":{"id":"17","schemas":["x"],"active":true,"` + enterprise20 + `":{"department":"Tools"}}}`,
			`{"active":true,"` + enterprise10 + `":{"department":"Tools"},"schemas":["urn:scim:schemas:core:1.0","` + enterprise10 + `"]}`,
		},
		{
			"extension", "/Users/17",
			`{"op":"replace","path":"` + enterprise20 + `:manager","value":{"value":"26"}},{"op":"add","path":"` + enterprise20 + `","value":{"division":"North"}}`,
			`{"` + enterprise10 + `":{"manager":{"managerId":"26"},"division":"North"},"schemas":["urn:scim:schemas:core:1.0","` + enterprise10 + `"]}`,
		},
		{
			"removals", "/Users/17",
			`{"op":"remove","path":"title"},{"op":"remove","path":"name.familyName"},{"op":"remove","path":"` + enterprise20 + `:manager"},{"op":"replace","path":"nickName","value":null}`,
			core + `,"meta":{"attributes":["title","name.familyName","` + enterprise10 + `:manager","nickName"]}}`,
		},
		{
			"a removal that is overridden", "/Users/17", `{"op":"remove","path":"title"},{"op":"add","path":"title","value":"Lead"}`,
			`{"title":"Lead","schemas":["urn:scim:schemas:core:1.0"],"meta":{"attributes":["title"]}}`,
		},
		{
			"a value that is removed", "/Users/17", `{"op":"add","path":"title","value":"Lead"},{"op":"remove","path":"title"}`,
			core + `,"meta":{"attributes":["title"]}}`,
		},
		{
			"members", "/Groups/4", `{"op":"add","path":"members","value":[{"value":"17"},{"value":"18"}]},{"op":"remove","path":"members[value eq \"19\"]"}`,
			`{"members":[{"value":"17"},{"value":"18"},{"value":"19","operation":"delete"}],"schemas":["urn:scim:schemas:core:1.0"]}`,
		},
		{
			"members by value", "/Groups/4", `{"op":"Remove","path":"members","value":[{"value":"17"}]}`,
			`{"members":[{"value":"17","operation":"delete"}],"schemas":["urn:scim:schemas:core:1.0"]}`,
		},
		{
			"in order", "/Groups/4",
			`{"op":"add","path":"members","value":[{"value":"17"}]},{"op":"remove","path":"members[value eq \"17\"]"},{"op":"remove","path":"members[value eq \"18\"]"},{"op":"add","path":"members","value":[{"value":"18"}]}`,
			`{"members":[{"value":"17","operation":"delete"},{"value":"18"}],"schemas":["urn:scim:schemas:core:1.0"]}`,
		},
		{
			"all members", "/Groups/4", `{"op":"add","path":"members","value":[{"value":"16"}]},{"op":"replace","path":"members","value":[{"value":"17"},{"value":"18"}]},{"op":"remove","path":"members[value eq \"18\"]"}`,
			`{"members":[{"value":"17"}],"schemas":["urn:scim:schemas:core:1.0"],"meta":{"attributes":["members"]}}`,
		},
		{"no members", "/Groups/4", `{"op":"remove","path":"members"}`, core + `,"meta":{"attributes":["members"]}}`},
		{"no members by replace", "/Groups/4", `{"op":"replace","path":"members","value":[]}`, core + `,"meta":{"attributes":["members"]}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := always(204, "")
			resp, err := bottom(t, newBackend(t, Capabilities{SCIM: "1.1"}), i, newRequest("PATCH", test.endpoint, patchOpen+test.ops+`]}`))
			must(t, resp, err)
			if i.asked[0].Body != test.want {
				t.Errorf("sent %s\nwant %s", i.asked[0].Body, test.want)
			}
		})
	}
}

func TestSCIM11PatchThatCannotBeSaid(t *testing.T) {
	for _, op := range []string{
		`{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@example.com"}`,
		`{"op":"remove","path":"emails[type eq \"work\"]"}`,
		`{"op":"remove","path":"emails.display"}`,
		`{"op":"remove"}`,
		`{"op":"remove","path":"a b"}`,
		`{"op":"remove","path":"emails","value":[{"type":"work"}]}`,
	} {
		i := always(204, "")
		_, err := bottom(t, newBackend(t, Capabilities{SCIM: "1.1"}), i, newRequest("PATCH", "/Users/17", patchOpen+op+`]}`))
		if e, is := errors.AsType[*scim.Error](err); !is || !strings.HasPrefix(e.Detail, "Operations[0]: ") || len(i.asked) != 0 {
			t.Errorf("%s: %v, %v", op, err, i.lines())
		}
	}
}

// patched11 does to a resource what SCIM 1.1 says of a partial one: what
// meta.attributes names goes, then what is given is merged.
func patched11(resource scim.Value, body string, plural ...string) scim.Value {
	given := scim.Parse(body)
	cleared := given.Get("meta").Get("attributes")
	for i := range cleared.Members() {
		name, sub, nested := strings.Cut(cleared.At(i).Text(), ".")
		in := &resource
		if nested {
			in, name = resource.Get(name), sub
		}
		if at := in.Index(name); at >= 0 {
			in.Delete(at)
		}
	}
	for i := range given.Members() {
		switch m := &given.Members()[i]; {
		case m.Name == "schemas" || m.Name == "meta":
		case strings.Contains(strings.Join(plural, " "), m.Name):
			for j := range m.Value.Members() {
				merge11(&resource, m.Name, m.Value.At(j))
			}
		case m.Value.Kind() == scim.Object && resource.Get(m.Name) != nil:
			for j := range m.Value.Members() {
				resource.Get(m.Name).Set(m.Value.Members()[j].Name, *m.Value.At(j))
			}
		default:
			resource.Set(m.Name, m.Value)
		}
	}
	return resource.Clone()
}

func merge11(resource *scim.Value, name string, element *scim.Value) {
	if resource.Get(name) == nil {
		resource.Set(name, scim.ArrayValue())
	}
	list := resource.Get(name)
	list.Keep(func(m *scim.Member) bool { return m.Value.Get("value").Text() != element.Get("value").Text() })
	if element.Get("operation").Text() != "delete" {
		list.Append(*element)
	}
}

// Whatever the operations, a service provider of SCIM 1.1 ends up where one of
// SCIM 2.0 does.
func TestSCIM11PatchMeansTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 20))
	rt := scim.Core().ByName("Group")
	random := func() string {
		member := fmt.Sprintf(`{"value":"%d"}`, rng.IntN(5))
		return [...]string{
			`{"op":"add","path":"members","value":[` + member + `]}`,
			`{"op":"remove","path":"members[value eq ` + strings.ReplaceAll(scim.Quote(fmt.Sprint(rng.IntN(5))), `"`, `\"`) + `]"}`,
			`{"op":"replace","path":"members","value":[` + member + `]}`,
			`{"op":"remove","path":"members"}`,
			fmt.Sprintf(`{"op":"replace","path":"displayName","value":"name %d"}`, rng.IntN(9)),
			`{"op":"add","value":{"externalId":"e","members":[` + member + `]}}`,
			`{"op":"remove","path":"externalId"}`,
		}[rng.IntN(7)]
	}
	for range 2000 {
		ops := make([]string, 1+rng.IntN(6))
		for i := range ops {
			ops[i] = random()
		}
		before := scim.Parse(`{"displayName":"Crew","externalId":"x","members":[{"value":"1"},{"value":"2"}]}`)
		body := scim.Parse(patchOpen + strings.Join(ops, ",") + `]}`)
		parsed, err := scim.ParsePatch(&body)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := scim.Apply(&before, parsed, rt)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := patch11(rt, &body)
		if err != nil {
			t.Fatal(err)
		}
		got := patched11(before.Clone(), sent, "members")
		if diff := cmp.Diff(settled(&want), settled(&got)); diff != "" {
			t.Fatalf("%s\nas %s\n(-2.0 +1.1):\n%s", strings.Join(ops, "\n"), sent, diff)
		}
	}
}

// settled is what counts of a group, whatever the order.
func settled(group *scim.Value) map[string]bool {
	found := map[string]bool{}
	for _, name := range [...]string{"displayName", "externalId"} {
		if v := group.Get(name); v.Exists() {
			found[name+"="+v.Text()] = true
		}
	}
	members := group.Get("members")
	for i := range members.Members() {
		found["member "+members.At(i).Get("value").Text()] = true
	}
	return found
}
