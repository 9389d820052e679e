package custom

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// message is one request on its way to the service provider, and its answer on
// the way back. It is read once and printed once, however many verbs there are.
type message struct {
	*call
	ctx   context.Context
	at    string // where it stands in a Bulk body: Operations[2].data.
	rt    *scim.ResourceType
	route scim.Route
	req   scim.Request // what has become of the request
	turns []turn

	kind  bodyKind
	body  scim.Value       // of a resource or a search
	ops   []scim.Operation // of a PATCH
	query query

	changes    int // that were reported
	quiet      int // see quietly
	opsChanged bool
	ownHeader  bool // req.Header is ours
	final      bool // it is the client's own request, or an operation of its Bulk
	parameters parameters

	state     *state
	version   string // that the operation of a Bulk request holds for; see demand
	stateless string // why the state cannot be read; empty if it can

	hidden   bool   // the resource of a list that is at hand; see hide
	answerAt string // where it stands
}

// bodyKind is what the body of a request is.
type bodyKind uint8

const (
	noBody bodyKind = iota
	resourceBody
	patchBody
	searchBody
)

// turn is one verb at work on one message. It holds what the verb has to
// remember between the request and its answer.
type turn struct {
	m      *message
	rule   *rule
	verb   *verb
	worker worker
	index  int  // in message.turns
	idle   bool // the rule's condition does not hold for the request

	// filter is what the client filters by, as it was before this verb.
	filter scim.Expression

	reported bool // a change in the answer was

	widened  bool   // the filter finds more than the client asks for; see FilterOp
	revealed []spot // that the client does not want to see; see reveal
}

// rt is the type by whose schema names in a query are read: at the root, where
// resources of all types are asked for, that of the worker.
func (t *turn) rt() *scim.ResourceType {
	if t.m.rt == nil && len(t.rule.types) > 0 {
		return t.rule.types[0]
	}
	return t.m.rt
}

// did reports that something was changed at a place of the request, such as
// body.costCenter, Operations[2].path or query.filter.
func (t *turn) did(at string) {
	if t.m.quiet > 0 {
		return
	}
	t.m.changes++
	t.m.applied(rewrite.Change{Rule: t.verb.shown, At: t.m.at + at})
}

// didOnce is did for what is done to each exchange of a request: it is one change.
func (t *turn) didOnce(at string) {
	if c := t.m.call; !slices.Contains(c.headed, t.verb) {
		c.headed = append(c.headed, t.verb)
		t.did(at)
	}
}

// undid reports that something was changed in the answer. Of many places the
// first is named.
func (t *turn) undid(at string) {
	if t.m.quiet == 0 && !t.reported {
		t.reported = true
		t.m.applied(rewrite.Change{Rule: t.verb.shown, At: t.m.at + "answer." + t.m.answerAt + at})
	}
}

// message makes the message of one exchange. method is the one by which the
// rules are selected, which is the client's.
func (c *call) message(ctx context.Context, req *scim.Request, route scim.Route, method string) *message {
	m := &message{call: c, ctx: ctx, req: *req, route: route, rt: route.Type, final: req.Method == c.method}
	if route.Endpoint == "Me" {
		m.rt = c.rules.registry.ByName("User")
	}
	for _, r := range c.selected {
		selector := route
		if c.route.Endpoint != "Bulk" {
			selector = c.route
		}
		if !r.works(c.rules, selector, method) {
			continue
		}
		for i := range r.verbs {
			if w := r.verbs[i].worker(r, m.rt); w != nil && (r.verbs[i].plain != nil || !ofNoType(route)) {
				m.turns = append(m.turns, turn{rule: r, verb: &r.verbs[i], worker: w, index: len(m.turns)})
			}
		}
	}
	for i := range m.turns {
		m.turns[i].m = m
	}
	return m
}

// read parses what the verbs are about.
func (m *message) read() error {
	if err := m.query.read(m.req.Query); err != nil {
		return err
	}
	if err := m.readBody(); err != nil {
		return err
	}
	if m.rt == nil {
		m.rules.bare.qualify(m.rules.registry, &m.query)
	}
	return nil
}

