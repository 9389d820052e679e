package lifecycle

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scripted answers each request with what it holds for its method and path, and
// remembers what was asked.
type scripted struct {
	answers map[string]answer
	asked   []string
}

type answer struct {
	status int
	body   string
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), body)))
	a, ok := s.answers[r.Method+" "+r.URL.Path]
	if !ok {
		a = answer{http.StatusNotFound, `{"detail":"nothing here"}`}
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

func play(t *testing.T, s *scripted, steps ...Step) *Report {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return (&Server{Base: server.URL, Header: http.Header{"Authorization": {"Bearer sesame"}}}).Run(context.Background(),
		Cycle{Name: "sample", Header: oktaHeader(), Steps: steps})
}

func TestRunGoesOnAfterFailures(t *testing.T) {
	s := &scripted{answers: map[string]answer{
		"POST /Users":      {http.StatusCreated, `{"id":"7","userName":"noor","active":"True"}`},
		"PATCH /Users/7":   {http.StatusBadRequest, `{"detail":"op is capitalised","status":"400"}`},
		"GET /Users/7":     {http.StatusOK, `{"id":"7","userName":"noor","active":"True"}`},
		"PUT /Users/7":     {http.StatusOK, `{"id":"7"}`},
		"GET /Broken":      {http.StatusOK, `<html>`},
		"DELETE /Users/7":  {http.StatusNoContent, ``},
		"POST /Groups":     {http.StatusOK, `{"id":"9"}`},
		"DELETE /Groups/9": {http.StatusNoContent, ``},
	}}
	report := play(t, s,
		post("create", "/Users", "noor", `{ "userName": "noor" }`, Expect{"id", Present}),
		patch("deactivate", "/Users/{noor}", `{"op":"Replace","path":"active","value":"False"}`),
		state("not active", "/Users/{noor}", Expect{"active", false}),
		Step{Name: "put", Method: http.MethodPut, Target: "/Users/{noor}", Base: "noor", Edits: []Edit{{"manager", map[string]any{"value": "{noor}"}}}},
		get("a page", "/Broken"),
		post("create a group", "/Groups", "crew", `{}`),
		patch("needs a group", "/Groups/{crew}", `{"op":"add","path":"members","value":[{"value":"{noor}"}]}`),
		remove("delete", "/Users/{noor}"),
	)
	want := []Result{
		{"create", "POST /Users", false, 201, Passed, ""},
		{"deactivate", "PATCH /Users/7", false, 400, Refused, "status 400, not [200 204]: op is capitalised"},
		{"not active", "GET /Users/7", true, 200, Wrong, `active is "True", not false`},
		{"put", "PUT /Users/7", false, 200, Passed, ""},
		{"a page", "GET /Broken", false, 200, Wrong, `the answer is no JSON: "<html>"`},
		{"create a group", "POST /Groups", false, 200, Wrong, `status 200, not [201]: {"id":"9"}`},
		{"needs a group", "PATCH /Groups/9", false, 404, Refused, "status 404, not [200 204]: nothing here"},
		{"delete", "DELETE /Users/7", false, 204, Passed, ""},
	}
	if diff := cmp.Diff(want, report.Results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	asked := []string{
		`POST /Users {"userName":"noor"}`,
		`PATCH /Users/7 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`,
		`GET /Users/7`,
		`PUT /Users/7 {"active":"True","id":"7","manager":{"value":"7"},"userName":"noor"}`,
		`GET /Broken`,
		`POST /Groups {}`,
		`PATCH /Groups/9 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"7"}]}]}`,
		`DELETE /Users/7`,
		// tidying up
		`DELETE /Groups/9`,
		`DELETE /Users/7`,
	}
	if diff := cmp.Diff(asked, s.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestRunNamesWhatIsMissing(t *testing.T) {
	s := &scripted{answers: map[string]answer{"POST /Users": {http.StatusConflict, `{"detail":"there already","status":"409"}`}}}
	report := play(t, s,
		post("create", "/Users", "noor", `{}`),
		patch("update", "/Users/{noor}", `{"op":"remove","path":"title"}`),
		Step{Name: "put", Method: http.MethodPut, Target: "/Users/7", Base: "noor"},
	)
	want := []Result{
		{"create", "POST /Users", false, 409, Refused, "status 409, not [201]: there already"},
		{"update", "PATCH /Users/{noor}", false, 0, Blocked, "no noor to work on"},
		{"put", "PUT /Users/7", false, 0, Blocked, "no noor to work on"},
	}
	if diff := cmp.Diff(want, report.Results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if got, want := report.Summary(), "sample: 3 steps, 0 ok, 1 refused, 0 wrong, 2 blocked"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %q", s.asked)
	}
}

// TestCyclesAreWhole holds each cycle to what a whole life cycle is.
func TestCyclesAreWhole(t *testing.T) {
	for _, c := range All() {
		t.Run(c.Name, func(t *testing.T) {
			methods, saved := map[string]int{}, map[string]bool{}
			for _, step := range c.Steps {
				if !step.State {
					methods[step.Method]++
				}
				if step.Save != "" {
					saved[step.Save] = true
				}
				if step.Name == "" || !strings.HasPrefix(step.Target, "/") {
					t.Errorf("step %q has no name or no target: %q", step.Name, step.Target)
				}
			}
			for _, name := range []string{"mara", "tomas", "ines", "crew", "shift"} {
				if !saved[name] {
					t.Errorf("nothing creates %s", name)
				}
			}
			if methods[http.MethodPost] != 5 || methods[http.MethodDelete] != 2 || methods[http.MethodPatch]+methods[http.MethodPut] < 10 {
				t.Errorf("requests by method: %v", methods)
			}
			last := c.Steps[len(c.Steps)-1]
			if !last.State {
				t.Errorf("the cycle ends with %q, not with a look at the state", last.Name)
			}
		})
	}
}
