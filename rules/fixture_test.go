package rules_test

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

var update = flag.Bool("update", false, "write what was seen into the fixtures and docs/quirks.md")

// origin is the address under which fixtures call the gateway.
const origin = "https://scim.example.com"

// TestFixtures runs each file of testdata/<provider>. CONTRIBUTING.md says what
// the sections are.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			got := f.run(t, f.sent(t))
			if *update {
				f.rewrite(t, got)
				return
			}
			f.compare(t, "forwarded", got.forwarded(f.headers("forwarded")))
			f.compare(t, "rules", got.rules(f.section("rules")))
			f.compare(t, "returned", got.returned(f.headers("returned")))
			f.checkRefusal(t, got.err)
		})
	}
}

// TestForwardedIsNormal sends again what a fixture forwards. It has to leave as
// it came, without a change: the normal form is strict and stays what it is.
func TestForwardedIsNormal(t *testing.T) {
	headers := []string{"Content-Type", "Accept"}
	for _, f := range fixtures(t) {
		if f.has("backend") {
			continue // what is forwarded is in its dialect
		}
		t.Run(f.name, func(t *testing.T) {
			sends := f.run(t, f.sent(t)).sends
			f.set("response", "")
			for i, req := range sends {
				again := f.run(t, req)
				if again.err != nil {
					t.Fatalf("request %d is refused: %v", i, again.err)
				}
				for _, c := range again.changes {
					if !strings.HasPrefix(c.At, "answer") {
						t.Errorf("request %d is changed again: %s at %s", i, c.ID, c.At)
					}
				}
				again = again.asked(req.Method)
				last := again.sends[len(again.sends)-1]
				if diff := cmp.Diff(requestText(req, headers), requestText(last, headers)); diff != "" {
					t.Errorf("request %d leaves otherwise (-came +left):\n%s", i, diff)
				}
			}
		})
	}
}

// TestEveryRule holds the catalogue complete: each rule has an id of its own,
// says why, names a source and the section of the normal form, and has a fixture
// of its name in which it is applied; disabled, it is not applied there.
func TestEveryRule(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules.Catalogue() {
		if seen[r.ID] {
			t.Errorf("two rules are called %s", r.ID)
		}
		seen[r.ID] = true
		if r.Do == nil || r.Form == "" || r.Why == "" {
			t.Errorf("%s lacks its action, its section of the normal form or its reason", r.ID)
		}
		if !strings.HasPrefix(r.Source, "https://") && !strings.HasPrefix(r.Source, "RFC ") {
			t.Errorf("%s: source %q is neither a URL nor an RFC", r.ID, r.Source)
		}
		f := fixtureOf(t, r)
		if !slices.Contains(f.ruleIDs(), r.ID) {
			t.Errorf("%s is not applied in its fixture %s", r.ID, f.name)
		}
		f.disable = []string{r.ID}
		for _, c := range f.run(t, f.sent(t)).changes {
			if c.ID == r.ID {
				t.Errorf("%s is disabled and applied at %s", r.ID, c.At)
			}
		}
	}
}

func (f *fixture) compare(t *testing.T, section, got string) {
	t.Helper()
	if section != "forwarded" && !f.has(section) {
		return
	}
	if diff := cmp.Diff(f.section(section), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", section, diff)
	}
}

// checkRefusal compares an error with the section refused: status and scimType,
// then on each line a part of the detail.
func (f *fixture) checkRefusal(t *testing.T, err error) {
	t.Helper()
	want := strings.Split(f.section("refused"), "\n")
	var refusal *scim.Error
	switch {
	case want[0] == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want[0] != "" && !errors.As(err, &refusal):
		t.Errorf("not refused, but %v", err)
	case want[0] != "":
		if got := strings.TrimSpace(fmt.Sprintf("%d %s", refusal.Status, refusal.Type)); got != want[0] {
			t.Errorf("refused with %s, want %s (%s)", got, want[0], refusal.Detail)
		}
		for _, part := range want[1:] {
			if !strings.Contains(refusal.Detail, part) {
				t.Errorf("detail %q does not say %q", refusal.Detail, part)
			}
		}
	}
}
