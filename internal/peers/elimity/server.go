package elimity

import (
	"net/http"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// New makes a service provider for users and groups that stands under a base
// URL, such as http://127.0.0.1:8080/v2. The library knows two base paths: /v2
// and none.
func New(base string) (http.Handler, error) {
	return scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{SupportFiltering: true, SupportPatch: true},
		ResourceTypes: []scim.ResourceType{
			{
				ID:               optional.NewString("User"),
				Name:             "User",
				Endpoint:         "/Users",
				Schema:           schema.CoreUserSchema(),
				SchemaExtensions: []scim.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}},
				Handler:          newHandler("userName", schema.CoreUserSchema(), schema.ExtensionEnterpriseUser()),
			},
			{
				ID:       optional.NewString("Group"),
				Name:     "Group",
				Endpoint: "/Groups",
				Schema:   schema.CoreGroupSchema(),
				Handler:  newHandler("", schema.CoreGroupSchema()),
			},
		},
	}, scim.WithBaseURL(base))
}
