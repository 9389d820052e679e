package scim

import (
	"strings"
	"testing"
)

const matchUser = `{
	"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
	"id": "a1B2", "externalId": "Lind-7", "userName": "Mara.Lind@example.com", "active": true, "nickName": "",
	"name": {"familyName": "Lind", "givenName": "Mára", "honorificPrefix": null},
	"emails": [
		{"value": "mara.lind@example.com", "type": "work", "primary": true},
		{"value": "mara@home.example.org", "type": "home"},
		{"type": "other"}
	],
	"phoneNumbers": [{"value": "+46 8 1234"}],
	"roles": [], "entitlements": null, "ims": [{}], "addresses": [{"type": "work", "locality": "Lund"}],
	"x509Certificates": [{"value": "TWFyYQ=="}],
	"title": "Ingénieure \"senior\"",
	"meta": {"resourceType": "User", "created": "2026-03-01T10:00:00+02:00", "lastModified": "2026-03-01T08:00:00.500Z"},
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
		"employeeNumber": "0042", "costCenter": "K-7", "manager": {"value": "c3D4", "displayName": "Ola Berg"}
	},
	"urn:example:acme:2.0:User": {"Badge": "Gold", "level": 7, "scores": [1.5, 20], "big": 9007199254740993},
	"shoeSize": 39.5, "tags": ["blue", "Green"]
}`

func TestMatches(t *testing.T) {
	tests := []struct {
		filter string
		want   bool
	}{
		// operators, and case by caseExact
		{`userName eq "mara.lind@EXAMPLE.com"`, true},
		{`userName ne "mara.lind@EXAMPLE.com"`, false},
		{`userName co "LIND"`, true},
		{`userName sw "mara."`, true},
		{`userName ew "example.COM"`, true},
		{`userName sw "mara.lind@example.com"`, true},
		{`userName ew "mara.lind@example.com"`, true},
		{`userName sw "lind"`, false},
		{`userName co ""`, true},
		{`id eq "a1B2"`, true},
		{`id eq "a1b2"`, false},
		{`id ne "a1b2"`, true},
		{`externalId co "lind"`, false},
		{`externalId sw "Lind"`, true},
		{`name.givenName eq "MÁRA"`, true},
		{`name.givenName sw "mÁr"`, true},
		{`title eq "ingénieure \"SENIOR\""`, true},
		{`userName gt "mara"`, true},
		{`userName lt "NORA"`, true},
		{`userName ge "mara.lind@example.com"`, true},
		{`userName le "mara.lind@example.com"`, true},
		{`userName gt "mara.lind@example.com"`, false},
		{`id lt "a1b2"`, true},

		// Names have no case and the core URI may stand in front of them.
		{`USERNAME eq "mara.lind@example.com"`, true},
		{`urn:ietf:params:scim:schemas:core:2.0:User:name.familyName eq "lind"`, true},
		{`urn:ietf:params:scim:schemas:core:2.0:user:userName pr`, true},

		// presence
		{`userName pr`, true},
		{`nickName pr`, false},
		{`displayName pr`, false},
		{`active pr`, true},
		{`name pr`, true},
		{`name.honorificPrefix pr`, false},
		{`emails pr`, true},
		{`emails.value pr`, true},
		{`roles pr`, false},
		{`entitlements pr`, false},
		{`ims pr`, false},
		{`ims.value pr`, false},
		{`phoneNumbers.type pr`, false},
		{`nosuch pr`, false},
		{`schemas pr`, true},

		// dateTimes are instants
		{`meta.created eq "2026-03-01T08:00:00Z"`, true},
		{`meta.created eq "2026-03-01T08:00:00"`, true},
		{`meta.created ne "2026-03-01T03:30:00.000-04:30"`, false},
		{`meta.created lt "2026-03-01T09:00:00Z"`, true},
		{`meta.created ge "2026-02-28T24:00:00Z"`, true},
		{`meta.lastModified gt "2026-03-01T08:00:00Z"`, true},
		{`meta.lastModified le "2026-03-01T08:00:00.5Z"`, true},
		{`meta.lastModified gt "2026-03-01T08:00:00.5001Z"`, false},
		{`meta.lastModified sw "2026-03"`, true},

		// any value of a multi-valued attribute
		{`emails.value eq "mara@home.example.org"`, true},
		{`emails.value ne "mara@home.example.org"`, true},
		{`not (emails.value eq "mara@home.example.org")`, false},
		{`phoneNumbers.value ne "+46 8 1234"`, false},
		{`emails.type eq "fax"`, false},
		{`schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"`, true},
		{`schemas eq "urn:ietf:params:scim:schemas:core:2.0:Group"`, false},
		{`meta.resourceType eq "User"`, true},

		// no value
		{`displayName ne "x"`, true},
		{`displayName eq "x"`, false},
		{`displayName gt "x"`, false},
		{`not (displayName gt "x")`, true},
		{`roles.value ne "x"`, true},
		{`displayName eq null`, true},
		{`displayName ne null`, false},
		{`userName eq null`, false},
		{`userName ne null`, true},
		{`emails.display eq null`, true},
		{`roles eq null`, true},
		{`name eq null`, false},
		{`nickName eq ""`, true},
		{`nickName eq null`, true},
		{`displayName eq ""`, false},

		// a complex attribute means its value
		{`emails co "home.example"`, true},
		{`emails eq "work"`, false},
		{EnterpriseUserURI + `:manager eq "c3D4"`, true},

		// brackets speak of one value
		{`emails[type eq "work" and value co "@example.com"]`, true},
		{`emails[type eq "work" and value co "@home"]`, false},
		{`emails.type eq "work" and emails.value co "@home"`, true},
		{`emails[type eq "work" or type eq "fax"]`, true},
		{`emails[not (type pr)]`, false},
		{`emails[value ne "mara.lind@example.com" and type eq "other"]`, true},
		{`emails[not (value pr)]`, true},
		{`emails[value eq null]`, true},
		{`roles[value pr]`, false},
		{`roles[value ne "x"]`, false},
		{`name[familyName eq "lind"]`, true},
		{`displayName[value eq "x"]`, false},

		// RFC 7643 section 2.4: primary is false when it is left out
		{`emails[primary eq false and type eq "home"]`, true},
		{`emails[primary eq true and type eq "home"]`, false},
		{`phoneNumbers.primary eq false`, true},
		{`phoneNumbers.primary pr`, false},

		// Booleans
		{`active eq true`, true},
		{`active ne true`, false},
		{`active eq false`, false},

		// Extensions
		{EnterpriseUserURI + `:employeeNumber eq "0042"`, true},
		{EnterpriseUserURI + `:manager.displayName sw "ola"`, true},
		{EnterpriseUserURI + `:manager[displayName pr]`, true},
		{EnterpriseUserURI + `:department pr`, false},
		{EnterpriseUserURI + ` pr`, true},

		// Attributes that no schema knows
		{`urn:example:acme:2.0:User:badge eq "gold"`, true},
		{`urn:example:acme:2.0:User:level gt 6.9`, true},
		{`urn:example:acme:2.0:User:level le 7e0`, true},
		{`urn:example:acme:2.0:User:level eq "7"`, false},
		{`urn:example:acme:2.0:User:scores ge 20.0`, true},
		{`urn:example:acme:2.0:User:big eq 9007199254740993`, true},
		{`urn:example:acme:2.0:User:big eq 9007199254740992`, false},
		{`urn:example:acme:2.0:Group:badge pr`, false},
		{`urn:ietf:params:scim:schemas:core:2.0:User:shoeSize lt 40`, true},
		{`tags eq "green"`, true},
		{`tags[value sw "bl"]`, true},
		{`tags.value ne "blue"`, true},
		{`tags.display pr`, false},

		// Logic
		{`active eq true and userName pr`, true},
		{`active eq false or userName pr`, true},
		{`active eq true or nosuch pr and nosuch pr`, true},
		{`(active eq true or nosuch pr) and nosuch pr`, false},
		{`not (active eq true and nosuch pr)`, true},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			e, err := ParseStrictFilter(tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			resource := Parse(matchUser)
			got, err := Matches(e, &resource, Core().ByName("User"))
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
			if err := CheckFilter(e, Core().ByName("User")); err != nil {
				t.Errorf("check: %v", err)
			}
			if resource.Changed() {
				t.Error("the resource was changed")
			}
		})
	}
}

