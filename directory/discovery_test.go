package directory

import (
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestDiscovery(t *testing.T) {
	d := seeded(t)
	config := do(d, "GET", "/ServiceProviderConfig", "")
	for place, want := range map[string]string{
		"schemas":                      `["` + scim.ServiceProviderConfigURI + `"]`,
		"patch/supported":              "true",
		"bulk":                         `{"supported":true,"maxOperations":1000,"maxPayloadSize":8388608}`,
		"filter":                       `{"supported":true,"maxResults":200}`,
		"changePassword/supported":     "false",
		"sort/supported":               "true",
		"etag/supported":               "true",
		"authenticationSchemes/0/type": `"oauthbearertoken"`,
		"meta/location":                `"http://scim.example.com/v2/ServiceProviderConfig"`,
	} {
		if got := at(config, place); got != want {
			t.Errorf("%s: %s, want %s", place, got, want)
		}
	}

	types := do(d, "GET", "/ResourceTypes", "")
	if at(types, "totalResults") != "2" || at(types, "Resources/0/endpoint") != `"/Users"` || at(types, "Resources/1/schema") != `"`+groupURI+`"` {
		t.Errorf("%s", types.Body)
	}
	one := do(d, "GET", "/ResourceTypes/User", "")
	if one.Body.String() != at(types, "Resources/0") || at(one, "schemaExtensions/1") != `{"schema":"`+acmeURI+`","required":false}` {
		t.Errorf("%s", one.Body)
	}

	schemas := do(d, "GET", "/Schemas", "")
	for _, uri := range []string{userURI, ent, acmeURI, groupURI, scim.ServiceProviderConfigURI, scim.ResourceTypeURI, scim.SchemaURI} {
		one := do(d, "GET", "/Schemas/"+uri, "")
		if one.Code != 200 || at(one, "id") != `"`+uri+`"` || !strings.Contains(schemas.Body.String(), one.Body.String()) {
			t.Errorf("%s: %d", uri, one.Code)
		}
	}
	if got := at(schemas, "totalResults"); got != "7" || at(schemas, "itemsPerPage") != got {
		t.Errorf("%s schemas", got)
	}
}

// The directory's own description of itself keeps to its schema.
func TestConfigFitsSchema(t *testing.T) {
	config := scim.Parse(do(seeded(t), "GET", "/ServiceProviderConfig", "").Body.String())
	schema := scim.Core().Schema(scim.ServiceProviderConfigURI)
	for _, a := range schema.Attributes {
		v := config.Get(a.Name)
		if v == nil {
			if a.Required {
				t.Errorf("%s is missing", a.Name)
			}
			continue
		}
		if err := a.Check(v); err != nil {
			t.Error(err)
		}
	}
}
