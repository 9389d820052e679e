package backend

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Bounds of what the gateway composes.
const (
	// defaultPage is the number of resources that are asked for where neither the
	// client nor the configuration names one. Every service provider that is known
	// to have a limit allows this many.
	defaultPage = 100
	// largestPage bounds the page of a client where no page_size is configured. It
	// is what the gateway says of itself.
	largestPage = maxResults
	// maxPageBytes bounds a page in bytes: it ends early, as RFC 7644 section
	// 3.4.2.4 allows.
	maxPageBytes = 4 << 20
	// maxQuery is the length of a query that every server takes. A longer filter
	// is not sent but asked in parts or evaluated here.
	maxQuery = 4 << 10
)

// queries has lists found, ordered, paged and pruned by the service provider as
// far as it can do that, and does the rest here.
func (b *Backend) queries(next step) step {
	limited, search := b.caps.queriesLimited(), on(b.caps.Search)
	return func(x *exchange) (*scim.Response, error) {
		switch {
		case x.operation != "list":
			if !on(b.caps.Projection) && shows(x) {
				x = unprojected(x)
			}
			return next(x)
		case limited || !search && (x.route.Type == nil || len(x.req.Query) > maxQuery):
			return b.listed(x, next)
		case strings.Contains(x.req.Query, "cursor"):
			return b.followed(x, x.req.Query, next)
		}
		return next(x)
	}
}

// queriesLimited reports whether there are queries that have to be looked into.
func (c *Capabilities) queriesLimited() bool {
	return c.Filter != nil || c.FilterAttributes != nil || c.Page != nil || c.PageSize > 0 || !on(c.Sort) || !on(c.Projection) ||
		c.List != nil && c.List.Total == "" // nobody says how many there are: they are counted here
}

// query is what a list request asks for (RFC 7644 section 3.4.2, RFC 9865
// section 2).
type query struct {
	filterText string
	filter     scim.Expression // nil if there is none

	sortBy     string
	descending bool

	start    int // from 1
	count    int // -1 if not given
	byCursor bool
	cursor   string

	attributes string
	excluded   string

	others []string // pieces of the query that say something else, as they came
}

// order is the sortOrder.
func (q *query) order() string {
	switch {
	case q.sortBy == "":
		return ""
	case q.descending:
		return "descending"
	}
	return "ascending"
}

// readQuery reads a query in normal form.
func readQuery(raw string) (query, error) {
	q := query{start: 1, count: -1}
	for piece := range strings.SplitSeq(raw, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		value, err := url.QueryUnescape(value)
		if err != nil {
			return q, scim.BadRequest(scim.InvalidValue, "query parameter %q is not percent-encoded", name)
		}
		if err := q.parameter(name, value, piece); err != nil {
			return q, err
		}
	}
	slices.Sort(q.others)
	return q, nil
}

func (q *query) parameter(name, value, piece string) (err error) {
	switch name {
	case "filter":
		q.filterText = value
		q.filter, err = parseFilter(value)
	case "sortBy":
		q.sortBy = value
	case "sortOrder":
		q.descending = strings.EqualFold(value, "descending")
	case "startIndex":
		q.start, err = readCount(name, value)
		q.start = max(q.start, 1)
	case "count":
		q.count, err = readCount(name, value)
		q.count = max(q.count, 0)
	case "cursor":
		q.byCursor, q.cursor = true, value
	case "attributes":
		q.attributes = value
	case "excludedAttributes":
		q.excluded = value
	default:
		q.others = append(q.others, piece)
	}
	return err
}

func parseFilter(text string) (scim.Expression, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	f, err := scim.ParseFilter(text)
	if err != nil {
		return nil, err
	}
	return f.Expression, nil
}

// readCount reads a number; one that is too large for an int is as good as the
// largest.
func readCount(name, text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil && strings.Trim(strings.TrimPrefix(text, "-"), "0123456789") != "" || text == "" {
		return 0, scim.BadRequest(scim.InvalidValue, "%s is not a whole number: %q", name, text)
	}
	return int(n), nil
}

// parameters builds a query.
type parameters []byte

func (p *parameters) add(name, value string) {
	p.piece(appendEscaped(append(appendEscaped(nil, name), '='), value))
}

func (p *parameters) number(name string, n int) { p.add(name, strconv.Itoa(n)) }

func (p *parameters) piece(text []byte) {
	if len(*p) > 0 {
		*p = append(*p, '&')
	}
	*p = append(*p, text...)
}

// appendEscaped percent-encodes all but the unreserved characters and the commas
// of a list (RFC 3986 section 2.3).
func appendEscaped(dst []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~,", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}
