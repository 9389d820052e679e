package rewrite

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/caddy-scim/caddy-scim/scim"
)

// param is a parameter of a query or a member of a search request: RFC 7644
// section 3.4.2 and 3.9, RFC 9865 section 2.
type param uint8

const (
	paramOther param = iota
	paramFilter
	paramSortBy
	paramSortOrder
	paramStartIndex
	paramCount
	paramAttributes
	paramExcluded
	paramCursor
	numParams
)

// params holds the name of each parameter and the places where it stands.
var params = [numParams]struct{ name, query, body string }{
	paramOther:      {"", "query", "body"},
	paramFilter:     {"filter", "query.filter", "body.filter"},
	paramSortBy:     {"sortBy", "query.sortBy", "body.sortBy"},
	paramSortOrder:  {"sortOrder", "query.sortOrder", "body.sortOrder"},
	paramStartIndex: {"startIndex", "query.startIndex", "body.startIndex"},
	paramCount:      {"count", "query.count", "body.count"},
	paramAttributes: {"attributes", "query.attributes", "body.attributes"},
	paramExcluded:   {"excludedAttributes", "query.excludedAttributes", "body.excludedAttributes"},
	paramCursor:     {"cursor", "query.cursor", "body.cursor"},
}

// paramOf finds a parameter by its name in any case.
func paramOf(name string) param {
	for p := paramFilter; p < numParams; p++ {
		if known := params[p].name; len(known) == len(name) && strings.EqualFold(known, name) {
			return p
		}
	}
	return paramOther
}

// isText reports whether a parameter without text says nothing. An empty cursor
// asks for the first page (RFC 9865 section 2), and an empty number is none.
func (p param) isText() bool {
	switch p {
	case paramFilter, paramSortBy, paramSortOrder, paramAttributes, paramExcluded:
		return true
	}
	return false
}

// query is normal form G2 and L for the query of a request. Each parameter is
// read in its place and keeps its bytes unless its meaning is spelled anew.
func (s *session) query(req *scim.Request) error {
	if req.Query == "" {
		return nil
	}
	q := queryReader{s: s, raw: req.Query}
	for start := 0; start <= len(q.raw); {
		piece, _, _ := strings.Cut(q.raw[start:], "&")
		text, keep, err := q.piece(piece)
		if err != nil {
			return err
		}
		q.add(start, piece, text, keep)
		start += len(piece) + 1
	}
	if q.changed {
		req.Query = string(q.out)
	}
	return nil
}

// queryReader goes through a raw query. It writes only once something differs.
type queryReader struct {
	s    *session
	raw  string
	seen [numParams]bool
	text [numParams]string // decoded

	out     []byte
	kept    int
	changed bool
}

// add takes what became of the piece that starts at start.
func (q *queryReader) add(start int, piece, text string, keep bool) {
	if !q.changed && (!keep || text != piece) {
		q.changed = true
		q.out = append(make([]byte, 0, len(q.raw)+32), q.raw[:max(start-1, 0)]...)
	}
	if !keep {
		return
	}
	if q.changed {
		if q.kept > 0 {
			q.out = append(q.out, '&')
		}
		q.out = append(q.out, text...)
	}
	q.kept++
}

// piece reads what stands between two ampersands and tells what to write for
// it, if anything.
func (q *queryReader) piece(piece string) (text string, keep bool, err error) {
	if piece == "" || piece == "?" {
		return piece, !q.s.did(QueryEmpty, "query"), nil
	}
	raw, _, _ := strings.Cut(piece, "=")
	name, err := url.QueryUnescape(raw)
	if err != nil {
		return "", false, badEscape(raw)
	}
	if p := paramOf(name); p != paramOther {
		return q.known(p, piece, name)
	}
	if r := q.s.plan.Rules.dropped(name); r != nil {
		q.s.applied(r, &place{name: "query." + name})
		return "", false, nil
	}
	text, err = q.s.encoded(name, piece, plusIsSpace(paramOther, piece))
	return text, true, err
}

