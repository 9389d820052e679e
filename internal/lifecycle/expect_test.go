package lifecycle

import (
	"strings"
	"testing"
)

const sample = `{
	"id": "u-17", "active": false, "title": null, "count": 3,
	"name": {"givenName": "Noor", "name.familyName": "Haddad"},
	"emails": [{"type": "home", "value": "noor@example.net"}, {"type": "work", "value": "noor.haddad@example.com"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "u-3"}}
}`

func TestExpect(t *testing.T) {
	doc, err := decode([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer("{noor}", "u-17", "{boss}", "u-3")
	tests := []struct {
		expect Expect
		wrong  string
	}{
		{Expect{"id", "{noor}"}, ""},
		{Expect{"id", "{boss}"}, `id is "u-17", not "u-3"`},
		{Expect{"active", false}, ""},
		{Expect{"active", "false"}, `active is false, not "false"`},
		{Expect{"active", true}, `active is false, not true`},
		{Expect{"count", 3}, ""},
		{Expect{"count", 4}, `count is 3, not 4`},
		{Expect{"name/givenName", "Noor"}, ""},
		{Expect{"name.givenName", Absent}, ""},
		{Expect{"name/name.familyName", Absent}, `name/name.familyName is "Haddad", not absent`},
		{Expect{"title", Absent}, ""},
		{Expect{"title", Present}, `title is absent, not present`},
		{Expect{"emails/#", 2}, ""},
		{Expect{"phoneNumbers/#", 0}, ""},
		{Expect{"emails/1/type", "work"}, ""},
		{Expect{"emails/7/type", Absent}, ""},
		{Expect{"emails[type=work]/value", "noor.haddad@example.com"}, ""},
		{Expect{"emails[type=other]/value", Absent}, ""},
		{Expect{enterprise + "/manager", Object}, ""},
		{Expect{enterprise + "/manager/value", "{boss}"}, ""},
		{Expect{enterprise + "/manager/value", Object}, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager/value is "u-3", not an object`},
		{Expect{"id/of/nothing", Absent}, ""},
	}
	for _, test := range tests {
		if wrong := test.expect.check(doc, names); wrong != test.wrong {
			t.Errorf("%v: got %q, want %q", test.expect, wrong, test.wrong)
		}
	}
}

func TestEdit(t *testing.T) {
	v, err := decode([]byte(`{"id":"u-17","name":{"givenName":"Noor"},"version":12345678901234567890}`))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := clone(v.(map[string]any))
	if err != nil {
		t.Fatal(err)
	}
	edit(doc, "name/familyName", "Haddad")
	edit(doc, enterprise+"/manager", map[string]any{"value": "u-3"})
	edit(doc, "active", true)
	names := strings.NewReplacer()
	for _, e := range []Expect{
		{"name/givenName", "Noor"},
		{"name/familyName", "Haddad"},
		{"active", true},
		{enterprise + "/manager/value", "u-3"},
	} {
		if wrong := e.check(doc, names); wrong != "" {
			t.Error(wrong)
		}
	}
	if got := show(doc["version"]); got != "12345678901234567890" {
		t.Errorf("a number became %s", got)
	}
}
