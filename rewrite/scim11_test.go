package rewrite_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	core11       = `"schemas":["urn:scim:schemas:core:1.0"]`
	core20       = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`
	google       = `"schemas":["urn:scim:schemas:core:1.0","urn:ietf:params:scim:schemas:core:2.0:User"]`
	onelogin     = `"schemas":["urn:scim:schemas:core:2.0"]`
	deletion     = `{"members":[{"value":"7","operation":"delete"}]}`
	json11, no11 = "application/json", "application/scim+json"
)

// TestVersion holds what tells the version of a client (normal form V1): by the
// media type of the answer, and that of an error.
func TestVersion(t *testing.T) {
	for _, tt := range []struct {
		name, method, path, accept, contentType, body string
		want                                          string
	}{
		{"the path of 1", "GET", "/scim/v1/Users", "application/json", "", "", json11},
		{"the path of 1, no Accept", "GET", "/scim/v1/Users", "", "", "", json11},
		{"the path of 1, media type of 2", "GET", "/scim/v1/Users", "application/scim+json", "", "", no11},
		{"the path of 1, both media types", "GET", "/scim/v1/Users", "application/json, application/scim+json", "", "", no11},
		{"the path of 1, media type of the body", "POST", "/scim/v1/Users", "", "application/scim+json; charset=utf-8", `{"userName":"x"}`, no11},
		{"the path of 1, schemas of 2", "POST", "/scim/v1/Users", "", "application/json", `{` + core20 + `,"userName":"x"}`, no11},
		{"the path of 1, schemas of both", "POST", "/scim/v1/Users", "", "application/json", `{` + google + `,"userName":"x"}`, no11},
		{"the path of 1, schemas of 1", "POST", "/scim/v1/Users", "", "application/json", `{` + core11 + `,"userName":"x"}`, json11},
		{"the path of 1, no schemas", "POST", "/scim/v1/Users", "", "application/json", `{"userName":"x"}`, json11},
		{"the path of 1, a URI of 2 that is only a value", "POST", "/scim/v1/Users", "", "application/json", `{` + core11 + `,"userName":"urn:ietf:params:scim:x"}`, json11},
		{"the path of 1, a filter of 2", "GET", "/scim/v1/Users?filter=urn%3aietf%3aparams%3ascim%3aschemas%3aextension%3aenterprise%3a2.0%3aUser%3adepartment%20pr", "", "", "", no11},
		{"the path of 1, someone of the IETF", "GET", "/scim/v1/Users?filter=userName%20eq%20%22chair%40ietf.org%22", "", "", "", json11},
		{"the path of 1, an endpoint of 2", "GET", "/scim/v1/ResourceTypes", "", "", "", no11},
		{"the path of 1, discovery of 2", "GET", "/scim/v1/ServiceProviderConfig", "", "", "", no11},
		{"the path of 1, a search of 2", "POST", "/scim/v1/Users/.search", "", "application/json", `{"filter":"userName pr"}`, no11},
		{"the path of 2", "GET", "/scim/v2/Users", "application/json", "", "", no11},
		{"the path of 2, schemas of 1", "POST", "/scim/v2/Users", "", "application/json", `{` + core11 + `,"userName":"x"}`, no11},
		{"the path of 2, a deletion of 1", "PATCH", "/scim/v2/Groups/7", "", "application/json", deletion, no11},
		{"no version", "GET", "/scim/Users", "application/json", "", "", no11},
		{"no version, schemas of 1", "POST", "/scim/Users", "", "application/json", `{` + core11 + `,"userName":"x"}`, json11},
		{"no version, schemas of 2", "POST", "/scim/Users", "", "application/json", `{` + core20 + `,"userName":"x"}`, no11},
		{"no version, schemas of both", "POST", "/scim/Users", "", "application/json", `{` + google + `,"userName":"x"}`, no11},
		{"no version, schemas of neither", "POST", "/scim/Users", "", "application/json", `{` + onelogin + `,"userName":"x"}`, no11},
		{"no version, a deletion of 1", "PATCH", "/scim/Groups/7", "", "application/json", deletion, json11},
		{"no version, a deletion of 1 in the media type of 2", "PATCH", "/scim/Groups/7", "", "application/scim+json", deletion, no11},
		{"v1 elsewhere", "GET", "/v1/scim/Users", "application/json", "", "", no11},
		{"discovery of 1", "GET", "/scim/ServiceProviderConfigs", "", "", "", json11},
		{"discovery of 1 at the path of 2", "GET", "/scim/v2/ServiceProviderConfigs", "", "", "", json11},
		{"a format", "GET", "/scim/Users.json", "", "", "", json11},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := &scim.Request{Method: tt.method, Header: http.Header{}, Body: tt.body, Origin: "https://scim.example.com"}
			req.Path, req.Query, _ = strings.Cut(tt.path, "?")
			for name, value := range map[string]string{"Accept": tt.accept, "Content-Type": tt.contentType} {
				if value != "" {
					req.Header.Set(name, value)
				}
			}
			plan := compile(t, "generic")
			send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
				return answer(http.StatusOK, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"7","totalResults":0,"Resources":[]}`), nil
			}
			resp, _, err := plan.Do(t.Context(), req, send)
			if err != nil {
				t.Fatal(err)
			}
			if got := resp.Header.Get("Content-Type"); got != tt.want {
				t.Errorf("answered in %s: %s", got, resp.Body)
			}
			refusal := plan.Refusal(req, scim.Errorf(http.StatusForbidden, "", "no"))
			if got := refusal.Header.Get("Content-Type"); got != tt.want || strings.HasPrefix(refusal.Body, `{"Errors":[{"description":"no","code":"403"}]`) != (tt.want == json11) {
				t.Errorf("refused in %s: %s", got, refusal.Body)
			}
		})
	}
}

