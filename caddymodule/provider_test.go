package caddymodule

import (
	"strings"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestProvider tells providers apart: by configured matchers first, then by
// traits of the head, then of the body.
func TestProvider(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `header >X-Provider {scim.provider}
	scim {
		provider hrbot extends generic {
			match header X-Bot hr
			match path /hr/*
		}
		provider okta {
			match header X-Tenant okta
		}
		provider generic {
			match header X-Tenant plain
		}
	}
	reverse_proxy BACKEND`)
	entraBody := strings.Replace(patchActive, `{"schemas"`, `{"x":"","schemas"`, 1)
	create := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"Lens Makers"}`
	for _, c := range []struct {
		name, want, method, target, body string
		headers                          []string
	}{
		{"nothing to go by", "generic", "PATCH", "/scim/v2/Users/17", entraBody, nil},
		{"matched by header", "hrbot", "GET", "/scim/v2/Users", "", []string{"X-Bot", "hr"}},
		{"matched by path", "hrbot", "GET", "/hr/scim/v2/Users", "", nil},
		{"first match wins", "hrbot", "GET", "/hr/scim/v2/Users", "", []string{"X-Tenant", "okta"}},
		{"matcher before traits", "okta", "GET", "/scim/v2/Users?aadOptscim062020", "", []string{"X-Tenant", "okta"}},
		{"trait of the query", "entra", "GET", "/scim/v2/Users?aadOptscim062020", "", nil},
		{"trait of the header", "okta", "GET", "/scim/v2/Users", "", []string{"User-Agent", "Okta SCIM Client 1.0.0"}},
		{"trait of the body", "entra", "POST", "/scim/v2/Groups", create, nil},
		{"matched generic stays", "generic", "POST", "/scim/v2/Groups", create, []string{"X-Tenant", "plain"}},
		{"broken body has no trait", "generic", "POST", "/scim/v2/Groups", create + "}", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.do(c.method, c.target, c.body, c.headers...).header.Get("X-Provider"); got != c.want {
				t.Errorf("taken for %q, want %q", got, c.want)
			}
		})
	}
}

// TestDisable leaves a shape as it is, for the provider for which it was asked.
func TestDisable(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		provider okta {
			disable path.endpoint-case
		}
	}
	reverse_proxy BACKEND`)
	s.do("GET", "/scim/v2/users/17", "", "User-Agent", "Okta SCIM Client 1.0.0")
	if got := b.one(t).target; got != "/scim/v2/users/17" {
		t.Errorf("okta: the backend got %s", got)
	}
	s.do("GET", "/scim/v2/users/17", "")
	if got := b.one(t).target; got != "/scim/v2/Users/17" {
		t.Errorf("generic: the backend got %s", got)
	}
}

// TestMatcherError is Caddy's to handle, as in any route.
func TestMatcherError(t *testing.T) {
	s := startSite(t, nil, "scim {\n provider okta {\n match `{http.request.uri.query.n}.size() > 1 && int({http.request.uri.query.n}) > 1`\n }\n }\n respond ok")
	if got := s.do("GET", "/scim/v2/Users?n=ten", ""); got.status != 500 || got.body != "" {
		t.Errorf("status %d: %s", got.status, got.body)
	}
}

// TestSchema knows the type of an attribute that the configuration defines.
func TestSchema(t *testing.T) {
	const urn = "urn:example:params:scim:schemas:extension:acme:2.0:User"
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n schema User "+urn+" {\n contractor boolean\n badges multi\n }\n }\n reverse_proxy BACKEND")
	s.do("PATCH", "/scim/v2/Users/17", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+
		`{"op":"replace","path":"`+urn+`:Contractor","value":"True"},{"op":"add","path":"`+urn+`:badges","value":"blue"}]}`)
	want := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
		`{"op":"replace","path":"` + urn + `:contractor","value":true},{"op":"add","path":"` + urn + `:badges","value":["blue"]}]}`
	if got := b.one(t).body; got != want {
		t.Errorf("the backend got %s", got)
	}
}

// TestTwoHandlers have settings of their own, and a reload changes them.
func TestTwoHandlers(t *testing.T) {
	b := startBackend(t, answerAda)
	config := `handle /a/* {
		scim {
			explain X-A
		}
		reverse_proxy BACKEND
	}
	handle /b/* {
		scim {
			explain X-B
			max_body 10B
		}
		reverse_proxy BACKEND
	}`
	s := startSite(t, b, config)
	if got := s.do("PATCH", "/a/Users/17", sloppy); got.status != 200 || got.header.Get("X-A") == "" || got.header.Get("X-B") != "" {
		t.Errorf("a: status %d, header %v", got.status, got.header)
	}
	if got := s.do("GET", "/b/users/17", ""); got.status != 200 || got.header.Get("X-B") == "" || got.header.Get("X-A") != "" {
		t.Errorf("b: status %d, header %v", got.status, got.header)
	}
	s.do("PATCH", "/b/Users/17", sloppy).wantError(t, 413, "", "larger than 10 bytes")
	s.load(b, strings.ReplaceAll(config, "10B", "10KiB"))
	// For a moment, Caddy listens with the old configuration too.
	for range 100 {
		resp, err := client.Post("http://"+s.addr+"/b/Users", scim.MediaType, strings.NewReader(ada))
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode < 300 {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the reload changes nothing")
}
