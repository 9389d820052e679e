package backend

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// setTotal takes the total of a page, unless it cannot be one.
func (w *walk) setTotal(page *listPage) {
	w.total = page.total
	if w.noTotal = w.noTotal || page.total >= 0 && page.n > 0 && page.total < w.read; w.noTotal {
		w.total = -1
	}
}

// doubtful tells a total that may be no more than the length of the page: that
// is what some service providers give.
func (w *walk) doubtful(page *listPage) bool {
	return w.thorough && w.pages == 1 && w.begin == position{} && page.n == page.total && page.n >= w.size && w.size > 1 && !w.single()
}

// single tells a call that finds one resource at most: it asks for a value that
// no two have.
func (w *walk) single() bool {
	e, ok := w.call.sent.(*scim.AttributeExpression)
	return ok && e.Op == scim.Equal && attributeRank(e.Path) == findsOne
}

// repeats reports whether a later page begins as the first one did.
func (w *walk) repeats(page *listPage) bool {
	return w.first != "" && w.style() != pageOff && w.style() != pageCursor && page.first == w.first
}

// repeated is reached when a later page is the first one again: startIndex is
// ignored. That is no harm if the first page has shown everything.
func (w *walk) repeated() error {
	switch {
	case w.begin.index > 0:
		return errStartIgnored
	case w.total >= 0:
		w.ended = w.read >= w.total
	case w.size == 0 || w.read != w.size:
		w.ended = true
	default: // a full page; was it full because that was asked for?
		size := 1
		if w.size == 1 {
			size = 2
		}
		other, err := w.probe(size, func(int) bool { return true })
		if err != nil {
			return err
		}
		w.ended = other.n == w.read
	}
	if !w.ended {
		return badList("it shows the first page only, whichever is asked for")
	}
	return nil
}

// probe reads the first page of the collection in another size.
func (w *walk) probe(size int, more func(n int) bool) (listPage, error) {
	page := newListPage()
	if !w.count.page() {
		return page, errBudget
	}
	from := walk{listing: w.listing, call: w.call, query: w.query, size: size}
	err := w.fetch(from.parameters(), &page, func(_ scim.Value, id string, n int) (bool, error) {
		if n == 0 {
			page.first = id
		}
		return more(n), nil
	})
	return page, err
}

// verify makes sure that the first page of a walk that did not begin at the
// beginning is the one that was asked for. Where the answer does not say so, it
// is held against how the collection begins.
func (w *walk) verify(page *listPage) error {
	switch w.style() {
	case pageOff, pageCursor:
		return nil
	case pageIndex, pageOffset:
		if page.start == w.begin.index+1 && !w.noTotal {
			return nil
		}
	}
	if w.noTotal {
		return errStartIgnored
	}
	short := w.jumped && w.style() == pageNumber && page.n < w.size
	size := 1
	if short {
		size = w.size
	}
	beginning, err := w.probe(size, func(int) bool { return short })
	switch {
	case err != nil:
	case beginning.first != "" && beginning.first == page.first:
		return errStartIgnored
	case short && beginning.n < w.size: // pages are smaller than was asked for, and begin elsewhere
		return errStartIgnored
	}
	return err
}

func badList(why string) *scim.Error {
	return scim.Errorf(http.StatusBadGateway, "", "the service provider's list cannot be read to the end: %s", why)
}
