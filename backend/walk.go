package backend

import (
	"errors"
	"hash/maphash"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Bounds of a walk, where the configuration does not say otherwise: what one
// request of a client may have the gateway read.
const (
	DefaultScanPages     = 2000             // answers of the service provider
	DefaultScanResources = 200_000          // resources in them
	DefaultScanTime      = 30 * time.Second // until the last of them is asked for
)

// budget is what is left of these bounds.
type budget struct {
	pages, resources int
	until            time.Time
	now              func() time.Time
}

// errBudget ends a walk that has used up its budget.
var errBudget = errors.New("the budget of the request is used up")

func (b *Backend) budget() *budget {
	now := b.seal.now
	left := &budget{pages: DefaultScanPages, resources: DefaultScanResources, until: now().Add(DefaultScanTime), now: now}
	if b.caps.ScanPages > 0 {
		left.pages = b.caps.ScanPages
	}
	if b.caps.ScanResources > 0 {
		left.resources = b.caps.ScanResources
	}
	if b.caps.ScanSeconds > 0 {
		left.until = now().Add(time.Duration(b.caps.ScanSeconds) * time.Second)
	}
	return left
}

// page takes one answer from the budget.
func (b *budget) page() bool {
	b.pages--
	return b.pages >= 0 && b.now().Before(b.until)
}

// resource takes one resource from the budget. The clock is looked at now and
// then.
func (b *budget) resource() bool {
	b.resources--
	return b.resources >= 0 && (b.resources%1024 != 0 || b.now().Before(b.until))
}

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

// repeats reports whether a later page begins as the first one did.
func (w *walk) repeats(page *listPage) bool {
	return w.first != "" && w.style() != pageOff && w.style() != pageCursor && page.first == w.first
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

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
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

// idSet remembers ids by two hashes: a collection of 100,000 costs a few
// megabytes, however long its ids are.
type idSet struct {
	seeds [2]maphash.Seed
	known map[[2]uint64]struct{}
}

func newIDSet() idSet {
	return idSet{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, known: map[[2]uint64]struct{}{}}
}

// add reports whether an id is new. A resource without one always is.
func (s idSet) add(id string) bool {
	if id == "" {
		return true
	}
	key := [2]uint64{maphash.String(s.seeds[0], id), maphash.String(s.seeds[1], id)}
	if _, known := s.known[key]; known {
		return false
	}
	s.known[key] = struct{}{}
	return true
}
