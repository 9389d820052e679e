package caddymodule

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/scim"
)

// fromJSON sets a handler up from JSON.
func fromJSON(t *testing.T, config string) (*Handler, error) {
	t.Helper()
	h := new(Handler)
	if err := caddy.StrictUnmarshalJSON([]byte(config), h); err != nil {
		t.Fatal(err)
	}
	ctx, release := caddy.NewContext(caddy.Context{Context: context.Background()})
	t.Cleanup(release)
	return h, h.Provision(ctx)
}

// TestRuleErrors loads rules that no Caddyfile has been the origin of.
func TestRuleErrors(t *testing.T) {
	t.Setenv("ACME_EMPTY", "")
	for _, c := range []struct{ rules, want string }{
		{`[{"verbs":[{"verb":"remove","attribute":"title"}]}]`, "an id is missing"},
		{`[{"id":"acme x","verbs":[{"verb":"remove","attribute":"title"}]}]`, `"acme x" is no id`},
		{`[{"id":"patch.op-case","verbs":[{"verb":"remove","attribute":"title"}]}]`, "which comes with the gateway"},
		{`[{"id":"acme.x"}]`, "rule acme.x: a verb is missing"},
		{`[{"id":"acme.x","source":"acme.scim:3"}]`, "rule acme.x: a verb is missing: the rule does nothing, at acme.scim:3"},
		{`[{"id":"acme.x","verbs":[{"verb":"renam"}]}]`, `rule acme.x: verb 1: unknown verb "renam": did you mean "rename"?`},
		{`[{"id":"acme.x","verbs":[{"from":"a"}]}]`, `rule acme.x: verb 1: unknown verb ""`},
		{`[{"id":"acme.x","verbs":[3]}]`, `rule acme.x: verb 1: `},
		{`[{"id":"acme.x","verbs":[{"verb":"rename","attribute":"a"}]}]`, `unknown field "attribute"`},
		{`[{"id":"acme.x","on":["creat"],"verbs":[{"verb":"remove","attribute":"title"}]}]`, `unknown operation "creat": did you mean "create"?`},
		{`[{"id":"acme.x","resource":["Users"],"verbs":[{"verb":"remove","attribute":"title"}]}]`, `unknown resource type "Users": did you mean "User"?`},
		{`[{"id":"acme.x","match":[{"nonsense":{}}],"verbs":[{"verb":"remove","attribute":"title"}]}]`, "rule acme.x: loading matchers: "},
		{`[{"id":"acme.x","verbs":[{"verb":"coerce","attribute":"title","type":"text"}]}]`, `rule acme.x: coerce: unknown type "text": known are string, boolean, integer, decimal`},
		{`[{"id":"acme.x","verbs":[{"verb":"set","attribute":"title","value":"{env.ACME_EMPTY}"}]}]`, `rule acme.x: evaluated placeholder {env.ACME_EMPTY} is empty`},
		{`[{"id":"acme.x","verbs":[{"verb":"header","name":"X-A","value":"{file.key}"}]}]`, `rule acme.x: {file.key}: a rule cannot read files`},
		{`[{"id":"acme.x","source":"acme.scim:3","verbs":[{"verb":"rename","from":"id","to":"externalId"}]}]`, "rule acme.x: rename id externalId: "},
		{
			`[{"id":"acme.x","verbs":[{"verb":"rename","from":"title","to":"nickName"}]},{"id":"acme.x","verbs":[{"verb":"rename","from":"nickName","to":"title"}]}]`,
			"rule acme.x: there are two of that id",
		},
	} {
		for name, config := range map[string]string{
			"handler":  `{"rules":` + c.rules + `}`,
			"provider": `{"providers":[{"name":"okta","rules":` + c.rules + `}]}`,
		} {
			if _, err := fromJSON(t, config); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: error %v, want one with %s", name, c.rules, err, c.want)
			}
		}
	}
}

func TestDisableErrors(t *testing.T) {
	const rename = `[{"id":"acme.x","verbs":[{"verb":"rename","from":"title","to":"nickName"}]}]`
	for _, c := range []struct{ config, want string }{
		{`{"rules":` + rename + `,"providers":[{"name":"okta","disable":["acme.y"]}]}`, `provider okta: unknown rule "acme.y": did you mean "acme.x"?`},
		{`{"providers":[{"name":"okta","rules":` + rename + `,"disable":["acme.x"]}]}`, `provider okta: unknown rule "acme.x"`},
		{`{"rules":` + rename + `,"providers":[{"name":"okta","rules":` + rename + `}]}`, "provider okta: rule acme.x: there are two of that id"},
	} {
		if _, err := fromJSON(t, c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %s", c.config, err, c.want)
		}
	}
	if _, err := fromJSON(t, `{"rules":`+rename+`,"providers":[{"name":"okta","disable":["acme.x"],"rules":`+rename+`}]}`); err != nil {
		t.Errorf("a rule in place of one that is disabled: %v", err)
	}
}

