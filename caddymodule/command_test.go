package caddymodule

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
)

// run executes "caddy scim" with the given arguments.
func run(t *testing.T, in string, args ...string) (string, error) {
	t.Helper()
	cmd := &cobra.Command{Use: "scim", SilenceErrors: true}
	cmd.AddCommand(explainCommand(), probeCommand(), rulesCommand())
	var out strings.Builder
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(in))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func tempFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const lookUp = "GET /scim/v2/users HTTP/1.1\nAccept: application/scim+json\n\n"

func TestExplainCommand(t *testing.T) {
	config := tempFile(t, "Caddyfile", `:8080 {
	scim {
		base_path /scim/v2
		max_body 100B
		provider hrbot extends okta {
			match path /scim/v2/*
			match header X-Bot hr
			disable path.endpoint-case
		}
	}
	respond ok
}
`)
	one, two := tempFile(t, "one.http", lookUp), tempFile(t, "two.http", "### again\n"+lookUp)
	line := `{"method":"GET","target":"/scim/v2/users"}` + "\n"
	for _, c := range []struct {
		name string
		in   string
		args []string
		want []string // parts of the output, in order
	}{
		{"text from standard input", lookUp, nil, []string{"GET /scim/v2/users\n", "provider   generic", "GET /scim/v2/Users\n", "path.endpoint-case"}},
		{"text from files", "", []string{one, two}, []string{"path.endpoint-case", "path.endpoint-case"}},
		{"several in one", "### a\n" + lookUp + "### b\n" + lookUp, nil, []string{"GET /scim/v2/users\n", "\n###\n\n", "GET /scim/v2/users\n"}},
		{"a dash", lookUp, []string{one, "-"}, []string{"path.endpoint-case", "path.endpoint-case"}},
		{"JSON", lookUp + "\n" + lookUp, []string{"--json"}, []string{`{"provider":"generic",`, "}\n{", "}\n"}},
		{"JSON lines", line + "{\n" + line, []string{"--jsonl"}, []string{`{"provider":"generic",`, `"detail":"line 2: `, `{"provider":"generic",`}},
		{"provider", lookUp, []string{"--provider", "okta"}, []string{"provider   okta\n  told by    --provider"}},
		{"trait", "GET /scim/v2/Users\nUser-Agent: Okta SCIM Client 1.0.0\n", nil, []string{"provider   okta\n  told by    header User-Agent\n"}},
		{"trait of the body", "POST /scim/v2/Users\n\n" + `{"roles":[{"type":"WindowsAzureActiveDirectoryRole"}]}`, []string{"--json"}, []string{`"provider":"entra","signal":"body roles.0.type"`}},
		{"configuration", lookUp, []string{"--config", config}, []string{"provider   hrbot\n  told by    match\n", "GET /scim/v2/users\n", "changed nothing"}},
		{"configuration, base path", "GET /users\nX-Bot: hr\n", []string{"-c", config}, []string{"GET /users\n", "forwarded", "changed nothing"}},
		{"configuration, max body", "POST /scim/v2/Users\n\n{" + strings.Repeat(" ", 100) + "}", []string{"-c", config}, []string{"refused\n    413"}},
		{"configuration, other provider", lookUp, []string{"-c", config, "-p", "generic"}, []string{"provider   generic", "path.endpoint-case"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := run(t, c.in, append([]string{"explain"}, c.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			rest := got
			for _, want := range c.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("%q is missing, or stands too early, in\n%s", want, got)
				}
				rest = after
			}
		})
	}
}

func TestExplainCommandErrors(t *testing.T) {
	bad := tempFile(t, "bad.http", "nonsense")
	plain := tempFile(t, "Caddyfile", ":8080\nrespond ok\n")
	wrong := tempFile(t, "caddy.json", `{"apps":{"http":{"servers":{"a":{"routes":[{"handle":[{"handler":"scim","basepath":"/x"}]}]}}}}}`)
	broken := tempFile(t, "caddy.json", `{"apps":{"http":{"servers":{"a":{"routes":[{"handle":[{"handler":"scim","base_path":"x"}]}]}}}}}`)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"none.http"}, "open none.http"},
		{[]string{bad}, "bad.http: line 1: a request line"},
		{[]string{"--provider", "otka"}, `unknown provider "otka": did you mean "okta"?`},
		{[]string{"--config", "none"}, "none"},
		{[]string{"--config", plain}, "there is no scim handler in it"},
		{[]string{"--config", wrong}, "basepath"},
		{[]string{"--config", broken}, "does not start with a slash"},
	} {
		if _, err := run(t, lookUp, append([]string{"explain"}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.args, err, c.want)
		}
	}
}

