package backend

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// call is one question that the service provider is asked: for what a filter
// finds, or for the resource with an id.
type call struct {
	rt   *scim.ResourceType
	path string
	id   string          // GET by id
	sent scim.Expression // nil asks for everything

	// pushed are the parts of the client's filter that sent says.
	pushed []scim.Expression
	hidden bool // the client's filter names what answers need not show
	rank   int
}

// ask turns a filter into calls whose answers, taken together, hold every
// resource that the filter finds. What else they hold is sorted out here.
func (d dialect) ask(e scim.Expression) []call {
	if e != nil {
		if calls, ok := d.cover(e); ok && len(calls) <= maxCalls {
			return calls
		}
	}
	return []call{{rt: d.rt, rank: findsEvery}}
}

// maxCalls bounds the questions that one filter is taken apart into.
const maxCalls = 100

// cover finds calls for an expression, if there are any but asking for
// everything.
func (d dialect) cover(e scim.Expression) ([]call, bool) {
	if c, ok := d.whole(e); ok {
		return []call{c}, true
	}
	switch e := e.(type) {
	case *scim.AttributeExpression:
		if d.isID(e) {
			return []call{{rt: d.rt, id: e.Value.Text(), pushed: []scim.Expression{e}, rank: findsOne}}, true
		}
	case *scim.ValuePath:
		return d.coverValue(e)
	case *scim.LogicalExpression:
		if e.Op == scim.And {
			return d.coverAll(flatten(scim.And, e, nil))
		}
		return d.coverAny(flatten(scim.Or, e, nil))
	}
	return nil, false
}

// whole is the call for an expression that is understood as it is.
func (d dialect) whole(e scim.Expression) (call, bool) {
	sent, ok := d.lower(e)
	if !ok || d.long(sent) {
		return call{}, false
	}
	return call{rt: d.rt, sent: sent, pushed: []scim.Expression{e}, rank: selectivity(sent)}, true
}

// isID tells a search for one id, which GET answers.
func (d dialect) isID(e *scim.AttributeExpression) bool {
	t, ok := d.rt.Resolve(e.Path)
	return ok && t.Attr != nil && t.Schema == nil && t.Path.Name == "id" && e.Op == scim.Equal && e.Value.Kind() == scim.String
}

// coverValue asks with one of the comparisons in the brackets. Without brackets
// it finds more: the others may hold for another value (RFC 7644 table 5).
func (d dialect) coverValue(e *scim.ValuePath) ([]call, bool) {
	var best []call
	for _, part := range flatten(scim.And, e.Filter, nil) {
		inner, ok := part.(*scim.AttributeExpression)
		if !ok || !wantsValue(inner) {
			continue
		}
		calls, ok := d.cover(dotted(e.Path, inner))
		if ok && (best == nil || worst(calls) < worst(best)) {
			best = calls
		}
	}
	for i := range best {
		best[i].pushed = nil
	}
	return best, best != nil
}

// coverAll asks with the conjunct that finds the least, and with all others that
// are understood if there is "and".
func (d dialect) coverAll(parts []scim.Expression) ([]call, bool) {
	var best []call
	var understood []call
	for _, part := range parts {
		calls, ok := d.cover(part)
		if !ok {
			continue
		}
		if len(calls) == 1 && calls[0].sent != nil {
			understood = append(understood, calls[0])
		}
		if best == nil || worst(calls) < worst(best) {
			best = calls
		}
	}
	if len(best) != 1 || best[0].sent == nil || !d.has("and") {
		return best, best != nil
	}
	all := best[0]
	for _, c := range understood {
		if c.sent == all.sent || c.sent == best[0].sent {
			continue
		}
		joined := scim.Join(scim.And, all.sent, c.sent)
		if d.long(joined) {
			continue
		}
		all.sent, all.pushed = joined, append(slices.Clone(all.pushed), c.pushed...)
	}
	return []call{all}, true
}

// coverAny asks once for each alternative, or for several at once if there is
// "or" and only the length of the query kept them apart.
func (d dialect) coverAny(parts []scim.Expression) ([]call, bool) {
	var calls []call
	for _, part := range parts {
		more, ok := d.cover(part)
		if !ok || len(calls)+len(more) > 8*maxCalls {
			return nil, false
		}
		if n := len(calls); n > 0 && len(more) == 1 && d.joins(&calls[n-1], more[0]) {
			continue
		}
		calls = append(calls, more...)
	}
	return calls, true
}

// joins takes a question into another one.
func (d dialect) joins(into *call, c call) bool {
	if !d.has("or") || into.sent == nil || c.sent == nil {
		return false
	}
	joined := scim.Join(scim.Or, into.sent, c.sent)
	if d.long(joined) {
		return false
	}
	into.sent, into.rank = joined, max(into.rank, c.rank)
	into.pushed = append(slices.Clone(into.pushed), c.pushed...)
	return true
}

func worst(calls []call) int {
	rank := len(calls) - 1
	for _, c := range calls {
		rank = max(rank, c.rank)
	}
	return rank
}

// flatten lists the sides of a chain of one operator.
func flatten(op scim.LogicalOp, e scim.Expression, into []scim.Expression) []scim.Expression {
	if l, ok := e.(*scim.LogicalExpression); ok && l.Op == op {
		return flatten(op, l.Right, flatten(op, l.Left, into))
	}
	return append(into, e)
}
