package caddymodule

import "testing"

// TestRequestPlaceholders is about placeholders of the request in values: Caddy's
// own are known by their names, those of other modules by their family.
func TestRequestPlaceholders(t *testing.T) {
	for name, known := range map[string]bool{
		"http.request.uuid":               true,
		"http.request.remote.host":        true,
		"http.request.header.X-Tenant":    true,
		"http.request.uri.path.1":         true,
		"http.request.uri.query.tenant":   true,
		"http.request.tls.client.subject": true,
		"http.auth.user.id":               true,
		"http.regexp.tenant.1":            true,
		"http.vars.tenant":                true,
		"http.request.headr.X-Tenant":     false,
		"http.request.remote_host":        false,
		"http.request.body":               false,
		"http.request.body_base64":        false,
	} {
		if err := checkPlaceholder(name); (err == nil) != known {
			t.Errorf("%s: %v", name, err)
		}
	}
}
