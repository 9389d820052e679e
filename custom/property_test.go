package custom

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// searches are verbs with what a service provider holds and what a client asks.
// What the client asks through the verb has to find what it would find among the
// users as it sees them.
var searches = []struct {
	verbs    []Verb
	provider *scim.ResourceType
	user     func(m maker) string
	asked    comparisons
	refusals bool // some of what is asked cannot be
}{
	{
		verbs:    []Verb{Map{"title", []Pair{{"10", "Sales"}, {"20", "Legal"}, {"chief", "Boss"}}}},
		provider: scim.Core().ByName("User"),
		user: func(m maker) string {
			return m.member("title", "Sales Legal LEGAL Boss else") + m.member("userName", "a b")
		},
		asked: comparisons{{"title", "eq ne pr", "10 20 CHIEF else nobody"}, {"userName", "eq sw", "a b"}},
	},
	{
		verbs:    []Verb{Map{"emails.type", []Pair{{"work", "business"}, {"home", "work"}}}},
		provider: scim.Core().ByName("User"),
		user: func(m maker) string {
			return m.elements("emails", "type", "business work other", "value", "a b c")
		},
		asked: comparisons{{"emails.type", "eq ne pr", "work home other Work"}, {"emails[type value", "eq ne pr", "work home a b"}, {"emails.value", "eq co", "a b"}},
	},
	{
		verbs:    []Verb{Lowercase{"userName"}},
		provider: scim.Core().ByName("User"),
		user: func(m maker) string {
			return m.member("userName", "mara eve tamara mar") + m.member("title", "Mara Eve")
		},
		asked: comparisons{{"userName", "eq ne co sw ew gt ge lt le pr", "Mara EVE ar MAR eve"}, {"title", "eq", "mara"}},
	},
	{
		verbs:    []Verb{Lowercase{"userName"}},
		provider: caseExact("userName"),
		user: func(m maker) string {
			return m.member("userName", "mara eve tamara mar") + m.member("title", "Mara Eve")
		},
		asked: comparisons{{"userName", "eq ne co sw ew gt ge lt le pr", "Mara EVE ar MAR eve"}, {"title", "eq", "mara"}},
	},
	{
		verbs:    []Verb{Uppercase{"emails"}},
		provider: caseExact("emails"),
		user: func(m maker) string {
			return m.elements("emails", "type", "work home", "value", "MARA EVE TAMARA MAR")
		},
		asked: comparisons{{"emails.value", "eq ne co sw ew gt ge lt le pr", "Mara EVE ar MAR eve"}, {"emails[type value", "eq ne co", "work mara eve"}},
	},
	{
		verbs:    []Verb{Wrap{"city", workCity}},
		provider: scim.Core().ByName("User"),
		user:     func(m maker) string { return m.addresses(true) + m.member("title", "Ulm Bonn") },
		asked:    comparisons{{"city", "eq ne co sw ew gt ge lt le pr", "Ulm Bonn U n ULM"}, {"title", "eq pr", "Ulm Bonn"}},
	},
	{
		verbs:    []Verb{Unwrap{workCity, "city"}},
		provider: scim.Core().ByName("User"),
		user: func(m maker) string {
			return m.addresses(false) + m.member("city", "Ulm Bonn") + m.member("title", "Ulm")
		},
		asked: comparisons{
			{"addresses[type locality", "eq eq eq ne co pr", "work work home Ulm Bonn U"}, {"addresses[type", "eq ne pr", "work home"},
			{"addresses.type", "eq ne co pr", "work home"}, {"addresses[type country", "eq ne pr", "work DE"}, {"addresses", "pr", ""},
			{"addresses.country", "eq co pr", "DE"}, {"title", "eq pr", "Ulm"},
		},
		refusals: true,
	},
	{
		verbs:    []Verb{FilterOp{"userName", "eq", "co"}},
		provider: scim.Core().ByName("User"),
		user: func(m maker) string {
			return m.member("userName", "mara eve tamara mar") + m.member("title", "mara eve")
		},
		asked: comparisons{{"userName", "eq eq ne co sw pr", "Mara mar eve"}, {"title", "eq sw", "mara"}},
	},
	{
		verbs:    []Verb{FilterOp{"emails", "sw", "pr"}},
		provider: scim.Core().ByName("User"),
		user: func(m maker) string {
			return m.elements("emails", "type", "work home", "value", "mara eve tamara mar")
		},
		asked: comparisons{{"emails.value", "eq sw sw", "mar ta eve"}, {"emails[type value", "eq sw", "work mara eve"}},
	},
}

