package custom

import (
	"iter"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// query is what a query or the body of a search request asks for (RFC 7644
// sections 3.4.2, 3.4.3 and 3.9).
type query struct {
	filter     scim.Expression // nil if there is none
	sortBy     string
	attributes []string
	excluded   []string

	changed bool
	where   string // query or body
}

// The parameters that name attributes.
const (
	keyFilter     = "filter"
	keySortBy     = "sortBy"
	keySortOrder  = "sortOrder"
	keyAttributes = "attributes"
	keyExcluded   = "excludedAttributes"
)

// lists are the two lists of attributes, those that are there, by name.
func (q *query) lists() iter.Seq2[string, *[]string] {
	return func(yield func(string, *[]string) bool) {
		if q.attributes != nil && !yield(keyAttributes, &q.attributes) {
			return
		}
		if q.excluded != nil {
			yield(keyExcluded, &q.excluded)
		}
	}
}

// at is the place of a parameter.
func (q *query) at(name string) string { return q.where + "." + name }

// read reads a query in normal form.
func (q *query) read(raw string) error {
	q.where = "query"
	for piece := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(piece, "=")
		switch name {
		case keyFilter, keySortBy, keyAttributes, keyExcluded:
			text, err := url.PathUnescape(value)
			if err != nil {
				return scim.BadRequest(scim.InvalidValue, "query parameter %q is not percent-encoded", name)
			}
			if err := q.take(name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *query) take(name, text string) (err error) {
	switch name {
	case keyFilter:
		var f scim.Filter
		f, err = scim.ParseFilter(text) // as it came, if the user has disabled what makes it strict
		q.filter = f.Expression
	case keySortBy:
		q.sortBy = text
	case keyAttributes:
		q.attributes = strings.Split(text, ",")
	case keyExcluded:
		q.excluded = strings.Split(text, ",")
	}
	return err
}

// readSearch reads the body of a search request.
func (q *query) readSearch(body *scim.Value) error {
	*q = query{where: "body"}
	for name, v := range body.Parts() {
		var err error
		switch {
		case (name == keyFilter || name == keySortBy) && v.Kind() == scim.String:
			err = q.take(name, v.Text())
		case name == keyAttributes || name == keyExcluded:
			names := make([]string, 0, 8)
			for _, e := range v.Parts() {
				names = append(names, e.Text())
			}
			err = q.take(name, strings.Join(names, ","))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// value is what a parameter says now; "" if it is not there any more.
func (q *query) value(name string) string {
	switch name {
	case keyFilter:
		if q.filter != nil {
			return q.filter.String()
		}
	case keySortBy:
		return q.sortBy
	case keyAttributes:
		return strings.Join(q.attributes, ",")
	case keyExcluded:
		return strings.Join(q.excluded, ",")
	}
	return ""
}

// print writes a query anew: the parameters in their order, all others as they
// came.
func (q *query) print(raw string) string {
	dst := make([]byte, 0, len(raw)+32)
	for piece := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(piece, "=")
		switch name {
		case keyFilter, keySortBy, keyAttributes, keyExcluded:
			to := q.value(name)
			if to == "" {
				continue
			}
			if text, err := url.PathUnescape(value); err == nil && text == to {
				break
			}
			piece = name + "=" + escape(to)
		case keySortOrder:
			if q.sortBy == "" {
				continue
			}
		}
		if len(dst) > 0 {
			dst = append(dst, '&')
		}
		dst = append(dst, piece...)
	}
	return string(dst)
}

// printSearch writes what has changed into the body of a search request.
func (q *query) printSearch(body *scim.Value) {
	if !q.changed {
		return
	}
	body.Keep(func(m *scim.Member) bool {
		switch m.Name {
		case keySortOrder:
			return q.sortBy != ""
		case keyFilter, keySortBy:
			to := q.value(m.Name)
			if m.Value.Text() != to {
				m.Value.Put(scim.StringValue(to))
			}
			return to != ""
		case keyAttributes:
			return keepNames(m, q.attributes)
		case keyExcluded:
			return keepNames(m, q.excluded)
		}
		return true
	})
}

func keepNames(m *scim.Member, names []string) bool {
	to := scim.ArrayValue()
	for _, name := range names {
		to.Append(scim.StringValue(name))
	}
	m.Value.Put(to)
	return len(names) > 0
}

// escape percent-encodes all but the unreserved characters and the commas of a
// list (RFC 3986 section 2.3).
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	dst := make([]byte, 0, len(text)+len(text)/2)
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~,", c) >= 0 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(dst)
}