func TestRulesCommand(t *testing.T) {
	if got, err := run(t, "", "rules"); err != nil || !strings.HasPrefix(got, "RULE ") || !strings.Contains(got, "\nokta.placeholder-password ") {
		t.Errorf("error %v, output\n%s", err, got)
	}
	if got, err := run(t, "", "rules", "patch.op-case"); err != nil || !strings.HasPrefix(got, "patch.op-case\n") {
		t.Errorf("error %v, output\n%s", err, got)
	}
	if _, err := run(t, "", "rules", "patch.opcase"); err == nil || !strings.Contains(err.Error(), `did you mean "patch.op-case"?`) {
		t.Errorf("error %v", err)
	}
	if _, err := run(t, "", "rules", "a", "b"); err == nil {
		t.Error("two rules at once")
	}
}

// TestExplainCommandBackend shows the exchanges that a backend block leads to.
func TestExplainCommandBackend(t *testing.T) {
	const patch = "PATCH /scim/v2/Users/17\nContent-Type: application/scim+json\n\n" + patchActive
	for _, c := range []struct {
		backend, in string
		want        []string // parts of the output, in order
	}{
		{"patch put", patch, []string{
			"(1 of 2)\n    GET /scim/v2/Users/17\n", "(2 of 2)\n    PUT /scim/v2/Users/17\n", `If-Match: W/"1"`, `"active":false}`,
		}},
		{"patch off", patch, []string{"refused\n    501"}},
		{"op_case title", patch, []string{"PATCH /scim/v2/Users/17\n", `"op":"Replace"`}},
		{"filter off", `GET /scim/v2/Users?filter=userName%20eq%20%22ada%22`, []string{"forwarded\n    GET /scim/v2/Users?count="}},
		{"filter off", `GET /scim/v2/Users?filter=userName%20eq%20%22ada%22%20or%20id%20eq%20%2217%22`, []string{"forwarded\n    GET /scim/v2/Users?count="}},
		{"page offset offset limit", `GET /scim/v2/Users?startIndex=11&count=5`, []string{"forwarded\n    GET /scim/v2/Users?offset=10&limit=5\n"}},
		{"search off", "POST /scim/v2/Users/.search\nContent-Type: application/scim+json\n\n" +
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":3}`, []string{"forwarded\n    GET /scim/v2/Users?"}},
		{
			"bulk off", "POST /scim/v2/Bulk\nContent-Type: application/scim+json\n\n" +
				`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[` +
				`{"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}},` +
				`{"method":"POST","path":"/Groups","bulkId":"b","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crew","members":[{"value":"bulkId:a"}]}}]}`,
			[]string{"(1 of 2)\n    POST /scim/v2/Users\n", "(2 of 2)\n    POST /scim/v2/Groups\n", `"members":[{"value":"1"}]`},
		},
		{"discovery off", "GET /scim/v2/ServiceProviderConfig", []string{"provider   generic", "answered by the gateway\n"}},
	} {
		t.Run(c.backend, func(t *testing.T) {
			config := tempFile(t, "Caddyfile", ":8080\nscim {\n\tbackend {\n\t\t"+c.backend+"\n\t}\n}\n")
			got, err := run(t, c.in, "explain", "--config", config)
			if err != nil {
				t.Fatal(err)
			}
			rest := got
			for _, want := range c.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("%q is missing, or stands too early, in\n%s", want, got)
				}
				rest = after
			}
		})
	}
}

// TestExplainAgreesWithGateway sends a request through both.
func TestExplainAgreesWithGateway(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n explain\n }\n reverse_proxy BACKEND")
	s.do("PATCH", "/scim/v2/users/17", patchWorkMail)
	line, err := json.Marshal(map[string]any{
		"method": "PATCH", "target": "/scim/v2/users/17", "body": patchWorkMail, "resource": json.RawMessage(ada),
		"headers": map[string]string{"Accept": "application/scim+json", "Content-Type": "application/scim+json"},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := run(t, string(line), "explain", "--jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var got explain.Answer
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	sent := b.requests()
	if len(sent) != len(got.Forwarded) {
		t.Fatalf("the gateway made %d requests, explain %d", len(sent), len(got.Forwarded))
	}
	for i, m := range got.Forwarded {
		if sent[i].method != m.Method || sent[i].target != m.Target || sent[i].body != m.Body {
			t.Errorf("request %d: sent %+v, explained %+v", i, sent[i], m)
		}
		for name, value := range m.Headers {
			if sent[i].header.Get(name) != value {
				t.Errorf("request %d: %s is %q, explained as %q", i, name, sent[i].header.Get(name), value)
			}
		}
	}
}