// A service provider of version 1 that is known to stand where it stands is left
// there.
func TestVersionOfBase(t *testing.T) {
	plan := *compile(t, "generic")
	var err error
	if plan.Base, err = scim.ParseBase("/scim/v1"); err != nil {
		t.Fatal(err)
	}
	sent := ""
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		sent = out.Path
		return answer(http.StatusOK, `{"id":"7"}`), nil
	}
	req := &scim.Request{Method: "GET", Path: "/scim/v1/Users/7.json", Header: http.Header{}}
	resp, _, err := plan.Do(t.Context(), req, send)
	if err != nil || sent != "/scim/v1/Users/7" || resp.Header.Get("Content-Type") != json11 {
		t.Errorf("sent to %s, answered %v, %v", sent, resp, err)
	}
}

// TestVersionDisabled holds that v1 in a path means nothing where the rule is
// disabled, and that the schemas of a body still do.
func TestVersionDisabled(t *testing.T) {
	plan, err := rules.Compile(rules.Config{Disable: []string{"scim11.version"}})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{`{"userName":"x"}`: no11, `{` + core11 + `,"userName":"x"}`: json11} {
		sent := ""
		send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
			sent = out.Path
			return answer(http.StatusCreated, `{"id":"7"}`), nil
		}
		req := &scim.Request{Method: "POST", Path: "/scim/v1/Users", Header: http.Header{}, Body: body}
		resp, _, err := plan.Do(t.Context(), req, send)
		if err != nil || sent != "/scim/v1/Users" || resp.Header.Get("Content-Type") != want {
			t.Errorf("%s: sent to %s, answered %v, %v", body, sent, resp, err)
		}
	}
}

// TestDeleteAbsentOnce sends a PATCH again at most once, and not at all if what
// was refused is something else.
func TestDeleteAbsentOnce(t *testing.T) {
	refused := answer(http.StatusBadRequest, `{"schemas":["`+scim.ErrorURI+`"],"status":"400","scimType":"noTarget","detail":"no such value"}`)
	for _, tt := range []struct {
		name, body, group string
		read              error
		writes            int
		status            int
	}{
		{"one of two is there", `{` + core11 + `,"members":[{"value":"8","operation":"delete"},{"value":"9","operation":"delete"}]}`, `{"id":"7","members":[{"value":"8"}]}`, nil, 2, 400},
		{"none is there", deletion, `{"id":"7","members":[{"value":"8"}]}`, nil, 1, 200},
		{"all are there", deletion, `{"id":"7","members":[{"value":"7"}]}`, nil, 1, 400},
		{"two are not shown", `{` + core11 + `,"members":[{"value":"8","operation":"delete"},{"value":"9","operation":"delete"}]}`, `{"id":"7"}`, nil, 1, 400},
		{"one that is there as a number", deletion, `{"id":7,"members":[{"value":7}]}`, nil, 1, 400},
		{"nothing is deleted", `{` + core11 + `,"displayName":"x"}`, `{"id":"7"}`, nil, 1, 400},
		{"the group cannot be read", deletion, ``, errors.New("down"), 1, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			writes := 0
			send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
				if out.Method == http.MethodGet {
					return answer(http.StatusOK, tt.group), tt.read
				}
				writes++
				again := *refused
				return &again, nil
			}
			req := &scim.Request{Method: "PATCH", Path: "/scim/v1/Groups/7", Header: http.Header{}, Body: tt.body}
			resp, _, err := compile(t, "generic").Do(t.Context(), req, send)
			if err != nil || writes != tt.writes || resp.Status != tt.status {
				t.Errorf("%d writes, answered %v, %v", writes, resp, err)
			}
		})
	}
}

