package script_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle/script"
	"github.com/caddy-scim/caddy-scim/rules"
)

func TestParse(t *testing.T) {
	got, err := script.Parse([]byte(`A client of my own.
Provider: hrbot
User-Agent: hrbot
-- create Mara --
POST /Users as mara
{
  "userName": "mara.lind@example.com"
}
201
id present
-- change her --
PUT /Users/{mara}
from mara
set name/familyName = "Lind"
200 204
-- she is there --
check GET /Users/{mara}
200
name/familyName = "Lind"
emails/# = 0
active = true
password absent
`))
	if err != nil {
		t.Fatal(err)
	}
	want := lifecycle.Cycle{
		Provider: "hrbot", Title: "A client of my own.", Header: http.Header{"User-Agent": {"hrbot"}},
		Steps: []lifecycle.Step{
			{
				Name: "create Mara", Method: "POST", Target: "/Users", Save: "mara", Status: []int{201},
				Body: `{"userName": "mara.lind@example.com"}`, Want: []lifecycle.Expect{{At: "id", Is: lifecycle.Present}},
			},
			{
				Name: "change her", Method: "PUT", Target: "/Users/{mara}", Base: "mara", Status: []int{200, 204},
				Edits: []lifecycle.Edit{{At: "name/familyName", To: "Lind"}},
			},
			{
				Name: "she is there", Method: "GET", Target: "/Users/{mara}", State: true, Status: []int{200},
				Want: []lifecycle.Expect{{At: "name/familyName", Is: "Lind"}, {At: "emails/#", Is: 0}, {At: "active", Is: true}, {At: "password", Is: lifecycle.Absent}},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "GET", "GET /Users /Groups\n200", "GET /Users", "GET /Users\n200\nid is 7", "GET /Users\n200\nid = x", "PUT /Users/7\nfrom x\nset id = x\n200",
	} {
		if _, err := script.Parse([]byte("x\n-- step --\n" + text)); err == nil {
			t.Errorf("%q is a step", text)
		}
	}
}

// TestAll holds that each cycle is of a known provider, makes requests and looks
// at what has become of them.
func TestAll(t *testing.T) {
	all, err := script.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, cycle := range all {
		if rules.ByName(cycle.Provider) == nil {
			t.Errorf("%s: there is no provider %q", cycle.Name, cycle.Provider)
		}
		checks := 0
		for _, step := range cycle.Steps {
			if step.State {
				checks++
			}
			if strings.Contains(step.Body, "\n") {
				t.Errorf("%s: %s has a body of several lines", cycle.Name, step.Name)
			}
		}
		if checks < 3 || checks == len(cycle.Steps) {
			t.Errorf("%s has %d steps, of which %d are checks", cycle.Name, len(cycle.Steps), checks)
		}
	}
}
