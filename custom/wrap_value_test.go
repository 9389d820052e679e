package custom

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

const workCity = `addresses[type eq "work"].locality`

func TestWrap(t *testing.T) {
	city := Wrap{"city", workCity}
	code := Wrap{acme + ":code", `roles[type eq "cost" and primary eq true].value`}
	const bothWork = `{"type":"work","locality":"Ulm"},{"type":"work"}`
	runSent(t, []sentRow{
		{verb: city, request: "POST /Users", body: `{"userName":"x","city":"Ulm"}`, want: `{"userName":"x","addresses":[{"type":"work","locality":"Ulm"}]}`, changes: "body.city"},
		{verb: city, request: "POST /Users", body: `{"addresses":[{"type":"home"}],"city":"Ulm"}`, want: `{"addresses":[{"type":"home"},{"type":"work","locality":"Ulm"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"city":"Ulm","addresses":[{"type":"Work","country":"DE"}]}`, want: `{"addresses":[{"type":"Work","country":"DE","locality":"Ulm"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"city":"Ulm","addresses":[]}`, want: `{"addresses":[{"type":"work","locality":"Ulm"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"city":"Ulm","addresses":[{"type":"work","locality":"Ulm"}]}`, want: `{"addresses":[{"type":"work","locality":"Ulm"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"city":null,"title":"x"}`, want: `{"title":"x"}`},
		{verb: city, request: "PUT /Users/1", body: `{"title":"x","addresses":[{"type":"work","locality":"Ulm"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"city":"Ulm","addresses":[{"type":"work","locality":"Bonn"}]}`, err: `400 invalidValue: body.city: ` + workCity + `, which it stands for, is given too, with another value`},
		{verb: city, request: "PUT /Users/1", body: `{"city":"Ulm","addresses":[` + bothWork + `]}`, err: `400 invalidValue: body.city: more than one value is addresses[type eq "work"]`},
		{verb: city, request: "PUT /Users/1", body: `{"city":["Ulm"]}`, err: `400 invalidValue: body.city: it has to be one simple value, and addresses an array`},
		{verb: code, request: "POST /Users", body: `{"schemas":["` + enterprise + `","` + acme + `"],"` + acme + `":{"code":"7"}}`, want: `{"schemas":["` + enterprise + `"],"roles":[{"type":"cost","primary":true,"value":"7"}]}`},

		{verb: city, request: `GET /Users?filter=city eq "Ulm"`, want: `addresses[type eq "work" and locality eq "Ulm"]`},
		{verb: city, request: `GET /Users?filter=title pr and (city sw "U" or city pr)`, want: `title pr and (addresses[type eq "work" and locality sw "U"] or addresses[type eq "work" and locality pr])`},
		{verb: city, request: `GET /Users?filter=city ne "Ulm"`, want: `not (addresses[type eq "work" and locality eq "Ulm"])`},
		{verb: city, request: `GET /Users?filter=city eq null or city ne null`, want: `not (addresses[type eq "work" and locality pr]) or addresses[type eq "work" and locality pr]`},
		{verb: city, request: `GET /Users?filter=addresses[type eq "home"]`},
		{verb: code, request: `GET /Users?filter=` + acme + `:code eq "7"`, want: `roles[type eq "cost" and primary eq true and value eq "7"]`},
		{verb: city, request: "POST /Users/.search", body: `{"filter":"city eq \"Ulm\"","attributes":["city"]}`, want: `{"filter":"addresses[type eq \"work\" and locality eq \"Ulm\"]","attributes":["addresses.type","addresses.locality"]}`},
		{verb: city, request: "GET /Users?sortBy=city", err: `400 invalidValue: sortBy: city is a value of an element behind the gateway, which is nothing to sort by`},
		{verb: Wrap{"place.city", workCity}, request: `GET /Users?filter=place[city eq "Ulm"]`, err: `400 invalidFilter: filter: place.city: it cannot stand in brackets, for it is in others behind the gateway`},
	})
	runAnswers(t, []answerRow{
		{city, "GET /Users/1", `{"addresses":[{"type":"work","locality":"Ulm"}]}`, `{"city":"Ulm"}`},
		{city, "GET /Users/1", `{"addresses":[{"type":"work","locality":"Ulm","country":"DE"},{"type":"home"}]}`, `{"addresses":[{"type":"work","country":"DE"},{"type":"home"}],"city":"Ulm"}`},
		{city, "GET /Users/1", `{"addresses":[{"type":"home","locality":"Ulm"},{"type":"work"}]}`, ""},
		{city, "GET /Users", `{"Resources":[{"addresses":[{"type":"WORK","locality":"Ulm"}]},{"title":"x"}]}`, `{"Resources":[{"city":"Ulm"},{"title":"x"}]}`},
		{code, "GET /Users/1", `{"schemas":["` + enterprise + `"],"roles":[{"type":"cost","primary":true,"value":"7"}]}`, `{"schemas":["` + enterprise + `","` + acme + `"],"` + acme + `":{"code":"7"}}`},
	})
}

