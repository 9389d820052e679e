package scim

import "testing"

// typicalFilters are of the kinds that identity providers send.
var typicalFilters = []string{
	`userName eq "mara.lind@example.com"`,
	`userName eq "7d420df3-9995-4831-a406-ecf8166f5f6a"`,
	`externalId eq "00u1a2b3c4d5e6f7g8h9"`,
	`displayName eq "Research and Development"`,
	`id eq "2819c223-7f76-453a-919d-413861904646"`,
	`active eq true`,
	`title pr`,
	`emails.value eq "mara.lind@example.com"`,
	`emails[type eq "work"].value eq "mara.lind@example.com"`,
	`emails[type eq "work" and value eq "mara.lind@example.com"]`,
	`members[value eq "2819c223-7f76-453a-919d-413861904646"]`,
	`id eq "54d382a4" and members[value eq "2819c223"]`,
	`meta.lastModified gt "2026-05-13T04:42:34Z"`,
	`userName sw "m" and active eq true`,
	`userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`,
	`not (userType eq "Contractor")`,
	`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "0042"`,
	`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26"`,
	`title pr or userType eq "Intern" or userType eq "Trainee"`,
	`active eq true and meta.lastModified ge "2026-01-01T00:00:00Z" and meta.lastModified le "2026-02-01T00:00:00Z"`,
}

// One operation reads and prints all twenty.
func BenchmarkFilterParsePrint(b *testing.B) {
	var buf [256]byte
	b.ReportAllocs()
	for b.Loop() {
		for _, in := range typicalFilters {
			f, err := ParseFilter(in)
			if err != nil {
				b.Fatal(err)
			}
			f.Expression.AppendTo(buf[:0])
		}
	}
}

func BenchmarkFilterParsePrintShort(b *testing.B) {
	var buf [256]byte
	b.ReportAllocs()
	for b.Loop() {
		f, err := ParseFilter(`userName eq "x"`)
		if err != nil {
			b.Fatal(err)
		}
		f.Expression.AppendTo(buf[:0])
	}
}

func BenchmarkFilterMatches(b *testing.B) {
	e, err := ParseStrictFilter(`userName sw "mara" and emails[type eq "work" and value ew "example.com"]`)
	if err != nil {
		b.Fatal(err)
	}
	user := Core().ByName("User")
	resource := Parse(matchUser)
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := Matches(e, &resource, user); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
