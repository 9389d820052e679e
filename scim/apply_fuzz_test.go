package scim

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzApply applies whatever reads as a PATCH to whatever resource. An operation
// that fails leaves no result, one that succeeds a sound document; neither
// touches what it was given, so that a second run ends alike.
func FuzzApply(f *testing.F) {
	body := Parse(entraPatch)
	f.Add(typicalUser, body.Get("Operations").Raw())
	for _, operations := range []string{
		`[{"op":"add","path":"emails","value":[{"value":"a","primary":true}]},{"op":"remove","path":"emails[primary eq true].value"}]`,
		`[{"op":"replace","value":{"name":{"givenName":null},"groups":[],"urn:a:2.0:U":{"b":[1]},"urn:a:2.0:U:c":{"d":"e"}}}]`,
		`[{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"},{"op":"add","path":"schemas","value":["urn:a"]}]`,
		`[{"op":"replace","path":"badges[value ne \"red\"]","value":7},{"op":"add","path":"badges","value":{"x":[null]}}]`,
		`[{"op":"replace","path":"name","value":{"familyName":"Lind"}}]`,
	} {
		f.Add(`{"schemas":["`+UserURI+`"],"emails":[{"value":"b","primary":true},{"type":"work"}],"badges":["red"],"urn:a:2.0:U":{"b":[1.0]}}`, operations)
	}
	f.Fuzz(func(t *testing.T, before, operations string) {
		if _, err := Check(before, Limits{}); err != nil || kindOf(before) != Object {
			return
		}
		text, err := Check(patchBody(operations), Limits{})
		if err != nil {
			return
		}
		body := Parse(text)
		ops, err := ParsePatch(&body)
		if err != nil {
			return
		}
		user := Core().ByName("User")
		fuzzApply(t, before, ops, nil, Apply)
		fuzzApply(t, before, ops, user, Apply)
		fuzzApply(t, before, ops, user, ApplyStrict)
		if got := string(AppendPatch(nil, ops)); len(ops) == 0 || got == "" {
			t.Fatal("no operations")
		}
	})
}

func fuzzApply(t *testing.T, before string, ops []Operation, rt *ResourceType, apply func(*Value, []Operation, *ResourceType) (Value, bool, error)) {
	resource := Parse(before)
	result, changed, err := apply(&resource, ops, rt)
	if resource.Raw() != before {
		t.Fatalf("the resource was touched: %s", resource.Raw())
	}
	again, changedAgain, errAgain := apply(&resource, ops, rt)
	if again.Raw() != result.Raw() || changed != changedAgain || (err == nil) != (errAgain == nil) {
		t.Fatalf("first %s %v\nthen  %s %v", result.Raw(), err, again.Raw(), errAgain)
	}
	if err != nil {
		if e := AsError(err); result.Exists() || changed || e.Status != 400 || e.Type == "" || e.Detail == "" {
			t.Fatalf("%v with %s", err, result.Raw())
		}
		return
	}
	if _, err := Check(result.Raw(), Limits{}); err != nil {
		t.Fatalf("%s: %v", result.Raw(), err)
	}
	if !changed && result.Raw() != before {
		t.Fatalf("unchanged, but %s", result.Raw())
	}
	parsed := Parse(result.Raw())
	if !SameValue(&parsed, &result) {
		t.Fatalf("the tree differs from its text: %s", result.Raw())
	}
	if emails := Parse(before); countPrimary(emails.Get("emails")) < 2 && rt != nil && countPrimary(result.Get("emails")) > 1 {
		t.Fatalf("two primary values: %s", result.Raw())
	}
	if len(ops) == 1 && ops[0].Op == Replace && ops[0].Path != "" && ops[0].Target.Filter == nil {
		second, changed, err := apply(&result, ops, rt)
		if err != nil || changed {
			t.Fatalf("replaced twice: %s, then %s %v", result.Raw(), second.Raw(), err)
		}
	}
}

func countPrimary(list *Value) int {
	n := 0
	if list != nil && list.Kind() == Array {
		for i := range list.Members() {
			if isPrimary(list.At(i)) {
				n++
			}
		}
	}
	return n
}

// TestApplyInvariants holds the invariants of FuzzApply over operations that are
// put together from what is likely to meet.
func TestApplyInvariants(t *testing.T) {
	paths := []string{
		"title", "active", "userName", "id", "name", "name.givenName", "name.callSign", "emails", "emails.type",
		`emails[type eq "work"]`, `emails[type eq "work"].value`, `emails[primary eq true].primary`, `emails[value pr].type`,
		`emails[not (type eq "work") or primary eq true]`, "badges", `badges[value eq "red"]`, "schemas", "badges.x",
		EnterpriseUserURI, EnterpriseUserURI + ":department", EnterpriseUserURI + ":manager", EnterpriseUserURI + ":manager.value",
		"urn:a:2.0:U", "urn:a:2.0:U:x", UserURI + ":title", "",
	}
	values := []string{
		`null`, `[]`, `{}`, `"red"`, `"work"`, `true`, `false`, `7`, `["red","blue"]`, `[null]`, `{"givenName":"Mara","familyName":null}`,
		`[{"value":"a","type":"work","primary":true}]`, `[{"value":"b"},{"value":"c","primary":true}]`, `{"value":"a","primary":true}`,
		`{"type":"home","primary":false}`, `{"value":"77","displayName":"Olle"}`, `["` + UserURI + `","urn:a:2.0:U"]`,
		`{"title":"Lead","emails":[{"value":"d","primary":true}],"` + EnterpriseUserURI + `":{"department":"Field","manager":null}}`,
		`{"` + EnterpriseUserURI + `:division":"N","urn:a:2.0:U":{"x":[1]},"badges":"green"}`, `{"department":"Sales","costCenter":null}`,
	}
	resources := []string{
		`{}`, typicalUser,
		`{"schemas":["` + UserURI + `","` + EnterpriseUserURI + `"],"id":"17","title":"Lead","name":{"givenName":"Mara"},"badges":["red"],` +
			`"emails":[{"value":"a","type":"work","primary":true},{"value":"b","type":"work"},{"value":"c"}],"` + EnterpriseUserURI + `":{"department":"Field"}}`,
		`{"schemas":["` + UserURI + `","urn:a:2.0:U"],"emails":[],"name":null,"badges":"red","urn:a:2.0:U":{"x":[1.0,2]}}`,
	}
	random := rand.New(rand.NewPCG(3, 5))
	user := Core().ByName("User")
	for range 4000 {
		var ops []string
		for range 1 + random.IntN(4) {
			op := Op(1 + random.IntN(3))
			text := `{"op":"` + op.String() + `"`
			if path := paths[random.IntN(len(paths))]; path != "" {
				text += `,"path":` + Quote(path)
			}
			if op != Remove {
				text += `,"value":` + values[random.IntN(len(values))]
			}
			ops = append(ops, text+"}")
		}
		body := Parse(patchBody("[" + strings.Join(ops, ",") + "]"))
		parsed, err := ParsePatch(&body)
		if err != nil {
			continue
		}
		before := resources[random.IntN(len(resources))]
		t.Run("", func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("before %s\n%s", before, strings.Join(ops, "\n"))
				}
			}()
			fuzzApply(t, before, parsed, nil, Apply)
			fuzzApply(t, before, parsed, user, Apply)
			fuzzApply(t, before, parsed, user, ApplyStrict)
		})
	}
}
