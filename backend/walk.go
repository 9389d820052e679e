package backend

import (
	"errors"

	"github.com/caddy-scim/caddy-scim/scim"
)

// refusal ends a plan: an answer of the service provider is the answer to
// the client.
type refusal struct{ resp *scim.Response }

func (*refusal) Error() string { return "the service provider refused a request" }

// Reasons to begin again from the start of the collection.
var (
	errFilterIgnored = errors.New("the service provider ignored the filter")
	errStartIgnored  = errors.New("the service provider ignored where to start")
	errNoTotal       = errors.New("the service provider did not say how many there are")
)

// resource is one of a list.
type resource struct {
	value scim.Value
	id    string
	fits  bool     // it is one that the client's filter finds
	next  position // behind it
}

// walk goes through what a call finds, page by page, however the service
// provider pages.
type walk struct {
	*listing
	call  call
	query string // of each page
	size  int    // of a page; 0 leaves it to the service provider
	at    position
	count *budget
	seen  idSet

	begin    position // where it began
	pages    int      // answers so far
	read     int      // resources so far, and those before begin
	fitting  int      // resources that fit the client's filter
	blind    int      // resources still to pass over
	first    string   // id of the first one of the first page
	last     string   // id of the first one of the last page
	total    int      // as the service provider says; -1 if it does not
	noTotal  bool     // it has said nonsense
	jumped   bool     // begin was worked out, and is not where another walk ended
	thorough bool     // its total is held against what comes
	ended    bool
	stopped  bool
}

// next visits the resources of the next page until visit says to stop.
func (w *walk) next(visit func(*resource) (bool, error)) error {
	if !w.count.page() {
		return errBudget
	}
	if w.call.id != "" {
		return w.byID(visit)
	}
	page := newListPage()
	at := w.at
	err := w.fetch(w.parameters(), &page, func(v scim.Value, id string, n int) (bool, error) {
		if n == 0 {
			page.first = id
		}
		if n < at.skip || w.stopped {
			return true, nil
		}
		if !w.count.resource() {
			return false, errBudget
		}
		if w.repeats(&page) {
			return false, nil
		}
		if !w.seen.add(id) {
			return true, nil
		}
		if w.blind > 0 {
			w.blind--
			return true, nil
		}
		more, err := w.show(visit, &resource{value: v, id: id, next: w.behind(at, n+1)})
		w.stopped = !more
		return more || w.style() != pageOff, err // a page is read to its end, for what it says there
	})
	if err != nil {
		return err
	}
	w.pages++
	return w.advance(&page)
}

// show holds a resource against the client's filter and lets it be visited.
func (w *walk) show(visit func(*resource) (bool, error), r *resource) (bool, error) {
	var err error
	if r.fits, err = w.keeps(w.call, &r.value); err != nil {
		return false, err
	}
	w.fitting += boolInt(r.fits)
	return visit(r)
}

// behind is the position behind n resources of the page at a position.
func (w *walk) behind(at position, n int) position {
	switch w.style() {
	case pageIndex, pageOffset:
		at.index += n
	default:
		at.skip = n
	}
	return at
}

// advance decides, behind a page, whether there is another and where.
func (w *walk) advance(page *listPage) error {
	if w.repeats(page) {
		return w.repeated()
	}
	if w.pages == 1 {
		w.first = page.first
	}
	if w.style() == pageOff {
		w.total, w.ended = page.total, !w.stopped
		return nil
	}
	w.read += page.n
	w.setTotal(page)
	if w.pages == 1 && w.begin.index > 0 && page.n > 0 {
		if err := w.verify(page); err != nil {
			return err
		}
	}
	switch w.style() {
	case pageCursor:
		w.ended = page.next == ""
		if page.next != "" && page.next == w.at.token {
			return badList("every page of it names the same next one")
		}
		w.at = position{index: w.read, token: page.next}
		return nil
	case pageNumber:
		w.at = position{index: w.read, page: w.at.page + 1}
	default:
		w.at = position{index: w.read}
	}
	defer func() { w.last = page.first }()
	switch {
	case page.n == 0:
		w.ended = true
	case page.first != "" && page.first == w.last:
		return badList("it shows a page again when it is asked for the next")
	case w.total >= 0:
		w.ended = w.read >= w.total && !w.doubtful(page)
	case w.single() && w.read == 1 && w.fitting == 1:
		w.ended = true
	}
	return nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
