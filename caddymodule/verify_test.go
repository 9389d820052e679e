package caddymodule

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestVerifyFilter puts the gateway in front of a service provider that ignores
// filters, and looks for somebody.
func TestVerifyFilter(t *testing.T) {
	const all = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[` +
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"root@example.com"},` +
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2","userName":"ines@example.com"}]}`
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = io.WriteString(w, all)
	})
	for directives, want := range map[string]string{
		"scim":                           `"itemsPerPage":1,"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2"`,
		"scim {\n verify_filter off\n }": `"id":"1"`,
		"scim {\n provider generic {\n disable answer.unmatched\n }\n }":    `"id":"1"`,
		"scim {\n verify_filter on\n explain\n }":                           `"totalResults":1`,
		"scim {\n backend {\n filter off\n }\n }":                           `"totalResults":1`,
		"scim {\n provider hr extends generic {\n match method GET\n }\n }": `"totalResults":1`,
	} {
		s := startSite(t, b, directives+"\n reverse_proxy BACKEND")
		got := s.do("GET", "/scim/v2/Users?filter=userName%20eq%20%22ines@example.com%22", "")
		if got.status != 200 || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d %s", directives, got.status, got.body)
		}
	}
}