func TestUnwrap(t *testing.T) {
	city := Unwrap{workCity, "city"}
	runSent(t, []sentRow{
		{verb: city, request: "POST /Users", body: `{"addresses":[{"type":"work","locality":"Ulm"}],"title":"x"}`, want: `{"title":"x","city":"Ulm"}`, changes: "body.addresses.locality"},
		{verb: city, request: "PUT /Users/1", body: `{"addresses":[{"type":"work","locality":"Ulm"}]}`, want: `{"addresses":[],"city":"Ulm"}`},
		{verb: city, request: "PUT /Users/1", body: `{"addresses":[{"type":"home","locality":"Bonn"},{"type":"Work","locality":"Ulm","country":"DE"}]}`, want: `{"addresses":[{"type":"home","locality":"Bonn"},{"type":"Work","country":"DE"}],"city":"Ulm"}`},
		{verb: city, request: "PUT /Users/1", body: `{"addresses":[{"type":"work","locality":"Ulm","primary":true}]}`, want: `{"addresses":[{"type":"work","primary":true}],"city":"Ulm"}`},
		{verb: city, request: "PUT /Users/1", body: `{"addresses":[{"type":"work","country":"DE"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"addresses":[{"type":"work","locality":null,"country":"DE"}]}`, want: `{"addresses":[{"type":"work","country":"DE"}]}`},
		{verb: city, request: "PUT /Users/1", body: `{"addresses":[{"type":"work","locality":"Ulm"},{"type":"work","locality":"Bonn"}]}`, err: `400 invalidValue: body.` + workCity + `: it is given twice, with different values`},
		{verb: city, request: "PUT /Users/1", body: `{"city":"Bonn","addresses":[{"type":"work","locality":"Ulm"}]}`, err: `400 invalidValue: body.` + workCity + `: city, at which it is put, is given too, with another value`},

		{verb: city, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"addresses[type eq \"work\"].locality","value":"Ulm"}`), want: patchOf(`{"op":"replace","path":"city","value":"Ulm"}`), changes: "Operations[0].path"},
		{verb: city, request: "PATCH /Users/1", body: patchOf(`{"op":"remove","path":"addresses[type eq \"WORK\"].locality"}`), want: patchOf(`{"op":"remove","path":"city"}`)},
		{verb: city, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"addresses[type eq \"work\"].locality","value":null}`), want: patchOf(`{"op":"remove","path":"city"}`)},
		{verb: city, request: "PATCH /Users/1", body: patchOf(`{"op":"replace","path":"addresses[type eq \"home\"].locality","value":"Ulm"}`)},
		{verb: city, request: "PATCH /Users/1", body: patchOf(`{"op":"add","path":"addresses","value":[{"type":"home","locality":"Ulm"}]}`)},
		{verb: city, request: "PATCH /Users/1", body: patchOf(`{"op":"add","value":{"addresses":[{"type":"home"}],"title":"x"}}`)},

		{verb: city, request: `GET /Users?filter=addresses[type eq "work" and locality eq "Ulm"]`, want: `city eq "Ulm"`},
		{verb: city, request: `GET /Users?filter=not (addresses[locality sw "U" and type eq "WORK"]) or title pr`, want: `not (city sw "U") or title pr`},
		{verb: city, request: `GET /Users?filter=addresses[type eq "work" and locality pr]`, want: `city pr`},
		{verb: city, request: `GET /Users?filter=addresses[type eq "work"]`, want: `addresses[type eq "work"] or city pr`},
		{verb: city, request: `GET /Users?filter=title pr and addresses pr`, want: `title pr and (addresses pr or city pr)`},
		{verb: city, request: `GET /Users?filter=addresses.type eq "work"`, want: `addresses.type eq "work" or city pr`},
		{verb: city, request: `GET /Users?filter=addresses[not (type eq "home")]`, want: `addresses[not (type eq "home")] or city pr`},
		{verb: city, request: `GET /Users?filter=addresses[type ne "work"]`},
		{verb: city, request: `GET /Users?filter=addresses[type eq "home" and locality eq "Ulm"]`, err: unanswerableCity},
		{verb: city, request: `GET /Users?filter=addresses.locality eq "Ulm"`, err: unanswerableCity},
		{verb: city, request: `GET /Users?filter=addresses[type eq "work" and locality ne "Ulm"]`, err: unanswerableCity},
		{verb: city, request: `GET /Users?filter=addresses[type eq "work" and not (locality eq "Ulm")]`, err: unanswerableCity},
		{verb: city, request: `GET /Users?filter=addresses[country ne "DE"]`, err: unanswerableCity},
		{verb: city, request: `GET /Users?filter=addresses.type ne "work"`, err: unanswerableCity},
		{verb: city, request: `GET /Users?filter=addresses.country eq "DE" and emails[type eq "work"]`},
		{verb: city, request: "POST /Users/.search", body: `{"filter":"addresses[type eq \"work\" and locality eq \"Ulm\"]"}`, want: `{"filter":"city eq \"Ulm\""}`},
		{verb: city, request: "GET /Users?sortBy=addresses.locality", err: `400 invalidValue: sortBy: some values of addresses.locality stand at city behind the gateway, so that there is nothing to sort by`},
	})
	runAnswers(t, []answerRow{
		{city, "GET /Users/1", `{"city":"Ulm"}`, `{"addresses":[{"type":"work","locality":"Ulm"}]}`},
		{city, "GET /Users/1", `{"city":"Ulm","addresses":[{"type":"home","locality":"Bonn"},{"type":"work","country":"DE"}]}`, `{"addresses":[{"type":"home","locality":"Bonn"},{"type":"work","country":"DE","locality":"Ulm"}]}`},
		{city, "GET /Users", `{"Resources":[{"city":"Ulm","addresses":[{"type":"home"}]},{"title":"x"}]}`, `{"Resources":[{"addresses":[{"type":"home"},{"type":"work","locality":"Ulm"}]},{"title":"x"}]}`},
		{city, "GET /Users/1", `{"addresses":[{"type":"work"}]}`, ""},
	})
}

