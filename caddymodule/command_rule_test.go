package caddymodule

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
)

// ruled is a configuration with rules of its own.
const ruled = `:8080 {
	scim {
		provider okta {
			disable acme.login
			rule acme.okta {
				match header X-Tenant acme
				rename nickName title
			}
		}
		rule acme.login {
			match ` + "`{scim.provider} == \"entra\" && {scim.operation} == \"create\"`" + `
			lowercase userName
			map userType {
				contractor external
			}
		}
	}
}
`

// TestExplainOwnRules explains what rules of the configuration do, as far as
// their matchers take a request.
func TestExplainOwnRules(t *testing.T) {
	config := tempFile(t, "Caddyfile", ruled)
	const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA","nickName":"Ada","userType":"contractor"}`
	post := "POST /scim/v2/Users\nContent-Type: application/scim+json\nAccept: application/scim+json\n"
	for _, c := range []struct {
		name, in, provider string
		want               []string // rule and place
		body               string   // a part of it
	}{
		{"matched by CEL", post + "\n" + body, "entra", []string{"acme.login body.userName", "acme.login body.userType"}, `"userName":"ada","nickName":"Ada","userType":"external"`},
		{"another provider", post + "\n" + body, "generic", nil, `"userName":"ADA"`},
		{"another operation", "PUT /scim/v2/Users/1\nContent-Type: application/scim+json\nAccept: application/scim+json\n\n" + body, "entra", nil, `"userName":"ADA"`},
		{"of the provider", post + "X-Tenant: acme\n\n" + body, "okta", []string{"acme.okta body.nickName"}, `"title":"Ada"`},
		{"of the provider, not matched", post + "X-Tenant: other\n\n" + body, "okta", nil, `"nickName":"Ada"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := run(t, c.in, "explain", "--config", config, "--provider", c.provider, "--json")
			if err != nil {
				t.Fatal(err)
			}
			var got explain.Answer
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
			var changes []string
			for _, change := range got.Changes {
				changes = append(changes, change.Rule+" "+change.At)
				if !strings.HasPrefix(change.Source, config+":") || change.Why == "" {
					t.Errorf("%s: because of %q, in %q", change.Rule, change.Why, change.Source)
				}
			}
			if strings.Join(changes, ", ") != strings.Join(c.want, ", ") {
				t.Errorf("changes %q, want %q", changes, c.want)
			}
			if len(got.Forwarded) != 1 || !strings.Contains(got.Forwarded[0].Body, c.body) {
				t.Errorf("forwarded %+v, want a body with %s", got.Forwarded, c.body)
			}
		})
	}
}

func TestRulesCommandOwn(t *testing.T) {
	config := tempFile(t, "Caddyfile", ruled)
	for _, c := range []struct {
		args []string
		want []string // parts of the output, in order
	}{
		{[]string{"rules", "--config", config}, []string{"RULE ", "patch.op-case", "acme.login", "own", "all", "lowercase userName; map userType", "acme.okta", "okta", "rename nickName title"}},
		{[]string{"rules", "-c", config, "acme.okta"}, []string{
			"acme.okta\n  providers  okta\n  source     " + config + ":5\n", `match {"header":{"X-Tenant":["acme"]}}`, "rename nickName title\n",
		}},
		{[]string{"rules", "-c", config, "patch.op-case"}, []string{"patch.op-case\n"}},
	} {
		got, err := run(t, "", c.args...)
		if err != nil {
			t.Fatal(err)
		}
		rest := got
		for _, want := range c.want {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Fatalf("%v: %q is missing, or stands too early, in\n%s", c.args, want, got)
			}
			rest = after
		}
	}
	if _, err := run(t, "", "rules", "-c", config, "acme.logn"); err == nil || !strings.Contains(err.Error(), `did you mean "acme.login"?`) {
		t.Errorf("error %v", err)
	}
}

// TestExplainClientIP explains rules and providers that are told by an address:
// every request that is explained comes from this machine.
func TestExplainClientIP(t *testing.T) {
	config := tempFile(t, "Caddyfile", ":8080 {\n\tscim {\n\t\trule acme.here {\n\t\t\tmatch client_ip 127.0.0.1\n\t\t\theader X-From {client_ip}\n\t\t}\n\t}\n}\n")
	got, err := run(t, lookUp, "explain", "--config", config)
	if err != nil || !strings.Contains(got, "X-From: 127.0.0.1\n") || !strings.Contains(got, "acme.here") {
		t.Errorf("error %v, output\n%s", err, got)
	}
}
