package backend

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// run sends what was compiled, request by request, and stops at the first that
// fails. The plan is idempotent, so that a client that tries again brings it to
// its end.
func (p *patchPlan) run() (*scim.Response, error) {
	queue := p.pack(p.edits)
	if !p.changed && len(queue) == 1 && !hasTried(queue[0]) && p.caps.OpCase != "title" {
		return p.next(p.x)
	}
	for done := 0; len(queue) > 0; {
		resp, err := p.next(p.request(queue, done))
		switch {
		case err != nil:
		case succeeded(resp):
			if done++; len(queue) == 1 {
				return resp, nil
			}
			queue = queue[1:]
		case hasTried(queue[0]) && refusesFilter(resp):
			queue, err = p.reread(queue, done)
		case done == 0 && resp.Status == http.StatusPreconditionFailed && p.reading != nil && p.reading.version != "":
			return nil, errStale
		default:
			return haltedAt(resp, done, len(queue)), nil
		}
		if err != nil {
			return nil, haltedBy(err, done, len(queue))
		}
	}
	return p.x.shown(p.reading, p.next)
}

// request makes the PATCH of the first pieces of the queue. The condition of the
// client holds for the first request; it is the plan itself that changes the
// version then. Of what comes before the last one no answer is needed: for a
// large group it would be a large one every time.
func (p *patchPlan) request(queue [][]piece, done int) *exchange {
	query := p.x.req.Query
	if len(queue) > 1 {
		query = ""
		if hasMembers(p.rt) && on(p.caps.Projection) {
			query = "attributes=id"
		}
	}
	x := p.x.sub(http.MethodPatch, p.x.req.Path, query, p.body(queue[0]))
	switch {
	case p.reading != nil && !p.guarded:
		p.guarded = true
		if done == 0 || p.reading.version != "" {
			p.x.condition(x, p.reading.version)
		}
	case done == 0:
		p.x.condition(x, "")
	}
	return x
}

// hasTried reports whether among the pieces is a value filter that may be
// refused.
func hasTried(pieces []piece) bool {
	return slices.ContainsFunc(pieces, func(one piece) bool { return one.tried })
}

// refusesFilter reports whether a service provider has refused a value filter, or
// found nothing by it. As a PATCH is atomic (RFC 7644 section 3.5.2), nothing was
// changed then.
func refusesFilter(resp *scim.Response) bool {
	if resp.Status == http.StatusNotImplemented {
		return true
	}
	if resp.Status != http.StatusBadRequest {
		return false
	}
	body, _ := errorBody(resp)
	switch scim.ErrorType(body.Get("scimType").Text()) {
	case scim.NoTarget, scim.InvalidPath, scim.InvalidFilter:
		return true
	}
	return false
}

// reread compiles what is left of the queue anew, now with the attributes that
// the value filters are about read and written as a whole.
func (p *patchPlan) reread(queue [][]piece, done int) ([][]piece, error) {
	x := p.x
	if done > 0 { // the version that the client knows is no longer the present one
		x = x.carrying(x.req.Body)
		x.req.Header.Del("If-Match")
	}
	rest := &patchPlan{Backend: p.Backend, x: x, next: p.next, rt: p.rt, values: "off"}
	for _, pieces := range queue {
		for i := range pieces {
			if err := rest.again(&pieces[i]); err != nil {
				return nil, err
			}
		}
	}
	p.reading, p.guarded = rest.reading, false
	return p.pack(rest.edits), nil
}

// again takes over a piece that was compiled already.
func (p *patchPlan) again(one *piece) error {
	e := *one.edit
	p.at = e.at
	switch {
	case e.tried:
		return p.leaf(&e.op)
	case e.join != nil:
		e.join = e.join[one.from:one.to]
		p.note(&scim.Operation{Op: scim.Add, Path: "members", Target: scim.PatchPath{Attr: membersPath}, Value: scim.ArrayValue(e.join...)})
	case e.leave != nil:
		e.leave = e.leave[one.from:one.to]
		for _, id := range e.leave {
			p.note(removal(id))
		}
	default:
		p.note(&e.op)
	}
	p.edits = append(p.edits, e)
	return nil
}

// removal is the operation that removes one member.
func removal(id string) *scim.Operation {
	target := scim.PatchPath{Attr: membersPath, Filter: &scim.AttributeExpression{
		Path: scim.AttrPath{Name: "value"}, Op: scim.Equal, Value: scim.StringValue(id),
	}}
	return &scim.Operation{Op: scim.Remove, Path: target.String(), Target: target}
}

// progress says how far a plan of several requests came.
func progress(done, left int) string {
	return strconv.Itoa(done) + " of " + strconv.Itoa(done+left) + " requests were applied"
}

// haltedBy adds to an error how far the plan came, unless nothing was done.
func haltedBy(err error, done, left int) error {
	if done == 0 {
		return err
	}
	return explain(err, progress(done, left))
}

// explain adds a sentence to an error.
func explain(err error, so string) error {
	if end, ok := errors.AsType[*answered](err); ok {
		return &answered{explained(end.resp, so)}
	}
	if refused, ok := errors.AsType[*scim.Error](err); ok {
		return scim.Errorf(refused.Status, refused.Type, "%s; %s", refused.Detail, so)
	}
	return fmt.Errorf("%s: %w", so, err)
}

// haltedAt adds the same to an error that the service provider answered.
func haltedAt(resp *scim.Response, done, left int) *scim.Response {
	if done == 0 {
		return resp
	}
	return explained(resp, progress(done, left))
}

// explained adds a sentence to the detail of an error that was answered.
func explained(resp *scim.Response, so string) *scim.Response {
	e := scim.Error{Status: resp.Status, Detail: so}
	if body, ok := errorBody(resp); ok {
		e.Type = scim.ErrorType(body.Get("scimType").Text())
		if detail := body.Get("detail").Text(); detail != "" {
			e.Detail = strings.TrimSuffix(detail, ".") + "; " + so
		}
	}
	out := &scim.Response{Status: resp.Status, Header: resp.Header.Clone(), Body: e.Body()}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	out.Header.Del("Content-Length")
	out.Header.Set("Content-Type", scim.MediaType)
	return out
}

// errorBody reads the body of an answer. One that cannot be read has no members.
func errorBody(resp *scim.Response) (scim.Value, bool) {
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: len(resp.Body) + 1})
	if err != nil {
		return scim.Value{}, false
	}
	return scim.Parse(doc), true
}