const unanswerableCity = `400 invalidFilter: filter: ` + workCity + ` is city behind the gateway; only addresses[type eq "work"] with one more comparison of locality by another operator than ne can be asked`

// TestNestByState holds what depends on the elements that are there.
func TestNestByState(t *testing.T) {
	wrap, unwrap := Wrap{"city", workCity}, Unwrap{workCity, "city"}
	tests := []struct {
		verb            Verb
		op, shown, want string
	}{
		{wrap, `{"op":"replace","path":"city","value":"Ulm"}`, `{}`, `{"op":"replace","path":"addresses","value":[{"type":"work","locality":"Ulm"}]}`},
		{wrap, `{"op":"add","value":{"city":"Ulm","title":"x"}}`, `{"addresses":[{"type":"work","country":"DE"}]}`, `{"op":"replace","path":"addresses","value":[{"type":"work","country":"DE","locality":"Ulm"}]},{"op":"add","value":{"title":"x"}}`},
		{wrap, `{"op":"remove","path":"city"}`, `{"addresses":[{"type":"work","locality":"Ulm"}]}`, `{"op":"remove","path":"addresses"}`},
		{wrap, `{"op":"remove","path":"city"}`, `{"addresses":[{"type":"work","locality":"Ulm"},{"type":"home"}]}`, `{"op":"replace","path":"addresses","value":[{"type":"home"}]}`},
		{wrap, `{"op":"replace","path":"addresses","value":[{"type":"home"}]}`, `{"addresses":[{"type":"work","locality":"Ulm"}]}`, `{"op":"replace","path":"addresses","value":[{"type":"home"},{"type":"work","locality":"Ulm"}]}`},
		{wrap, `{"op":"add","path":"addresses","value":[{"type":"work","country":"DE"}]}`, `{"addresses":[{"type":"work","locality":"Ulm"}]}`, `{"op":"replace","path":"addresses","value":[{"type":"work","country":"DE","locality":"Ulm"}]}`},
		{wrap, `{"op":"replace","path":"addresses[type eq \"home\"].country","value":"DE"}`, `-`, `{"op":"replace","path":"addresses[type eq \"home\"].country","value":"DE"}`},
		{unwrap, `{"op":"add","path":"addresses","value":[{"type":"work","locality":"Ulm"}]}`, `{}`, `{"op":"replace","path":"city","value":"Ulm"}`},
		{unwrap, `{"op":"replace","path":"addresses","value":[{"type":"home"}]}`, `{"city":"Ulm"}`, `{"op":"replace","path":"addresses","value":[{"type":"home"}]},{"op":"remove","path":"city"}`},
		{unwrap, `{"op":"remove","path":"addresses"}`, `{"city":"Ulm","addresses":[{"type":"home"}]}`, `{"op":"remove","path":"addresses"},{"op":"remove","path":"city"}`},
		{unwrap, `{"op":"replace","path":"addresses[type eq \"work\"].country","value":"DE"}`, `{"city":"Ulm"}`, `{"op":"replace","path":"addresses","value":[{"type":"work","country":"DE"}]}`},
		{unwrap, `{"op":"remove","path":"addresses[locality eq \"Ulm\"]"}`, `{"city":"Ulm","addresses":[{"type":"home","locality":"Bonn"}]}`, `{"op":"remove","path":"city"}`},
		{unwrap, `{"op":"replace","value":{"addresses":[{"type":"work","locality":"Bonn","country":"DE"}]}}`, `{"city":"Ulm"}`, `{"op":"replace","path":"addresses","value":[{"type":"work","country":"DE"}]},{"op":"replace","path":"city","value":"Bonn"}`},
	}
	for _, tt := range tests {
		sent, _, _, err := through(t, []Verb{tt.verb}, "PATCH /Users/1", patchOf(tt.op), tt.shown)
		if err != nil {
			t.Errorf("%s: %s on %s: %v", tt.verb, tt.op, tt.shown, err)
			continue
		}
		if want := patchOf(tt.want); sent.Body != want {
			t.Errorf("%s: %s on %s:\n got %s\nwant %s", tt.verb, tt.op, tt.shown, sent.Body, want)
		}
		isStrict(t, tt.op, sent)
	}
}

