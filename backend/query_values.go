package backend

import (
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// mapQuery gives the values of a query to change and writes those anew that it
// changes.
func mapQuery(query string, change func(name, value string) (string, error)) (string, error) {
	pieces, changed := strings.Split(query, "&"), false
	for i, piece := range pieces {
		name, raw, found := strings.Cut(piece, "=")
		value, err := url.QueryUnescape(raw)
		if !found || err != nil {
			continue
		}
		to, err := change(name, value)
		if err != nil {
			return "", err
		}
		if to != value {
			pieces[i], changed = name+"="+string(appendEscaped(nil, to)), true
		}
	}
	if !changed {
		return query, nil
	}
	return strings.Join(pieces, "&"), nil
}

// mapSearch does for the body of a search what mapQuery does for a query (RFC
// 7644 section 3.4.3).
func mapSearch(body string, change func(name, value string) (string, error)) (string, error) {
	doc := scim.Parse(body)
	for i := range doc.Members() {
		m := &doc.Members()[i]
		if err := mapTexts(&m.Value, func(text string) (string, error) { return change(m.Name, text) }); err != nil {
			return "", err
		}
	}
	if !doc.Changed() {
		return body, nil
	}
	return doc.Raw(), nil
}

// mapTexts changes a string, or each in an array.
func mapTexts(v *scim.Value, change func(string) (string, error)) error {
	if v.Kind() == scim.Array {
		for i := range v.Members() {
			if err := mapTexts(v.At(i), change); err != nil {
				return err
			}
		}
	}
	if v.Kind() != scim.String {
		return nil
	}
	text := v.Text()
	to, err := change(text)
	if err == nil && to != text {
		v.Put(scim.StringValue(to))
	}
	return err
}

// eachComparison calls do with every comparison of a filter, and with the
// attribute in whose brackets it stands.
func eachComparison(e scim.Expression, in *scim.ValuePath, do func(in *scim.ValuePath, c *scim.AttributeExpression)) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		do(in, e)
	case *scim.LogicalExpression:
		eachComparison(e.Left, in, do)
		eachComparison(e.Right, in, do)
	case *scim.NotExpression:
		eachComparison(e.Expression, in, do)
	case *scim.ValuePath:
		eachComparison(e.Filter, e, do)
	}
}
