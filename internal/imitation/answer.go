package imitation

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// NoList has a list without its totals.
func NoList(members ...string) Answer {
	return func(c *Call, resp *scim.Response) {
		if doc := scim.Parse(resp.Body); isList(c) && doc.Get("Resources") != nil {
			for _, name := range members {
				if i := doc.Index(name); i >= 0 {
					doc.Delete(i)
				}
			}
			resp.Body = doc.Raw()
		}
	}
}

// EmptyAfterPatch answers a PATCH with an empty object.
func EmptyAfterPatch(c *Call, resp *scim.Response) {
	if c.Method == http.MethodPatch && resp.Status == http.StatusOK {
		resp.Body = "{}"
	}
}

// Errors words errors in another way: %d stands for the status and %s for the
// detail as a JSON string.
func Errors(format string) Answer {
	return func(_ *Call, resp *scim.Response) {
		if resp.Status < http.StatusBadRequest || !strings.HasPrefix(resp.Body, "{") {
			return
		}
		doc := scim.Parse(resp.Body)
		status := strconv.Itoa(resp.Status)
		resp.Body = strings.NewReplacer("%d", status, "%s", scim.Quote(doc.Get("detail").Text())).Replace(format)
		resp.Header.Set("Content-Type", "application/json")
	}
}

// Config changes what the service provider says of itself.
func Config(change func(config *scim.Value)) Answer {
	return func(c *Call, resp *scim.Response) {
		if c.Endpoint == scim.EndpointConfig && resp.Status == http.StatusOK {
			doc := scim.Parse(resp.Body)
			change(&doc)
			resp.Body = doc.Raw()
		}
	}
}
