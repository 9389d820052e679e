package directory

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// discover answers for the endpoints of RFC 7644 section 4. They take no filter
// and are not paged.
func (c *call) discover() (answer, error) {
	if c.query.filter != nil {
		return answer{}, scim.Errorf(http.StatusForbidden, "", "/%s takes no filter", c.route.Endpoint)
	}
	switch {
	case c.route.Endpoint == "ServiceProviderConfig":
		return answer{status: http.StatusOK, location: c.root + "/ServiceProviderConfig", body: c.config()}, nil
	case c.route.ID != "":
		return c.discoverOne()
	}
	var all [][]byte
	if c.route.Endpoint == "Schemas" {
		for _, s := range c.opt.Registry.Schemas() {
			all = append(all, scim.AppendSchema(nil, s, c.root))
		}
	} else {
		for _, rt := range c.opt.Registry.Types {
			all = append(all, scim.AppendResourceType(nil, rt, c.root))
		}
	}
	dst := appendListHead(nil, len(all), 1, len(all))
	for i, doc := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, doc...)
	}
	return answer{status: http.StatusOK, body: append(dst, "]}"...)}, nil
}

func (c *call) discoverOne() (answer, error) {
	id, err := url.PathUnescape(c.route.ID)
	if err == nil && c.route.Endpoint == "Schemas" {
		if s := c.opt.Registry.Schema(id); s != nil {
			return answer{status: http.StatusOK, location: c.root + "/Schemas/" + s.ID, body: scim.AppendSchema(nil, s, c.root)}, nil
		}
	} else if rt := c.opt.Registry.ByName(id); rt != nil {
		return answer{status: http.StatusOK, location: c.root + "/ResourceTypes/" + rt.Name, body: scim.AppendResourceType(nil, rt, c.root)}, nil
	}
	return answer{}, scim.Errorf(http.StatusNotFound, "", "%s %s does not exist", c.route.Endpoint, scim.Quote(id))
}

// config is the ServiceProviderConfig (RFC 7643 section 5). The directory leaves
// authentication to what stands in front of it.
func (c *call) config() []byte {
	dst := []byte(`{"schemas":["` + scim.ServiceProviderConfigURI + `"],"patch":{"supported":true},"bulk":{"supported":true,"maxOperations":`)
	dst = strconv.AppendInt(dst, int64(c.opt.MaxOperations), 10)
	dst = strconv.AppendInt(append(dst, `,"maxPayloadSize":`...), int64(c.opt.MaxPayload), 10)
	dst = strconv.AppendInt(append(dst, `},"filter":{"supported":true,"maxResults":`...), int64(c.opt.MaxResults), 10)
	dst = append(dst, `},"changePassword":{"supported":false},"sort":{"supported":true},"etag":{"supported":true},`+
		`"authenticationSchemes":[{"type":"oauthbearertoken","name":"OAuth Bearer Token",`+
		`"description":"A bearer token, if what stands in front of the directory asks for one",`+
		`"specUri":"https://www.rfc-editor.org/info/rfc6750","primary":true}],`+
		`"meta":{"resourceType":"ServiceProviderConfig","location":`...)
	return append(scim.AppendString(dst, c.root+"/ServiceProviderConfig"), "}}"...)
}