// readBody parses the body.
func (m *message) readBody() error {
	if m.req.Body == "" {
		return nil
	}
	switch {
	case m.route.Search:
		m.kind = searchBody
	case m.rt == nil:
		return nil
	case m.req.Method == http.MethodPost || m.req.Method == http.MethodPut:
		m.kind = resourceBody
	case m.req.Method == http.MethodPatch:
		m.kind = patchBody
	default:
		return nil
	}
	doc, err := scim.Check(m.req.Body, scim.Limits{Bytes: len(m.req.Body)})
	if err != nil {
		return err
	}
	m.body = scim.Parse(doc)
	switch m.kind {
	case patchBody:
		m.ops, err = scim.ParsePatch(&m.body)
	case searchBody:
		err = m.query.readSearch(&m.body)
	}
	return err
}

// forward brings the request from what the client says to what the service
// provider is told. Heads come first: a read for the sake of a condition goes out
// under the same one.
func (m *message) forward() error {
	for i := range m.turns {
		if t := &m.turns[i]; t.rule.when == nil {
			if err := t.worker.head(t); err != nil {
				return err
			}
		}
	}
	for i := range m.turns {
		t := &m.turns[i]
		if t.rule.when != nil {
			if err := m.begin(t); err != nil {
				return err
			}
		}
		if t.idle {
			continue
		}
		if err := m.work(t); err != nil {
			return err
		}
	}
	return m.strict()
}

// strict refuses what the verbs have made longer than a service provider reads:
// each of them may write a few terms for one.
func (m *message) strict() error {
	if m.query.changed && m.query.filter != nil {
		if _, err := scim.ParseStrictFilter(m.query.filter.String()); err != nil {
			return located(err, "behind the rules of the gateway")
		}
	}
	if !m.opsChanged {
		return nil
	}
	if len(m.ops) > scim.MaxOperations {
		return scim.Errorf(http.StatusRequestEntityTooLarge, "", "Operations: more than %d operations behind the rules of the gateway", scim.MaxOperations)
	}
	for i := range m.ops {
		if m.ops[i].Path == "" {
			continue
		}
		if _, err := scim.ParseStrictPath(m.ops[i].Path); err != nil {
			return located(err, "behind the rules of the gateway")
		}
	}
	return nil
}

// begin is the head of a turn that works under a condition.
func (m *message) begin(t *turn) error {
	if t.index > 0 && m.turns[t.index-1].rule == t.rule {
		t.idle = m.turns[t.index-1].idle
	} else {
		ok, err := m.decide(t)
		if err != nil {
			return err
		}
		t.idle = !ok
	}
	if t.idle {
		return nil
	}
	return t.worker.head(t)
}

// work carries one verb out on the body and the query.
func (m *message) work(t *turn) (err error) {
	switch m.kind {
	case resourceBody:
		err = t.worker.resource(t, &m.body)
	case patchBody:
		before := m.changes
		m.ops, err = t.worker.patch(t, m.ops)
		m.opsChanged = m.opsChanged || m.changes > before
	}
	if err != nil || t.rule.when != nil { // filters speak of all resources
		return err
	}
	t.filter = m.query.filter
	return t.worker.query(t, &m.query)
}

// print writes anew what has changed.
func (m *message) print() {
	switch {
	case m.kind == searchBody:
		m.query.printSearch(&m.body)
	case m.query.changed:
		m.req.Query = m.query.print(m.req.Query)
	}
	m.req.Query = m.parameters.apply(m.req.Query)
	switch {
	case m.kind == patchBody && m.opsChanged:
		m.req.Body = string(scim.AppendPatch(nil, m.ops))
	case m.kind != patchBody && m.body.Changed():
		m.req.Body = m.body.Raw()
	}
}

// typeOf is the type of a resource in an answer. At the root the resource tells
// it by its meta or its schemas.
func (m *message) typeOf(resource *scim.Value) *scim.ResourceType {
	if m.rt != nil {
		return m.rt
	}
	if rt := m.rules.registry.ByName(resource.Get("meta").Get("resourceType").Text()); rt != nil {
		return rt
	}
	for _, uri := range resource.Get("schemas").Members() {
		for _, rt := range m.rules.registry.Types {
			if strings.EqualFold(rt.Schema.ID, uri.Value.Text()) {
				return rt
			}
		}
	}
	return nil
}
