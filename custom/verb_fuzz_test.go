package custom

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// FuzzVerbs holds that no body, filter or answer makes a verb panic, that a request
// is sent strictly or refused with an error of the standard, and that an answer
// stays JSON.
func FuzzVerbs(f *testing.F) {
	for _, seed := range [][3]string{
		{`{"userName":"Mara","title":"10","badges":"a,b","city":"Ulm","emails":[{"type":"work","value":"A@example.com"}]}`, `title eq "10" and city pr`, `{"badges":["a"],"addresses":[{"type":"work","locality":"Ulm"}]}`},
		{patchOf(`{"op":"add","value":{"badges":"a,b","sites":["x"],"city":"Ulm"}}`, `{"op":"remove","path":"emails[type eq \"work\"]"}`), `emails[type eq "work" and value co "x"]`, `{"Resources":[{"sites":"a|b","nickName":"n"},7,null]}`},
		{patchOf(`{"op":"replace","path":"city","value":"Ulm"}`, `{"op":"replace","path":"ims[type eq \"x\"].value","value":null}`), `not (sites pr)`, `[{"active":"true"}]`},
		{`{"addresses":{"type":"work"},"city":["Ulm"],"emails":"x","title":{},"badges":[[]],"ims":[[{"type":"x","value":1}]]}`, "", `{"addresses":"x","ims":{"type":"x"},"city":{},"badges":[[],{}],"emails":[7]}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	rules := allVerbs(f)
	f.Fuzz(func(t *testing.T, body, filter, answer string) {
		for _, req := range []*scim.Request{
			{Method: http.MethodPost, Path: "/Users", Body: body}, {Method: http.MethodPut, Path: "/Users/1", Body: body},
			{Method: http.MethodPatch, Path: "/Users/1", Body: body}, {Method: http.MethodGet, Path: "/Users", Query: "filter=" + escape(filter)},
			{Method: http.MethodPost, Path: "/Users/.search", Body: body},
		} {
			if req.Body != "" {
				doc, err := scim.Check(req.Body, scim.Limits{}) // the door, which stands in front of the rules
				if err != nil || doc[0] != '{' {
					continue
				}
			}
			carry(t, rules, req, answer)
		}
	})
}

// allVerbs is a rule of many verbs.
func allVerbs(t testing.TB) *Rules {
	return newRules(t, Rule{ID: "test.rule", Verbs: []Verb{
		Map{"title", []Pair{{"10", "Sales"}, {"20", "10"}}}, Coerce{"active", "string"}, Lowercase{"userName"}, Uppercase{"emails.type"}, Trim{"nickName"},
		Replace{"displayName", "a*", "$0$0", "b+", "a"}, Split{"badges", ","}, Join{"sites", "|"}, Wrap{"city", workCity},
		Unwrap{`ims[type eq "x"].value`, "profileUrl"}, FilterOp{"emails", "eq", "co"}, FilterOp{"userName", "sw", "pr"},
	}})
}

// TestVerbsTogether carries many requests through the same rules at a time, for
// the race detector.
func TestVerbsTogether(t *testing.T) {
	rules := allVerbs(t)
	const answer = `{"title":"Sales","addresses":[{"type":"work","locality":"Ulm"}],"profileUrl":"p","badges":["a","b"],"sites":"a|b"}`
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				carry(t, rules, &scim.Request{Method: http.MethodPut, Path: "/Users/1", Body: `{"title":"10","city":"Ulm","badges":"a,b","ims":[{"type":"x","value":"1"}]}`}, answer)
				carry(t, rules, &scim.Request{Method: http.MethodPatch, Path: "/Users/1", Body: patchOf(`{"op":"add","value":{"city":"Ulm","sites":["c"]}}`, `{"op":"remove","path":"ims"}`)}, answer)
				carry(t, rules, &scim.Request{Method: http.MethodGet, Path: "/Users", Query: "filter=" + escape(`emails eq "a" and city pr and ims[type eq "x" and value eq "1"]`)}, `{"Resources":[`+answer+`]}`)
			}
		})
	}
	group.Wait()
}

// carry sends one request through rules.
func carry(t *testing.T, rules *Rules, req *scim.Request, answer string) {
	t.Helper()
	route, _ := scim.Core().Route(scim.Base{}, req.Path)
	send, err := rules.Wrap(t.Context(), route, req, func(_ context.Context, sent *scim.Request) (*scim.Response, error) {
		if sent.Method != http.MethodGet || req.Method == http.MethodGet {
			isStrict(t, req.Method+" "+req.Body, sent)
		}
		return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: answer}, nil
	}, func(rewrite.Change) {})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := send(t.Context(), req)
	if err != nil {
		if e := scim.AsError(err); e.Status == http.StatusInternalServerError {
			t.Errorf("%s %s: %v", req.Method, req.Body, err)
		}
		return
	}
	if _, err := scim.Check(answer, scim.Limits{Depth: answerDepth, Bytes: len(answer)}); err == nil && resp.Body != "" {
		if _, err := scim.Check(resp.Body, scim.Limits{Depth: answerDepth + 2, Bytes: len(resp.Body) + 1}); err != nil {
			t.Errorf("%s became %s: %v", answer, resp.Body, err)
		}
	}
}
