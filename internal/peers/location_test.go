package peers_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestLocations creates a user behind the gateway: no answer shows the address of
// the service provider, and the one that is shown leads to the user.
func TestLocations(t *testing.T) {
	backend := startElimity(t)
	base := startGateway(t, backend, "") + "/v2"
	resp, err := http.Post(base+"/Users", "application/scim+json", strings.NewReader(
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"noor.haddad@example.com"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	location := resp.Header.Get("Location")
	if resp.StatusCode != http.StatusCreated || !strings.HasPrefix(location, base+"/Users/") {
		t.Errorf("status %d, Location %s, want one below %s", resp.StatusCode, location, base)
	}
	for _, target := range []string{location, base + "/Users", base + "/ResourceTypes", base + "/Schemas", base + "/ServiceProviderConfig"} {
		resp, err := http.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, %v", target, resp.StatusCode, err)
		}
		body = append(body, text...)
	}
	if strings.Contains(string(body), backend) {
		t.Errorf("the answers show %s", backend)
	}
}