// elements is a member with a random list of objects.
func (m maker) elements(name, sub, values, other, others string) string {
	list := make([]string, m.IntN(4))
	for i := range list {
		list[i] = "{" + strings.TrimPrefix(m.member(sub, values)+m.member(other, others), ",") + "}"
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == "{}" })
	if len(list) == 0 {
		return ""
	}
	return `,"` + name + `":[` + strings.Join(list, ",") + `]`
}

// addresses is a member with random addresses, of which one may be that of work
// and have a city if so wanted.
func (m maker) addresses(workCity bool) string {
	var list []string
	if m.IntN(2) == 0 {
		city := ""
		if workCity {
			city = m.member("locality", "Ulm Bonn")
		}
		list = append(list, `{"type":"work"`+city+m.member("country", "DE FR")+`}`)
	}
	for range m.IntN(3) {
		list = append(list, `{"type":"`+oneOf(m, "home", "other")+`"`+m.member("locality", "Ulm Bonn")+m.member("country", "DE FR")+`}`)
	}
	if len(list) == 0 {
		return ""
	}
	m.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return `,"addresses":[` + strings.Join(list, ",") + `]`
}

// caseExact is the resource type User with an attribute for which case counts.
func caseExact(name string) *scim.ResourceType {
	rt := *scim.Core().ByName("User")
	schema := *rt.Schema
	schema.Attributes = slices.Clone(schema.Attributes)
	for i, given := range schema.Attributes {
		if given.Name != name {
			continue
		}
		a := *given
		a.CaseExact = true
		a.SubAttributes = slices.Clone(a.SubAttributes)
		for j, sub := range a.SubAttributes {
			if sub.Name == "value" {
				exact := *sub
				exact.CaseExact = true
				a.SubAttributes[j] = &exact
			}
		}
		schema.Attributes[i] = &a
	}
	rt.Schema = &schema
	return &rt
}

func TestSearchProperty(t *testing.T) {
	for _, s := range searches {
		refused, found := 0, 0
		const rounds = 400
		for seed := range rounds {
			m := newMaker(seed)
			p := &provider{rt: s.provider, users: map[string]string{}}
			for id := range 8 {
				p.users[strconv.Itoa(id+1)] = withID(id+1, s.user(m))
			}
			c := newClient(t, p, s.verbs...)
			filter := m.filter(s.asked, 2)
			got, err := c.do(t, http.MethodGet, "/Users", "filter="+escape(filter), "")
			if err != nil && s.refusals && scim.AsError(err).Type == scim.InvalidFilter {
				refused++
				continue
			}
			if err != nil {
				t.Fatalf("%s: seed %d: %s: %v", s.verbs, seed, filter, err)
			}
			asked := filterIn(t, c.sent.Query)
			want := wanted(t, c, filter)
			found += len(want)
			if ids := idsOf(got.Get("Resources")); !slices.Equal(ids, want) {
				t.Fatalf("%s: seed %d: %s became %s and found %q, want %q", s.verbs, seed, filter, asked, ids, want)
			}
			if total := got.Get("totalResults").Raw(); total != strconv.Itoa(len(want)) {
				t.Fatalf("%s: seed %d: %s: totalResults %s, want %d", s.verbs, seed, filter, total, len(want))
			}
		}
		if refused > rounds*3/4 || found < rounds {
			t.Errorf("%s: %d of %d filters were refused, %d users found: too little was tested", s.verbs, refused, rounds, found)
		}
	}
}

// wanted is the users that a filter finds among all as the client sees them.
func wanted(t *testing.T, c *client, filter string) []string {
	t.Helper()
	e := strictFilter(t, filter)
	var ids []string
	for n := range len(c.users) {
		id := strconv.Itoa(n + 1)
		seen, err := c.do(t, http.MethodGet, "/Users/"+id, "", "")
		if err != nil {
			t.Fatal(err)
		}
		ok, err := scim.Matches(e, &seen, scim.Core().ByName("User"))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func idsOf(resources *scim.Value) []string {
	var ids []string
	for i := range resources.Members() {
		ids = append(ids, resources.At(i).Get("id").Text())
	}
	return ids
}

func strictFilter(t testing.TB, text string) scim.Expression {
	t.Helper()
	e, err := scim.ParseStrictFilter(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}
