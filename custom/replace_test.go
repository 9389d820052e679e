package custom

import "testing"

func TestReplace(t *testing.T) {
	strip := Replace{Attribute: "userName", Pattern: `@corp\.example$`, UndoPattern: `^([^@]*)$`, UndoWith: `$1@corp.example`}
	swap := Replace{Attribute: "emails", Pattern: `^(\w+)@old\.example$`, With: `${1}@new.example`}
	runSent(t, []sentRow{
		{verb: strip, request: "POST /Users", body: `{"userName":"mara@corp.example"}`, want: `{"userName":"mara"}`, changes: "body.userName"},
		{verb: strip, request: "PUT /Users/1", body: `{"userName":"mara@other.example"}`},
		{verb: swap, request: "POST /Users", body: `{"emails":[{"value":"a@old.example"},{"value":"b@other.example"}]}`, want: `{"emails":[{"value":"a@new.example"},{"value":"b@other.example"}]}`},
		{verb: strip, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"userName","value":"mara@corp.example"}`), want: patchOf(`{"op":"replace","path":"userName","value":"mara"}`)},
		{verb: strip, request: "PATCH /Users/1", body: patchOf(`{"op":"add","value":{"userName":"mara@corp.example"}}`), want: patchOf(`{"op":"add","value":{"userName":"mara"}}`)},
		{verb: swap, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"emails[value eq \"a@old.example\"]"}`), want: patchOf(`{"op":"remove","path":"emails[value eq \"a@new.example\"]"}`)},
		{verb: strip, request: `GET /Users?filter=userName eq "mara@corp.example"`, want: `userName eq "mara"`},
		{verb: strip, request: `GET /Users?filter=userName ne "mara@corp.example" and userName pr`, want: `userName ne "mara" and userName pr`},
		{verb: strip, request: `GET /Users?filter=userName ew "@corp.example"`, err: `400 invalidFilter: filter: userName ew: its values are rewritten; only eq, ne and pr can be asked`},
		{verb: strip, request: "POST /Users/.search", body: `{"filter":"userName eq \"mara@corp.example\""}`, want: `{"filter":"userName eq \"mara\""}`},
	})
	runAnswers(t, []answerRow{
		{strip, "GET /Users/1", `{"userName":"mara"}`, `{"userName":"mara@corp.example"}`},
		{strip, "GET /Users", `{"Resources":[{"userName":"mara"},{"userName":"eve@other.example"}]}`, `{"Resources":[{"userName":"mara@corp.example"},{"userName":"eve@other.example"}]}`},
		{swap, "GET /Users/1", `{"emails":[{"value":"a@new.example"}]}`, ""},
	})
}

func TestReplaceRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`the pattern is empty`:                               Replace{Attribute: "userName"},
		`undo: the pattern is empty`:                         Replace{Attribute: "userName", Pattern: "a", UndoWith: "b"},
		"error parsing regexp: missing closing ): `(`":       Replace{Attribute: "userName", Pattern: "("},
		"undo: error parsing regexp: missing closing ): `(`": Replace{Attribute: "userName", Pattern: "a", UndoPattern: "("},
		`active is of type boolean: the verb is for text`:    Replace{Attribute: "active", Pattern: "a"},
	})
}
