package backend

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// parameters is the query of the next page.
func (w *walk) parameters() string {
	p := parameters(w.query)
	paging := w.b.paging()
	switch base := 1 - boolInt(paging.ZeroBased); w.style() {
	case pageIndex:
		if w.at.index > 0 || w.pages > 0 {
			p.number(paging.start("startIndex"), w.at.index+base)
		}
	case pageOffset:
		p.number(paging.start("offset"), w.at.index)
	case pageNumber:
		p.number(paging.start("page"), w.at.page+base)
	case pageCursor:
		p.add(paging.start("cursor"), w.at.token)
	case pageOff:
		return string(p)
	}
	if w.size > 0 {
		p.number(paging.sizeName(), w.size)
	}
	return string(p)
}

// byID reads the one resource that a call by id finds.
func (w *walk) byID(visit func(*resource) (bool, error)) error {
	w.ended, w.total = true, -1
	var p parameters
	w.project(&p, w.call.rt)
	for _, piece := range w.q.others {
		p.piece([]byte(piece))
	}
	id := url.PathEscape(w.call.id)
	sub := w.x.sub(http.MethodGet, w.call.path+"/"+id, string(p), "")
	if sub.route.ID != id || sub.route.Search || sub.operation != "get" || id == "." || id == ".." {
		return nil // no resource has such an id
	}
	resp, err := w.below(sub)
	switch {
	case err != nil:
		return err
	case resp.Status == http.StatusNotFound || resp.Status == http.StatusGone:
		return nil
	case resp.Status != http.StatusOK:
		return &refusal{resp}
	}
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: maxResource})
	if err != nil {
		return badList("a resource is no JSON")
	}
	v := scim.Parse(doc)
	if v.Kind() != scim.Object {
		return badList("a resource is no object")
	}
	if found := idOf(&v); w.seen.add(found) {
		_, err = w.show(visit, &resource{value: v, id: found})
	}
	return err
}

// fetch asks for a page and visits its resources, as they come if the transport
// can do that.
func (w *walk) fetch(query string, page *listPage, visit visitor) error {
	sub := w.x.sub(http.MethodGet, w.call.path, query, "")
	var failed error
	streamed := false
	read := func(r io.Reader) error {
		streamed = true
		if w.b.full {
			r = w.b.readList(sub, r)
		}
		failed = page.read(r, visit)
		return failed
	}
	sub.req.Stream = read
	resp, err := w.below(sub)
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case streamed:
		return nil
	case resp.Status == http.StatusNoContent, resp.Status == http.StatusNotFound && (w.call.sent != nil || w.pages > 0):
		return nil // nothing was found
	case resp.Status != http.StatusOK:
		return &refusal{resp}
	}
	return read(strings.NewReader(resp.Body))
}

// idOf is the id of a resource.
func idOf(v *scim.Value) string {
	for name, part := range v.Parts() {
		if strings.EqualFold(name, "id") {
			if part.Kind() == scim.String {
				return part.Text()
			}
			return part.Raw()
		}
	}
	return ""
}
