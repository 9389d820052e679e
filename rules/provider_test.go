package rules_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		name string
		req  scim.Request
		want string
	}{
		{"nothing", scim.Request{}, "generic"},
		{"Okta's user agent", scim.Request{Header: agent("Okta SCIM Client 1.0.0")}, "okta"},
		{"the user agent of Okta's test suite", scim.Request{Header: agent("OKTA SCIM Integration")}, "okta"},
		{"authentik's user agent", scim.Request{Header: agent("authentik@2025.10.0")}, "authentik"},
		{"WSO2's user agent", scim.Request{Header: agent("wso2/scim2/client")}, "wso2"},
		{"midPoint's connector for SCIM 1.1", scim.Request{Header: http.Header{"X-Prettyprint": {"1"}}}, "midpoint"},
		{"the three operations of keycloak-scim", scim.Request{Body: `{"Operations":[{"op":"replace","path":"active","value":"false"},{"op":"replace","path":"userName","value":"x"},{"op":"replace","path":"displayName","value":"y"}]}`}, "keycloak-scim"},
		{"the same with a boolean", scim.Request{Body: `{"Operations":[{"op":"replace","path":"active","value":false},{"op":"replace","path":"userName","value":"x"},{"op":"replace","path":"displayName","value":"y"}]}`}, "generic"},
		{"HelloID's capitals, which are Entra's too", scim.Request{Body: `{"Operations":[{"op":"Replace","path":"userName","value":"x"}]}`}, "entra"},
		{"SCIM 1.1, which is no provider", scim.Request{Path: "/scim/v1/Users", Body: `{"schemas":["urn:scim:schemas:core:1.0"],"members":[{"value":"7","operation":"delete"}]}`}, "generic"},
		{"some user agent", scim.Request{Header: agent("curl/8.10.1")}, "generic"},
		{"Entra's flag, bare", scim.Request{Query: "aadOptscim062020"}, "entra"},
		{"Entra's flag behind others", scim.Request{Query: "count=1&aadoptscim062020="}, "entra"},
		{"Entra's other flag", scim.Request{Query: "AzureAdScimPatch2017&count=1"}, "entra"},
		{"a flag that is only a value", scim.Request{Query: "filter=aadOptscim062020"}, "generic"},
		{"Microsoft's group schema", scim.Request{Body: `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]}`}, "entra"},
		{"an app role in a create", scim.Request{Body: `{"roles":[{"type":"WindowsAzureActiveDirectoryRole"}]}`}, "entra"},
		{"an app role in an update", scim.Request{Body: `{"Operations":[{"op":"replace","path":"roles","value":[{"type":"WindowsAzureActiveDirectoryRole"}]}]}`}, "entra"},
		{"a verb with a capital", scim.Request{Body: `{"Operations":[{"op":"Add","path":"title","value":"x"}]}`}, "entra"},
		{"a verb in lower case", scim.Request{Body: `{"Operations":[{"op":"add","path":"title","value":"x"}]}`}, "generic"},
		{"paths for keys", scim.Request{Body: `{"Operations":[{"op":"replace","value":{"title":"x","name.givenName":"y"}}]}`}, "entra"},
		{"paths for keys behind a value path", scim.Request{Body: `{"Operations":[{"op":"add","path":"x"},{"op":"add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"y"}}]}`}, "entra"},
		{"an extension object", scim.Request{Body: `{"Operations":[{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{}}}]}`}, "generic"},
		{"a manager that is nobody", scim.Request{Body: `{"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":""}]}`}, "entra"},
		{"a manager whose value is nobody", scim.Request{Body: `{"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":""}}]}`}, "entra"},
		{"a manager", scim.Request{Body: `{"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"u-1180"}}]}`}, "generic"},
		{"an empty title", scim.Request{Body: `{"Operations":[{"op":"replace","path":"title","value":""}]}`}, "generic"},
		{"Okta by name, Entra by habit", scim.Request{Header: agent("Okta SCIM Client 1.0.0"), Body: `{"Operations":[{"op":"Add"}]}`}, "okta"},
		{"Google by name", scim.Request{Header: agent("Google-Auto-Provisioning")}, "google"},
		{"the core schema of 1.0 alone", scim.Request{Body: `{"schemas":["urn:scim:schemas:core:1.0"]}`}, "generic"},
		{"both core schemas the other way round", scim.Request{Body: `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:scim:schemas:core:1.0"]}`}, "generic"},
		{"an ampersand at the end", scim.Request{Query: "filter=userName+eq+%22mara%22&"}, "onelogin"},
		{"an ampersand within", scim.Request{Query: "startIndex=1&&count=2"}, "generic"},
		{"bodies of other shapes", scim.Request{Body: `[{"op":"Add"}]`}, "generic"},
		{"operations of other shapes", scim.Request{Body: `{"Operations":{"op":"Add"},"roles":"admin","schemas":4}`}, "generic"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rules.Detect(&tt.req); got.Name != tt.want {
				t.Errorf("got %s, want %s", got.Name, tt.want)
			}
		})
	}
}

