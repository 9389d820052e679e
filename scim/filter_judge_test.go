package scim

import "testing"

func TestJudge(t *testing.T) {
	members := func(a *Attribute) bool { return a.Name == "emails" }
	tests := []struct {
		filter  string
		want    Verdict
		partial func(*Attribute) bool
	}{
		{filter: `userName eq "mara.lind@EXAMPLE.com"`, want: Matched},
		{filter: `userName eq "other@example.com"`, want: Unmatched},
		{filter: `userName ne "other@example.com"`, want: Matched},
		{filter: `userName pr`, want: Matched},
		{filter: `not (userName eq "other@example.com")`, want: Matched},
		{filter: `not (userName pr)`, want: Unmatched},
		{filter: `active eq true`, want: Matched},
		{filter: `active eq false`, want: Unmatched},
		{filter: `emails.value eq "mara@home.example.org"`, want: Matched},
		{filter: `addresses.locality eq "Lund"`, want: Matched},
		{filter: `addresses.locality eq "Oslo"`, want: Unmatched},
		{filter: `addresses[type eq "work" and locality eq "Oslo"]`, want: Unmatched},
		{filter: `x509Certificates.value pr`, want: Matched},
		{filter: `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "0042"`, want: Matched},
		{filter: `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "42"`, want: Unmatched},
		{filter: `meta.lastModified gt "2026-02-01T00:00:00Z"`, want: Matched},
		{filter: `meta.lastModified gt "2026-04-01T00:00:00Z"`, want: Unmatched},

		// What is not shown may be there all the same.
		{filter: `displayName eq "Mara"`, want: Undecided},
		{filter: `displayName pr`, want: Undecided},
		{filter: `not (displayName pr)`, want: Undecided},
		{filter: `name.middleName eq "Eva"`, want: Undecided},
		{filter: `roles.value eq "clerk"`, want: Undecided},
		{filter: `ims.value eq "mara"`, want: Undecided},
		{filter: `addresses[type eq "work" and region eq "Skåne"]`, want: Undecided},
		{filter: `addresses[type eq "home" and region eq "Skåne"]`, want: Unmatched},
		{filter: `emails.value eq "no.one@example.com"`, want: Undecided}, // one has no value
		{filter: `phoneNumbers.value eq "1"`, want: Unmatched},
		{filter: `emails[type eq "fax"]`, want: Unmatched},
		{filter: `emails[type eq "fax"]`, want: Undecided, partial: members},
		{filter: `emails[type eq "work"]`, want: Matched, partial: members},

		// Case alone, and JSON types, are told apart by some and not by others.
		{filter: `id eq "a1B2"`, want: Matched},
		{filter: `id eq "a1b2"`, want: Undecided},
		{filter: `id eq "a1b3"`, want: Unmatched},
		{filter: `externalId co "lind"`, want: Undecided},
		{filter: `externalId co "berg"`, want: Unmatched},
		{filter: `shoeSize eq "39.5"`, want: Undecided},
		{filter: `nickName eq null`, want: Undecided},
		{filter: `active gt true`, want: Undecided},

		// Three values.
		{filter: `userName pr and displayName pr`, want: Undecided},
		{filter: `userName eq "x" and displayName pr`, want: Unmatched},
		{filter: `displayName pr and userName eq "x"`, want: Unmatched},
		{filter: `userName pr or displayName pr`, want: Matched},
		{filter: `displayName pr or userName pr`, want: Matched},
		{filter: `displayName pr or userName eq "x"`, want: Undecided},
		{filter: `userName eq "x" or active eq false`, want: Unmatched},
	}
	resource := Parse(matchUser)
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			e, err := ParseStrictFilter(tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			if got := Judge(e, &resource, Core().ByName("User"), tt.partial); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// TestJudgeAgreesWithMatches: what is judged is judged as a service provider
// would that shows all it has.
func TestJudgeAgreesWithMatches(t *testing.T) {
	resource := Parse(matchUser)
	rt := Core().ByName("User")
	for _, filter := range []string{
		`userName co "LIND" and not (title pr)`, `emails[type eq "work" and primary eq true]`, `name.familyName sw "L"`,
		`phoneNumbers.value ew "1234" or active eq false`, `meta.resourceType ne "Group"`, `addresses.locality gt "Malmö"`,
	} {
		e, err := ParseStrictFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		matches, err := Matches(e, &resource, rt)
		if err != nil {
			t.Fatal(err)
		}
		if got := Judge(e, &resource, rt, nil); got != verdict(matches) {
			t.Errorf("%s: judged %d, matches %t", filter, got, matches)
		}
	}
}
