package backend

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	userPath  = "/scim/v2/Users/17"
	groupPath = "/scim/v2/Groups/9"
)

var samples = map[string][]string{
	userPath: {
		`{"schemas":["` + scim.UserURI + `"],"id":"17","userName":"mara.lind@example.com"}`,
		`{"schemas":["` + scim.UserURI + `","` + scim.EnterpriseUserURI + `","urn:a:2.0:U"],"id":"17","userName":"mara.lind@example.com","title":"Lead",` +
			`"password":"s3cret","name":{"givenName":"Mara","familyName":"Lind","formatted":"Mara Lind"},"active":true,` +
			`"emails":[{"value":"mara@example.com","type":"work","primary":true},{"value":"m@example.org","type":"home"}],` +
			`"roles":[{"value":"pilot"}],"badges":["red","blue"],"urn:a:2.0:U":{"x":[1.0],"y":"z"},` +
			`"` + scim.EnterpriseUserURI + `":{"department":"Field","manager":{"value":"3","displayName":"Olle"}},` +
			`"groups":[{"value":"9"}],"meta":{"resourceType":"User"}}`,
	},
	groupPath: {
		`{"schemas":["` + scim.GroupURI + `"],"id":"9","displayName":"Crew","meta":{"resourceType":"Group"}}`,
		`{"schemas":["` + scim.GroupURI + `"],"id":"9","displayName":"Crew","members":[{"value":"a","type":"User"},{"value":"b","type":"User","display":"Bo"},{"value":"c","type":"Group"}]}`,
	},
}

// operationsOf are operations in normal form.
var operationsOf = map[string][]string{
	userPath: {
		`{"op":"replace","path":"title","value":"Chief"}`,
		`{"op":"add","path":"title","value":"Lead"}`,
		`{"op":"remove","path":"title"}`,
		`{"op":"replace","path":"active","value":false}`,
		`{"op":"replace","path":"password","value":"n3w"}`,
		`{"op":"replace","path":"name.givenName","value":"Ines"}`,
		`{"op":"add","path":"name.familyName","value":"Okoro"}`,
		`{"op":"remove","path":"name.givenName"}`,
		`{"op":"remove","path":"name"}`,
		`{"op":"replace","path":"name","value":{"familyName":"Berg","middleName":"T"}}`,
		`{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@example.com"}`,
		`{"op":"add","path":"emails[type eq \"home\"].display","value":"at home"}`,
		`{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`,
		`{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"h@example.com","primary":true}}`,
		`{"op":"remove","path":"emails[type eq \"work\"]"}`,
		`{"op":"remove","path":"emails[type eq \"home\" or type eq \"work\"].display"}`,
		`{"op":"remove","path":"emails"}`,
		`{"op":"add","path":"emails","value":[{"value":"x@example.com","type":"other"}]}`,
		`{"op":"add","path":"emails","value":[{"value":"y@example.com","primary":true}]}`,
		`{"op":"replace","path":"emails","value":[{"value":"z@example.com","type":"work"},{"value":"q@example.com","type":"home"}]}`,
		`{"op":"replace","path":"emails.type","value":"other"}`,
		`{"op":"add","path":"roles","value":[{"value":"pilot"},{"value":"cook"}]}`,
		`{"op":"remove","path":"roles[value eq \"pilot\"]"}`,
		`{"op":"replace","path":"` + scim.EnterpriseUserURI + `:department","value":"Sales"}`,
		`{"op":"remove","path":"` + scim.EnterpriseUserURI + `:department"}`,
		`{"op":"replace","path":"` + scim.EnterpriseUserURI + `:manager","value":{"value":"4"}}`,
		`{"op":"remove","path":"` + scim.EnterpriseUserURI + `:manager"}`,
		`{"op":"remove","path":"` + scim.EnterpriseUserURI + `"}`,
		`{"op":"add","path":"urn:a:2.0:U:y","value":"k"}`,
		`{"op":"remove","path":"urn:a:2.0:U:x"}`,
		`{"op":"add","path":"badges","value":["green"]}`,
		`{"op":"replace","path":"badges","value":["black"]}`,
		`{"op":"remove","path":"badges[value eq \"red\"]"}`,
		`{"op":"replace","value":{"active":false,"title":"Boss"}}`,
		`{"op":"replace","value":{"name":{"givenName":"Tomas"},"emails":[{"value":"t@example.com"}]}}`,
		`{"op":"add","value":{"roles":[{"value":"cook"}],"` + scim.EnterpriseUserURI + `":{"division":"N","manager":{"value":"5"}},"urn:a:2.0:U":{"y":"q"}}}`,
		`{"op":"replace","value":{"title":null,"name":{"givenName":null,"familyName":"X"},"roles":[]}}`,
		`{"op":"add","path":"emails","value":[{"value":"mara@example.com","type":"work","primary":true}]}`,
	},
	groupPath: {
		`{"op":"replace","path":"displayName","value":"Field Crew"}`,
		`{"op":"replace","value":{"displayName":"Deck","externalId":"x"}}`,
		`{"op":"add","path":"members","value":[{"value":"d"},{"value":"a"},{"value":"e"},{"value":"f"}]}`,
		`{"op":"add","path":"members","value":[{"value":"g"}]}`,
		`{"op":"remove","path":"members[value eq \"a\"]"}`,
		`{"op":"remove","path":"members[value eq \"b\"]"}`,
		`{"op":"remove","path":"members[value eq \"nobody\"]"}`,
		`{"op":"remove","path":"members[value eq \"a\" or value eq \"d\"]"}`,
		`{"op":"remove","path":"members[type eq \"User\"]"}`,
		`{"op":"replace","path":"members","value":[{"value":"c"},{"value":"h"},{"value":"i"},{"value":"j"}]}`,
		`{"op":"remove","path":"members"}`,
		`{"op":"replace","path":"members[value eq \"c\"].display","value":"Cleo"}`,
		`{"op":"replace","value":{"displayName":"Hands","members":[{"value":"k"},{"value":"a"}]}}`,
		`{"op":"add","value":{"members":[{"value":"l"},{"value":"m"},{"value":"n"}]}}`,
	},
}

