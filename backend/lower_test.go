package backend

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// asked says what a filter is turned into, one line for each call.
func asked(t *testing.T, caps *Capabilities, typeName, filter string) []string {
	t.Helper()
	e, err := scim.ParseStrictFilter(filter)
	if err != nil {
		t.Fatal(err)
	}
	d := dialect{caps, scim.Core().ByName(typeName)}
	var lines []string
	for _, c := range d.ask(e) {
		switch {
		case c.id != "":
			lines = append(lines, "GET "+c.id)
		case c.sent == nil:
			lines = append(lines, "everything")
		default:
			lines = append(lines, d.print(c.sent))
		}
	}
	return lines
}

func TestAsk(t *testing.T) {
	const work = `emails[type eq "work" and value eq "mara.lind@example.com"]`
	for _, test := range []struct {
		name, filter string
		caps         Capabilities
		want         []string
	}{
		{"all is understood", work + ` or active eq true`, Capabilities{}, []string{work + ` or active eq true`}},
		{"as it is", `userName eq "mara.lind"`, Capabilities{Filter: []string{"eq"}}, []string{`userName eq "mara.lind"`}},
		{"nothing is understood", `userName eq "mara.lind"`, Capabilities{Filter: []string{"off"}}, []string{"everything"}},
		{
			"id by GET", `id eq "17"`,
			Capabilities{Filter: []string{"off"}},
			[]string{"GET 17"},
		},
		{
			"id by filter, where that is understood", `id eq "17" and members.value eq "4"`,
			Capabilities{Filter: []string{"eq", "and"}},
			[]string{`id eq "17" and members.value eq "4"`},
		},
		{
			"the conjunct that finds the least", `active eq true and title pr and externalId eq "7" and userName eq "mara.lind"`,
			Capabilities{Filter: []string{"eq", "pr"}},
			[]string{`userName eq "mara.lind"`},
		},
		{
			"all conjuncts that are understood", `title co "x" and externalId eq "7" and active eq true`,
			Capabilities{Filter: []string{"eq", "and"}},
			[]string{`externalId eq "7" and active eq true`},
		},
		{
			"alternatives one by one", `userName eq "a" or externalId eq "b" or id eq "c"`,
			Capabilities{Filter: []string{"eq"}, FilterAttributes: []string{"userName", "externalId"}},
			[]string{`userName eq "a"`, `externalId eq "b"`, "GET c"},
		},
		{
			"an alternative that cannot be asked", `userName eq "a" or title pr`,
			Capabilities{Filter: []string{"eq"}},
			[]string{"everything"},
		},
		{
			"alternatives within a conjunct", `active eq true and (userName eq "a" or userName eq "b")`,
			Capabilities{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}},
			[]string{`userName eq "a"`, `userName eq "b"`},
		},
		{
			"brackets behind a dot", `emails[value eq "mara.lind@example.com"]`,
			Capabilities{Filter: []string{"eq"}},
			[]string{`emails.value eq "mara.lind@example.com"`},
		},
		{
			"one comparison of those in brackets", work,
			Capabilities{Filter: []string{"eq"}},
			[]string{`emails.value eq "mara.lind@example.com"`},
		},
		{
			"the attribute as it is declared", work,
			Capabilities{Filter: []string{"eq"}, FilterAttributes: []string{"emails"}},
			[]string{`emails eq "mara.lind@example.com"`},
		},
		{
			"brackets are understood", work,
			Capabilities{Filter: []string{"eq", "and", "[]"}, FilterAttributes: []string{"emails"}},
			[]string{work},
		},
		{
			"what holds without a value", `emails[type ne "work"]`,
			Capabilities{Filter: []string{"ne"}},
			[]string{"everything"},
		},
		{
			"a negation", `not (userName eq "a") and active eq true`,
			Capabilities{Filter: []string{"eq"}, FilterAttributes: []string{"userName"}},
			[]string{"everything"},
		},
		{
			"parentheses around and", `userName eq "a" and active eq true or userName eq "b"`,
			Capabilities{Filter: []string{"eq", "and", "or"}},
			[]string{`(userName eq "a" and active eq true) or userName eq "b"`},
		},
		{
			"another spelling of the attribute", `USERNAME eq "a"`,
			Capabilities{FilterAttributes: []string{"userName"}},
			[]string{`USERNAME eq "a"`},
		},
		{
			"an attribute of an extension", `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x"`,
			Capabilities{FilterAttributes: []string{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"}},
			[]string{`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x"`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			typeName := "User"
			if strings.Contains(test.filter, "members") {
				typeName = "Group"
			}
			if diff := cmp.Diff(test.want, asked(t, &test.caps, typeName, test.filter)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.filter, diff)
			}
		})
	}
}

