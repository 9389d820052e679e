package directory

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// parameters is the query of a URL, decoded.
type parameters []parameter

type parameter struct{ name, value string }

// readParameters reports false for a query that cannot be read, which is for the
// directory itself to refuse.
func readParameters(raw string) (parameters, bool) {
	var p parameters
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := url.PathUnescape(name)
		if err == nil {
			value, err = url.PathUnescape(value)
		}
		if err != nil {
			return nil, false
		}
		if part != "" {
			p = append(p, parameter{name, value})
		}
	}
	return p, true
}

// get returns the value of a parameter.
func (p parameters) get(name string) (string, bool) {
	for _, each := range p {
		if each.name == name {
			return each.value, true
		}
	}
	return "", false
}

// without drops parameters.
func (p parameters) without(names ...string) parameters {
	return slices.DeleteFunc(slices.Clone(p), func(each parameter) bool { return slices.Contains(names, each.name) })
}

// encode is the parameters as they stand in a URL (RFC 3986).
func (p parameters) encode() string {
	var b strings.Builder
	for i, each := range p {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(escape(each.name))
		b.WriteByte('=')
		b.WriteString(escape(each.value))
	}
	return b.String()
}

func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// queries drops the parameters that are not understood, and does with filters
// what is done with them.
func (d *Directory) queries(next serve) serve {
	l := &d.opt.Limits
	return func(x *exchange) (answer, error) {
		p, ok := readParameters(x.req.URL.RawQuery)
		if !ok || x.req.URL.RawQuery == "" {
			return next(x)
		}
		if off(l.Sort) {
			p = p.without("sortBy", "sortOrder")
		}
		if off(l.Projection) {
			p = p.without("attributes", "excludedAttributes")
		}
		if filter, ok := p.get("filter"); ok && x.operation == "list" && !l.understands(filter) {
			switch l.FilterOther {
			case "ignored":
				p = p.without("filter")
			case "empty":
				return answer{status: http.StatusOK, body: append(appendListHead(nil, 0, 1, 0), "]}"...)}, nil
			default:
				return answer{}, scim.BadRequest(scim.InvalidFilter, "filter: is not supported")
			}
		}
		x.req.URL.RawQuery = p.encode()
		return next(x)
	}
}

// operators are the words for what a filter may hold.
var operators = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not", "[]"}

// understands reports whether a filter holds only what is understood.
func (l *Limits) understands(filter string) bool {
	if len(l.Filter) == 0 && len(l.FilterAttributes) == 0 {
		return true
	}
	if slices.Contains(l.Filter, "off") {
		return false
	}
	e, err := scim.ParseStrictFilter(filter)
	return err != nil || l.knows(e) // what is no filter is refused by the directory itself
}

func (l *Limits) knows(e scim.Expression) bool {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return l.operator(e.Op.String()) && l.attribute(e.Path)
	case *scim.LogicalExpression:
		return l.operator(e.Op.String()) && l.knows(e.Left) && l.knows(e.Right)
	case *scim.NotExpression:
		return l.operator("not") && l.knows(e.Expression)
	case *scim.ValuePath:
		return l.operator("[]") && l.attribute(e.Path)
	}
	return false
}

func (l *Limits) operator(word string) bool {
	return len(l.Filter) == 0 || slices.Contains(l.Filter, word)
}

func (l *Limits) attribute(path scim.AttrPath) bool {
	return len(l.FilterAttributes) == 0 || slices.ContainsFunc(l.FilterAttributes, func(name string) bool {
		return strings.EqualFold(name, path.String())
	})
}
