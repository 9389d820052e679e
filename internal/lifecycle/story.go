package lifecycle

import "strings"

// The story is the same in every cycle, so that every dialect must come to the
// same state. Mara, Tomas and Ines are created; Tomas is updated in five ways,
// deactivated and reactivated; all three join a group, Tomas leaves it and comes
// back, Ines leaves it for good; the group is renamed; a second group is deleted,
// and so is Ines.

// usersExist is the state after the three users are created.
func usersExist() []Step {
	return []Step{
		state("Mara is there", "/Users/{mara}",
			Expect{"userName", "mara.lind@example.com"}, Expect{"name/familyName", "Lind"}, Expect{"active", true},
			Expect{"emails/#", 1}, Expect{"emails/0/value", "mara.lind@example.com"}),
		state("Tomas is there, without a password that shows", "/Users/{tomas}",
			Expect{"userName", "tomas.berg@example.com"}, Expect{"active", true}, Expect{"password", Absent}),
		state("Ines is there", "/Users/{ines}",
			Expect{"userName", "ines.okoro@example.com"}, Expect{"active", true}, Expect{"meta/resourceType", "User"}),
	}
}

// nameUpdated is the first update of Tomas: single values, at the top and below name.
func nameUpdated() []Expect {
	return []Expect{
		{"displayName", "Tomas Berg-Lund"},
		{"name/familyName", "Berg-Lund"},
		{"name/givenName", "Tomas"},
		{"title", "Surveyor"},
		{"name.familyName", Absent},
	}
}

// mailUpdated is the second: one value of several sub-attributes, of which the
// others stay.
func mailUpdated() []Expect {
	return []Expect{
		{"emails/#", 1}, {"emails[type=work]/value", "tomas.berg-lund@example.com"}, {"emails[type=work]/primary", true},
	}
}

// phoneAdded is the third: a value where there was none.
func phoneAdded() []Expect {
	return []Expect{{"phoneNumbers/#", 1}, {"phoneNumbers[type=mobile]/value", "+46 70 555 01 23"}}
}

// workUpdated is the fourth: attributes of the extension, one of them a
// reference.
func workUpdated() []Expect {
	return []Expect{
		{enterprise + "/department", "Surveys"},
		{enterprise + "/employeeNumber", "4711"},
		{enterprise + "/manager", Object},
		{enterprise + "/manager/value", "{mara}"},
		{enterprise + ":department", Absent},
		{"department", Absent},
	}
}

// roleAdded is the fifth: a role by its value, in whatever wrapping it was sent.
func roleAdded() []Expect {
	return []Expect{{"roles/#", 1}, {"roles/0/value", "surveyor"}}
}

// members is the state of the group's membership: exactly these.
func members(name string, exactly ...string) Step {
	want := []Expect{{"members/#", len(exactly)}}
	for _, who := range exactly {
		want = append(want, Expect{"members[value={" + who + "}]/value", "{" + who + "}"})
	}
	return state(name, "/Groups/{crew}", want...)
}

// end is the state in which every cycle must leave the server.
func end() []Step {
	tomas := []Expect{{"active", true}, {"userName", "tomas.berg@example.com"}, {"schemas/#", 2}}
	for _, update := range [][]Expect{nameUpdated(), mailUpdated(), phoneAdded(), workUpdated(), roleAdded()} {
		tomas = append(tomas, update...)
	}
	return []Step{
		state("Mara is as she was", "/Users/{mara}",
			Expect{"active", true}, Expect{"displayName", "Mara Lind"}, Expect{"emails/#", 1}),
		state("Tomas has all updates and is active", "/Users/{tomas}", tomas...),
		gone("Ines is gone", "/Users/{ines}"),
		state("no look-up finds Ines", `/Users?filter=userName%20eq%20%22ines.okoro%40example.com%22`, misses()...),
		state("the group has its new name", "/Groups/{crew}", Expect{"displayName", "Field Crew"}),
		members("Mara and Tomas are in the group", "mara", "tomas"),
		gone("the second group is gone", "/Groups/{shift}"),
	}
}

// operations joins PATCH operations.
func operations(ops ...string) string { return strings.Join(ops, ",") }
