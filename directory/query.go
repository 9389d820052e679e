package directory

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// query is what a client asks for: which resources, in which order, how many,
// and what of them (RFC 7644 section 3.4.2).
type query struct {
	attributes []scim.AttrPath // nil if not given
	excluded   []scim.AttrPath
	filter     scim.Expression
	sortBy     *scim.AttrPath
	descending bool
	start      int // counts from 1
	count      int
}

// readQuery reads the query of a URL. It is no form: a plus sign is a plus sign
// (RFC 3986), and a parameter that is not known is ignored (RFC 7644 section
// 3.4.2), whatever its name resembles.
func (d *Directory) readQuery(raw string) (query, error) {
	q := query{start: 1, count: d.opt.MaxResults}
	if raw == "" {
		return q, nil
	}
	if at := strings.IndexFunc(raw, notInQuery); at >= 0 {
		return q, scim.BadRequest(scim.InvalidValue, "query: the character at %d has to be percent-encoded", at+1)
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := url.PathUnescape(name)
		if err == nil {
			value, err = url.PathUnescape(value)
		}
		if err != nil {
			return q, scim.BadRequest(scim.InvalidValue, "query: bad percent-encoding in %s", scim.Quote(part))
		}
		known, err := d.readParameter(&q, name, value)
		if err != nil {
			return q, err
		}
		if known && seen[name] {
			return q, scim.BadRequest(scim.InvalidValue, "%s: is given twice", name)
		}
		seen[name] = true
	}
	return q, q.check()
}

// notInQuery tells the characters that RFC 3986 section 3.4 does not allow in a
// query.
func notInQuery(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>[]\\^`{|}#", r)
}

func (d *Directory) readParameter(q *query, name, value string) (known bool, err error) {
	switch name {
	case "attributes":
		q.attributes, err = attrPaths(name, strings.Split(value, ","))
	case "excludedAttributes":
		q.excluded, err = attrPaths(name, strings.Split(value, ","))
	case "filter":
		q.filter, err = scim.ParseStrictFilter(value)
	case "sortBy":
		err = q.setSortBy(value)
	case "sortOrder":
		err = q.setSortOrder(value)
	case "startIndex":
		q.start, err = readNumber(name, value)
	case "count":
		q.count, err = readNumber(name, value)
	default:
		return false, nil
	}
	q.clamp(d.opt.MaxResults)
	return true, err
}

// clamp brings the numbers into their bounds (RFC 7644 table 6).
func (q *query) clamp(most int) {
	q.start = max(q.start, 1)
	q.count = min(max(q.count, 0), most)
}

func (q *query) check() error {
	if q.attributes != nil && q.excluded != nil { // RFC 7644 section 3.9
		return scim.BadRequest(scim.InvalidValue, "attributes and excludedAttributes exclude each other")
	}
	return nil
}

func (q *query) setSortBy(value string) error {
	p, err := scim.ParseAttrPath(value)
	if err != nil {
		return scim.BadRequest(scim.InvalidValue, "sortBy: %s is no attribute name", scim.Quote(value))
	}
	q.sortBy = &p
	return nil
}

func (q *query) setSortOrder(value string) error {
	switch value {
	case "ascending":
	case "descending":
		q.descending = true
	default:
		return scim.BadRequest(scim.InvalidValue, "sortOrder: want ascending or descending")
	}
	return nil
}

func readNumber(name, value string) (int, error) {
	digits := strings.TrimPrefix(value, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, scim.BadRequest(scim.InvalidValue, "%s: want an integer", name)
	}
	n, err := strconv.Atoi(value)
	if err != nil { // too large for an int, which is as good as the largest
		n = 1<<31 - 1
		if value != digits {
			n = 0
		}
	}
	return n, nil
}

// readSearch reads the body of a request to .search (RFC 7644 section 3.4.3).
func (d *Directory) readSearch(body *scim.Value) (query, error) {
	q := query{start: 1, count: d.opt.MaxResults}
	if body.Kind() != scim.Object {
		return q, scim.BadRequest(scim.InvalidSyntax, "the body must be an object, got %s", body.Kind())
	}
	if err := checkMessage(body, scim.SearchRequestURI); err != nil {
		return q, err
	}
	for i := range body.Members() {
		m := &body.Members()[i]
		if m.Name == "schemas" || m.Value.Empty() {
			continue
		}
		value, err := searchValue(m)
		if err != nil {
			return q, err
		}
		known, err := d.readParameter(&q, m.Name, value)
		if err != nil {
			return q, err
		}
		if !known {
			return q, scim.BadRequest(scim.InvalidSyntax, "unknown member %s", scim.Quote(m.Name))
		}
	}
	return q, q.check()
}

// searchValue returns a member as the parameter of a URL would have it, after it
// has been held against the type that it has in a body.
func searchValue(m *scim.Member) (string, error) {
	v := &m.Value
	want := scim.String
	switch m.Name {
	case "attributes", "excludedAttributes":
		want = scim.Array
	case "startIndex", "count":
		want = scim.Number
	}
	switch {
	case v.Kind() != want:
		return "", scim.BadRequest(scim.InvalidSyntax, "%s: want %s, got %s", m.Name, want, v.Kind())
	case want == scim.Number:
		return v.Raw(), nil
	case want == scim.String:
		return v.Text(), nil
	}
	names := make([]string, v.Len())
	for i := range names {
		if v.At(i).Kind() != scim.String || strings.Contains(v.At(i).Text(), ",") {
			return "", scim.BadRequest(scim.InvalidSyntax, "%s[%d]: want an attribute name", m.Name, i)
		}
		names[i] = v.At(i).Text()
	}
	return strings.Join(names, ","), nil
}

// checkMessage wants the schemas of a message to be exactly its URI.
func checkMessage(body *scim.Value, uri string) error {
	schemas := body.Get("schemas")
	if schemas.Empty() || schemas.Kind() != scim.Array || schemas.Len() != 1 || !strings.EqualFold(schemas.At(0).Text(), uri) {
		return scim.BadRequest(scim.InvalidSyntax, `schemas: must be [%s]`, scim.Quote(uri))
	}
	return nil
}
