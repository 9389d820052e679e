package custom

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// store is a service provider of one resource, which holds what it is given and
// refuses what cannot be applied.
type store struct{ resource scim.Value }

func (s *store) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	switch req.Method {
	case http.MethodPut:
		s.resource = scim.Parse(req.Body)
	case http.MethodPatch:
		body := scim.Parse(req.Body)
		ops, err := scim.ParsePatch(&body)
		if err != nil {
			return nil, err
		}
		after, _, err := scim.Apply(&s.resource, ops, scim.Core().ByName("User"))
		if err != nil {
			e := scim.AsError(err)
			return &scim.Response{Status: e.Status, Header: http.Header{}, Body: e.Body()}, nil
		}
		s.resource = after
	}
	return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: s.resource.Raw()}, nil
}

// invertible are rules whose answer shows what the client has said.
var invertible = map[string][]Verb{
	"into an extension":    {Rename{"costUnit", costUnit}},
	"out of an extension":  {Rename{department, "unit"}},
	"of another name":      {Rename{"nickName", "callName"}},
	"swapped":              {Rename{"nickName", "callName"}, Rename{"title", "nickName"}},
	"out of a complex one": {Rename{"name.familyName", "lastName"}},
	"into a complex one":   {Rename{"surname", "name.honorificSuffix"}},
	"within a complex one": {Rename{"name.familyName", "name.lastName"}},
	"within many":          {Rename{"emails.value", "emails.address"}},
	"of many":              {Rename{"emails", "mails"}},
	"of an extension":      {Rename{enterprise, "urn:example:hr:2.0:User"}},
	"many rules": {
		Rename{"costUnit", costUnit}, Rename{"emails", "mails"}, Rename{"mails.value", "mails.address"}, Rename{"name.familyName", "lastName"},
		Rename{"lastName", enterprise + ":lastName"}, Map{"title", []Pair{{"a", "b"}, {"b", "a"}}},
	},
	"mapped": {Map{"title", []Pair{{"a", "b"}, {"b", "c"}, {"c", "a"}}}, Rename{"title", "grade"}},
}

// pieces are the operations that the requests of TestPatchMeansTheSame are made
// of.
var pieces = []string{
	`{"op":"replace","path":"nickName","value":"n"}`, `{"op":"remove","path":"nickName"}`, `{"op":"add","path":"title","value":"b"}`,
	`{"op":"remove","path":"title"}`, `{"op":"replace","path":"costUnit","value":"8"}`, `{"op":"remove","path":"costUnit"}`,
	`{"op":"replace","path":"surname","value":"s"}`, `{"op":"remove","path":"surname"}`,
	`{"op":"replace","path":"name","value":{"familyName":"f","givenName":"g"}}`, `{"op":"remove","path":"name"}`,
	`{"op":"replace","path":"name.familyName","value":"h"}`, `{"op":"remove","path":"name.familyName"}`, `{"op":"add","path":"name.givenName","value":"i"}`,
	`{"op":"add","path":"emails","value":[{"type":"other","value":"o@example.com"}]}`, `{"op":"replace","path":"emails","value":[{"type":"work","value":"p@example.com"}]}`,
	`{"op":"remove","path":"emails[type eq \"home\"]"}`, `{"op":"replace","path":"emails[type eq \"work\"].value","value":"q@example.com"}`, `{"op":"remove","path":"emails"}`,
	`{"op":"remove","path":"emails[value eq \"h@example.com\"]"}`, `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"r@example.com"}}`,
	`{"op":"replace","path":"` + department + `","value":"d"}`, `{"op":"remove","path":"` + enterprise + `"}`, `{"op":"add","path":"` + enterprise + `","value":{"department":"e","division":"f"}}`,
	`{"op":"replace","path":"` + enterprise + `:manager","value":{"value":"26"}}`,
	`{"op":"replace","value":{"title":"c","nickName":"m","costUnit":"9"}}`, `{"op":"add","value":{"name":{"familyName":"j"},"surname":"t"}}`,
	`{"op":"add","value":{"` + enterprise + `":{"department":"u"},"emails":[{"type":"work","value":"v@example.com"}]}}`,
}

