package imitation

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// eachResource visits the resources in an answer.
func eachResource(resp *scim.Response, visit func(resource *scim.Value)) {
	if resp.Status >= http.StatusMultipleChoices || !strings.HasPrefix(resp.Body, "{") {
		return
	}
	doc := scim.Parse(resp.Body)
	if list := doc.Get("Resources"); list != nil {
		for i := range list.Members() {
			visit(list.At(i))
		}
	} else {
		visit(&doc)
	}
	resp.Body = doc.Raw()
}

// Without shows resources without these attributes.
func Without(names ...string) Answer {
	return func(c *Call, resp *scim.Response) {
		if c.Endpoint != "Users" && c.Endpoint != "Groups" {
			return
		}
		eachResource(resp, func(resource *scim.Value) {
			for _, name := range names {
				if i := resource.Index(name); i >= 0 {
					resource.Delete(i)
				}
			}
		})
	}
}

// NoMembers shows every group with an empty list of members.
func NoMembers(c *Call, resp *scim.Response) {
	if c.Endpoint == "Groups" {
		eachResource(resp, func(group *scim.Value) { group.Set("members", scim.ArrayValue()) })
	}
}

// NoVersions shows no entity-tags.
func NoVersions(_ *Call, resp *scim.Response) {
	resp.Header.Del("ETag")
	eachResource(resp, func(resource *scim.Value) {
		if meta := resource.Get("meta"); meta.Index("version") >= 0 {
			meta.Delete(meta.Index("version"))
		}
	})
}

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

// Typed sends every body as a media type.
func Typed(mediaType string) Answer {
	return func(_ *Call, resp *scim.Response) {
		if resp.Header.Get("Content-Type") == scim.MediaType {
			resp.Header.Set("Content-Type", mediaType)
		}
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
