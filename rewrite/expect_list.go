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
}

// meet fills a page. A list that does not go on where it stopped cannot be
// filled; to show a part of it as the whole would make the client take the rest
// for gone.
func (FillPages) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	if s.route.Operation(req.Method) != "list" || resp.Status != http.StatusOK || queryValue(req.Query, paramCursor) != "" {
		return resp, nil
	}
	f := filling{s: s, query: req.Query, start: 1, want: -1, page: parsed(resp)}
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
	for pages := 1; f.isShort(); pages++ {
		if pages == maxPages || len(f.page.Raw()) > s.plan.maxAnswer() {
			return nil, scim.BadRequest(scim.TooMany, "the list is longer than can be read for one answer; ask for less at a time")
		}
		more, err := f.next()
		if err != nil || more != nil {
			return more, err
		}
	}
	return withBody(resp, f.page.Raw()), nil
}

func (f *filling) held() int { return f.page.Get(keyResources).Len() }

// isShort reports whether the page has less than was asked for although there
// is more.
func (f *filling) isShort() bool {
	n := f.held()
	total, ok := totalOf(&f.page)
	return ok && isArray(f.page.Get(keyResources)) && n > 0 && f.start-1+n < total && (f.want < 0 || n < f.want)
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
	n := f.held()
	query := setParameter(f.query, paramStartIndex, f.start+n)
	if f.want >= 0 {
		query = setParameter(query, paramCount, f.want-n)
	}
	resp, err := f.s.reads(f.s.req.Path, query)
	if err != nil || resp.Status != http.StatusOK {
		return resp, err
	}
	page := parsed(resp)
	more := page.Get(keyResources)
	if !isArray(more) {
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider did not answer with the rest of the list")
	}
	if more.Len() == 0 { // there is no more, whatever the total said
		f.page.Set(keyTotal, scim.IntValue(f.start-1+n))
		return nil, nil
	}
	held := f.page.Get(keyResources)
	if scim.SameValue(more.At(0), held.At(0)) {
		return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider shows the same page of the list again")
	}
	for i := range more.Members() {
		if f.want >= 0 && held.Len() >= f.want {
			break
		}
		held.Append(*more.At(i))
	}
	f.page.Set(keyItemsPerPage, scim.IntValue(held.Len()))
	return nil, nil
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
	if !ok || total < start || page.Get(keyResources).Len() > 0 {
		return resp, nil
	}
	s.applied(r, &place{up: &answerPlace, name: keyTotal})
	page.Set(keyTotal, scim.IntValue(start-1))
	return withBody(resp, page.Raw()), nil
}
