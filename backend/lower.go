package backend

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// dialect is what a service provider understands of filters on one resource
// type.
type dialect struct {
	caps *Capabilities
	rt   *scim.ResourceType
}

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

// Ranks of questions, from those that find the least.
const (
	findsOne   = iota // id, userName
	findsFew          // externalId, an email address
	findsSome         // another value
	findsPart         // part of a value
	findsMuch         // an order, or that there is a value
	findsMost         // ne, not
	findsEvery        // the collection
)

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

// long reports whether a filter is too long for a URL.
func (d dialect) long(e scim.Expression) bool {
	text := d.print(e)
	return len(text) > maxQuery || len(appendEscaped(nil, text)) > maxQuery
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

// wantsValue reports whether a comparison can hold for a value only. One that
// also holds where there is none does not mean the same behind a dot.
func wantsValue(e *scim.AttributeExpression) bool {
	return e.Op != scim.NotEqual && e.Value.Kind() != scim.Null
}

// dotted is a comparison in brackets as one behind a dot.
func dotted(of scim.AttrPath, e *scim.AttributeExpression) *scim.AttributeExpression {
	out := *e
	out.Path = scim.AttrPath{URI: of.URI, Name: of.Name, Sub: e.Path.Name}
	return &out
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

// lower says the same in what is understood, or reports that it cannot be said.
func (d dialect) lower(e scim.Expression) (scim.Expression, bool) {
	if d.caps.Filter == nil && d.caps.FilterAttributes == nil {
		return e, true
	}
	switch e := e.(type) {
	case *scim.AttributeExpression:
		path, ok := d.attribute(e.Path)
		if !ok || !d.has(e.Op.String()) {
			return nil, false
		}
		if path == e.Path {
			return e, true
		}
		out := *e
		out.Path = path
		return &out, true
	case *scim.LogicalExpression:
		left, ok1 := d.lower(e.Left)
		right, ok2 := d.lower(e.Right)
		if !ok1 || !ok2 || !d.has(e.Op.String()) {
			return nil, false
		}
		return scim.Join(e.Op, left, right), true
	case *scim.NotExpression:
		inner, ok := d.lower(e.Expression)
		return &scim.NotExpression{Expression: inner}, ok && d.has("not")
	case *scim.ValuePath:
		return d.lowerValue(e)
	}
	return nil, false
}

// lowerValue says a value path. One with a single comparison means the same
// behind a dot.
func (d dialect) lowerValue(e *scim.ValuePath) (scim.Expression, bool) {
	if d.has("[]") && d.inBrackets(e.Path, e.Filter) {
		return e, true
	}
	if inner, ok := e.Filter.(*scim.AttributeExpression); ok && wantsValue(inner) {
		return d.lower(dotted(e.Path, inner))
	}
	return nil, false
}

// inBrackets reports whether all that stands in brackets is understood.
func (d dialect) inBrackets(of scim.AttrPath, e scim.Expression) bool {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		path := dotted(of, e).Path
		return d.has(e.Op.String()) && (d.names(of) || d.names(path))
	case *scim.LogicalExpression:
		return d.has(e.Op.String()) && d.inBrackets(of, e.Left) && d.inBrackets(of, e.Right)
	case *scim.NotExpression:
		return d.has("not") && d.inBrackets(of, e.Expression)
	}
	return false
}

// has reports whether an operator is understood.
func (d dialect) has(op string) bool {
	return d.caps.Filter == nil || slices.ContainsFunc(d.caps.Filter, func(known string) bool { return strings.EqualFold(known, op) })
}

// attribute returns a path as a filter may name it. A multi-valued attribute and
// its value are one and the same: it is named as the configuration names it.
func (d dialect) attribute(p scim.AttrPath) (scim.AttrPath, bool) {
	if d.names(p) {
		return p, true
	}
	other := p
	switch t, ok := d.rt.Resolve(p); {
	case !ok || t.Attr == nil || t.Attr.SubAttribute("value") == nil:
		return p, false
	case p.Sub == "":
		other.Sub = "value"
	case strings.EqualFold(p.Sub, "value"):
		other.Sub = ""
	}
	return other, other != p && d.names(other)
}

// names reports whether filter_attributes has a path.
func (d dialect) names(p scim.AttrPath) bool {
	if d.caps.FilterAttributes == nil {
		return true
	}
	text := d.canonical(p).String()
	return slices.ContainsFunc(d.caps.FilterAttributes, func(known string) bool {
		if strings.EqualFold(known, text) {
			return true
		}
		path, err := scim.ParseAttrPath(known)
		return err == nil && strings.EqualFold(d.canonical(path).String(), text)
	})
}

// canonical is a path as the schema has it.
func (d dialect) canonical(p scim.AttrPath) scim.AttrPath {
	if t, ok := d.rt.Resolve(p); ok && t.Attr != nil {
		return t.Path
	}
	return p
}

// selectivity tells how much a filter may find.
func selectivity(e scim.Expression) int {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return comparisonRank(e)
	case *scim.LogicalExpression:
		left, right := selectivity(e.Left), selectivity(e.Right)
		if e.Op == scim.And {
			return min(left, right)
		}
		return max(left, right)
	case *scim.ValuePath:
		rank := findsMost
		for _, part := range flatten(scim.And, e.Filter, nil) {
			if inner, ok := part.(*scim.AttributeExpression); ok && wantsValue(inner) {
				rank = min(rank, comparisonRank(dotted(e.Path, inner)))
			}
		}
		return rank
	}
	return findsMost
}

