package caddymodule

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
)

// sloppy is a PATCH with several things to change.
const sloppy = `{"Operations":[{"op":"Replace","path":"active","value":"False"},{"op":"Add","path":"displayName","value":"secret"}]}`

// TestReport reads what was done from everywhere it is told.
func TestReport(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `header >X-Told "{scim.provider}|{scim.resource}|{scim.id}|{scim.operation}|{scim.changes}|{scim.error}"
	scim {
		explain
	}
	reverse_proxy BACKEND`)
	got := s.do("PATCH", "/scim/v2/Users/a%20b", sloppy)
	if told, want := got.header.Get("X-Told"), "entra|User|a b|patch|patch.schemas,"; !strings.HasPrefix(told, want) {
		t.Errorf("placeholders say %q", told)
	}
	b.requests()
	changes := strings.Split(got.header.Get("X-Scim-Changes"), ", ")
	if diff := cmp.Diff([]string{"patch.schemas", "patch.op-case", "value.boolean"}, changes); diff != "" {
		t.Errorf("explain header (-want +got):\n%s", diff)
	}
	log := s.accessLog()
	for _, want := range []string{`"scim_provider":"entra"`, `"scim_operation":"patch"`, `"scim_changes":"patch.schemas,patch.op-case,value.boolean"`} {
		if !strings.Contains(log, want) {
			t.Errorf("%s is missing in %s", want, log)
		}
	}
	if strings.Contains(log, "secret") {
		t.Errorf("a value was logged: %s", log)
	}

	got = s.do("GET", `/scim/v2/Users?filter=userName%20eq`, "")
	got.wantError(t, 400, "invalidFilter", "")
	if told := got.header.Get("X-Told"); told != "generic|User||list||invalidFilter" {
		t.Errorf("placeholders say %q", told)
	}
	got = s.do("PATCH", `/scim/v2/Users/17`, "{}", "Content-Encoding", "br")
	if told := got.header.Get("X-Told"); told != "generic|User|17|patch||415" {
		t.Errorf("placeholders say %q", told)
	}
	got = s.do("GET", `/scim/v2/Schemas`, "")
	if told := got.header.Get("X-Told"); !strings.HasPrefix(told, "generic|Schemas||discover|") {
		t.Errorf("placeholders say %q", told)
	}
}

// TestNothingToReport sets no header and no log field.
func TestNothingToReport(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n explain\n }\n reverse_proxy BACKEND")
	got := s.do("PATCH", "/scim/v2/Users/17", patchActive)
	for name := range strings.SplitSeq(got.header.Get("X-Scim-Changes"), ", ") {
		if name != "" && !strings.HasPrefix(name, "answer.") {
			t.Errorf("a strict request was changed: %s", name)
		}
	}
}

func TestRuleList(t *testing.T) {
	a, b := &rewrite.Rule{ID: "a"}, &rewrite.Rule{ID: "b"}
	got := ruleList([]rewrite.Change{{Rule: b}, {Rule: a}, {Rule: b}})
	if diff := cmp.Diff([]string{"b", "a"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestIsToken(t *testing.T) {
	for s, want := range map[string]bool{"X-SCIM-Changes": true, "x_1~": true, "": false, "A B": false, "A:": false, "É": false} {
		if isToken(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}

func TestDropHopByHop(t *testing.T) {
	h := http.Header{"Connection": {"close, x-a", "X-B"}, "X-A": {"1"}, "X-B": {"1"}, "X-C": {"1"}, "Upgrade": {"h2c"}}
	dropHopByHop(h)
	if diff := cmp.Diff(http.Header{"X-C": {"1"}}, h); diff != "" {
		t.Error(diff)
	}
}
