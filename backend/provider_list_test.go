package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// listProvider imitates a service provider that has users and no more than the
// capabilities that are declared of it. What is not declared and is sent all the
// same fails the test.
type listProvider struct {
	t     testing.TB
	caps  Capabilities
	users []string // JSON

	ignoresFilter bool
	ignoresStart  bool
	echoesStart   bool // says that it has started where it was told
	ignoresCount  bool
	noTotal       bool
	twice         bool // shows a resource again at the beginning of the next page
	streams       bool
	hides         string // attribute that lists do not show

	requests []string
}

func (p *listProvider) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	p.requests = append(p.requests, req.Method+" "+req.Path+"?"+req.Query)
	values, err := url.ParseQuery(req.Query)
	if err != nil {
		p.t.Errorf("query %q: %v", req.Query, err)
	}
	id, single := strings.CutPrefix(req.Path, "/scim/v2/Users/")
	switch {
	case id == ".search" && req.Method == http.MethodPost && on(p.caps.Search):
		query, err := searchQuery(req.Body)
		if err != nil {
			p.t.Error(err)
		}
		values, _ = url.ParseQuery(query)
	case single:
		return p.one(id), nil
	case req.Path != "/scim/v2/Users" || req.Method != http.MethodGet:
		return problem(http.StatusNotFound), nil
	}
	found, resp := p.find(values)
	if resp != nil {
		return resp, nil
	}
	return p.answer(req, p.page(values, found))
}

func problem(status int) *scim.Response {
	return &scim.Response{
		Status: status, Header: http.Header{"Content-Type": {scim.MediaType}},
		Body: (&scim.Error{Status: status}).Body(),
	}
}

func (p *listProvider) one(id string) *scim.Response {
	for _, raw := range p.users {
		if v := scim.Parse(raw); v.Get("id").Text() == id {
			return &scim.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: raw}
		}
	}
	return problem(http.StatusNotFound)
}

// find filters and sorts as far as that is declared.
func (p *listProvider) find(values url.Values) ([]string, *scim.Response) {
	found := p.users
	for _, name := range []string{"attributes", "excludedAttributes"} {
		if values.Has(name) && !on(p.caps.Projection) {
			p.t.Errorf("%s was sent", name)
		}
	}
	if text := values.Get("filter"); text != "" {
		e, err := scim.ParseStrictFilter(text)
		if err != nil {
			p.t.Errorf("filter %q: %v", text, err)
			return nil, problem(http.StatusBadRequest)
		}
		if why := p.misses(e); why != "" {
			p.t.Errorf("filter %q: %s was not declared", text, why)
		}
		if !p.ignoresFilter {
			found = matching(p.t, found, e)
		}
	}
	if by := values.Get("sortBy"); by != "" {
		if !on(p.caps.Sort) {
			p.t.Errorf("sortBy was sent")
		}
		found = slices.Clone(found)
		slices.SortStableFunc(found, func(a, b string) int {
			order := strings.Compare(textAt(a, by), textAt(b, by))
			if values.Get("sortOrder") == "descending" {
				return -order
			}
			return order
		})
	}
	return found, nil
}

func textAt(raw, name string) string {
	v := scim.Parse(raw)
	return strings.ToLower(v.Get(name).Text())
}

func matching(t testing.TB, users []string, e scim.Expression) []string {
	var found []string
	for _, raw := range users {
		v := scim.Parse(raw)
		ok, err := scim.Matches(e, &v, scim.Core().ByName("User"))
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if ok {
			found = append(found, raw)
		}
	}
	return found
}

// misses finds what of a filter was not declared.
func (p *listProvider) misses(e scim.Expression) string {
	op := ""
	var below []scim.Expression
	switch e := e.(type) {
	case *scim.AttributeExpression:
		op = e.Op.String()
		if names := p.caps.FilterAttributes; names != nil && !slices.Contains(names, e.Path.String()) {
			return e.Path.String()
		}
	case *scim.LogicalExpression:
		op, below = e.Op.String(), []scim.Expression{e.Left, e.Right}
	case *scim.NotExpression:
		op, below = "not", []scim.Expression{e.Expression}
	case *scim.ValuePath:
		op = "[]"
		if p.caps.FilterAttributes == nil {
			below = []scim.Expression{e.Filter}
		}
	}
	if p.caps.Filter != nil && !slices.Contains(p.caps.Filter, op) {
		return op
	}
	for _, e := range below {
		if why := p.misses(e); why != "" {
			return why
		}
	}
	return ""
}

