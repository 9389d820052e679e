package custom

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// changes are verbs with what a service provider holds and the operations by
// which a client changes it. What has become of a user, as the client sees it,
// has to be what the operations make of the user as the client saw it.
var changes = []struct {
	verbs []Verb
	user  func(m maker) string
	ops   func(m maker) string
}{
	{
		verbs: []Verb{Map{"emails.type", []Pair{{"work", "business"}, {"home", "work"}}}},
		user:  func(m maker) string { return m.elements("emails", "type", "business work other", "value", "a b c") },
		ops: func(m maker) string {
			return oneOf(m,
				m.assign(`emails[type eq \"`+oneOf(m, "work", "home")+`\"].value`, `"`+oneOf(m, "x", "y")+`"`),
				m.assign("emails", `[{"type":"`+oneOf(m, "work", "home")+`","value":"x"}]`),
				m.assign("", `{"emails":[{"type":"home","value":"x"}],"title":"t"}`),
				`{"op":"remove","path":"emails[type eq \"work\" and value eq \"a\"]"}`,
				`{"op":"remove","path":"emails[not (type eq \"work\")]"}`,
			)
		},
	},
	{
		verbs: []Verb{Split{"badges", ","}},
		user:  func(m maker) string { return oneOf(m, "", `,"badges":["a","b"]`, `,"badges":["c"]`) },
		ops: func(m maker) string {
			value := oneOf(m, `"x"`, `"x,y"`)
			return oneOf(m, m.assign("badges", value), m.assign("", `{"title":"t","badges":`+value+`}`), m.assign("", `{"badges":`+value+`}`),
				`{"op":"remove","path":"badges"}`, m.assign("title", `"x,y"`))
		},
	},
	{
		verbs: []Verb{Join{"badges", ","}},
		user:  func(m maker) string { return oneOf(m, "", `,"badges":"a,b"`, `,"badges":"c"`) },
		ops: func(m maker) string {
			value := oneOf(m, `["x"]`, `["x","y"]`, `["a"]`)
			return oneOf(m, m.assign("badges", value), m.assign("", `{"title":"t","badges":`+value+`}`), m.assign("", `{"badges":`+value+`}`),
				`{"op":"remove","path":"badges"}`, `{"op":"remove","path":"badges[value eq \"a\"]"}`, m.assign("title", `"x,y"`))
		},
	},
	{
		verbs: []Verb{Wrap{"city", workCity}},
		user:  func(m maker) string { return m.addresses(true) },
		ops:   wrapOps,
	},
	{
		verbs: []Verb{Unwrap{workCity, "city"}},
		user:  func(m maker) string { return m.addresses(false) + m.member("city", "Ulm Bonn") },
		ops:   unwrapOps,
	},
	{
		verbs: []Verb{Unwrap{workCity, "title"}, Map{"title", []Pair{{"Ulm", "U-1"}, {"Bonn", "B-2"}}}},
		user:  func(m maker) string { return m.addresses(false) + m.member("title", "U-1 B-2 else") },
		ops:   func(m maker) string { return strings.Replace(unwrapOps(m), `"title":"t"`, `"nickName":"t"`, 1) },
	},
	{
		verbs: []Verb{Wrap{"city", workCity}, Join{"badges", ","}, Split{"sites", "|"}},
		user: func(m maker) string {
			return m.addresses(true) + oneOf(m, "", `,"badges":"a,b"`) + oneOf(m, "", `,"sites":["a"]`)
		},
		ops: func(m maker) string {
			return oneOf(m, wrapOps(m), m.assign("", `{"badges":["x"],"sites":"s|t","title":"t"}`), `{"op":"remove","path":"badges[value eq \"a\"]"}`, m.assign("sites", `"u"`))
		},
	},
}

// wrapOps are operations of a client that has a city.
func wrapOps(m maker) string {
	city := oneOf(m, "Ulm", "Bonn", "Jena")
	return oneOf(m,
		m.assign("city", `"`+city+`"`), m.assign("", `{"city":"`+city+`","title":"t"}`), `{"op":"remove","path":"city"}`,
		m.addressOp(oneOf(m, "work", "home"), ""), m.addressOp("home", city),
	)
}

// unwrapOps are operations of a client that has the city in an address.
func unwrapOps(m maker) string {
	kind, city := oneOf(m, "work", "work", "home"), oneOf(m, "Ulm", "Bonn", "Jena")
	return oneOf(m,
		m.assign(`addresses[type eq \"`+kind+`\"].locality`, `"`+city+`"`),
		`{"op":"remove","path":"addresses[type eq \"`+kind+`\"].locality"}`,
		`{"op":"remove","path":"addresses[locality eq \"`+city+`\"]"}`,
		m.addressOp(kind, city),
	)
}

// addressOp is an operation on addresses, or one that brings an address.
func (m maker) addressOp(kind, city string) string {
	if city != "" {
		city = `,"locality":"` + city + `"`
	}
	return oneOf(m,
		m.assign(`addresses[type eq \"`+kind+`\"].country`, `"US"`),
		m.assign(`addresses[type eq \"`+kind+`\"]`, `{"country":"US"`+city+`}`),
		m.assign("addresses", `[{"type":"`+kind+`","country":"US"`+city+`},{"type":"other"}]`),
		m.assign("", `{"addresses":[{"type":"`+kind+`"`+city+`}],"title":"t"}`),
		`{"op":"remove","path":"addresses[type eq \"`+kind+`\"]"}`,
		`{"op":"remove","path":"addresses[country eq \"DE\"]"}`,
		`{"op":"remove","path":"addresses"}`,
	)
}

