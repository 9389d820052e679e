package custom

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// FilterOp asks for an attribute by another operator than the client, one that
// finds the same resources and maybe more: for a service provider that does not
// know the client's, or gets it wrong.
//
// Filter: From becomes To in the filters of queries and search requests, but not
// inside not (…), where more would be less, nor in the paths of a PATCH, where it
// would change more than the client has asked for. Attributes: what the filter
// compares is asked for too. Body, PATCH and sortBy: nothing. Undo: the resources
// of the answer are held against the client's own filter, and those that do not
// fulfil it are taken out of it, as is what the client did not ask to see.
// TotalResults is lowered only if all resources were in the answer: the others
// cannot be known.
//
// A filter stays as it is if it names an attribute that an answer does not show by
// default, for then it could not be held against the answer.
type FilterOp struct{ Attribute, From, To string }

// wider lists for each operator those that find what it finds, and more.
var wider = map[string][]string{
	"eq": {"co", "sw", "ew", "ge", "le", "pr"},
	"sw": {"co", "pr"},
	"ew": {"co", "pr"},
	"co": {"pr"},
	"gt": {"ge", "pr"},
	"lt": {"le", "pr"},
	"ge": {"pr"},
	"le": {"pr"},
}

// String is the verb as the Caddyfile has it.
func (v FilterOp) String() string { return "filter_op " + v.Attribute + " " + v.From + " " + v.To }

func (v FilterOp) attributes() []string { return []string{v.Attribute} }

func (v FilterOp) compile(c *compiler) (worker, error) {
	at, err := c.askedSpot(v.Attribute)
	if err == nil {
		at, err = at.values()
	}
	if err != nil {
		return nil, err
	}
	from, to := strings.ToLower(v.From), strings.ToLower(v.To)
	known, ok := wider[from]
	if !ok {
		return nil, fmt.Errorf("no operator is wider than %s", scim.Quote(v.From))
	}
	if !slices.Contains(known, to) {
		return nil, fmt.Errorf("%s does not find all that %s finds: wider are %s", scim.Quote(v.To), from, strings.Join(known, ", "))
	}
	w := &filterOp{at: at, from: operator(from), to: operator(to)}
	switch {
	case at.leaf == nil:
	case !shown(at):
		return nil, fmt.Errorf("%s is not shown in every answer, so that the answers could not be held against the filter", at)
	case isPart(w.to) && at.leaf.Type != scim.TypeString && at.leaf.Type != scim.TypeReference:
		return nil, fmt.Errorf("%s is of type %s: %s is for text", at, at.leaf.Type, to)
	case isOrder(w.to) && (at.leaf.Type == scim.TypeBoolean || at.leaf.Type == scim.TypeBinary):
		return nil, fmt.Errorf("%s is of type %s, which has no order", at, at.leaf.Type)
	}
	return w, nil
}

// operator is the operator of that name.
func operator(name string) scim.CompareOp {
	for op := scim.Equal; op < scim.Present; op++ {
		if op.String() == name {
			return op
		}
	}
	return scim.Present
}

func isPart(op scim.CompareOp) bool {
	return op == scim.Contains || op == scim.StartsWith || op == scim.EndsWith
}

func isOrder(op scim.CompareOp) bool {
	return op == scim.GreaterThan || op == scim.GreaterOrEqual || op == scim.LessThan || op == scim.LessOrEqual
}

type filterOp struct {
	still
	at       spot
	from, to scim.CompareOp
}

func (*filterOp) undoes() bool { return true }
func (*filterOp) reshapes()    {}

func (w *filterOp) query(t *turn, q *query) error {
	if q.filter == nil {
		return nil
	}
	var named []spot
	checkable := true
	filter, changed, err := rewritten(t.rt(), q.filter, func(c comparison) (scim.Expression, error) {
		named = append(named, c.spot)
		checkable = checkable && shown(c.spot)
		return w.widened(c), nil
	})
	if err != nil || !changed || !checkable {
		return err
	}
	t.widened = true
	q.filter, q.changed = filter, true
	t.did(q.at(keyFilter))
	t.reveal(q, named)
	return nil
}

// widened is a comparison by the wider operator.
func (w *filterOp) widened(c comparison) scim.Expression {
	e := c.AttributeExpression
	if e.Op != w.from || c.negated || !w.at.compared(c.spot) {
		return e
	}
	switch kind := e.Value.Kind(); {
	case kind == scim.Null:
		return e
	case kind == scim.String && e.Value.Text() == "" && w.to == scim.Present: // which "" does not fulfil
		return e
	case isPart(w.to) && kind != scim.String, isOrder(w.to) && kind == scim.Bool:
		return e
	case w.to == scim.Present:
		return &scim.AttributeExpression{Path: e.Path, Op: w.to}
	}
	return &scim.AttributeExpression{Path: e.Path, Op: w.to, Value: e.Value}
}

func (w *filterOp) answer(t *turn, v *scim.Value) error {
	if !t.widened {
		return nil
	}
	if ok, err := scim.Matches(t.seenFilter(), v, t.m.typeOf(v)); err == nil && !ok {
		t.hide()
		t.undid(w.at.String())
	}
	t.conceal(v)
	return nil
}

// seenFilter is the client's filter for the values that the answer shows: those of
// verbs behind this one that have no undo are the service provider's.
func (t *turn) seenFilter() scim.Expression {
	filter := t.filter
	for i := t.index + 1; i < len(t.m.turns); i++ {
		later := &t.m.turns[i]
		w, ok := later.worker.(*inPlace)
		if !ok || w.back != nil || w.operand == nil || later.rule.when != nil {
			continue
		}
		if seen, _, err := rewritten(t.rt(), filter, w.compare(later)); err == nil {
			filter = seen
		}
	}
	return filter
}

// shown reports whether every answer shows an attribute that the resource has,
// unless the client asks for others (RFC 7643 section 7).
func shown(at spot) bool {
	for _, a := range [...]*scim.Attribute{at.attr, at.leaf} {
		if a != nil && (a.Returned == scim.ReturnedNever || a.Returned == scim.ReturnedRequest) {
			return false
		}
	}
	return true
}