// TestNestProjection holds that the answer shows what was asked for and no more.
func TestNestProjection(t *testing.T) {
	wrap, unwrap := Wrap{"city", workCity}, Unwrap{workCity, "city"}
	tests := []struct {
		verb                      Verb
		query, sent, answer, want string
	}{
		{wrap, "attributes=city,title", "attributes=title,addresses.type,addresses.locality", `{"title":"x","addresses":[{"type":"work","locality":"Ulm"},{"type":"home","locality":"Bonn"}]}`, `{"title":"x","city":"Ulm"}`},
		{wrap, "attributes=title", "attributes=title", `{"title":"x"}`, `{"title":"x"}`},
		{wrap, "attributes=addresses", "attributes=addresses", `{"addresses":[{"type":"work","locality":"Ulm","country":"DE"}]}`, `{"addresses":[{"type":"work","country":"DE"}]}`},
		{wrap, "attributes=addresses.locality", "attributes=addresses.locality,addresses.type", `{"addresses":[{"type":"work","locality":"Ulm"},{"type":"home","locality":"Bonn"}]}`, `{"addresses":[{"locality":"Bonn"}]}`},
		{wrap, "excludedAttributes=city", "", `{"addresses":[{"type":"work","locality":"Ulm"},{"type":"home"}]}`, `{"addresses":[{"type":"home"}]}`},
		{wrap, "excludedAttributes=addresses", "", `{"addresses":[{"type":"work","locality":"Ulm"},{"type":"home"}]}`, `{"city":"Ulm"}`},
		{wrap, "excludedAttributes=addresses,city", "excludedAttributes=addresses", `{}`, `{}`},
		{wrap, "excludedAttributes=title", "excludedAttributes=title", `{"addresses":[{"type":"work","locality":"Ulm"}]}`, `{"city":"Ulm"}`},
		{unwrap, "attributes=addresses", "attributes=addresses,city", `{"city":"Ulm"}`, `{"addresses":[{"type":"work","locality":"Ulm"}]}`},
		{unwrap, "attributes=addresses.locality", "attributes=addresses.locality,addresses.type,city", `{"city":"Ulm","addresses":[{"type":"work"}]}`, `{"addresses":[{"locality":"Ulm"}]}`},
		{unwrap, "attributes=addresses.type", "attributes=addresses.type,city", `{"city":"Ulm"}`, `{"addresses":[{"type":"work"}]}`},
		{unwrap, "attributes=title", "attributes=title", `{"title":"x"}`, `{"title":"x"}`},
		{unwrap, "excludedAttributes=addresses", "excludedAttributes=addresses,city", `{}`, `{}`},
		{unwrap, "excludedAttributes=addresses.locality", "excludedAttributes=addresses.locality", `{"city":"Ulm"}`, `{"addresses":[{"type":"work"}]}`},
		{unwrap, "excludedAttributes=addresses.type", "", `{"city":"Ulm","addresses":[{"type":"work","country":"DE"}]}`, `{"addresses":[{"country":"DE","locality":"Ulm"}]}`},
	}
	for _, tt := range tests {
		sent, resp, _, err := through(t, []Verb{tt.verb}, "GET /Users/1?"+tt.query, "", tt.answer)
		if err != nil {
			t.Errorf("%s: %s: %v", tt.verb, tt.query, err)
			continue
		}
		want := ""
		if name, value, ok := strings.Cut(tt.sent, "="); ok {
			want = name + "=" + escape(value)
		}
		if sent.Query != want && sent.Query != tt.sent {
			t.Errorf("%s: %s: sent %s, want %s", tt.verb, tt.query, sent.Query, tt.sent)
		}
		if resp.Body != tt.want {
			t.Errorf("%s: %s: got %s, want %s", tt.verb, tt.query, resp.Body, tt.want)
		}
	}
}

