package backend

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// search turns POST …/.search into GET (RFC 7644 section 3.4.3) where there is
// no .search, or where the query has to be looked into. What is too long for a
// URL is asked in parts (see dialect.whole).
func (b *Backend) search(next step) step {
	there := on(b.caps.Search) && !b.caps.queriesLimited()
	return func(x *exchange) (*scim.Response, error) {
		if x.operation != "search" || there && !strings.Contains(x.req.Body, `"cursor"`) {
			return next(x)
		}
		query, err := searchQuery(x.req.Body)
		switch {
		case there:
			return b.followed(x, query, next)
		case err != nil:
			return nil, err
		}
		return next(x.asList(query))
	}
}

// asList is a search as a GET with the query that it means. The root, at which
// one may search, is no route of its own.
func (x *exchange) asList(query string) *exchange {
	sub := x.sub(http.MethodGet, strings.TrimSuffix(x.route.Clean, "/.search"), query, "")
	sub.route, sub.operation = x.route, "list"
	sub.route.Search, sub.route.Clean = false, sub.req.Path
	return sub
}

// searchQuery writes a search request as a query.
func searchQuery(body string) (string, error) {
	doc, err := scim.Check(body, scim.Limits{Bytes: len(body)})
	if err != nil {
		return "", err
	}
	request := scim.Parse(doc)
	if request.Kind() != scim.Object {
		return "", scim.BadRequest(scim.InvalidSyntax, "a search request is an object, not %s", request.Kind())
	}
	var p parameters
	for name, v := range request.Parts() {
		if strings.EqualFold(name, keySchemas) || v.Kind() == scim.Null {
			continue
		}
		if p.add(name, searchText(&v)); name == "" {
			return "", scim.BadRequest(scim.InvalidSyntax, "a search request has a member without a name")
		}
	}
	_, err = readQuery(string(p))
	return string(p), err
}

// searchText is a member of a search request as a query has it.
func searchText(v *scim.Value) string {
	switch v.Kind() {
	case scim.String:
		return v.Text()
	case scim.Array:
		names := make([]string, v.Len())
		for i := range names {
			names[i] = v.At(i).Text()
		}
		return strings.Join(names, ",")
	default:
		return v.Raw()
	}
}