// listed is one page of the provider.
type listedPage struct {
	users []string
	total int
	start int
	next  string
}

func (p *listProvider) page(values url.Values, found []string) listedPage {
	paging := p.caps.Page
	if paging == nil {
		paging = &Paging{}
	}
	style := cmp.Or(paging.Style, pageIndex)
	if style == pageOff {
		for _, name := range []string{"startIndex", "count", "offset", "page", "cursor"} {
			if values.Has(name) {
				p.t.Errorf("%s was sent", name)
			}
		}
		return listedPage{users: found, total: len(found), start: 1}
	}
	most := cmp.Or(p.caps.PageSize, 7)
	size := p.number(values, paging.sizeName(), most)
	if p.caps.PageSize > 0 && size > p.caps.PageSize {
		p.t.Errorf("%s of %d was sent, the largest is %d", paging.sizeName(), size, p.caps.PageSize)
	}
	if size = min(size, most); p.ignoresCount {
		size = len(found)
	}
	begin := 0
	switch first := 1 - boolInt(paging.ZeroBased); style {
	case pageIndex:
		begin = p.number(values, paging.start("startIndex"), first) - first
	case pageOffset:
		begin = p.number(values, paging.start("offset"), 0)
	case pageNumber:
		begin = (p.number(values, paging.start("page"), first) - first) * size
	case pageCursor:
		begin, _ = strconv.Atoi(strings.TrimPrefix(values.Get(paging.start("cursor")), "at+"))
	}
	out := listedPage{total: len(found), start: begin + 1}
	if p.ignoresStart {
		begin = 0
		if !p.echoesStart {
			out.start = 1
		}
	}
	from, to := min(begin, len(found)), min(begin+size, len(found))
	out.users = found[from:to]
	if style == pageCursor && to < len(found) {
		out.next = "at+" + strconv.Itoa(to)
	}
	if p.twice && from > 0 && from < to {
		out.users = append([]string{found[from-1]}, out.users[:len(out.users)-1]...)
		out.users = append(out.users, found[to-1])
	}
	return out
}

func (p *listProvider) number(values url.Values, name string, otherwise int) int {
	if !values.Has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(values.Get(name))
	if err != nil {
		p.t.Errorf("%s=%s: %v", name, values.Get(name), err)
	}
	return n
}

func (p *listProvider) answer(req *scim.Request, page listedPage) (*scim.Response, error) {
	var b strings.Builder
	b.WriteString(`{"schemas":["` + scim.ListResponseURI + `"],"Resources":[`)
	for i, raw := range page.users {
		if i > 0 {
			b.WriteByte(',')
		}
		if p.hides != "" {
			v := scim.Parse(raw)
			v.Keep(func(m *scim.Member) bool { return m.Name != p.hides })
			raw = v.Raw()
		}
		b.WriteString(raw)
	}
	b.WriteString(`]`)
	if !p.noTotal {
		fmt.Fprintf(&b, `,"totalResults":%d`, page.total)
	}
	if page.next != "" {
		fmt.Fprintf(&b, `,"nextCursor":%q`, page.next)
	} else if page.start > 0 && cmp.Or(p.caps.Page, &Paging{}).Style != pageCursor {
		fmt.Fprintf(&b, `,"startIndex":%d`, page.start)
	}
	b.WriteString(`}`)
	resp := &scim.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {scim.MediaType}}}
	if p.streams && req.Stream != nil {
		return resp, req.Stream(little{strings.NewReader(b.String())})
	}
	resp.Body = b.String()
	return resp, nil
}

// little gives little at a time.
type little struct{ r io.Reader }

func (l little) Read(p []byte) (int, error) { return l.r.Read(p[:min(len(p), 97)]) }

// client makes requests for lists through the adaptation.
type listClient struct {
	t    testing.TB
	send scim.Send
}

func newListClient(t testing.TB, p *listProvider) listClient {
	t.Helper()
	b, err := New(Options{Capabilities: p.caps, Registry: scim.Core(), Key: "a key of this test"})
	if err != nil {
		t.Fatal(err)
	}
	return listClient{t, b.Adapt(p.send)}
}

