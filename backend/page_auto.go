package backend

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// followed answers a client that pages by cursor in front of a service provider
// of which nothing is known. One that pages by cursor on its own is left alone.
// One that does not ignores the parameter and answers by index: from its answer
// on, the gateway issues the cursors. A search is read as the query it means.
func (b *Backend) followed(x *exchange, query string, next step) (*scim.Response, error) {
	q, err := readQuery(query)
	switch {
	case err != nil || !q.byCursor || x.route.Type == nil:
		return next(x)
	case strings.HasPrefix(q.cursor, cursorMark):
		return b.listed(x.asList(query), next)
	}
	resp, err := next(x)
	if err != nil || q.cursor != "" || resp.Status != http.StatusOK {
		return resp, err
	}
	list, ok := parseObject(resp.Body)
	total, _ := strconv.Atoi(rawOf(list.Get(keyTotal))) // 0 if it is no number
	n := list.Get(keyResources).Len()
	if !ok || n == 0 || n >= total || list.Get("nextCursor").Exists() || list.Get("previousCursor").Exists() {
		return resp, nil
	}
	c := cursor{kind: inCollection, count: q.count, at: position{index: n}}
	list.Set("nextCursor", scim.StringValue(b.seal.seal(c, x.bind(&q))))
	if i := list.Index("startIndex"); i >= 0 {
		list.Delete(i)
	}
	out := *resp
	setBody(&out, http.StatusOK, list.Raw())
	return &out, nil
}

func rawOf(v *scim.Value) string {
	if v == nil {
		return ""
	}
	return v.Raw()
}
