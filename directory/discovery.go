package directory

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// discover answers for the endpoints of RFC 7644 section 4. They take no filter
// and are not paged.
func (c *call) discover() (answer, error) {
	if c.query.filter != nil {
		return answer{}, scim.Errorf(http.StatusForbidden, "", "/%s takes no filter", c.route.Endpoint)
	}
	body, err := c.opt.Registry.AppendDiscovery(nil, c.route, c.config(), c.root)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: http.StatusOK, body: body}
	if c.route.Endpoint == scim.EndpointConfig || c.route.ID != "" {
		doc := scim.Parse(string(body))
		a.location = doc.Get("meta").Get("location").Text()
	}
	return a, nil
}

// config is the ServiceProviderConfig (RFC 7643 section 5). The directory leaves
// authentication to what stands in front of it.
func (c *call) config() *scim.ServiceProviderConfig {
	return &scim.ServiceProviderConfig{
		Patch:              true,
		Bulk:               c.bulkLimits(),
		Filter:             true,
		MaxResults:         c.opt.MaxResults,
		Sort:               true,
		ETag:               true,
		AuthenticationNote: "A bearer token, if what stands in front of the directory asks for one",
	}
}