// get asks with the given parameters, which stand in pairs.
func (c listClient) get(pairs ...string) (scim.Value, error) {
	c.t.Helper()
	var p parameters
	for i := 0; i < len(pairs); i += 2 {
		p.add(pairs[i], pairs[i+1])
	}
	resp, err := c.send(c.t.Context(), &scim.Request{
		Method: http.MethodGet, Path: "/scim/v2/Users", Query: string(p),
		Header: http.Header{"Authorization": {"Bearer of-this-test"}},
	})
	if err != nil {
		return scim.Value{}, err
	}
	if resp.Status != http.StatusOK {
		return scim.Value{}, fmt.Errorf("status %d: %s", resp.Status, resp.Body)
	}
	body, err := scim.Check(resp.Body, scim.Limits{Bytes: 64 << 20})
	if err != nil {
		c.t.Fatalf("the answer is no JSON: %v\n%s", err, resp.Body)
	}
	return scim.Parse(body), nil
}

func idsOf(list *scim.Value) []string {
	resources := list.Get(keyResources)
	ids := make([]string, 0, resources.Len())
	for i := range resources.Members() {
		ids = append(ids, resources.At(i).Get("id").Text())
	}
	return ids
}

// byIndex walks through all pages and returns the ids and the total.
func (c listClient) byIndex(count int, pairs ...string) ([]string, error) {
	c.t.Helper()
	var ids []string
	for start := 1; ; {
		list, err := c.get(append(slices.Clone(pairs), "startIndex", strconv.Itoa(start), "count", strconv.Itoa(count))...)
		if err != nil {
			return nil, err
		}
		page := idsOf(&list)
		if len(page) > count {
			c.t.Errorf("count %d was answered with %d resources", count, len(page))
		}
		ids = append(ids, page...)
		start += len(page)
		total, err := strconv.Atoi(rawOf(list.Get(keyTotal)))
		if err != nil {
			c.t.Errorf("the total is %s", rawOf(list.Get(keyTotal)))
		}
		if len(page) == 0 || start > total {
			if total != len(ids) {
				c.t.Errorf("the total is %d, there were %d", total, len(ids))
			}
			return ids, nil
		}
	}
}

// byCursor walks through all pages by cursor.
func (c listClient) byCursor(count int, pairs ...string) ([]string, error) {
	c.t.Helper()
	var ids []string
	next := ""
	for pages := 0; ; pages++ {
		list, err := c.get(append(slices.Clone(pairs), "count", strconv.Itoa(count), "cursor", next)...)
		if err != nil {
			return nil, err
		}
		page := idsOf(&list)
		if len(page) > count {
			c.t.Errorf("count %d was answered with %d resources", count, len(page))
		}
		ids = append(ids, page...)
		if next = list.Get("nextCursor").Text(); next == "" {
			return ids, nil
		}
		if strings.Trim(next, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~") != "" {
			c.t.Errorf("cursor %q is not of unreserved characters", next)
		}
		if pages > 1000 {
			return nil, errors.New("the pages do not end")
		}
	}
}

// someUsers makes n users.
func someUsers(r *rand.Rand, n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = someUser(r, i)
	}
	return users
}