// TestRulesOfProvider shows whose rules are in force for whom.
func TestRulesOfProvider(t *testing.T) {
	rule := func(id string) string {
		return `{"id":"` + id + `","verbs":[{"verb":"rename","from":"title","to":"nickName"}]}`
	}
	h, err := fromJSON(t, `{"rules":[`+rule("acme.a")+`,`+rule("acme.b")+`],"providers":[
		{"name":"okta","disable":["acme.a"],"rules":[`+rule("acme.c")+`]},
		{"name":"entra","disable":["acme.a","acme.b"]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range h.Providers {
		var ids []string
		for _, r := range h.rulesOf(p) {
			ids = append(ids, r.ID)
		}
		want := map[string]string{"okta": "acme.b acme.c", "entra": ""}[p.Name]
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: rules %q, want %q", p.Name, got, want)
		}
	}
	for name, want := range map[string]bool{"okta": true, "entra": false, "generic": true} {
		if got := h.plans[name].Custom != nil; got != want {
			t.Errorf("%s: rules in force: %t, want %t", name, got, want)
		}
	}
}

// TestWarnings tells of a renaming that is not undone everywhere.
func TestWarnings(t *testing.T) {
	for _, c := range []struct{ on, want string }{
		{`[]`, ""},
		{`["get","list","search","create"]`, ""},
		{`["create","replace","patch"]`, "get, list, search"},
		{`["get"]`, "list, search"},
	} {
		h, err := fromJSON(t, `{"rules":[{"id":"acme.x","on":`+c.on+`,"verbs":[{"verb":"rename","from":"title","to":"nickName"}]}]}`)
		if err != nil {
			t.Fatal(err)
		}
		core, logs := observer.New(zap.WarnLevel)
		h.logger = zap.New(core)
		h.warn()
		got := ""
		for _, entry := range logs.All() {
			got, _ = entry.ContextMap()["missing"].(string)
		}
		if got != c.want {
			t.Errorf("on %s: warned of %q, want %q", c.on, got, c.want)
		}
	}
}

// TestValues fills in placeholders, and nothing that looks like one.
func TestValues(t *testing.T) {
	t.Setenv("ACME_TENANT", "{http.vars.secret}")
	v := new(values)
	repl := caddy.NewReplacer()
	repl.Set("http.vars.secret", "secret")
	repl.Set("http.vars.tenant", "{env.ACME_TENANT}")
	repl.Set("scim.provider", "okta")
	ctx := context.WithValue(context.Background(), caddy.ReplacerCtxKey, repl)
	for _, c := range []struct{ value, want string }{
		{"", ""},
		{"plain", "plain"},
		{"{scim.provider}", "okta"},
		{"<{scim.provider}/{scim.provider}>", "<okta/okta>"},
		{"{http.vars.tenant}", "{env.ACME_TENANT}"},
		{"{env.ACME_TENANT}", "{http.vars.secret}"},
		{"{env.ACME_TENANT} {scim.provider}", "{http.vars.secret} okta"},
		{`\{http.vars.secret\}`, "{http.vars.secret}"},
		{`{"a":{"b":1}}`, `{"a":{"b":1}}`},
		{`{}`, `{}`},
		{`a\b`, `a\b`},
		{"{http.auth.user.id}", ""},
		{"{system.slash}", "/"},
	} {
		kept, err := v.typed(c.value)
		if err != nil {
			t.Errorf("%s: %v", c.value, err)
			continue
		}
		if got := v.expand(ctx, kept); got != c.want {
			t.Errorf("%s: %q, want %q", c.value, got, c.want)
		}
	}
}

// TestRename sends an attribute under another name, there and back.
func TestRename(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		rule acme.login {
			match header X-Tenant acme
			rename nickName displayName
		}
		explain
	}
	reverse_proxy BACKEND`)
	const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","nickName":"Ada"}`
	for tenant, want := range map[string]string{"acme": "displayName", "other": "nickName"} {
		got := s.do("POST", "/scim/v2/Users", body, "X-Tenant", tenant)
		sent := scim.Parse(b.one(t).body)
		if sent.Get(want).Text() != "Ada" {
			t.Errorf("%s: the backend got %s", tenant, sent.Raw())
		}
		if told := strings.Contains(got.header.Get("X-Scim-Changes"), "acme.login"); told != (tenant == "acme") {
			t.Errorf("%s: explained by %q", tenant, got.header.Get("X-Scim-Changes"))
		}
	}
}

// TestRulesHold holds an answer that is larger than what may be held, because
// what stands in it has another name.
func TestRulesHold(t *testing.T) {
	b := startBackend(t, answerAda)
	const site = `scim {
		max_answer 64B
		rule acme.login {
			resource Group
			rename displayName externalId
		}
	}
	reverse_proxy BACKEND`
	s := startSite(t, b, site)
	if got := s.do("GET", "/scim/v2/Users/17", ""); got.status != 200 || got.body != ada {
		t.Errorf("no rule: %d %s", got.status, got.body)
	}
	s.do("GET", "/scim/v2/Groups/17", "").wantError(t, 502, "", "larger than 64 bytes")
}

// TestRuleModules checks that each verb has a module that keeps its name, and
// that JSON and module are one.
func TestRuleModules(t *testing.T) {
	for name := range newVerb {
		info, err := caddy.GetModule(verbs + "." + name)
		if err != nil {
			t.Fatal(err)
		}
		module, ok := info.New().(verb)
		if !ok {
			t.Fatalf("%s is no verb", name)
		}
		if id := module.CaddyModule().ID; id.Name() != name || id.Namespace() != verbs {
			t.Errorf("%s: module %s", name, id)
		}
		if text, err := json.Marshal(module); err != nil || string(text) != "{}" {
			t.Errorf("%s: empty it is %s, %v", name, text, err)
		}
	}
}
