package rules_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// outcome is what came of a request.
type outcome struct {
	sends   []*scim.Request
	resp    *scim.Response
	changes []rewrite.Change
	err     error
}

// run carries out req against a service provider that answers as the fixture
// says: reads that come before a write with the section resource, everything
// else with the section response, and what is not given there as a strict
// service provider would.
func (f *fixture) run(t *testing.T, req *scim.Request) outcome {
	t.Helper()
	var got outcome
	answers := f.messages("response")
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		seen := *out
		seen.Header = out.Header.Clone()
		got.sends = append(got.sends, &seen)
		if resource := f.section("resource"); out.Method == http.MethodGet && resource != "" &&
			(req.Method != http.MethodGet || len(answers) == 0) {
			return answer(200, resource), nil
		}
		if len(answers) > 0 {
			next := answers[0]
			answers = answers[1:]
			return parseResponse(t, next), nil
		}
		return strictAnswer(out), nil
	}
	in := *req
	in.Header = req.Header.Clone()
	got.resp, got.changes, got.err = f.plan(t).Do(context.Background(), &in, send)
	return got
}

// asked is what was sent for the sake of the request itself: the reads that it
// needs and, last, the request. Reads that come after it are for the sake of the
// answer, and depend on who asks.
func (o outcome) asked(method string) outcome {
	for i, req := range o.sends {
		if req.Method == method || method == http.MethodPost && req.Method != http.MethodGet {
			o.sends = o.sends[:i+1]
			break
		}
	}
	return o
}

// strictAnswer is the answer of a service provider that leaves nothing to
// repair.
func strictAnswer(req *scim.Request) *scim.Response {
	path, search := strings.CutSuffix(req.Path, "/.search")
	switch {
	case req.Method == http.MethodGet || search:
		return answer(200, `{"schemas":["`+scim.ListResponseURI+`"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`)
	case req.Method == http.MethodPut:
		return answer(200, resourceAt(path))
	case req.Method == http.MethodPost:
		created := answer(201, resourceAt(path+"/new-1"))
		created.Header.Set("Location", origin+path+"/new-1")
		return created
	default:
		return &scim.Response{Status: 204, Header: http.Header{}}
	}
}

// resourceAt is the least that a resource at a path can be.
func resourceAt(path string) string {
	segments := strings.Split(path, "/")
	id, typeName := segments[len(segments)-1], strings.TrimSuffix(segments[len(segments)-2], "s")
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:%s"],"id":%q,"meta":{"resourceType":%q,"location":%q}}`,
		typeName, id, typeName, origin+path)
}

func answer(status int, body string) *scim.Response {
	return &scim.Response{Status: status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: body}
}
