package backend

import (
	"cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// How a service provider pages: the values of Paging.Style.
const (
	pageIndex  = "index"
	pageOffset = "offset"
	pageNumber = "page"
	pageCursor = "cursor"
	pageOff    = "off"
)

// paging is how the service provider pages.
func (b *Backend) paging() *Paging {
	if b.caps.Page == nil {
		return &Paging{}
	}
	return b.caps.Page
}

func (p *Paging) start(usual string) string { return cmp.Or(p.Start, usual) }
func (p *Paging) sizeName() string          { return cmp.Or(p.Size, "count") }

func (l *listing) style() string { return cmp.Or(l.b.paging().Style, pageIndex) }

// listing is one request for a list on its way through the gateway: what the
// client wants, and the calls that are made for it.
type listing struct {
	x     *exchange
	b     *Backend
	below step
	q     query
	calls []call
	exact bool // there is one call, and it asks for what the client asks for
	sorts bool // the order is made here

	count *budget
	keeps func(call, *scim.Value) (bool, error)
}

// window is the page of a client while it is filled.
type window struct {
	skip  int // resources still to pass over
	want  int // resources at most
	seen  int // resources so far that belong to the answer, on the page or not
	held  []string
	bytes int
}

// full reports whether nothing more goes onto the page.
func (w *window) full() bool { return len(w.held) >= w.want || w.bytes >= maxPageBytes }

// take counts a resource of the answer, and keeps it if it is on the page.
func (w *window) take(v *scim.Value) {
	w.seen++
	switch {
	case w.skip > 0:
		w.skip--
	case !w.full():
		raw := v.Raw()
		w.held = append(w.held, raw)
		w.bytes += len(raw)
	}
}

// result is the answer to a request for a list.
type result struct {
	held  []string
	total int // -1 if not known
	start int // 0 if paged by cursor
	next  string
}

// walk begins to walk through a call at a position.
func (l *listing) walk(c call, at position, size int) *walk {
	w := &walk{listing: l, call: c, size: size, at: at, begin: at, count: l.count, read: at.index, seen: newIDSet(), total: -1}
	w.query = l.shared(c)
	return w
}

// shared is the part of a call's query that is the same on every page.
func (l *listing) shared(c call) string {
	var p parameters
	if c.sent != nil {
		if l.q.filter == c.sent && l.b.caps.Filter == nil {
			p.add("filter", l.q.filterText)
		} else {
			p.add("filter", dialect{&l.b.caps, c.rt}.print(c.sent))
		}
	}
	if l.q.sortBy != "" && !l.sorts && on(l.b.caps.Sort) {
		p.add("sortBy", l.q.sortBy)
		if l.q.descending {
			p.add("sortOrder", l.q.order())
		}
	}
	l.project(&p, c.rt)
	for _, piece := range l.q.others {
		p.piece([]byte(piece))
	}
	return string(p)
}

// want is the length of the page that the client gets.
func (l *listing) want() int {
	most := cmp.Or(l.b.caps.PageSize, largestPage)
	if l.q.count < 0 {
		return cmp.Or(l.b.caps.PageSize, defaultPage)
	}
	return min(l.q.count, most)
}

// pageSize is the length of a page that is good to have so many resources.
func (l *listing) pageSize(want int) int {
	if most := l.b.caps.PageSize; most > 0 {
		return most
	}
	return max(want, defaultPage)
}

// tooMuch refuses what would take more than the budget to answer.
func tooMuch() *scim.Error {
	return scim.BadRequest(scim.TooMany, "the service provider cannot answer this by itself, and too much of it would have to be read here; ask for less, or page by cursor")
}
