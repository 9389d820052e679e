package caddymodule

import (
	"os"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// TestObservabilityDoc holds the page on what can be seen of the gateway: its
// examples mean something, and all that there is to see stands on it.
func TestObservabilityDoc(t *testing.T) {
	text, err := os.ReadFile("../docs/observability.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	examples := strings.Split(doc, "```caddyfile\n")[1:]
	if len(examples) == 0 {
		t.Error("no examples")
	}
	for _, rest := range examples {
		example, _, _ := strings.Cut(rest, "```")
		if formatted := string(caddyfile.Format([]byte(example))); formatted != example {
			t.Errorf("caddy fmt would change\n%s", example)
		}
		if got, failed := adaptText(t, example); failed {
			t.Errorf("%s in\n%s", got, example)
		}
	}
	for name := range described(t) {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("the metric %s is missing", name)
		}
	}
	words := append(outcomes[:], modes[:]...)
	for _, event := range eventsOf {
		if event != "" {
			words = append(words, event)
		}
	}
	for _, word := range append(words, eventUnknownProvider, "scim_provider", "scim_exchanges", "/scim/rules") {
		if !strings.Contains(doc, word) {
			t.Errorf("%s is missing", word)
		}
	}
}
