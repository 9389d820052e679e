package scim

import (
	"net/http"
	"net/url"
	"strconv"
)

// ServiceProviderConfig is what a service provider says that it can do (RFC 7643
// section 5).
type ServiceProviderConfig struct {
	Patch          bool
	Bulk           BulkLimits // not supported if zero
	Filter         bool
	MaxResults     int
	ChangePassword bool
	Sort           bool
	ETag           bool
	Cursor         bool // pages may be asked for by cursor as well as by startIndex (RFC 9865)
	CursorTimeout  int  // seconds for which a cursor is good; 0 if that is not known

	// AuthenticationNote describes how clients authenticate with a bearer token.
	AuthenticationNote string
}

// AppendServiceProviderConfig appends c as the resource of the endpoint
// /ServiceProviderConfig. base is the URL below which the endpoints stand.
func AppendServiceProviderConfig(dst []byte, c *ServiceProviderConfig, base string) []byte {
	bulk := c.Bulk != BulkLimits{}
	dst = append(dst, `{"schemas":["`+ServiceProviderConfigURI+`"]`...)
	dst = append(appendSupported(dst, "patch", c.Patch), '}')
	dst = appendNumber(appendSupported(dst, "bulk", bulk), "maxOperations", c.Bulk.Operations)
	dst = append(appendNumber(dst, "maxPayloadSize", c.Bulk.Payload), '}')
	dst = append(appendNumber(appendSupported(dst, "filter", c.Filter), "maxResults", c.MaxResults), '}')
	dst = append(appendSupported(dst, "changePassword", c.ChangePassword), '}')
	dst = append(appendSupported(dst, "sort", c.Sort), '}')
	dst = append(appendSupported(dst, "etag", c.ETag), '}')
	if c.Cursor {
		dst = append(dst, `,"pagination":{"cursor":true,"index":true,"defaultPaginationMethod":"index"`...)
		if c.CursorTimeout > 0 {
			dst = appendNumber(dst, "cursorTimeout", c.CursorTimeout)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, `,"authenticationSchemes":[{"type":"oauthbearertoken","name":"OAuth Bearer Token"`...)
	dst = appendText(dst, "description", c.AuthenticationNote)
	dst = append(dst, `,"specUri":"https://www.rfc-editor.org/info/rfc6750","primary":true}]`...)
	return append(appendMeta(dst, "ServiceProviderConfig", base+"/ServiceProviderConfig"), '}')
}

// appendSupported begins the object of a feature.
func appendSupported(dst []byte, name string, supported bool) []byte {
	dst = append(AppendString(append(dst, ','), name), `:{"supported":`...)
	return strconv.AppendBool(dst, supported)
}

func appendNumber(dst []byte, name string, n int) []byte {
	return strconv.AppendInt(append(AppendString(append(dst, ','), name), ':'), int64(n), 10)
}

// AppendDiscovery appends the answer to a GET of a discovery endpoint (RFC 7644
// section 4): a list of all schemas or resource types, or one description. The
// error is the 404 for one that does not exist.
func (r *Registry) AppendDiscovery(dst []byte, route Route, c *ServiceProviderConfig, base string) ([]byte, error) {
	switch {
	case route.Endpoint == EndpointConfig:
		return AppendServiceProviderConfig(dst, c, base), nil
	case route.ID == "" && route.Endpoint == EndpointSchemas:
		return r.appendSchemas(dst, base), nil
	case route.ID == "":
		return r.appendResourceTypes(dst, base), nil
	}
	id, err := url.PathUnescape(route.ID)
	if err == nil && route.Endpoint == EndpointSchemas {
		if s := r.Schema(id); s != nil {
			return AppendSchema(dst, s, base), nil
		}
	} else if rt := r.ByName(id); err == nil && rt != nil {
		return AppendResourceType(dst, rt, base), nil
	}
	return nil, Errorf(http.StatusNotFound, "", "%s %s does not exist", route.Endpoint, Quote(id))
}

func (r *Registry) appendSchemas(dst []byte, base string) []byte {
	dst = appendListHead(dst, len(r.schemas))
	for i, s := range r.schemas {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendSchema(dst, s, base)
	}
	return append(dst, "]}"...)
}

func (r *Registry) appendResourceTypes(dst []byte, base string) []byte {
	dst = appendListHead(dst, len(r.Types))
	for i, rt := range r.Types {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendResourceType(dst, rt, base)
	}
	return append(dst, "]}"...)
}

// appendListHead begins a list of n resources that is not paged (RFC 7644
// section 4).
func appendListHead(dst []byte, n int) []byte {
	dst = append(dst, `{"schemas":["`+ListResponseURI+`"]`...)
	dst = appendNumber(dst, "totalResults", n)
	dst = appendNumber(dst, "startIndex", 1)
	dst = appendNumber(dst, "itemsPerPage", n)
	return append(dst, `,"Resources":[`...)
}