// assign is an operation that adds or replaces.
func (m maker) assign(path, value string) string {
	op := `{"op":"` + oneOf(m, "add", "replace") + `",`
	if path != "" {
		op += `"path":"` + path + `",`
	}
	return op + `"value":` + value + `}`
}

func TestPatchProperty(t *testing.T) {
	for _, change := range changes {
		tested := 0
		const rounds = 600
		for seed := range rounds {
			m := newMaker(seed)
			held := withID(1, change.user(m))
			c := newClient(t, &provider{rt: scim.Core().ByName("User"), users: map[string]string{"1": held}}, change.verbs...)
			before, err := c.do(t, http.MethodGet, "/Users/1", "", "")
			if err != nil {
				t.Fatal(err)
			}
			list := make([]string, 1+m.IntN(3))
			for i := range list {
				list[i] = change.ops(m)
			}
			request := patchOf(list...)
			body := scim.Parse(request)
			ops, err := scim.ParsePatch(&body)
			if err != nil {
				t.Fatalf("%s: %v", request, err)
			}
			want, _, err := scim.Apply(&before, ops, c.rt)
			if err != nil || ambiguous(&want) || ambiguous(&before) {
				continue
			}
			got, err := c.do(t, http.MethodPatch, "/Users/1", "", request)
			if err != nil && scim.AsError(err).Type == scim.InvalidValue {
				continue // both are given
			}
			if err != nil {
				t.Fatalf("%s: seed %d: %s on %s: sent %s: %v", change.verbs, seed, request, held, c.sent.Body, err)
			}
			tested++
			settle(&got)
			settle(&want)
			if !scim.SameValue(&got, &want) {
				t.Fatalf("%s: seed %d: %s\n on %s\nseen %s\nsent %s\n got %s\nwant %s", change.verbs, seed, strings.Join(list, " "), held, before.Raw(), c.sent.Body, got.Raw(), want.Raw())
			}
		}
		if tested < rounds/3 {
			t.Errorf("%s: %d of %d tested", change.verbs, tested, rounds)
		}
	}
}

// ambiguous reports whether a user has more than one address of work, so that it
// is not known of which the city is meant.
func ambiguous(user *scim.Value) bool {
	n := 0
	for _, v := range user.Get("addresses").Parts() {
		if strings.EqualFold(v.Get("type").Text(), "work") {
			n++
		}
	}
	return n > 1
}

// settle takes out of a user what two users may differ in though they mean the
// same: the order of addresses, and an address of work that says nothing else.
func settle(user *scim.Value) {
	list := user.Get("addresses")
	if list == nil {
		return
	}
	list.Keep(func(m *scim.Member) bool { return m.Value.Raw() != `{"type":"work"}` })
	slices.SortFunc(list.Members(), func(a, b scim.Member) int { return cmp.Compare(a.Value.Raw(), b.Value.Raw()) })
	if list.Len() == 0 {
		user.Delete(user.Index("addresses"))
	}
}

// TestBodyProperty holds that what a client creates is what it sees.
func TestBodyProperty(t *testing.T) {
	for _, tt := range []struct {
		verb Verb
		user func(m maker) string
	}{
		{Map{"title", []Pair{{"a", "b"}, {"b", "c"}, {"c", "a"}}}, func(m maker) string { return m.member("title", "a b c d") }},
		{Map{"emails.type", []Pair{{"work", "home"}, {"home", "work"}}}, func(m maker) string { return m.elements("emails", "type", "work home other", "value", "a b") }},
		{Map{"active", []Pair{{"true", "false"}, {"false", "true"}}}, func(m maker) string { return `,"active":` + oneOf(m, "true", "false") }},
		{Coerce{"badge", "integer"}, func(m maker) string { return `,"badge":"` + strconv.Itoa(m.IntN(1000)-500) + `"` }},
		{Coerce{"active", "string"}, func(m maker) string { return `,"active":` + oneOf(m, "true", "false") }},
		{Replace{"userName", `^(.*)@a\.example$`, "$1", `^([^@]*)$`, "$1@a.example"}, func(m maker) string { return m.member("userName", "x@a.example y@a.example z@b.example") }},
		{Split{"badges", ","}, func(m maker) string { return m.member("badges", "a a,b a,,b , b,a") }},
		{Join{"badges", ","}, func(m maker) string { return oneOf(m, "", `,"badges":["a"]`, `,"badges":["a","","b"]`) }},
		{Wrap{"city", workCity}, func(m maker) string { return m.addresses(false) + m.member("city", "Ulm Bonn") }},
		{Unwrap{workCity, "city"}, func(m maker) string { return m.addresses(true) }},
	} {
		for seed := range 100 {
			m := newMaker(seed)
			body := withID(1, tt.user(m))
			c := newClient(t, &provider{rt: scim.Core().ByName("User"), users: map[string]string{}}, tt.verb)
			got, err := c.do(t, http.MethodPost, "/Users", "", body)
			if err != nil {
				t.Fatalf("%s: %s: %v", tt.verb, body, err)
			}
			want := scim.Parse(body)
			settle(&got)
			settle(&want)
			if !scim.SameValue(&got, &want) {
				t.Fatalf("%s: %s was sent as %s and came back as %s", tt.verb, body, c.sent.Body, got.Raw())
			}
		}
	}
}