// capabilityMixes is every combination of what a PATCH may lack.
func capabilityMixes() []Capabilities {
	var mixes []Capabilities
	for _, patch := range []string{"", "put"} {
		for _, paths := range []string{"", "pathless", "paths"} {
			for _, values := range []string{"", "read", "try", "off"} {
				for _, remove := range []string{"", "value"} {
					for bits := range 32 {
						c := Capabilities{Patch: patch, ValuePaths: values, MembersRemove: remove}
						switch paths {
						case "pathless":
							c.PatchPaths = lacking()
						case "paths":
							c.PatchPathless = lacking()
						}
						if bits&1 != 0 {
							c.PatchOperations = 1
						}
						if bits&2 != 0 {
							c.PatchMembers = 2
						}
						if bits&4 != 0 {
							c.OpCase = "title"
						}
						if bits&8 != 0 {
							c.ETag = lacking()
						}
						if bits&16 != 0 {
							c.Members = "absent"
						}
						if patch == "put" && (paths+values+remove != "" || bits&7 != 0) {
							continue // a PATCH that is not there has no limits
						}
						mixes = append(mixes, c)
					}
				}
			}
		}
	}
	return mixes
}

// patchesOfEach is how many are made of each combination.
const patchesOfEach = 6

// TestPatchProperty is the law of the adaptation: whatever a service provider
// cannot do, a PATCH leaves it in the state in which scim.Apply has it, or is
// refused.
func TestPatchProperty(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	applied, refused := 0, 0
	for _, caps := range capabilityMixes() {
		for range patchesOfEach {
			path := []string{userPath, groupPath}[random.IntN(2)]
			before := samples[path][random.IntN(len(samples[path]))]
			var ops []string
			for range 1 + random.IntN(5) {
				ops = append(ops, operationsOf[path][random.IntN(len(operationsOf[path]))])
			}
			switch checkPatch(t, caps, path, before, patchBody(strings.Join(ops, ","))) {
			case http.StatusNotImplemented:
				refused++
			case http.StatusOK:
				applied++
			}
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d applied, %d refused", applied, refused)
	if applied < 3*refused {
		t.Errorf("too many are refused: %d of %d", refused, applied+refused)
	}
}

// checkPatch makes one PATCH and returns the status.
func checkPatch(t *testing.T, caps Capabilities, path, before, body string) int {
	t.Helper()
	l := newLimited(t, caps, map[string]string{path: before})
	status, answer := do(t, l.gateway(), http.MethodPatch, path, body)
	after := scim.Parse(l.state[path].doc)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s\ncapabilities %+v\nbefore   %s\npatch    %s\nanswer   %d %s\nsaid\n%s\nafter    %s",
			fmt.Sprintf(format, args...), caps, before, body, status, answer, strings.Join(l.said(), "\n"), after.Raw())
	}
	doc, rt := scim.Parse(before), scim.Core().ByName("User")
	if path == groupPath {
		rt = scim.Core().ByName("Group")
	}
	parsed := scim.Parse(body)
	ops, err := scim.ParsePatch(&parsed)
	if err != nil {
		t.Fatal(err)
	}
	want, _, wrong := scim.Apply(&doc, ops, rt)
	drop(&want, rt, isReadOnly) // which is the service provider's business
	left := after.Clone()
	drop(&left, rt, isReadOnly)
	switch {
	case status >= 500 && status != http.StatusNotImplemented:
		fail("an error of the gateway's own")
	case status < 300 && wrong != nil:
		fail("applied in spite of %v", wrong)
	case status < 300 && !sameState(&want, &left):
		fail("not the state of scim.Apply\nwant     %s", want.Raw())
	case status == http.StatusNotImplemented && caps.Members == "" && (on(caps.PatchPaths) || path == userPath):
		fail("refused without a reason")
	case status >= 400 && status != http.StatusNotImplemented && wrong == nil && (caps.Members == "" || caps.ValuePaths != "read"):
		fail("refused without a reason")
	case status >= 300 && after.Raw() != before && !strings.Contains(answer, "requests were applied"):
		fail("refused, but something was changed and the answer does not say it")
	case status == http.StatusNotImplemented && after.Raw() != before && caps.ValuePaths != "try":
		fail("not implemented, but something was changed")
	}
	return status
}

// sameState compares resources but for the order of values, and members by their
// values.
func sameState(a, b *scim.Value) bool {
	names := func(v *scim.Value) []string {
		var list []string
		for _, m := range v.Members() {
			if !m.Value.Empty() && m.Name != "members" && (m.Value.Kind() != scim.Object || m.Value.Len() > 0) {
				list = append(list, m.Name)
			}
		}
		slices.Sort(list)
		return list
	}
	if !slices.Equal(names(a), names(b)) || !slices.Equal(memberIDs(a), memberIDs(b)) {
		return false
	}
	for _, name := range names(a) {
		if !sameValues(a.Get(name), b.Get(name)) {
			return false
		}
	}
	return true
}

func memberIDs(group *scim.Value) []string {
	var ids []string
	for i := range group.Get("members").Members() {
		ids = append(ids, group.Get("members").At(i).Get("value").Text())
	}
	slices.Sort(ids)
	return slices.Compact(ids) // who is a member twice is a member
}