// Without a resource type everything is looked up by name.
func TestMatchesWithoutSchema(t *testing.T) {
	resource := Parse(matchUser)
	for filter, want := range map[string]bool{
		`ID eq "A1b2"`:                         true,
		`emails.primary eq true`:               true,
		`emails[primary eq false]`:             false,
		`emails co "home"`:                     true,
		`name.familyname sw "l"`:               true,
		`URN:example:acme:2.0:user:LEVEL eq 7`: true,
	} {
		e, err := ParseStrictFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Matches(e, &resource, nil); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", filter, got, err, want)
		}
	}
}

func TestMatchesValue(t *testing.T) {
	user := Core().ByName("User")
	attr := func(name string) *Attribute {
		target, _ := user.Resolve(AttrPath{Name: name})
		return target.Attr
	}
	tests := []struct {
		filter, element string
		attr            *Attribute
		want            bool
	}{
		{`type eq "WORK"`, `{"type":"work"}`, attr("emails"), true},
		{`primary eq false`, `{"type":"work"}`, attr("emails"), true},
		{`primary eq false`, `{"type":"work"}`, nil, false},
		{`value eq "twfyYQ=="`, `{"value":"TWFyYQ=="}`, attr("x509Certificates"), false},
		{`value eq "BLUE"`, `"blue"`, nil, true},
		{`value eq "blue" and not (type pr)`, `"blue"`, nil, true},
		{`value eq "urn:x:y"`, `"urn:x:Y"`, attr("schemas"), false},
		{`value gt 3`, `4`, nil, true},
		{`value ne "x"`, `{}`, attr("emails"), true},
	}
	for _, tt := range tests {
		e, err := ParseStrictFilter(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		element := Parse(tt.element)
		if got, err := MatchesValue(e, &element, tt.attr); err != nil || got != tt.want {
			t.Errorf("%s of %s: got %v, %v, want %v", tt.filter, tt.element, got, err, tt.want)
		}
	}
}

// RFC 7644 table 9: a combination of attribute and comparison that is not
// defined is invalidFilter, whatever the resource holds.
func TestMatchesErrors(t *testing.T) {
	tests := []struct{ filter, detail string }{
		{`active gt true`, `filter: active gt: booleans and binary data have no order`},
		{`urn:example:acme:2.0:User:x le false`, `filter: urn:example:acme:2.0:User:x le: booleans and binary data have no order`},
		{`x509Certificates.value ge "TWFyYQ=="`, `filter: x509Certificates.value ge: booleans and binary data have no order`},
		{`x509Certificates[value ge "TWFyYQ=="]`, `filter: value ge: booleans and binary data have no order`},
		{`active eq "true"`, `filter: active eq: the value has to be a boolean`},
		{`emails[primary eq "True"]`, `filter: primary eq: the value has to be a boolean`},
		{`userName eq 7`, `filter: userName eq: the value has to be a string`},
		{`userName co true`, `filter: userName co: the value has to be a string`},
		{`active co true`, `filter: active co: a boolean has no parts`},
		{`shoeSize co 3`, `filter: shoeSize co: a number has no parts`},
		{`title gt null`, `filter: title gt: null has neither order nor parts`},
		{`meta.created gt "2026"`, `filter: meta.created gt: the value has to be a dateTime such as 2008-01-23T04:56:22Z`},
		{`name eq "Lind"`, `filter: name eq: a complex attribute is compared by one of its sub-attributes`},
		{EnterpriseUserURI + ` eq "x"`, `filter: ` + EnterpriseUserURI + ` eq: a complex attribute is compared by one of its sub-attributes`},
		{`password sw "s"`, `filter: password sw: the attribute cannot be searched`},
		{`not (password pr)`, `filter: password pr: the attribute cannot be searched`},
		{`userName pr and (title pr and active gt true)`, `filter: active gt: booleans and binary data have no order`},
	}
	for _, tt := range tests {
		e, err := ParseStrictFilter(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		resource := Parse(matchUser)
		_, err = Matches(e, &resource, Core().ByName("User"))
		checked := CheckFilter(e, Core().ByName("User"))
		for _, err := range []error{err, checked} {
			if got := AsError(err); err == nil || got.Status != 400 || got.Type != InvalidFilter || got.Detail != tt.detail {
				t.Errorf("%s:\ngot  %v\nwant 400 invalidFilter: %s", tt.filter, err, tt.detail)
			}
		}
	}
}

func TestCompare(t *testing.T) {
	date := &Attribute{Type: TypeDateTime}
	exact := &Attribute{Type: TypeString, CaseExact: true}
	tests := []struct {
		attr *Attribute
		x, y string
		want int
	}{
		{nil, `"ANNA"`, `"bo"`, -1},
		{exact, `"anna"`, `"BO"`, 1},
		{nil, `"\u212A"`, `"k"`, 0}, // Kelvin sign
		{nil, `"straße"`, `"STRASSE"`, 1},
		{nil, `2`, `10`, -1},
		{nil, `-1.5e3`, `-1500`, 0},
		{nil, `false`, `true`, -1},
		{nil, `true`, `true`, 0},
		{date, `"2026-03-01T10:00:00+02:00"`, `"2026-03-01T09:00:00Z"`, -1},
		{date, `"2026-03-01T00:00:00.123456789Z"`, `"2026-03-01T00:00:00.12345678Z"`, 1},
		{date, `"-0044-03-15T12:00:00Z"`, `"0033-04-03T15:00:00Z"`, -1},
		{date, `"12026-01-01T00:00:00Z"`, `"2026-01-01T00:00:00-14:00"`, 1},
		{date, `"2026-12-31T24:00:00Z"`, `"2027-01-01T00:00:00Z"`, 0},
		{date, `"soon"`, `"later"`, 1},
	}
	for _, tt := range tests {
		x, y := Parse(tt.x), Parse(tt.y)
		if got, ok := tt.attr.Compare(&x, &y); !ok || got != tt.want {
			t.Errorf("%s and %s: got %d, %v, want %d", tt.x, tt.y, got, ok, tt.want)
		}
		if got, ok := tt.attr.Compare(&y, &x); !ok || got != -tt.want {
			t.Errorf("%s and %s: got %d, %v, want %d", tt.y, tt.x, got, ok, -tt.want)
		}
	}
	for _, pair := range []string{`1 "1"`, `true 1`, `null null`, `{} {}`, `[] []`} {
		a, b, _ := strings.Cut(pair, " ")
		x, y := Parse(a), Parse(b)
		if _, ok := exact.Compare(&x, &y); ok {
			t.Errorf("%s have an order", pair)
		}
	}
}
