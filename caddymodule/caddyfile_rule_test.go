package caddymodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRuleFiles imports rules that stand in files of their own.
func TestRuleFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	caddyfile := ":8080 {\n\tscim {\n\t\timport " + dir + "/*.scim\n\t\tprovider okta {\n\t\t\tdisable acme.a\n\t\t}\n\t}\n}\n"
	write("a.scim", "rule acme.a {\n\tremove nickName\n}\n")
	write("b.scim", "# two of them\nrule acme.b {\n\tremove title\n}\nrule acme.c {\n\tremove locale\n}\n")
	config, failed := adaptText(t, caddyfile)
	if failed {
		t.Fatal(config)
	}
	want := []string{"acme.a a.scim:1", "acme.b b.scim:2", "acme.c b.scim:5"}
	var got []string
	for _, r := range decodedRules(t, config) {
		source, _ := r["source"].(string)
		got = append(got, r["id"].(string)+" "+filepath.Base(source))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("rules %q, want %q", got, want)
	}
	write("b.scim", "rule acme.b {\n\tremove title\n\n\tremove id\n}\n")
	if text, failed := adaptText(t, caddyfile); !failed || !strings.Contains(text, "rule acme.b: remove id: ") || !strings.Contains(text, "b.scim:4") ||
		!strings.Contains(text, "Caddyfile:3 (import") {
		t.Errorf("error %s", text)
	}
}

func decodedRules(t *testing.T, config string) []map[string]any {
	t.Helper()
	return rulesIn(findOurs(decoded(t, config)))
}
