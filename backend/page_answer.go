package backend

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// listed answers a request for a list with as many calls as it takes.
func (b *Backend) listed(x *exchange, next step) (*scim.Response, error) {
	q, err := readQuery(x.req.Query)
	if err != nil {
		return nil, err
	}
	l := &listing{x: x, b: b, below: next, q: q, count: b.budget()}
	if err := l.plan(); err != nil {
		return nil, err
	}
	var r *result
	if q.byCursor {
		r, err = l.byCursor()
	} else {
		r, err = l.byIndex()
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		return refused.resp, nil
	}
	if err != nil {
		return nil, err
	}
	return r.response(), nil
}

// plan decides on the calls.
func (l *listing) plan() error {
	if rt := l.x.route.Type; rt != nil {
		l.ask(rt, l.q.filter)
	} else {
		for _, rt := range l.b.registry.Types {
			if e, ok := reduce(l.q.filter, rt); ok {
				l.ask(rt, e)
			}
		}
	}
	l.exact = len(l.calls) == 1 && (l.q.filter == nil || slices.Contains(l.calls[0].pushed, l.q.filter)) && l.calls[0].id == ""
	l.sorts = l.q.sortBy != "" && len(l.calls) > 0 && (len(l.calls) > 1 || !on(l.b.caps.Sort) && l.calls[0].id == "")
	if l.sorts {
		if _, err := l.sortKeys(); err != nil {
			return err
		}
	}
	l.keeps = func(c call, v *scim.Value) (bool, error) {
		if l.q.filter == nil {
			return true, nil
		}
		if !c.hidden {
			return scim.Matches(l.q.filter, v, c.rt)
		}
		return verdict{c.rt, &l.b.caps, c.pushed}.keeps(l.q.filter, v)
	}
	return l.check()
}

// ask adds the calls that find what a filter asks for in one resource type.
func (l *listing) ask(rt *scim.ResourceType, e scim.Expression) {
	for _, c := range (dialect{&l.b.caps, rt}).ask(e) {
		c.path = l.x.route.Base + "/" + rt.Endpoint
		c.hidden = verdict{rt: rt, caps: &l.b.caps}.hides(l.q.filter)
		l.calls = append(l.calls, c)
	}
}

// check refuses a filter that cannot be evaluated here and has to be.
func (l *listing) check() error {
	if l.q.filter == nil || l.exact {
		return nil
	}
	for _, c := range l.calls {
		if err := scim.CheckFilter(l.q.filter, c.rt); err != nil {
			return err
		}
		if err := (verdict{c.rt, &l.b.caps, c.pushed}).answerable(l.q.filter); err != nil {
			return err
		}
	}
	return nil
}

// distrust goes on without believing that the service provider heeds filters.
func (l *listing) distrust() error {
	l.exact = false
	for i := range l.calls {
		l.calls[i].pushed = nil
	}
	return l.check()
}

// response is the ListResponse (RFC 7644 section 3.4.2, RFC 9865 section 2).
func (r *result) response() *scim.Response {
	size := 256 + len(r.next)
	for _, raw := range r.held {
		size += len(raw) + 1
	}
	dst := append(make([]byte, 0, size), `{"schemas":["`+scim.ListResponseURI+`"]`...)
	if r.total >= 0 {
		dst = strconv.AppendInt(append(dst, `,"totalResults":`...), int64(r.total), 10)
	}
	if r.start > 0 {
		dst = strconv.AppendInt(append(dst, `,"startIndex":`...), int64(r.start), 10)
	}
	dst = strconv.AppendInt(append(dst, `,"itemsPerPage":`...), int64(len(r.held)), 10)
	if r.next != "" {
		dst = scim.AppendString(append(dst, `,"nextCursor":`...), r.next)
	}
	dst = append(dst, `,"Resources":[`...)
	for i, raw := range r.held {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, raw...)
	}
	header := http.Header{"Content-Type": {scim.MediaType}}
	return &scim.Response{Status: http.StatusOK, Header: header, Body: string(append(dst, "]}"...))}
}