// TestMethodOverride holds for whom the header counts.
func TestMethodOverride(t *testing.T) {
	for _, tt := range []struct{ provider, method, path, header, want string }{
		{"generic", "POST", "/scim/v1/Users/7", "delete", "DELETE"},
		{"generic", "POST", "/scim/v2/Users/7", "DELETE", "POST"},
		{"generic", "POST", "/scim/Users/7", "DELETE", "POST"},
		{"scim11", "POST", "/scim/Users/7", "DELETE", "DELETE"},
		{"scim11", "POST", "/scim/Users/7", "GET", "POST"},
		{"scim11", "POST", "/scim/Users", "DELETE", "POST"},
		{"scim11", "GET", "/scim/Users/7", "DELETE", "GET"},
		{"scim11", "PUT", "/scim/Users/7", "DELETE", "PUT"},
	} {
		plan := compile(t, tt.provider)
		req := &scim.Request{Method: tt.method, Path: tt.path, Header: http.Header{"X-Http-Method-Override": {tt.header}}}
		route, _ := plan.Registry.Route11(plan.Base, tt.path)
		if got := plan.Method(route, req); got != tt.want {
			t.Errorf("%v: %s", tt, got)
		}
	}
}

// TestPartialRefused holds what a partial resource may not leave open: what is to go
// must neither stay nor take anything else with it.
func TestPartialRefused(t *testing.T) {
	const group20 = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]`
	for _, body := range []string{
		`{` + group20 + `,"members":[{"value":"7","operation":"delete"}]}`,
		`{` + group20 + `,"members":[{"value":"7"}],"meta":{"attributes":["externalId"]}}`,
		`{"urn:ietf:params:scim:schemas:core:2.0:Group":{"members":[{"value":"7","Operation":"Delete"}]}}`,
		`{` + core11 + `,"members":[{"value":"7","operation":["delete"]}]}`,
		`{` + core11 + `,"members":[{"value":"7","operation":true}]}`,
		`{` + core11 + `,"members":[{"value":"7","operation":"remove"}]}`,
		`{` + core11 + `,"members":[{"operation":"delete"}]}`,
		`{` + core11 + `,"meta":{"attributes":{"externalId":true}}}`,
		`{` + core11 + `,"meta":{"attributes":["externalId",7]}}`,
	} {
		send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
			t.Errorf("%s is sent as %s", body, out.Body)
			return answer(http.StatusOK, `{"id":"7"}`), nil
		}
		req := &scim.Request{Method: "PATCH", Path: "/scim/Groups/7", Header: http.Header{}, Body: body}
		if _, _, err := compile(t, "generic").Do(t.Context(), req, send); scim.AsError(err) == nil || scim.AsError(err).Status != http.StatusBadRequest {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestBulkWithoutSchemas sends a Bulk request of SCIM 1.1 that names no schema: it
// is given one, and its operations are brought into form all the same.
func TestBulkWithoutSchemas(t *testing.T) {
	sent := ""
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		sent = out.Body
		return answer(http.StatusOK, `{"Operations":[]}`), nil
	}
	body := `{"failOnErrors":1,"Operations":[{"method":"PATCH","path":"/groups/7","data":{` + core11 + `,"members":[{"value":"8","operation":"delete"}]}}]}`
	req := &scim.Request{Method: "POST", Path: "/scim/v1/Bulk", Header: http.Header{}, Body: body}
	_, _, err := compile(t, "generic").Do(t.Context(), req, send)
	want := `{"schemas":["` + scim.BulkRequestURI + `"],"failOnErrors":1,"Operations":[{"method":"PATCH","path":"/Groups/7","data":{"schemas":["` + scim.PatchOpURI +
		`"],"Operations":[{"op":"remove","path":"members[value eq \"8\"]"}]}}]}`
	if err != nil || sent != want {
		t.Errorf("sent %s, %v", sent, err)
	}
}

// TestPartialOneCleared clears the one attribute that is named without a list.
func TestPartialOneCleared(t *testing.T) {
	sent := ""
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		sent += out.Method + out.Body
		return answer(http.StatusNoContent, ""), nil
	}
	req := &scim.Request{Method: "PATCH", Path: "/scim/Groups/7", Header: http.Header{}, Body: `{"meta":{"attributes":"externalId"}}`}
	_, _, err := compile(t, "generic").Do(t.Context(), req, send)
	if want := `PATCH{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"remove","path":"externalId"}]}`; err != nil || sent != want {
		t.Errorf("sent %s, %v", sent, err)
	}
}
