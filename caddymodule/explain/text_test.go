package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rules"
)

func TestWriteText(t *testing.T) {
	r := Request{Method: "PATCH", Target: "/users/17"}
	a := Answer{
		Provider:  "entra",
		Operation: "patch",
		Forwarded: []Message{
			{Method: "GET", Target: "/Users/17"},
			{Method: "PATCH", Target: "/Users/17", Headers: map[string]string{"B": "2", "A": "1"}, Body: "{\n}"},
		},
		Changes: []Change{
			{Rule: "patch.op-case", At: "Operations[0].op", Why: "Long reasons are broken where the line would get too long for a narrow terminal.", Source: "RFC 7644"},
			{Rule: "path.endpoint-case", At: "path", Why: "Why.", Source: "here"},
			{Rule: "patch.op-case", At: "Operations[1].op", Why: "Long reasons are broken where the line would get too long for a narrow terminal.", Source: "RFC 7644"},
			{Rule: "acme.names", At: "body.a", Why: "rename a b", Source: "Caddyfile:3"},
			{Rule: "acme.names", At: "body.c", Why: "rename c d"},
		},
		Error: &Error{Status: 413, Detail: "too large"},
	}
	want := `PATCH /users/17
  provider   entra
  operation  patch

  forwarded (1 of 2)
    GET /Users/17

  forwarded (2 of 2)
    PATCH /Users/17
    A: 1
    B: 2

    {
    }

  changed
    patch.op-case                  Operations[0].op
                                   Operations[1].op
      Long reasons are broken where the line would get too long for a narrow
      terminal.
      RFC 7644
    path.endpoint-case             path
      Why.
      here
    acme.names                     body.a
      rename a b
      Caddyfile:3
    acme.names                     body.c
      rename c d

  refused
    413
    too large
`
	var out strings.Builder
	if err := WriteText(&out, r, a); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	out.Reset()
	if err := WriteText(&out, r, Answer{Forwarded: a.Forwarded[:1]}); err != nil {
		t.Fatal(err)
	}
	if want := "PATCH /users/17\n\n  forwarded\n    GET /Users/17\n\n  changed nothing\n"; out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestWriteCatalogue(t *testing.T) {
	var out strings.Builder
	if err := WriteCatalogue(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if got, want := len(lines), len(rules.Catalogue())+1; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
	for i, r := range rules.Catalogue() {
		fields := strings.Fields(lines[i+1])
		if fields[0] != r.ID || fields[1] != r.Form {
			t.Errorf("line %q for rule %s", lines[i+1], r.ID)
		}
	}
}

func TestWriteRule(t *testing.T) {
	for _, r := range rules.Catalogue() {
		var out strings.Builder
		if err := WriteRule(&out, r.ID); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{r.ID + "\n", "form       " + r.Form, "source     " + r.Source, strings.Fields(r.Why)[0]} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is missing in\n%s", want, out.String())
			}
		}
	}
	for id, want := range map[string]string{
		"okta.placeholder-pasword": `there is no rule "okta.placeholder-pasword": did you mean "okta.placeholder-password"?`,
		"nothing-like-any-of-them": `there is no rule "nothing-like-any-of-them": caddy scim rules lists them`,
	} {
		if err := WriteRule(new(strings.Builder), id); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestWriteOwn(t *testing.T) {
	own := []Own{
		{ID: "acme.a", Provider: "all", Lines: []string{"on create", "remove title"}, Does: []string{"remove title"}, Source: "Caddyfile:7"},
		{ID: "acme.a", Provider: "okta", Lines: []string{"remove nickName"}, Does: []string{"remove nickName"}},
	}
	var out strings.Builder
	if err := WriteRule(&out, "acme.a", own...); err != nil {
		t.Fatal(err)
	}
	want := "acme.a\n  providers  all\n  source     Caddyfile:7\n\n  on create\n  remove title\n" +
		"acme.a\n  providers  okta\n\n  remove nickName\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	out.Reset()
	if err := WriteCatalogue(&out, own...); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if got := strings.Fields(lines[len(lines)-2]); strings.Join(got, " ") != "acme.a own all remove title" {
		t.Errorf("listed as %q", got)
	}
	if err := WriteRule(new(strings.Builder), "acme.b", own...); err == nil || !strings.Contains(err.Error(), `did you mean "acme.a"?`) {
		t.Errorf("error %v", err)
	}
}

func TestProvidersOf(t *testing.T) {
	got := map[string]string{}
	for _, r := range rules.Catalogue() {
		got[r.ID] = providersOf(r)
	}
	for id, want := range map[string]string{"patch.op-case": "all", "entra.feature-flag": "entra", "okta.placeholder-password": "okta alone"} {
		if got[id] != want {
			t.Errorf("%s: %q, want %q", id, got[id], want)
		}
	}
}
