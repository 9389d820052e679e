package imitation

import (
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Cursors is paging by cursor alone: startIndex is unknown, and a request with a
// cursor is answered in the shape of RFC 9865, without totals.
func Cursors(size int) (Limit, Answer) {
	limit := func(c *Call) *Refusal {
		if !isList(c) {
			return nil
		}
		c.Query.Del("startIndex")
		if n, err := strconv.Atoi(c.Query.Get("count")); err != nil || n > size {
			c.Query.Set("count", strconv.Itoa(size))
		}
		if cursor := c.Query.Get("cursor"); cursor != "" {
			c.Query.Set("startIndex", cursor[len("page:"):])
		}
		return nil
	}
	return limit, func(c *Call, resp *scim.Response) {
		doc := scim.Parse(resp.Body)
		list := doc.Get("Resources")
		if !isList(c) || list == nil {
			return
		}
		start, _ := strconv.Atoi(doc.Get("startIndex").Raw())
		total, _ := strconv.Atoi(doc.Get("totalResults").Raw())
		if !c.Query.Has("cursor") {
			return
		}
		for _, name := range [...]string{"totalResults", "startIndex"} {
			doc.Delete(doc.Index(name))
		}
		if next := start + doc.Get("Resources").Len(); next <= total {
			doc.Set("nextCursor", scim.StringValue("page:"+strconv.Itoa(next)))
		}
		resp.Body = doc.Raw()
	}
}
