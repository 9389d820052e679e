package rewrite

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// maxPages bounds the exchanges that fill one page.
const maxPages = 500

// filling is a page of a list that is made longer.
type filling struct {
	s     *session
	query string
	start int
	want  int // as many resources as were asked for; -1 means all
	page  scim.Value
	shown int             // by the service provider, some perhaps twice
	known map[string]bool // ids of those that are held
	ended bool
	size  int // bytes that were read
}

// meet fills a page. A list that does not go on where it stopped cannot be
// filled; to show a part of it as the whole would make the client take the rest
// for gone.
func (FillPages) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	if s.route.Operation(req.Method) != "list" || resp.Status != http.StatusOK || queryValue(req.Query, paramCursor) != "" {
		return resp, nil
	}
	f := filling{s: s, query: req.Query, start: 1, want: -1, page: parsed(resp)}
	f.shown = f.held()
	if n, err := strconv.Atoi(queryValue(req.Query, paramStartIndex)); err == nil {
		f.start = n
	}
	if n, err := strconv.Atoi(queryValue(req.Query, paramCount)); err == nil {
		f.want = n
	}
	if !f.isShort() {
		return resp, nil
	}
	s.applied(r, &place{up: &answerPlace, name: keyResources})
	f.size = len(resp.Body)
	for pages := 1; f.isShort() && pages < maxPages && f.size <= s.plan.maxAnswer(); pages++ {
		more, err := f.next()
		if err != nil || more != nil {
			return more, err
		}
	}
	if f.isShort() || f.size > s.plan.maxAnswer() { // what is larger is not repaired (R8)
		return nil, scim.BadRequest(scim.TooMany, "the list is longer than can be read for one answer; ask for less at a time")
	}
	return withBody(resp, f.page.Raw()), nil
}

func (f *filling) held() int { return f.page.Get(keyResources).Len() }

// isShort reports whether the page has less than was asked for although there
// is more.
func (f *filling) isShort() bool {
	n := f.held()
	total, ok := totalOf(&f.page)
	return ok && !f.ended && isArray(f.page.Get(keyResources)) && n > 0 && f.start-1+f.shown < total && (f.want < 0 || n < f.want)
}

// totalOf is what a list says of its length, be it in a string.
func totalOf(page *scim.Value) (int, bool) {
	given := page.Get(keyTotal)
	if given.Empty() {
		return 0, false
	}
	n, err := strconv.Atoi(strings.Trim(given.Raw(), `"`))
	return n, err == nil
}

// next reads the next page and adds it. It returns an answer if that is no page:
// the client has to know that there would be more.
func (f *filling) next() (*scim.Response, error) {
	query := setParameter(f.query, paramStartIndex, f.start+f.shown)
	if f.want >= 0 {
		query = setParameter(query, paramCount, f.want-f.held())
	}
	resp, err := f.s.reads(f.s.req.Path, query)
	if err != nil || resp.Status != http.StatusOK {
		return resp, err
	}
	f.size += len(resp.Body)
	page := parsed(resp)
	more := page.Get(keyResources)
	if !isArray(more) {
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider did not answer with the rest of the list")
	}
	if more.Len() == 0 { // the total may be an estimate, or what follows be withheld: it stays as it was said
		f.ended = true
		return nil, nil
	}
	if f.shown += more.Len(); !f.add(more) {
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider shows the same page of the list again")
	}
	f.page.Set(keyItemsPerPage, scim.IntValue(f.held()))
	return nil, nil
}

// add appends resources, but those that are held: a list that changes while it is
// read moves some from one page to the next. It reports false if all are.
func (f *filling) add(more *scim.Value) bool {
	held := f.page.Get(keyResources)
	if f.known == nil {
		f.known = map[string]bool{}
		for i := range held.Members() {
			f.isNew(held.At(i))
		}
	}
	added := false
	for i := range more.Members() {
		if f.want >= 0 && held.Len() >= f.want {
			break
		}
		if f.isNew(more.At(i)) {
			held.Append(*more.At(i))
			added = true
		}
	}
	return added
}

// isNew reports whether a resource is seen for the first time. One without an id is
// known by all that it is.
func (f *filling) isNew(resource *scim.Value) bool {
	key := resource.Raw()
	if id := resource.Get("id"); !id.Empty() {
		key = id.Raw()
	}
	seen := f.known[key]
	f.known[key] = true
	return !seen
}

// setParameter gives a parameter of a query in normal form another number.
func setParameter(query string, p param, n int) string {
	set := params[p].name + "=" + strconv.Itoa(n)
	if query == "" {
		return set
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		if strings.HasPrefix(part, params[p].name+"=") {
			parts[i] = set
			return strings.Join(parts, "&")
		}
	}
	return query + "&" + set
}

func (EndList) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	if s.route.Operation(req.Method) != "list" || resp.Status != http.StatusOK || queryValue(req.Query, paramCount) == "0" {
		return resp, nil
	}
	start := 1
	if n, err := strconv.Atoi(queryValue(req.Query, paramStartIndex)); err == nil {
		start = n
	}
	page := parsed(resp)
	total, ok := totalOf(&page)
	if resources := page.Get(keyResources); !ok || total < start || !isArray(resources) || resources.Len() > 0 {
		return resp, nil
	}
	s.applied(r, &place{up: &answerPlace, name: keyTotal})
	page.Set(keyTotal, scim.IntValue(start-1))
	return withBody(resp, page.Raw()), nil
}