func comparisonRank(e *scim.AttributeExpression) int {
	switch e.Op {
	case scim.Equal:
		return attributeRank(e.Path)
	case scim.StartsWith, scim.EndsWith, scim.Contains:
		return findsPart
	case scim.NotEqual:
		return findsMost
	}
	return findsMuch
}

func attributeRank(p scim.AttrPath) int {
	switch name := strings.ToLower(p.Name); {
	case p.URI == "" && (name == "id" || name == "username"):
		return findsOne
	case p.URI == "" && (name == "externalid" || name == "emails" && (p.Sub == "" || strings.EqualFold(p.Sub, "value"))):
		return findsFew
	}
	return findsSome
}

// print writes a filter for the service provider. To one that has limits, "and"
// and "or" are not written beside each other without parentheses: some read them
// from left to right.
func (d dialect) print(e scim.Expression) string {
	if e == nil {
		return ""
	}
	if d.caps.Filter == nil {
		return e.String()
	}
	return string(appendGrouped(nil, e))
}

func appendGrouped(dst []byte, e scim.Expression) []byte {
	switch e := e.(type) {
	case *scim.LogicalExpression:
		dst = appendSide(dst, e.Left, e.Op)
		dst = append(append(append(dst, ' '), e.Op.String()...), ' ')
		return appendSide(dst, e.Right, e.Op)
	case *scim.NotExpression:
		return append(appendGrouped(append(dst, "not ("...), e.Expression), ')')
	case *scim.ValuePath:
		return append(appendGrouped(append(e.Path.AppendTo(dst), '['), e.Filter), ']')
	}
	return e.AppendTo(dst)
}

func appendSide(dst []byte, e scim.Expression, of scim.LogicalOp) []byte {
	if inner, ok := e.(*scim.LogicalExpression); ok && inner.Op != of {
		return append(appendGrouped(append(dst, '('), e), ')')
	}
	return appendGrouped(dst, e)
}

// reduce leaves out of a filter what cannot hold for a resource type, as in a
// query over several of them (RFC 7644 section 3.4.2.1). It reports false if
// nothing is left.
func reduce(e scim.Expression, rt *scim.ResourceType) (scim.Expression, bool) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		return e, !wantsValue(e) || has(rt, e.Path) && !otherType(e, rt)
	case *scim.ValuePath:
		return e, has(rt, e.Path)
	case *scim.LogicalExpression:
		left, ok1 := reduce(e.Left, rt)
		right, ok2 := reduce(e.Right, rt)
		switch {
		case e.Op == scim.And && !(ok1 && ok2), !ok1 && !ok2:
			return nil, false
		case !ok1:
			return right, true
		case !ok2:
			return left, true
		case left != e.Left || right != e.Right:
			return scim.Join(e.Op, left, right), true
		}
	}
	return e, true
}

func has(rt *scim.ResourceType, p scim.AttrPath) bool {
	_, ok := rt.Resolve(p)
	return ok
}

// otherType tells meta.resourceType eq "…" of another resource type.
func otherType(e *scim.AttributeExpression, rt *scim.ResourceType) bool {
	return e.Op == scim.Equal && strings.EqualFold(e.Path.Name, "meta") && strings.EqualFold(e.Path.Sub, "resourceType") &&
		!strings.EqualFold(e.Value.Text(), rt.Name)
}