// TestRecognise says by what a provider was told: the strongest trait.
func TestRecognise(t *testing.T) {
	for _, tt := range []struct {
		req            scim.Request
		provider, want string
	}{
		{scim.Request{Header: agent("Okta SCIM Client 1.0.0"), Query: "aadOptscim062020&"}, "entra", "query aadOptscim062020"},
		{scim.Request{Header: agent("Okta SCIM Client 1.0.0")}, "okta", "header User-Agent"},
		{scim.Request{Query: "filter=userName+eq+%22mara%22&"}, "onelogin", "query that ends in &"},
		{
			scim.Request{Body: `{"schemas":["urn:scim:schemas:core:1.0","urn:ietf:params:scim:schemas:core:2.0:User"]}`},
			"google", "body schemas.0",
		},
		{
			scim.Request{Query: "AzureAdScimPatch2017", Body: `{"Operations":[{"op":"Add","path":"title"}]}`},
			"entra", "query AzureAdScimPatch2017",
		},
	} {
		p, by := rules.Recognise(&tt.req)
		if p.Name != tt.provider || by == nil || by.Trait() != tt.want {
			t.Errorf("got %s by %s, want %s by %s", p.Name, by.Trait(), tt.provider, tt.want)
		}
	}
	if p, by := rules.Recognise(&scim.Request{Query: "filter=id%20pr"}); p.Name != "generic" || by != nil {
		t.Errorf("got %s by %v for nothing", p.Name, by)
	}
}

func agent(name string) http.Header { return http.Header{"User-Agent": {name}} }

func TestProviders(t *testing.T) {
	all := rules.All()
	if last := all[len(all)-1]; last.Name != "generic" {
		t.Errorf("the last provider is %s, not generic", last.Name)
	}
	for _, p := range all {
		if rules.ByName(p.Name) != p {
			t.Errorf("ByName does not find %s", p.Name)
		}
		for i, f := range p.Fingerprints {
			if f.Weight == 0 || !strings.HasPrefix(f.Source, "https://") {
				t.Errorf("fingerprint %d of %s lacks a weight or a source", i, p.Name)
			}
			if f.Header == "" && f.Query == "" && f.QueryEnd == "" && len(f.Body) == 0 {
				t.Errorf("fingerprint %d of %s fits everything", i, p.Name)
			}
		}
	}
	if p := rules.ByName("nobody"); p != nil {
		t.Errorf("ByName finds %s for nobody", p.Name)
	}
}

func TestCompileUnknownRule(t *testing.T) {
	for _, tt := range []struct{ id, want string }{
		{"patch.op-casing", "there is no rule patch.op-casing; did you mean patch.op-case?"},
		{"placeholder-password", "there is no rule placeholder-password; did you mean okta.placeholder-password?"},
		{"okta.placeholder-pasword", "there is no rule okta.placeholder-pasword; did you mean okta.placeholder-password?"},
		{"weather", "there is no rule weather"},
	} {
		_, err := rules.Compile(rules.Config{Disable: []string{tt.id}})
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.id, err, tt.want)
		}
	}
}

// A provider that a user makes out of one of ours is a copy of it.
func TestCompileCopy(t *testing.T) {
	mine := *rules.ByName("okta")
	mine.Name, mine.Fingerprints = "hrbot", nil
	for _, p := range append(rules.All(), &mine, nil) {
		plan, err := rules.Compile(rules.Config{Provider: p})
		if err != nil || plan.Registry == nil {
			t.Errorf("%v: plan %v, error %v", p, plan, err)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"entra", "okta", "generic"}
	for _, tt := range []struct{ typed, want string }{
		{"entr", "entra"}, {"enrta", "entra"}, {"otka", "okta"}, {"genric", "generic"}, {"google", ""}, {"", ""},
	} {
		if got := rules.Nearest(tt.typed, words); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.typed, got, tt.want)
		}
	}
}

func BenchmarkDetect(b *testing.B) {
	req := scim.Request{
		Header: agent("Mozilla/5.0"),
		Query:  "attributes=userName",
		Body:   `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"displayName","value":"Mara Lind"},{"op":"Replace","path":"active","value":"True"}]}`,
	}
	b.ReportAllocs()
	for b.Loop() {
		if rules.Detect(&req).Name != "entra" {
			b.Fatal("not detected")
		}
	}
}

// TestShapeNotSender holds that a shape is read alike whoever is believed to send
// it: what is forwarded differs between providers only where a rule of their own
// is at work.
func TestShapeNotSender(t *testing.T) {
	own := map[string]bool{}
	for _, p := range rules.All() {
		for _, r := range p.Own {
			own[r.ID] = !isAnswer(r)
		}
	}
	for _, f := range fixtures(t) {
		if slices.ContainsFunc(f.ruleIDs(), func(id string) bool { return own[id] }) {
			continue
		}
		method := f.sent(t).Method
		want := f.run(t, f.sent(t)).asked(method).forwarded(nil)
		for _, p := range rules.All() {
			if p.Version != rewrite.VersionTold && strings.HasPrefix(f.name, "generic/scim11.") {
				continue // what these show, a provider of one version decides
			}
			f.dir = p.Name
			if diff := cmp.Diff(want, f.run(t, f.sent(t)).asked(method).forwarded(nil)); diff != "" {
				t.Errorf("%s from %s is forwarded otherwise:\n%s", f.name, p.Name, diff)
			}
		}
	}
}
