package rewrite_test

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// requestGarments are shapes of the request line, the headers and the encoding
// (G1 to G4, L).
var requestGarments = []garment{
	{"endpoint in another case", "path.endpoint-case", func(m maker, r *request) bool {
		endpoint := "/scim/v2/" + r.rt.Endpoint
		r.path = "/scim/v2/" + m.anyCase(r.rt.Endpoint) + strings.TrimPrefix(r.path, endpoint)
		return true
	}},
	{"path ends in .scim", "path.scim-suffix", func(_ maker, r *request) bool {
		r.path += ".scim"
		return r.search == nil
	}},
	{"doubled slash", "path.slashes", func(m maker, r *request) bool {
		var slashes []int
		for i := range r.path {
			if r.path[i] == '/' {
				slashes = append(slashes, i)
			}
		}
		i := one(m.Rand, slashes...)
		r.path = r.path[:i] + "/" + r.path[i:]
		return true
	}},
	{"slash at the end", "path.slashes", func(_ maker, r *request) bool {
		r.path += "/"
		return true
	}},
	{"startIndex below 1", "page.bounds", forParam(func(p *param) bool { return p.name == "startIndex" && p.text == "1" }, func(m maker, _ *request, p *param) {
		p.text = one(m.Rand, "0", "-3")
	})},
	{"count below 0", "page.bounds", forParam(func(p *param) bool { return p.name == "count" && p.text == "0" }, func(_ maker, _ *request, p *param) { p.text = "-1" })},
	{"page number in quotes", "page.number", forParam(isPage, func(m maker, r *request, p *param) {
		if p.quoted = r.search != nil && m.coin(); !p.quoted {
			p.text += ".0"
		}
		if r.search == nil {
			p.text = one(m.Rand, p.text, `"`+p.text+`"`, "'"+p.text+"'")
		}
	})},
	{"sortOrder in another case", "sort.order-case", forParam(func(p *param) bool { return p.name == "sortOrder" }, func(m maker, _ *request, p *param) {
		p.text = m.anyCase(p.text)
	})},
	{"list with spaces", "projection.list", forParam(isList, func(_ maker, r *request, p *param) {
		p.gap, p.joined = " ", r.search != nil
	})},
	{"name listed again", "projection.list", forParam(isList, func(m maker, _ *request, p *param) {
		again := one(m.Rand, p.names...)
		if again.leaf != nil {
			again.attr = m.anyCase(again.attr)
		}
		p.names = append(p.names, again)
	})},
	{"comma at the end", "projection.list", forParam(isList, func(_ maker, r *request, p *param) {
		p.after, p.joined = ",", r.search != nil
	})},
	{"names in one string", "projection.list", forParam(isList, func(_ maker, r *request, p *param) { p.joined = r.search != nil })},
	{"attributes and excludedAttributes", "query.projection", withParam(func(m maker, r *request, has func(string) bool) *param {
		if !has("attributes") || has("excludedAttributes") {
			return nil
		}
		return &param{name: "excludedAttributes", names: []name{m.name()}}
	})},
	{"empty parameter", "query.empty", withParam(func(m maker, r *request, has func(string) bool) *param {
		p := &param{name: one(m.Rand, "filter", "sortBy", "attributes", "excludedAttributes")}
		if has(p.name) {
			return nil
		}
		return p
	})},
	{"parameter in another case", "query.name-case", forParam(func(p *param) bool { return p.name != "tenant" }, func(m maker, _ *request, p *param) {
		p.name = m.anyCase(p.name)
	})},
	{"repeated parameter", "query.repeated", forQuery(func(m maker, r *request) bool {
		i := m.IntN(len(r.query))
		again := *r.query[i]
		if strings.EqualFold(again.name, "tenant") {
			return false
		}
		r.query = slices.Insert(r.query, i+1+m.IntN(len(r.query)-i), &again)
		return true
	})},
	{"flag of Entra", "entra.feature-flag", func(m maker, r *request) bool {
		p := &param{name: "aadOptscim062020", flag: m.coin()}
		r.query = slices.Insert(r.query, m.IntN(len(r.query)+1), p)
		return true
	}},
	{"older flag of Entra", "entra.rollback-flag", func(m maker, r *request) bool {
		p := &param{name: "AzureAdScimPatch2017", text: one(m.Rand, "", "true")}
		r.query = slices.Insert(r.query, m.IntN(len(r.query)+1), p)
		return true
	}},
	{"plus for a space", "query.encoding", forEachQueryParam(func(p *param) { p.plus = true })},
	{"raw characters", "query.encoding", forEachQueryParam(func(p *param) { p.raw = true })},
	{"dangling ampersand", "query.empty", forQuery(func(m maker, r *request) bool {
		r.dangling = one(m.Rand, "&", "&&", "&?")
		return true
	})},
	{"byte order mark", "body.byte-order-mark", func(_ maker, r *request) bool {
		r.mark = "\uFEFF"
		return true
	}},
	{"any version", "sap-ips.any-version", func(_ maker, r *request) bool {
		r.ifMatch = []string{"*"}
		return r.search == nil && (r.method == "GET" || r.method == "POST")
	}},
	{"content type", "media.content-type", func(m maker, r *request) bool {
		r.contentType = one(m.Rand, nil, []string{"application/json"}, []string{"application/json; charset=utf-8"},
			[]string{"application/json+scim"}, []string{"Application/SCIM+JSON"}, []string{scim.MediaType + ";charset=UTF-8"})
		return r.document() != nil
	}},
	{"accept", "media.accept", func(m maker, r *request) bool {
		r.accept = one(m.Rand, nil, []string{"*/*"}, []string{"application/json"}, []string{"application/json+scim"},
			[]string{"application/json, text/plain, */*"}, []string{"application/scim+json; charset=utf-8"})
		return true
	}},
}

func isPage(p *param) bool { return isNumber(p.name) }
func isList(p *param) bool { return p.names != nil && !strings.EqualFold(p.name, "sortBy") }

// forParam makes a garment for one parameter of a query or a search.
func forParam(fits func(*param) bool, put func(maker, *request, *param)) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		p, ok := oneWhere(m.Rand, r.params(), fits)
		if ok {
			put(m, r, p)
		}
		return ok
	}
}

// withParam makes a garment that adds a parameter to a query or a search.
func withParam(with func(maker, *request, func(string) bool) *param) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		params := &r.query
		if r.search != nil {
			params = &r.search.params
		}
		p := with(m, r, func(name string) bool {
			return slices.ContainsFunc(*params, func(p *param) bool { return p.name == name })
		})
		if p != nil {
			*params = slices.Insert(*params, m.IntN(len(*params)+1), p)
		}
		return p != nil
	}
}

func forQuery(wear func(maker, *request) bool) func(maker, *request) bool {
	return func(m maker, r *request) bool { return len(r.query) > 0 && wear(m, r) }
}

func forEachQueryParam(put func(*param)) func(maker, *request) bool {
	return forQuery(func(m maker, r *request) bool {
		for _, p := range r.query {
			if m.coin() {
				put(p)
			}
		}
		return true
	})
}
