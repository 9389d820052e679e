package imitation

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Missing refuses methods that an endpoint does not have, such as "PUT Groups".
func Missing(status int, routes ...string) Limit {
	return func(c *Call) *Refusal {
		if slices.Contains(routes, c.Method+" "+c.Endpoint) {
			return refuse(status, "", "no such route")
		}
		return nil
	}
}

// MissingPage is Missing as a framework answers it that knows nothing of SCIM.
func MissingPage(routes ...string) Limit {
	missing := Missing(http.StatusNotFound, routes...)
	return func(c *Call) *Refusal {
		r := missing(c)
		if r != nil {
			r.HTML = true
		}
		return r
	}
}

// Plural has the ServiceProviderConfig under the name of SCIM 1.1.
func Plural(c *Call) *Refusal {
	switch {
	case c.Endpoint == scim.EndpointConfig:
		return refuse(http.StatusNotFound, "", "no such route")
	case strings.HasSuffix(c.Path, "/ServiceProviderConfigs"):
		c.Endpoint, c.Path = scim.EndpointConfig, strings.TrimSuffix(c.Path, "s")
	}
	return nil
}

// Count wants the size of a page, if it is given, to be within bounds.
func Count(least, most int) Limit {
	return func(c *Call) *Refusal {
		text := c.Query.Get("count")
		n, err := strconv.Atoi(text)
		if text != "" && (err != nil || n < least || n > most) {
			return refuse(http.StatusBadRequest, scim.InvalidValue, "count is out of range")
		}
		return nil
	}
}

// OneValue refuses more than one value of these attributes.
func OneValue(names ...string) Limit {
	return func(c *Call) *Refusal {
		for _, name := range names {
			if c.Method != http.MethodPatch && tooMany(c.Body.Get(name)) {
				return refuse(http.StatusBadRequest, scim.InvalidValue, name+" takes one value")
			}
			ops := c.Body.Get("Operations")
			for i := range ops.Members() {
				op := ops.At(i)
				if op.Get("path").Text() == name && tooMany(op.Get("value")) {
					return refuse(http.StatusBadRequest, scim.InvalidValue, name+" takes one value")
				}
			}
		}
		return nil
	}
}

func tooMany(v *scim.Value) bool { return v != nil && v.Kind() == scim.Array && v.Len() > 1 }

// isList reports whether a call asks for a collection.
func isList(c *Call) bool {
	return c.Method == http.MethodGet && c.ID == "" && (c.Endpoint == "Users" || c.Endpoint == "Groups")
}
