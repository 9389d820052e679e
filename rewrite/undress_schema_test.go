package rewrite_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	acmeUserURI  = "urn:example:params:scim:schemas:extension:acme:2.0:User"
	acmeGroupURI = "urn:example:params:scim:schemas:extension:acme:2.0:Group"
)

// acmeUser has an attribute of each type and multiplicity.
const acmeUser = `{"id":"` + acmeUserURI + `","name":"AcmeUser","attributes":[
	{"name":"contractor","type":"boolean"},
	{"name":"level","type":"integer"},
	{"name":"rate","type":"decimal"},
	{"name":"badge","type":"string","caseExact":true},
	{"name":"startsOn","type":"dateTime"},
	{"name":"keyPrint","type":"binary"},
	{"name":"homepage","type":"reference","referenceTypes":["external"]},
	{"name":"skills","type":"string","multiValued":true},
	{"name":"desk","type":"complex","subAttributes":[
		{"name":"building"},{"name":"floor","type":"integer"},{"name":"standing","type":"boolean"}]},
	{"name":"assets","type":"complex","multiValued":true,"subAttributes":[
		{"name":"value"},{"name":"display"},{"name":"type"},{"name":"serial","type":"integer"},{"name":"primary","type":"boolean"}]}
]}`

const acmeGroup = `{"id":"` + acmeGroupURI + `","name":"AcmeGroup","attributes":[
	{"name":"scope"},
	{"name":"sealed","type":"boolean"},
	{"name":"tags","type":"string","multiValued":true}
]}`

// plans are compiled once: the registry with both extensions, read with the
// rules of each provider.
var (
	registry  = acmeRegistry()
	plans     = map[string]*rewrite.Plan{}
	anywhere  = map[string]*rewrite.Plan{} // the same, whatever the base is
	providers = func() []string {
		var names []string
		for _, p := range rules.All() {
			names = append(names, p.Name)
			plans[p.Name], anywhere[p.Name] = compiled(p.Name), compiledAt("", p.Name)
		}
		return names
	}()
	userType  = registry.ByName("User")
	groupType = registry.ByName("Group")
)

func acmeRegistry() *scim.Registry {
	r := scim.Core()
	for typeName, doc := range map[string]string{"User": acmeUser, "Group": acmeGroup} {
		schema, err := scim.ParseSchema(doc)
		if err != nil {
			panic(err)
		}
		if r, err = r.With(typeName, schema, false); err != nil {
			panic(err)
		}
	}
	return r
}

func compiled(provider string) *rewrite.Plan { return compiledAt("/scim/v2", provider) }

func compiledAt(path, provider string) *rewrite.Plan {
	base, err := scim.ParseBase(path)
	if err != nil {
		panic(err)
	}
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName(provider), Registry: registry, Base: base})
	if err != nil {
		panic(err)
	}
	return plan
}

// attribute is one that a client may set, with the URI of its extension.
type attribute struct {
	uri string
	def *scim.Attribute
}

// settable lists the attributes of a resource type that are not read-only.
func settable(rt *scim.ResourceType) []attribute {
	externalID, _ := rt.Resolve(scim.AttrPath{Name: "externalId"})
	all := []attribute{{def: externalID.Attr}}
	for _, a := range rt.Schema.Attributes {
		if a.Mutability != scim.ReadOnly {
			all = append(all, attribute{def: a})
		}
	}
	for _, ext := range rt.Extensions {
		for _, a := range ext.Schema.Attributes {
			all = append(all, attribute{ext.Schema.ID, a})
		}
	}
	return all
}

var settables = map[*scim.ResourceType][]attribute{userType: settable(userType), groupType: settable(groupType)}

// isMany tells an attribute with several values, isPlural one whose values are
// complex.
func isMany(a attribute) bool   { return a.def.MultiValued }
func isPlural(a attribute) bool { return a.def.MultiValued && a.def.Type == scim.TypeComplex }

// isReference tells a complex attribute that stands for another resource and is
// written whole.
func isReference(a *scim.Attribute) bool {
	return a.SubAttribute("value") != nil && a.SubAttribute("$ref") != nil
}

// isNested tells a single complex attribute whose sub-attributes are set one by
// one.
func isNested(a attribute) bool {
	return a.def.Type == scim.TypeComplex && !a.def.MultiValued && !isReference(a.def)
}

// maker makes random values.
type maker struct {
	*rand.Rand
	rt *scim.ResourceType
}

// one picks an element.
func one[T any](m *rand.Rand, of ...T) T { return of[m.IntN(len(of))] }

