package scim

import "testing"

func TestAttributeCheck(t *testing.T) {
	user := Core().ByName("User")
	acme := acmeRegistry(t).ByName("User")
	tests := []struct{ path, value, want string }{
		{"userName", `"mara.lind@example.com"`, ""},
		{"userName", `null`, ""},
		{"userName", `7`, "userName: want a string, got a number"},
		{"userName", `["a"]`, "userName: want a string, got an array"},
		{"userName", `[]`, "userName: want a string, got an array"},
		{"active", `true`, ""},
		{"active", `"True"`, "active: want a boolean, got a string"},
		{"active", `1`, "active: want a boolean, got a number"},
		{"name", `{"givenName":"Mara","nothing":1}`, ""},
		{"name", `{"givenName":null}`, ""},
		{"name", `"Mara Lind"`, "name: want an object, got a string"},
		{"name", `{"GivenName":["Mara"]}`, "name.givenName: want a string, got an array"},
		{"emails", `[]`, ""},
		{"emails", `[{"value":"m@example.com","primary":true},{"value":"n@example.com","primary":false}]`, ""},
		{"emails", `{"value":"m@example.com"}`, "emails: want an array, got an object"},
		{"emails", `["m@example.com"]`, "emails[0]: want an object, got a string"},
		{"emails", `[null]`, "emails[0]: want an object, got null"},
		{"emails", `[{},{"primary":"true"}]`, "emails[1].primary: want a boolean, got a string"},
		{"emails", `[{"primary":true},{"value":"n"},{"primary":true}]`, "emails: values 0 and 2 are both primary"},
		{"schemas", `["` + UserURI + `"]`, ""},
		{"schemas", `[1]`, "schemas[0]: want a string, got a number"},
		{"x509Certificates.value", `"TUlJRA=="`, ""},
		{"x509Certificates.value", `"TUlJRA"`, ""},
		{"x509Certificates.value", `"TU\nlJRA"`, "value: want binary data in base64"},
		{"x509Certificates.value", `"T*lJ"`, "value: want binary data in base64"},
		{"x509Certificates.value", `4`, "value: want a string, got a number"},
		{acmeURI + ":level", `4`, ""},
		{acmeURI + ":level", `-12`, ""},
		{acmeURI + ":level", `4.0`, "level: want an integer, without fraction and exponent"},
		{acmeURI + ":level", `4e2`, "level: want an integer, without fraction and exponent"},
		{acmeURI + ":level", `"4"`, "level: want a number, got a string"},
		{acmeURI + ":desk", `{"floor":"4"}`, "desk.floor: want a number, got a string"},
		{"meta.created", `"yesterday"`, "created: want a dateTime such as 2008-01-23T04:56:22Z"},
		{"meta.created", `1700000000`, "created: want a string, got a number"},
	}
	for _, tt := range tests {
		target, ok := acme.Resolve(attrPath(tt.path))
		if !ok {
			t.Fatalf("%s: not found", tt.path)
		}
		v := Parse(tt.value)
		checkDetail(t, tt.path+" "+tt.value, target.Leaf().Check(&v), tt.want)
	}
	emails, _ := user.Resolve(attrPath("emails"))
	for value, want := range map[string]string{
		`{"value":"m@example.com"}`: "",
		`{"value":1}`:               "emails.value: want a string, got a number",
		`"m@example.com"`:           "emails: want an object, got a string",
	} {
		v := Parse(value)
		checkDetail(t, value, emails.Attr.CheckElement(&v), want)
	}
}

func checkDetail(t *testing.T, at string, err error, want string) {
	t.Helper()
	switch {
	case err == nil && want == "":
	case err == nil || want == "":
		t.Errorf("%s: %v, want %q", at, err, want)
	default:
		if e := AsError(err); e.Status != 400 || e.Type != InvalidValue || e.Detail != want {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
}

func TestIsDateTime(t *testing.T) {
	tests := map[string]bool{
		"2008-01-23T04:56:22Z":             true,
		"2008-01-23T04:56:22":              true,
		"2008-01-23T04:56:22.123456789Z":   true,
		"2008-01-23T04:56:22+05:30":        true,
		"2008-01-23T04:56:22-14:00":        true,
		"2008-01-23T24:00:00Z":             true,
		"2008-01-23T24:00:00.00Z":          true,
		"2008-02-29T00:00:00Z":             true,
		"2000-02-29T00:00:00Z":             true,
		"-0044-03-15T12:00:00Z":            true,
		"12008-01-23T04:56:22Z":            true,
		"":                                 false,
		"2008-01-23":                       false,
		"2008-01-23 04:56:22Z":             false,
		"2008-01-23T04:56Z":                false,
		"2008-01-23T04:56:22z":             false,
		"2008-01-23T04:56:22.Z":            false,
		"2008-01-23T04:56:22+0530":         false,
		"2008-01-23T04:56:22+14:01":        false,
		"2008-01-23T24:00:01Z":             false,
		"2008-01-23T24:00:00.1Z":           false,
		"2008-01-23T25:00:00Z":             false,
		"2008-01-23T04:60:00Z":             false,
		"2008-01-23T04:56:60Z":             false,
		"2008-13-01T00:00:00Z":             false,
		"2008-00-01T00:00:00Z":             false,
		"2007-02-29T00:00:00Z":             false,
		"1900-02-29T00:00:00Z":             false,
		"2008-04-31T00:00:00Z":             false,
		"02008-01-23T04:56:22Z":            false,
		"208-01-23T04:56:22Z":              false,
		"2008-1-23T04:56:22Z":              false,
		"1700000000":                       false,
		"2008-01-23T04:56:22Z ":            false,
		"2008-01-2३T04:56:22Z":             false,
		"Wed, 23 Jan 2008 04:56:22 -0000Z": false,
	}
	for s, want := range tests {
		if got := isDateTime(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func BenchmarkAttributeCheck(b *testing.B) {
	emails, _ := Core().ByName("User").Resolve(AttrPath{Name: "emails"})
	doc := `[{"value":"mara.lind@example.com","type":"work","primary":true},{"value":"mara@example.org","type":"home"}]`
	b.ReportAllocs()
	for b.Loop() {
		v := Parse(doc)
		if err := emails.Attr.Check(&v); err != nil {
			b.Fatal(err)
		}
	}
}
