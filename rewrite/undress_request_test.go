package rewrite_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// request is a request as the generator holds it: made in normal form, then
// dressed garment by garment.
type request struct {
	provider string
	rt       *scim.ResourceType
	method   string
	path     string
	query    []*param
	state    object // of the resource at path; nil if there is none

	patch    *patchBody // of PATCH
	resource object     // of POST and PUT
	search   *searchBody

	contentType, accept []string
	ifMatch, override   []string
	mark                string // in front of the body
	dangling            string // behind the query

	worn []string
	flat []string // extensions of which attributes stand in flat keys
}

// searchBody is that of POST …/.search.
type searchBody struct {
	schemas node // absent if it is a bool
	params  []*param
}

// param is a parameter of a query, or a member of a search request.
type param struct {
	name   string
	text   string // the value, if it is none of the following
	filter expr
	look   look
	names  []name

	flag       bool   // without "="
	plus, raw  bool   // + for a space; characters that a query may not hold
	gap, after string // between the names of a list, and behind it
	joined     bool   // in a search request: the list as one string
	quoted     bool   // in a search request: the number as a string
}

// value is the decoded value of the parameter.
func (p *param) value() string {
	switch {
	case p.filter != nil:
		return p.look.filter(p.filter)
	case p.names != nil:
		texts := make([]string, len(p.names))
		for i, n := range p.names {
			texts[i] = n.String()
		}
		return strings.Join(texts, ","+p.gap) + p.after
	}
	return p.text
}

// node is the parameter as a member of a search request.
func (p *param) node() node {
	switch {
	case p.names != nil && !p.joined && !strings.EqualFold(p.name, "sortBy"):
		texts := make(list, len(p.names))
		for i, n := range p.names {
			texts[i] = n.String()
		}
		return texts
	case isNumber(p.name) && !p.quoted:
		return number(p.text)
	}
	return p.value()
}

func isNumber(name string) bool {
	return strings.EqualFold(name, "startIndex") || strings.EqualFold(name, "count")
}

// encoded is the parameter as it stands in a query.
func (p *param) encoded() string {
	if p.flag {
		return p.name
	}
	var b strings.Builder
	for i, value := 0, p.value(); i < len(value); i++ {
		switch c := value[i]; {
		case isPlain(c) || c == ',' && p.names != nil:
			b.WriteByte(c)
		case c == ' ' && p.plus:
			b.WriteByte('+')
		case p.raw && (c >= 0x80 || strings.IndexByte(" \"<>[]{}|\\^`", c) >= 0):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return p.name + "=" + b.String()
}

// isPlain tells the unreserved characters of RFC 3986 section 2.3.
func isPlain(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// queryText is the raw query.
func (r *request) queryText() string {
	pieces := make([]string, len(r.query))
	for i, p := range r.query {
		pieces[i] = p.encoded()
	}
	return strings.Join(pieces, "&") + r.dangling
}

// document is the body without what stands in front of it; nil if there is none.
func (r *request) document() node {
	switch {
	case r.patch != nil:
		return r.patch.node()
	case r.search != nil:
		o := object{}
		if _, absent := r.search.schemas.(bool); !absent {
			o = append(o, field{"schemas", r.search.schemas})
		}
		for _, p := range r.search.params {
			o = append(o, field{p.name, p.node()})
		}
		return o
	case r.resource != nil:
		return r.resource
	}
	return nil
}

// params are those of the query and of a search request.
func (r *request) params() []*param {
	if r.search != nil {
		return append(slices.Clip(r.query), r.search.params...)
	}
	return r.query
}

// message is a request as it is sent.
func (r *request) message() *scim.Request {
	body := ""
	if document := r.document(); document != nil {
		body = r.mark + text(document)
	}
	req := &scim.Request{
		Method: r.method, Path: r.path, Query: r.queryText(), Body: body,
		Header: http.Header{}, Origin: "https://scim.example.com",
	}
	if r.accept != nil {
		req.Header["Accept"] = r.accept
	}
	if r.contentType != nil {
		req.Header["Content-Type"] = r.contentType
	}
	if r.ifMatch != nil {
		req.Header["If-Match"] = r.ifMatch
	}
	if r.override != nil {
		req.Method, req.Header["X-Http-Method-Override"] = "POST", r.override
	}
	return req
}

// clone returns a copy that shares nothing changeable with r.
func (r *request) clone() *request {
	c := *r
	c.query = cloneParams(r.query)
	c.worn, c.flat = slices.Clip(r.worn), slices.Clip(r.flat)
	if r.resource != nil {
		c.resource, _ = copied(r.resource).(object)
	}
	if r.search != nil {
		c.search = &searchBody{r.search.schemas, cloneParams(r.search.params)}
	}
	if r.patch != nil {
		patch := *r.patch
		patch.ops = cloneOperations(r.patch.ops)
		c.patch = &patch
	}
	return &c
}

func cloneParams(params []*param) []*param {
	c := make([]*param, len(params))
	for i, p := range params {
		one := *p
		one.names = append([]name(nil), p.names...)
		c[i] = &one
	}
	return c
}

// mapNames lets fn spell each attribute name of the query, the search and the
// operations anew.
func (r *request) mapNames(fn func(name) name) {
	for _, p := range r.params() {
		if p.filter != nil {
			p.filter = mapFilterNames(p.filter, fn)
		}
		for i := range p.names {
			p.names[i] = fn(p.names[i])
		}
	}
	if r.patch != nil {
		for _, o := range r.patch.leaves() {
			if o.path != nil {
				o.path.mapNames(fn)
			}
		}
	}
}

func mapFilterNames(e expr, fn func(name) name) expr {
	return mapExpr(e, func(e expr) expr {
		switch e := e.(type) {
		case *comparison:
			return &comparison{fn(e.name), e.op, e.value}
		case *selection:
			return &selection{fn(e.name), e.of}
		}
		return e
	})
}
