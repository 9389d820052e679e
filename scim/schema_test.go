package scim

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Characteristics in one word each, in the order mutability, returned, then
// whatever is not the default.
func characteristics(a *Attribute) string {
	words := []string{string(a.Type), a.Mutability, a.Returned}
	for _, w := range []struct {
		set  bool
		word string
	}{
		{a.MultiValued, "multi"},
		{a.Required, "required"},
		{a.CaseExact, "exact"},
		{a.Uniqueness != "none", "unique:" + a.Uniqueness},
		{a.CanonicalValues != nil, strings.Join(a.CanonicalValues, "|")},
		{a.ReferenceTypes != nil, strings.Join(a.ReferenceTypes, "|")},
	} {
		if w.set {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

func TestCoreCharacteristics(t *testing.T) {
	const ent = EnterpriseUserURI
	tests := []struct{ typ, path, want string }{
		{"User", "id", "string readOnly always required exact unique:server"},
		{"User", "externalId", "string readWrite default exact"},
		{"User", "schemas", "reference readWrite always multi required exact uri"},
		{"User", "meta", "complex readOnly default"},
		{"User", "meta.created", "dateTime readOnly default"},
		{"User", "meta.location", "reference readOnly default exact uri"},
		{"User", "userName", "string readWrite default required unique:server"},
		{"User", "name.familyName", "string readWrite default"},
		{"User", "profileUrl", "reference readWrite default exact external"},
		{"User", "active", "boolean readWrite default"},
		{"User", "password", "string writeOnly never"},
		{"User", "emails", "complex readWrite default multi"},
		{"User", "emails.type", "string readWrite default work|home|other"},
		{"User", "phoneNumbers.type", "string readWrite default work|home|mobile|fax|pager|other"},
		{"User", "photos.value", "reference readWrite default exact external"},
		{"User", "addresses.primary", "boolean readWrite default"},
		{"User", "groups", "complex readOnly default multi"},
		{"User", "groups.type", "string readOnly default direct|indirect"},
		{"User", "x509Certificates.value", "binary readWrite default exact"},
		{"User", ent + ":employeeNumber", "string readWrite default"},
		{"User", ent + ":manager.$ref", "reference readWrite default exact User"},
		{"User", ent + ":manager.displayName", "string readOnly default"},
		{"Group", "displayName", "string readWrite default required"},
		{"Group", "members", "complex readWrite default multi"},
		{"Group", "members.value", "string immutable default"},
		{"Group", "members.type", "string immutable default User|Group"},
	}
	for _, tt := range tests {
		target, ok := Core().ByName(tt.typ).Resolve(attrPath(tt.path))
		if !ok {
			t.Errorf("%s %s: not found", tt.typ, tt.path)
			continue
		}
		if got := characteristics(target.Leaf()); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.typ, tt.path, got, tt.want)
		}
	}
}

// Every schema but the one that describes schemas keeps the rules for schemas,
// and every attribute says what it is.
func TestCoreSchemasAreValid(t *testing.T) {
	var described func(at string, attrs []*Attribute)
	described = func(at string, attrs []*Attribute) {
		for _, a := range attrs {
			if a.Description == "" {
				t.Errorf("%s %s has no description", at, a.Name)
			}
			described(at+" "+a.Name, a.SubAttributes)
		}
	}
	for _, s := range Core().Schemas() {
		described(s.Name, s.Attributes)
		if err := s.validate(); err != nil && s.ID != SchemaURI {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}

const acmeURI = "urn:example:params:scim:schemas:extension:acme:2.0:User"

const acmeDoc = `{"id":"` + acmeURI + `","name":"Acme","attributes":[
	{"name":"badge"},
	{"name":"level","type":"integer"},
	{"name":"photoId","type":"binary"},
	{"name":"desk","subAttributes":[{"name":"floor","type":"integer"},{"name":"room"}]}
]}`

func TestParseSchema(t *testing.T) {
	s, err := ParseSchema(acmeDoc)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range s.Attributes {
		got[a.Name] = characteristics(a)
	}
	want := map[string]string{
		"badge":   "string readWrite default",
		"level":   "integer readWrite default",
		"photoId": "binary readWrite default exact",
		"desk":    "complex readWrite default",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseSchemaErrors(t *testing.T) {
	doc := func(attr string) string { return `{"id":"urn:example:x","attributes":[` + attr + `]}` }
	tests := []struct{ doc, want string }{
		{`{`, "reading schema: unexpected end of JSON input"},
		{`{"attributes":[{"name":"a"}]}`, "id is missing"},
		{`{"id":"acme","attributes":[{"name":"a"}]}`, `id "acme" is not a URI`},
		{`{"id":"urn:acme:","attributes":[{"name":"a"}]}`, `id "urn:acme:" cannot be used in an attribute path`},
		{`{"id":"urn:ac me","attributes":[{"name":"a"}]}`, `id "urn:ac me" cannot be used in an attribute path`},
		{`{"id":"urn:example:x"}`, "it defines no attributes"},
		{doc(`null`), "attribute 0 is null"},
		{doc(`{"name":"1st"}`), `attribute "1st": a name is`},
		{doc(`{"name":"a.b"}`), `attribute "a.b": a name is`},
		{doc(`{"name":""}`), `attribute "": a name is`},
		{doc(`{"name":"a","type":"int"}`), `attribute "a": unknown type "int"; known: string, boolean, decimal,`},
		{doc(`{"name":"a","mutability":"no"}`), `unknown mutability "no"; known: readOnly`},
		{doc(`{"name":"a","returned":"no"}`), `unknown returned "no"; known: always`},
		{doc(`{"name":"a","uniqueness":"no"}`), `unknown uniqueness "no"; known: none`},
		{doc(`{"name":"a"},{"name":"A"}`), `attribute "A" is defined twice`},
		{doc(`{"name":"a","type":"complex"}`), "type complex needs sub-attributes"},
		{doc(`{"name":"a","type":"string","subAttributes":[{"name":"b"}]}`), "type string has no sub-attributes"},
		{doc(`{"name":"a","subAttributes":[{"name":"b"},{"name":"B"}]}`), `attribute "a": attribute "B" is defined twice`},
		{doc(`{"name":"a","subAttributes":[{"name":"b","subAttributes":[{"name":"c"}]}]}`), `attribute "a": attribute "b": a complex attribute cannot stand in another`},
	}
	for _, tt := range tests {
		_, err := ParseSchema(tt.doc)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.doc, err, tt.want)
		}
	}
}

func TestAppendSchema(t *testing.T) {
	const base = "https://scim.example.com/v2"
	for _, s := range Core().Schemas() {
		doc := string(AppendSchema(nil, s, base))
		if _, err := Check(doc, Limits{}); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		again, err := decodeSchema(doc)
		if diff := cmp.Diff(s, again); err != nil || diff != "" {
			t.Errorf("%s: %v %s", s.Name, err, diff)
		}
		location := Path{"meta", "location"}.Get(doc)
		if got := location.Text(); got != base+"/Schemas/"+s.ID {
			t.Errorf("location %s", got)
		}
	}
}

func TestAppendResourceType(t *testing.T) {
	got := string(AppendResourceType(nil, Core().ByName("User"), "https://scim.example.com"))
	want := `{"schemas":["` + ResourceTypeURI + `"],"id":"User","name":"User","description":"User Account",` +
		`"endpoint":"/Users","schema":"` + UserURI + `","schemaExtensions":[{"schema":"` + EnterpriseUserURI + `","required":false}],` +
		`"meta":{"resourceType":"ResourceType","location":"https://scim.example.com/ResourceTypes/User"}}`
	if diff := cmp.Diff(want, got); diff != "" || !json.Valid([]byte(got)) {
		t.Error(diff)
	}
}
