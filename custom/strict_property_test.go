package custom

import (
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// awkward are texts that mean something in a filter, in JSON or in a pattern.
var awkward = []string{
	"", " ", `"`, `\`, `\"`, ")", "]", " and ", ` or title eq "x"`, "$1", "${name}", "%22", "%26", "ö", "🙂", "\x00", "\u2028", "true", "null", "17", "1e5", "İ", "ß", "Ⅷ",
}

// TestStrictProperty holds that whatever a client says, what is sent is strict:
// the filter, the paths and the body.
func TestStrictProperty(t *testing.T) {
	verbs := []Verb{
		Map{"title", []Pair{{"", `"`}, {`"`, ""}, {"ö", `\`}, {"true", "$1"}}},
		Map{"emails.type", []Pair{{`"`, "]"}, {"]", `" or title pr or title eq "`}}},
		Coerce{"title", "integer"}, Coerce{"emails.type", "boolean"}, Coerce{"primary", "string"},
		Lowercase{"title"}, Uppercase{"emails.type"}, Trim{"title"},
		Replace{"title", `(.)`, `$1"\`, `"`, ""}, Replace{"emails.type", `^`, `" or title pr`, "", ""},
		Split{"badges", `"`}, Join{"badges", `\`},
		Wrap{"title", `roles[type eq "\"]"].value`}, Unwrap{`emails[type eq "\"]"].value`, "title"},
		FilterOp{"title", "eq", "co"}, FilterOp{"emails.type", "sw", "pr"},
	}
	for _, verb := range verbs {
		sent := 0
		for seed := range 300 {
			m := newMaker(seed)
			text := scim.Quote(m.awkward())
			request, body := "GET /Users", ""
			switch m.IntN(4) {
			case 0:
				op := oneOf(m, "eq", "ne", "co", "sw", "gt", "pr")
				request += "?filter=" + m.awkwardFilter(op, text)
			case 1:
				request, body = "PUT /Users/1", `{"title":`+text+`,"badges":[`+text+`],"emails":[{"type":`+text+`,"value":"x"}]}`
			case 2:
				request, body = "PATCH /Users/1", patchOf(`{"op":"remove","path":`+scim.Quote(`emails[type eq `+text+`]`)+`}`, `{"op":"add","value":{"badges":[`+text+`],"title":`+text+`}}`)
			case 3:
				request, body = "POST /Users/.search", `{"filter":`+scim.Quote(m.awkwardFilter("eq", text))+`,"sortBy":"userName"}`
			}
			req, _, _, err := through(t, []Verb{verb}, request, body, `{"title":"x","emails":[{"type":`+text+`},{"type":"work"}]}`)
			if err != nil {
				if e := scim.AsError(err); e.Status != 400 || e.Type == "" || e.Detail == "" {
					t.Errorf("%s: %s %s: %v", verb, request, body, err)
				}
				continue
			}
			sent++
			isStrict(t, verb.String()+": "+request+" "+body, req)
			sentBody := scim.Parse(req.Body)
			if search := sentBody.Get("filter"); search.Exists() {
				if _, err := scim.ParseStrictFilter(search.Text()); err != nil {
					t.Errorf("%s: %s: sent filter %s: %v", verb, body, search.Text(), err)
				}
			}
		}
		if sent < 60 {
			t.Errorf("%s: only %d requests were sent", verb, sent)
		}
	}
}

func (m maker) awkward() string {
	var b strings.Builder
	for range m.IntN(3) {
		b.WriteString(oneOf(m, awkward...))
	}
	return b.String()
}

func (m maker) awkwardFilter(op, text string) string {
	term := op + " " + text
	if op == "pr" {
		term = op
	}
	return oneOf(m, "title "+term, "not (emails[type "+term+"])", "badges "+term+" or title pr", `emails[type eq "\"]" and value `+term+"]")
}

// TestTooLong holds that what verbs make longer is refused where it becomes too long
// to be read.
func TestTooLong(t *testing.T) {
	terms := strings.TrimSuffix(strings.Repeat(`city eq "x" or `, 200), " or ")
	long := strings.Repeat("x", 5000)
	tests := []struct {
		verb          Verb
		request, body string
		want          string
	}{
		{Wrap{"city", workCity}, "GET /Users?filter=" + terms, "", "400 invalidFilter: behind the rules of the gateway: filter: longer than 8192 bytes"},
		{Wrap{"city", workCity}, "POST /Users/.search", `{"filter":` + scim.Quote(terms) + `}`, "400 invalidFilter: behind the rules of the gateway: filter: longer than 8192 bytes"},
		{Map{"emails", []Pair{{"a", long + long}}}, "PATCH /Users/1", patchOf(`{"op":"remove","path":"emails[value eq \"a\"]"}`), "400 invalidPath: behind the rules of the gateway: path: longer than 8192 bytes"},
	}
	for _, tt := range tests {
		if _, _, _, err := through(t, []Verb{tt.verb}, tt.request, tt.body, "{}"); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.verb, err, tt.want)
		}
	}
	many := make([]string, scim.MaxOperations)
	for i := range many {
		many[i] = `{"op":"add","value":{"badges":"a","title":"x"}}`
	}
	if _, _, _, err := through(t, []Verb{Split{"badges", ","}}, "PATCH /Users/1", patchOf(many...), "{}"); err == nil || scim.AsError(err).Status != 413 {
		t.Errorf("twice as many operations: %v", err)
	}
}

// TestManyOperationsByState holds that a request of many operations takes no time
// to speak of, also where the last of them cannot be carried out, which is named
// by its place in the request.
func TestManyOperationsByState(t *testing.T) {
	many := make([]string, scim.MaxOperations)
	for i := range many {
		many[i] = `{"op":"add","path":"city","value":"x"}`
	}
	many[0] = `{"op":"replace","path":"title","value":"x"}`
	many[len(many)-1] = `{"op":"remove","path":"addresses[type eq \"work\"].locality"}`
	const want = `400 noTarget: Operations[9999] (addresses[type eq "work"].locality): addresses has no such value`
	if _, _, _, err := through(t, []Verb{Wrap{"city", workCity}}, "PATCH /Users/1", patchOf(many...), "{}"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