func someUser(r *rand.Rand, i int) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	fmt.Fprintf(&b, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u-%d","userName":"%s.%d@example.com"`,
		i, one("mara.lind", "Mara.Lind", "tove.ek", "OLE.DAHL"), i)
	if r.IntN(3) > 0 {
		fmt.Fprintf(&b, `,"externalId":"%s%d"`, one("hr-", "HR-"), i)
	}
	if r.IntN(3) > 0 {
		fmt.Fprintf(&b, `,"active":%t`, r.IntN(2) == 0)
	}
	if r.IntN(2) > 0 {
		fmt.Fprintf(&b, `,"title":"%s"`, one("Baker", "baker", "Smith", "Ärztin"))
	}
	if r.IntN(2) > 0 {
		fmt.Fprintf(&b, `,"name":{"familyName":"%s"}`, one("Lind", "Ek", "dahl"))
	}
	if n := r.IntN(3); n > 0 {
		b.WriteString(`,"emails":[`)
		for j := range n {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"value":"%s%d@example.com","type":"%s"`, one("m", "M"), i%5, one("work", "home"))
			if j == 0 && r.IntN(2) > 0 {
				b.WriteString(`,"primary":true`)
			}
			b.WriteByte('}')
		}
		b.WriteByte(']')
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, `,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"%s","manager":{"value":"u-%d"}}`, one("Ovens", "ovens"), r.IntN(i+1))
	}
	fmt.Fprintf(&b, `,"meta":{"resourceType":"User","created":"2026-0%d-01T00:00:00Z"}}`, 1+i%9)
	return b.String()
}

// someFilter makes a filter that finds some of the users.
func someFilter(r *rand.Rand, n, depth int) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return someFilter(r, n, depth-1) + " and " + someFilter(r, n, depth-1)
		case 1:
			return "(" + someFilter(r, n, depth-1) + " or " + someFilter(r, n, depth-1) + ")"
		case 2:
			return "not (" + someFilter(r, n, depth-1) + ")"
		}
	}
	i := r.IntN(n + 1)
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"
	switch r.IntN(12) {
	case 0:
		return fmt.Sprintf(`id eq "u-%d"`, i)
	case 1:
		return fmt.Sprintf(`userName %s "%s.%d@example.com"`, one("eq", "eq", "ne"), one("mara.lind", "MARA.LIND", "ole.dahl", "tove.ek"), i)
	case 2:
		return fmt.Sprintf(`externalId eq "%s%d"`, one("hr-", "HR-"), i)
	case 3:
		return fmt.Sprintf(`emails.value %s "%s%d@example.com"`, one("eq", "sw", "ne", "co"), one("m", "M"), i%5)
	case 4:
		return fmt.Sprintf(`emails[type eq "%s" and value eq "m%d@example.com"]`, one("work", "home"), i%5)
	case 5:
		return fmt.Sprintf(`emails[%s]`, one(`type eq "work"`, `primary eq true`, `type ne "home"`, `value sw "m1"`, `type eq "work" or primary eq true`))
	case 6:
		return "active " + one("eq", "ne") + " " + one("true", "false")
	case 7:
		return one("title", "name.familyName", "emails", enterprise+"department", "externalId") + " pr"
	case 8:
		return `title ` + one("co", "sw", "ew", "gt", "le", "eq") + ` "` + one("ba", "ER", "Smith", "ä") + `"`
	case 9:
		return `name.familyName ` + one("eq", "ge", "lt") + ` "` + one("LIND", "ek") + `"`
	case 10:
		return enterprise + one(`department eq "ovens"`, `manager.value eq "u-0"`)
	}
	return fmt.Sprintf(`meta.created %s "2026-0%d-01T00:00:00Z"`, one("gt", "lt", "eq"), 1+i%9)
}

// search asks by POST to .search.
func (c listClient) search(body string) (scim.Value, error) {
	c.t.Helper()
	return c.post("/scim/v2/Users/.search", body)
}

func (c listClient) post(path, body string) (scim.Value, error) {
	resp, err := c.send(c.t.Context(), &scim.Request{
		Method: http.MethodPost, Path: path, Body: body,
		Header: http.Header{"Authorization": {"Bearer of-this-test"}},
	})
	if err != nil {
		return scim.Value{}, err
	}
	if resp.Status != http.StatusOK {
		return scim.Value{}, fmt.Errorf("status %d: %s", resp.Status, resp.Body)
	}
	return scim.Parse(resp.Body), nil
}

// groupProvider answers every list of groups alike and notes the filters.
type groupProvider struct {
	t       testing.TB
	answer  string
	filters []string
}

func (p *groupProvider) get(caps Capabilities, filter string) (scim.Value, error) {
	p.t.Helper()
	b, err := New(Options{Capabilities: caps, Registry: scim.Core()})
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := b.Adapt(p.send)(p.t.Context(), &scim.Request{
		Method: http.MethodGet, Path: "/Groups", Query: "filter=" + url.QueryEscape(filter), Header: http.Header{},
	})
	if err != nil {
		return scim.Value{}, err
	}
	return scim.Parse(resp.Body), nil
}

func (p *groupProvider) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	values, _ := url.ParseQuery(req.Query)
	p.filters = append(p.filters, values.Get("filter"))
	return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: p.answer}, nil
}
