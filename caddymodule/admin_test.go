package caddymodule

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// admin returns what the admin API answers.
func (s *site) admin(method, path string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.adminAddr+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	got := s.send(r)
	return got.status, got.body
}

// show decodes what it answers to a GET.
func (s *site) show(path string, into any) {
	s.t.Helper()
	status, text := s.admin("GET", path)
	if status != http.StatusOK {
		s.t.Fatalf("GET %s: status %d: %s", path, status, text)
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		s.t.Fatalf("GET %s: %v in %s", path, err, text)
	}
}

const administered = `handle /one/* {
		scim {
			base_path /one
			mode observe
			provider okta {
				mode off
				disable okta.placeholder-password
			}
			provider hr extends generic {
				match header X-Sender hr
			}
			rule acme.lower {
				lowercase userName
			}
			backend aws {
				page_size 50
				cursor_key hidden-key-9
				header X-Key hidden-key-10
			}
		}
	}
	handle /two/* {
		scim
	}`

// TestAdmin shows what is in force.
func TestAdmin(t *testing.T) {
	s := startSite(t, nil, administered)
	s.adminAddr = freeAddresses(t, 1)[0]
	s.edit = func(config map[string]any) { config["admin"] = map[string]any{"listen": s.adminAddr} }
	s.load(nil, administered)

	var providers []shownProviders
	s.show("/scim/providers", &providers)
	if len(providers) != 2 || providers[0].BasePath != "/one" || providers[0].Mode != "observe" || providers[1].Mode != "enforce" {
		t.Fatalf("%+v", providers)
	}
	for _, p := range providers[0].Providers {
		switch p.Name {
		case "okta":
			if p.Mode != "off" || !slices.Equal(p.Disabled, []string{"okta.placeholder-password"}) || !slices.Contains(p.RecognisedBy, "header User-Agent") {
				t.Errorf("%+v", p)
			}
		case "hr":
			if p.Extends != "generic" || p.Mode != "observe" || !slices.Equal(p.RecognisedBy, []string{"match"}) || p.Rules == 0 {
				t.Errorf("%+v", p)
			}
		}
	}

	var all []shownRule
	s.show("/scim/rules", &all)
	for id, want := range map[string]int{"okta.placeholder-password": 1, "patch.op-case": 2, "acme.lower": 1} {
		at := slices.IndexFunc(all, func(r shownRule) bool { return r.ID == id })
		if at < 0 || len(all[at].Enabled) != want {
			t.Errorf("rule %s: %+v", id, all[max(at, 0)])
		}
	}
	if last := all[len(all)-1]; last.Kind != "user" || last.Source == "" || !slices.Contains(last.Enabled[0].Providers, "hr") {
		t.Errorf("%+v", last)
	}

	var backends []shownBackend
	s.show("/scim/backend", &backends)
	if b := backends[0]; b.Preset != "aws" || b.Full || b.Capabilities.PageSize != 50 || b.Capabilities.Headers["X-Key"] != "hidden" {
		t.Errorf("%+v", b)
	}
	if !backends[1].Full {
		t.Errorf("%+v", backends[1])
	}
	if _, text := s.admin("GET", "/scim/backend"); strings.Contains(text, "hidden-key") {
		t.Errorf("a secret is shown: %s", text)
	}
	if status, text := s.admin("POST", "/scim/rules"); status != http.StatusMethodNotAllowed || !strings.Contains(text, "method not allowed") {
		t.Errorf("POST: status %d, %s", status, text)
	}
}

// TestAdminAfterReload shows the configuration that is in force, and not one
// that failed or has gone.
func TestAdminAfterReload(t *testing.T) {
	s := startSite(t, nil, "scim {\n base_path /a\n }")
	s.adminAddr = freeAddresses(t, 1)[0]
	s.edit = func(config map[string]any) { config["admin"] = map[string]any{"listen": s.adminAddr} }
	bases := func() (all []string) {
		var providers []shownProviders
		s.show("/scim/providers", &providers)
		for _, p := range providers {
			all = append(all, p.BasePath)
		}
		return all
	}
	s.load(nil, "scim {\n base_path /b\n }")
	if got := bases(); !slices.Equal(got, []string{"/b"}) {
		t.Errorf("after a reload: %v", got)
	}
	if err := s.tryLoad(nil, "scim {\n base_path /c\n }\n basic_auth {\n bo x!\n }"); err == nil {
		t.Fatal("a configuration with an error was loaded")
	}
	if got := bases(); !slices.Equal(got, []string{"/b"}) {
		t.Errorf("after a reload that failed: %v", got)
	}
	s.load(nil, "respond 200")
	if got := bases(); len(got) != 0 {
		t.Errorf("after the handler has gone: %v", got)
	}
}

// TestFailedStart leaves in force what was in force before.
func TestFailedStart(t *testing.T) {
	before, failed, after := &App{handlers: []*Handler{{}}}, &App{handlers: []*Handler{{}, {}}}, &App{}
	if err := errors.Join(before.Start(), failed.Start(), failed.Stop()); err != nil {
		t.Fatal(err)
	}
	if len(inForce()) != 1 {
		t.Errorf("%d handlers after one that failed to start", len(inForce()))
	}
	if err := errors.Join(after.Start(), before.Stop()); err != nil || len(inForce()) != 0 {
		t.Errorf("%d handlers after a reload, %v", len(inForce()), err)
	}
	if err := after.Stop(); err != nil || len(running.apps) != 0 {
		t.Errorf("%d configurations at the end, %v", len(running.apps), err)
	}
}
