package scim

import (
	"fmt"
	"strings"
	"testing"
)

// crew is a group with the members from..to-1.
func crew(from, to int) string {
	return `{"schemas":["` + GroupURI + `"],"displayName":"Crew","members":` + crewMembers(from, to) + `}`
}

func crewMembers(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `,{"value":"m%d","type":"User"}`, i)
	}
	return "[" + b.String()[1:] + "]"
}

// eachMember is an operation for each of the members.
func eachMember(from, to int, format string) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, ","+format, i)
	}
	return "[" + b.String()[1:] + "]"
}

const (
	addMember    = `{"op":"add","path":"members","value":[{"value":"m%d","type":"User"}]}`
	removeMember = `{"op":"remove","path":"members[value eq \"m%d\"]"}`
)

func TestApplyManyMembers(t *testing.T) {
	runApplyTests(t, Core().ByName("Group"), Apply, []applyTest{
		{
			name:   "added in one operation",
			before: crew(0, 500),
			ops:    `[{"op":"add","path":"members","value":` + crewMembers(400, 900) + `}]`,
			after:  crew(0, 900),
		}, {
			name:   "added one by one",
			before: crew(0, 500),
			ops:    eachMember(400, 900, addMember),
			after:  crew(0, 900),
		}, {
			name:   "all there already",
			before: crew(0, 500),
			ops:    eachMember(0, 500, addMember),
		}, {
			name:   "removed one by one",
			before: crew(0, 500),
			ops:    eachMember(100, 600, removeMember),
			after:  crew(0, 100),
		}, {
			name:   "all removed",
			before: crew(0, 500),
			ops:    eachMember(0, 500, removeMember),
			after:  `{"schemas":["` + GroupURI + `"],"displayName":"Crew"}`,
		}, {
			name:   "removed, added again, replaced, added",
			before: crew(0, 500),
			ops: strings.Join([]string{
				strings.TrimSuffix(eachMember(0, 500, removeMember), "]"),
				crewOps(0, 400, addMember),
				`{"op":"replace","path":"members","value":` + crewMembers(500, 900) + `}`,
				crewOps(0, 100, addMember),
				`{"op":"remove","path":"members"}`,
				crewOps(0, 100, addMember) + "]",
			}, ","),
			after: `{"schemas":["` + GroupURI + `"],"displayName":"Crew","members":` + crewMembers(0, 100) + `}`,
		},
	})
	runApplyTests(t, Core().ByName("User"), Apply, []applyTest{{
		name:   "complex values are compared as a whole",
		before: `{"roles":` + crewMembers(0, 500) + `}`,
		ops: `[{"op":"add","path":"roles","value":` + strings.ReplaceAll(crewMembers(0, 500), `"User"`, `"user"`) + `},` +
			`{"op":"add","path":"roles","value":` + crewMembers(0, 500) + `},{"op":"add","path":"roles","value":[{"value":"m7","primary":true}]},` +
			`{"op":"add","path":"roles","value":[{"value":"m8","primary":true},{"primary":false,"value":"m7"}]}]`,
		after: `{"roles":` + strings.TrimSuffix(crewMembers(0, 500), "]") + "," +
			strings.TrimPrefix(strings.ReplaceAll(crewMembers(0, 500), `"User"`, `"user"`), "[")[:len(crewMembers(0, 500))-2] +
			`,{"value":"m7","primary":false},{"value":"m8","primary":true}]}`,
	}})
}

func crewOps(from, to int, format string) string {
	return strings.Trim(eachMember(from, to, format), "[]")
}

func BenchmarkApplyMembers(b *testing.B) {
	for _, bench := range []struct{ name, before, ops string }{
		{"Add1000", crew(0, 1000), `[{"op":"add","path":"members","value":` + crewMembers(1000, 2000) + `}]`},
		{"Add1000OneByOne", crew(0, 1000), eachMember(1000, 2000, addMember)},
		{"Remove1000OneByOne", crew(0, 2000), eachMember(500, 1500, removeMember)},
	} {
		group := Core().ByName("Group")
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				resource := Parse(bench.before)
				result, changed, err := Apply(&resource, parsePatch(b, bench.ops), group)
				if err != nil || !changed || result.Raw() == "" {
					b.Fatal(changed, err)
				}
			}
		})
	}
}