// TestLongFilter makes sure that what is too long for a URL is asked in parts.
func TestLongFilter(t *testing.T) {
	parts := make([]string, 0, 150)
	for i := range 150 {
		parts = append(parts, fmt.Sprintf(`userName eq "mara.lind.%d@example.com"`, i))
	}
	p := &listProvider{t: t}
	for i := range 900 {
		p.users = append(p.users, fmt.Sprintf(`{"id":"%d","userName":"Mara.Lind.%d@example.com"}`, i, i))
	}
	off := false
	for name, caps := range map[string]Capabilities{
		"with or": {Search: &off}, "without": {Filter: []string{"eq"}}, "no filter": {Filter: []string{"off"}},
	} {
		p.caps, p.requests = caps, nil
		c := newListClient(t, p)
		list, err := c.search(`{"schemas":["` + scim.SearchRequestURI + `"],"filter":` + scim.Quote(strings.Join(parts, " or ")) + `,"count":1000}`)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := idsOf(&list); len(got) != 150 {
			t.Errorf("%s: found %d", name, len(got))
		}
		for _, request := range p.requests {
			if len(request) > maxQuery+200 {
				t.Errorf("%s: a request of %d bytes was made", name, len(request))
			}
		}
	}
}

// TestCaseOfValues makes sure that a look-up finds what is written in another
// case, whoever evaluates the filter, and by one call where it can.
func TestCaseOfValues(t *testing.T) {
	user := `{"id":"1","userName":"Mara.Lind@example.com","externalId":"HR-1"}`
	for name, test := range map[string]struct {
		filter string
		found  int
	}{
		"userName is not case-exact": {`userName eq "MARA.lind@EXAMPLE.com"`, 1},
		"externalId is":              {`externalId eq "hr-1"`, 0},
	} {
		for _, ops := range [][]string{{"off"}, {"eq"}} {
			p := &listProvider{t: t, users: []string{user}, caps: Capabilities{Filter: ops}, ignoresFilter: true}
			list, err := newListClient(t, p).get("filter", test.filter)
			if got := idsOf(&list); err != nil || len(got) != test.found {
				t.Errorf("%s, %s: %v, %v", name, ops, got, err)
			}
		}
	}
}

// TestMembersWithheld: AWS finds the groups of a member and shows no members.
func TestMembersWithheld(t *testing.T) {
	caps := Capabilities{Filter: []string{"eq", "and"}, FilterAttributes: []string{"id", "members"}, Members: "absent"}
	p := &groupProvider{t: t, answer: `{"schemas":["` + scim.ListResponseURI + `"],"totalResults":1,"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g","displayName":"Bakers"}]}`}
	list, err := p.get(caps, `id eq "g" and members eq "u"`)
	if err != nil || len(idsOf(&list)) != 1 {
		t.Errorf("%v %v", list.Raw(), err)
	}
	if diff := cmp.Diff([]string{`id eq "g" and members eq "u"`}, p.filters); diff != "" {
		t.Error(diff)
	}
	// What is not asked for in this way cannot be known.
	_, err = p.get(caps, `not (members eq "u")`)
	if e := scim.AsError(err); e.Type != scim.InvalidFilter {
		t.Errorf("got %v", err)
	}
	// A group that cannot be meant is one that an ignored filter has found.
	list, err = p.get(caps, `id eq "h" and members eq "u"`)
	if e := scim.AsError(err); err == nil || e.Type != scim.InvalidFilter {
		t.Errorf("%v %v", list.Raw(), err)
	}
}

func TestFilterIsDecoded(t *testing.T) {
	q, err := readQuery("filter=" + url.QueryEscape(`userName eq "a+b c"`) + "&startIndex=0&count=99999999999&x=1")
	if err != nil {
		t.Fatal(err)
	}
	if q.filter.String() != `userName eq "a+b c"` || q.start != 1 || q.count != 1<<31-1 || len(q.others) != 1 {
		t.Errorf("%+v", q)
	}
	for _, wrong := range []string{"count=x", "startIndex=", "filter=%zz", "filter=userName%20eq"} {
		if _, err := readQuery(wrong); err == nil {
			t.Errorf("%s: no error", wrong)
		}
	}
}