// oneWhere picks an element for which ok holds, if there is any.
func oneWhere[T any](m *rand.Rand, of []T, ok func(T) bool) (T, bool) {
	var none T
	start := m.IntN(max(len(of), 1))
	for i := range of {
		if v := of[(start+i)%len(of)]; ok(v) {
			return v, true
		}
	}
	return none, false
}

func (m maker) coin() bool            { return m.IntN(2) == 0 }
func (m maker) chance(p float64) bool { return m.Float64() < p }

// attribute picks a settable attribute.
func (m maker) attribute(ok func(attribute) bool) (attribute, bool) {
	return oneWhere(m.Rand, settables[m.rt], ok)
}

var words = []string{
	"Mara Lind", "O'Hara", "Łukasz Żak", `Jo "Jo" Quill`, `C:\temp`, "50% off & more", "a+b=c", "x;y", "true", "Null",
	"4711", "007", "-12", "1.50", "日本 😀", "tab\there", "[a] (b) {c}", "mara.lind@example.com", "jonas_wirth", "Z-9",
	"not", "eq", "and", "urn:example:thing:7", "Sales", "Research", "https://www.example.com/p?q=1#top", "’curly“",
	"line\nbreak", "*|#.@", "a, b", "$ref", "value", "%20", "x//y", "\u00a0nbsp",
}

func (m maker) word() string {
	if m.chance(0.6) {
		return one(m.Rand, "mara", "jonas", "ida", "tove", "emil") + strconv.Itoa(m.IntN(100))
	}
	return one(m.Rand, words...)
}

// value makes the whole value of an attribute.
func (m maker) value(a *scim.Attribute) node {
	if !a.MultiValued {
		return m.element(a)
	}
	elements := make(list, 0, 3)
	for range 1 + m.IntN(3) {
		if e := m.element(a); !slices.ContainsFunc(elements, func(known node) bool { return text(known) == text(e) }) {
			elements = append(elements, e)
		}
	}
	onePrimary(elements)
	return elements
}

// onePrimary leaves the mark with the last element that has it.
func onePrimary(elements list) {
	found := false
	for _, e := range slices.Backward(elements) {
		if o, ok := e.(object); ok && o.index("primary") >= 0 {
			i := o.index("primary")
			o[i].value = o[i].value == true && !found
			found = found || o[i].value == true
		}
	}
}

// element makes one value of an attribute.
func (m maker) element(a *scim.Attribute) node {
	switch a.Type {
	case scim.TypeBoolean:
		return m.coin()
	case scim.TypeInteger:
		return number(strconv.Itoa(m.IntN(2000) - 500))
	case scim.TypeDecimal:
		return number(strconv.Itoa(m.IntN(90)) + "." + strconv.Itoa(1+m.IntN(8)))
	case scim.TypeDateTime:
		return one(m.Rand, "2024-02-29T08:30:00Z", "2031-12-01T23:59:59.5+01:00", "1999-01-01T00:00:00Z")
	case scim.TypeBinary:
		return one(m.Rand, "TWFyYQ==", "AAECAw==", "c2NpbQ==")
	case scim.TypeReference:
		return one(m.Rand, "https://www.example.com/mara", "../Users/26", "urn:example:thing:7")
	case scim.TypeComplex:
		return m.complex(a)
	}
	switch a.Name {
	case "type":
		return one(m.Rand, "work", "home", "other")
	case "locale", "preferredLanguage":
		return one(m.Rand, "sv-SE", "de", "en-GB")
	}
	return m.word()
}

// complex makes a value with some of its sub-attributes.
func (m maker) complex(a *scim.Attribute) object {
	var o object
	for _, sub := range a.SubAttributes {
		often := 0.4
		if sub.Name == "value" {
			often = 0.95
		}
		if sub.Mutability != scim.ReadOnly && m.chance(often) {
			o = append(o, field{sub.Name, m.element(sub)})
		}
	}
	if len(o) == 0 {
		sub := a.SubAttributes[0]
		o = object{{sub.Name, m.element(sub)}}
	}
	if m.chance(0.3) {
		m.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
	}
	return o
}

// anyCase returns a name in another case.
func (m maker) anyCase(name string) string {
	switch m.IntN(4) {
	case 0:
		return strings.ToLower(name)
	case 1:
		return strings.ToUpper(name)
	case 2:
		if len(name) > 0 && name[0] >= 'a' {
			return strings.ToUpper(name[:1]) + name[1:]
		}
	}
	b := []byte(name)
	for i := range b {
		if c := b[i] | 0x20; 'a' <= c && c <= 'z' && m.coin() {
			b[i] ^= 0x20
		}
	}
	return string(b)
}