// known brings a parameter of the standard into normal form.
func (q *queryReader) known(p param, piece, name string) (text string, keep bool, err error) {
	at := params[p].query
	raw, value, _ := strings.Cut(piece, "=")
	decoded, err := unescape(p, value)
	if err != nil || !utf8.ValidString(decoded) {
		return "", false, badEscape(params[p].name)
	}
	if drop, err := q.drops(p, decoded); drop || err != nil {
		return "", false, err
	}
	to, err := q.s.param(p, decoded, at)
	if err != nil {
		return "", false, err
	}
	if name != params[p].name && q.s.did(QueryNameCase, at) {
		raw = params[p].name
	}
	if to != decoded {
		return raw + "=" + escaped(to, p), true, nil
	}
	if raw != piece[:len(raw)] {
		piece = raw + piece[len(raw):]
	}
	text, err = q.s.encoded(params[p].name, piece, plusIsSpace(p, value))
	return text, true, err
}

// plusIsSpace tells how a client encodes the spaces of a value: as forms do, or
// as RFC 3986 has it, and then a plus sign is one. A cursor has no spaces.
func plusIsSpace(p param, value string) bool {
	return p != paramCursor && !strings.Contains(value, "%20") && !strings.Contains(value, " ")
}

// unescape decodes the value of a parameter.
func unescape(p param, value string) (string, error) {
	if plusIsSpace(p, value) {
		return url.QueryUnescape(value)
	}
	return url.PathUnescape(value)
}

// drops reports whether a parameter goes: it repeats another one, says nothing,
// or is overruled by another one.
func (q *queryReader) drops(p param, decoded string) (bool, error) {
	at := params[p].query
	if q.seen[p] {
		if q.text[p] != decoded {
			return false, scim.BadRequest(scim.InvalidValue, "%s is given twice with different values", params[p].name)
		}
		return q.s.did(QueryRepeated, at), nil
	}
	q.seen[p], q.text[p] = true, decoded
	switch {
	case p.isText() && saysNothing(decoded):
		return q.s.did(QueryEmpty, at), nil
	case p == paramExcluded && !saysNothing(queryValue(q.raw, paramAttributes)):
		return q.s.did(QueryProjection, at), nil
	}
	return false, nil
}

// dropped returns the rule that removes a query parameter of that name.
func (rs *Ruleset) dropped(name string) *Rule {
	if r := rs.queries[name]; r != nil {
		return r
	}
	for known, r := range rs.queries {
		if strings.EqualFold(known, name) {
			return r
		}
	}
	return nil
}

// saysNothing reports whether a text parameter holds no text.
func saysNothing(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r != ',' && !unicode.IsSpace(r) })
}

// param brings the decoded text of a parameter into normal form. Text that is
// in it comes back as it is.
func (s *session) param(p param, text, at string) (string, error) {
	switch p {
	case paramFilter:
		return s.filterText(text, at)
	case paramSortBy:
		return s.attrPath(text, at), nil
	case paramSortOrder:
		return s.sortOrder(text, at)
	case paramStartIndex, paramCount:
		return s.pageNumber(p, text, at)
	case paramAttributes, paramExcluded:
		return s.names(text, at), nil
	default:
		return text, nil
	}
}

// filterText is normal form F for a filter that may have been encoded twice.
func (s *session) filterText(text, at string) (string, error) {
	if once, ok := encodedTwice(text); ok && s.did(FilterEncodedTwice, at) {
		return s.filter(once, at)
	}
	return s.filter(text, at)
}

// encodedTwice decodes a filter that still is encoded. A filter may well compare
// with a text such as "100%20" or "a+b"; that one can be read as it is.
func encodedTwice(text string) (string, bool) {
	if !strings.Contains(text, "%") && (!strings.Contains(text, "+") || strings.Contains(text, " ")) {
		return "", false
	}
	quoted := strings.Contains(text, `"`) || !strings.Contains(text, "%22")
	if _, err := scim.ParseFilter(text); err == nil && quoted {
		return "", false
	}
	decode := url.QueryUnescape
	if strings.Contains(text, "%20") {
		decode = url.PathUnescape // a plus sign is one where spaces are %20
	}
	once, err := decode(text)
	if err != nil {
		return "", false
	}
	_, err = scim.ParseFilter(once)
	return once, err == nil
}

// queryValue returns the decoded text of a parameter of a query, or "".
func queryValue(query string, p param) string {
	for query != "" {
		var piece string
		piece, query, _ = strings.Cut(query, "&")
		raw, value, _ := strings.Cut(piece, "=")
		if name, err := url.QueryUnescape(raw); err != nil || paramOf(name) != p {
			continue
		}
		if text, err := unescape(p, value); err == nil {
			return text
		}
	}
	return ""
}