func TestNestRefused(t *testing.T) {
	refused(t, map[string]Verb{
		`"addresses.locality" is not a value path such as addresses[type eq "work"].locality`:             Wrap{"city", "addresses.locality"},
		`"addresses[type eq \"work\"]" is not a value path such as addresses[type eq "work"].locality`:    Wrap{"city", `addresses[type eq "work"]`},
		`addresses[type co "work"].locality: a value can only be made from a filter of eq, joined by and`: Wrap{"city", `addresses[type co "work"].locality`},
		`name[formatted eq "x"].givenName: name is not a complex attribute with many values`:              Unwrap{`name[formatted eq "x"].givenName`, "city"},
		`emails[value eq "x"].value: the filter has a value for value already`:                            Unwrap{`emails[value eq "x"].value`, "city"},
		`emails[primary eq "x"].value: the value of primary is not of type boolean`:                       Unwrap{`emails[primary eq "x"].value`, "city"},
		`active is of type boolean, and addresses.locality of type string`:                                Wrap{"active", workCity},
		`emails does not have one simple value`:                                                           Wrap{"emails", workCity},
		`addresses.country does not have one simple value`:                                                Wrap{"addresses.country", workCity},
		`groups.display is readOnly`: Unwrap{`groups[type eq "x"].display`, "city"},
		`id belongs to the service provider: no verb changes id, schemas or meta`: Unwrap{workCity, "id"},
	})
}

func TestNestProblem(t *testing.T) {
	const problem = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"%"}`
	for _, tt := range []struct {
		verb         Verb
		detail, want string
	}{
		{Unwrap{workCity, "city"}, "city: too long", workCity + ": too long"},
		{Unwrap{workCity, "city"}, "velocity: unknown", "velocity: unknown"},
		{Wrap{"city", workCity}, "Operations[0] (" + workCity + "): no", "Operations[0] (city): no"},
	} {
		rules := newRules(t, Rule{ID: "test.rule", Verbs: []Verb{tt.verb}})
		answer := strings.ReplaceAll(problem, `"%"`, scim.Quote(tt.detail))
		req := &scim.Request{Method: http.MethodPut, Path: "/Users/1", Body: `{"title":"x"}`}
		route, _ := scim.Core().Route(scim.Base{}, req.Path)
		send, err := rules.Wrap(t.Context(), route, req, func(context.Context, *scim.Request) (*scim.Response, error) {
			return &scim.Response{Status: http.StatusBadRequest, Header: http.Header{}, Body: answer}, nil
		}, func(rewrite.Change) {})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := send(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		body := scim.Parse(resp.Body)
		if got := body.Get("detail").Text(); got != tt.want {
			t.Errorf("%s: %q became %q", tt.verb, tt.detail, got)
		}
	}
}

// TestShapesWithCondition holds that a verb that filters could not follow is
// refused together with a condition.
func TestShapesWithCondition(t *testing.T) {
	for _, verb := range []Verb{Split{"badges", ","}, Join{"badges", ","}, Wrap{"city", workCity}, Unwrap{workCity, "city"}, FilterOp{"userName", "eq", "co"}} {
		_, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "test.rule", When: "active eq true", Verbs: []Verb{verb}}}})
		if err == nil || !strings.Contains(err.Error(), "changes names or shapes") {
			t.Errorf("%s: %v", verb, err)
		}
	}
}