const whole = `{"schemas":["` + scim.UserURI + `","` + enterprise + `"],"id":"1","userName":"mara","nickName":"x","title":"a","costUnit":"7","surname":"y",` +
	`"name":{"givenName":"Mara","familyName":"Lind"},"emails":[{"type":"work","value":"w@example.com"},{"type":"home","value":"h@example.com"}],` +
	`"` + enterprise + `":{"department":"z","division":"q"}}`

// TestPatchMeansTheSame is the law of an invertible verb: whatever operations a
// client sends, what it is shown afterwards is what it would have got from a
// service provider that speaks its language.
func TestPatchMeansTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	for name, verbs := range invertible {
		t.Run(name, func(t *testing.T) {
			for range 300 {
				ops := make([]string, 1+r.IntN(4))
				for i := range ops {
					ops[i] = pieces[r.IntN(len(pieces))]
				}
				samePatch(t, verbs, whole, patchOf(ops...))
				if t.Failed() {
					return
				}
			}
		})
	}
}

// samePatch writes a resource and sends a PATCH, through rules to a service
// provider, and holds what the client sees against scim.Apply.
func samePatch(t *testing.T, verbs []Verb, resource, patch string) {
	t.Helper()
	s := &store{}
	x := exchange{rules: []Rule{{ID: "x", Verbs: verbs}}, method: http.MethodPut, path: "/Users/1", body: resource}
	if x.through(t, s.send); x.err != nil {
		t.Fatal(x.err)
	}
	sameResource(t, "PUT "+resource, resource, x.got.Body)
	given, body := scim.Parse(resource), scim.Parse(patch)
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		t.Fatal(err)
	}
	want, _, wantErr := scim.Apply(&given, ops, scim.Core().ByName("User"))
	x.method, x.body = http.MethodPatch, patch
	x.through(t, s.send)
	failed := x.err != nil || x.got.Status >= http.StatusBadRequest
	switch {
	case failed != (wantErr != nil):
		t.Errorf("%s: got %v %v, want %v", patch, x.got, x.err, wantErr)
	case !failed:
		sameResource(t, patch+"\nsent "+x.sent[len(x.sent)-1].Body, want.Raw(), x.got.Body)
	}
}

// sameResource compares resources; the order of schemas means nothing, and one that
// no value belongs to any more may be gone.
func sameResource(t *testing.T, what, want, got string) {
	t.Helper()
	a, b := scim.Parse(want), scim.Parse(got)
	for _, v := range [...]*scim.Value{&a, &b} {
		v.Keep(func(m *scim.Member) bool { return m.Name != "schemas" })
	}
	if !scim.SameValue(&a, &b) {
		t.Errorf("%s\n got %s\nwant %s", what, b.Raw(), a.Raw())
	}
}

// TestThereAndBack is the law of a renaming in bodies: what it does, its undo takes
// back, schemas included.
func TestThereAndBack(t *testing.T) {
	for name, verbs := range invertible {
		s := &store{}
		x := exchange{rules: []Rule{{ID: "x", Verbs: verbs}}, method: http.MethodPut, path: "/Users/1", body: whole}
		x.through(t, s.send)
		if x.err != nil {
			t.Fatalf("%s: %v", name, x.err)
		}
		if x.sent[0].Body == whole {
			t.Errorf("%s: nothing was changed", name)
		}
		sameResource(t, name, whole, x.got.Body)
		given, got := scim.Parse(whole), scim.Parse(x.got.Body)
		for _, uri := range given.Get("schemas").Members() {
			if !strings.Contains(got.Get("schemas").Raw(), uri.Value.Raw()) {
				t.Errorf("%s: %s is not in %s", name, uri.Value.Raw(), got.Get("schemas").Raw())
			}
		}
		isStrict(t, name, x.sent[0])
	}
}
