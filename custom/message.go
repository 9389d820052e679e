package custom

import (
	"context"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// call is one request of a client: the rules that were selected for it, and what
// it is reported to.
type call struct {
	rules     *Rules
	ctx       context.Context
	operation string // of the client
	method    string
	selected  []*rule
	next      scim.Send
	applied   func(rewrite.Change)
}

// message is one request on its way to the service provider, and its answer on
// the way back. It is read once and printed once, however many verbs there are.
type message struct {
	*call
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
	opsChanged bool
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
}

// did reports that something was changed at a place of the request, such as
// body.costCenter, Operations[2].path or query.filter.
func (t *turn) did(at string) {
	t.m.changes++
	t.m.applied(rewrite.Change{Rule: t.verb.shown, At: t.m.at + at})
}

// undid reports that something was changed in the answer. Of many places the
// first is named.
func (t *turn) undid(at string) {
	if !t.reported {
		t.reported = true
		t.m.applied(rewrite.Change{Rule: t.verb.shown, At: "answer." + at})
	}
}

// newMessage takes a request apart as far as it is a message of SCIM.
func newMessage(c *call, req *scim.Request, route scim.Route) *message {
	m := &message{call: c, req: *req, route: route, rt: route.Type}
	if route.Endpoint == "Me" {
		m.rt = c.rules.registry.ByName("User")
	}
	m.take()
	return m
}

// take builds the turns of the verbs that are about this message.
func (m *message) take() {
	n := 0
	for _, r := range m.selected {
		n += len(r.verbs)
	}
	m.turns = make([]turn, 0, n)
	for _, r := range m.selected {
		for i := range r.verbs {
			w := r.verbs[i].worker(r, m.rt)
			if w != nil {
				m.turns = append(m.turns, turn{m: m, rule: r, verb: &r.verbs[i], worker: w, index: len(m.turns)})
			}
		}
	}
}

// read parses what the verbs are about.
func (m *message) read() error {
	if err := m.query.read(m.req.Query); err != nil {
		return err
	}
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
// provider is told.
func (m *message) forward() error {
	for i := range m.turns {
		t := &m.turns[i]
		if t.idle {
			continue
		}
		if err := m.work(t); err != nil {
			return err
		}
	}
	m.print()
	return nil
}

func (m *message) work(t *turn) (err error) {
	if err := t.worker.head(t); err != nil {
		return err
	}
	switch m.kind {
	case resourceBody:
		err = t.worker.resource(t, &m.body)
	case patchBody:
		before := m.changes
		m.ops, err = t.worker.patch(t, m.ops)
		m.opsChanged = m.opsChanged || m.changes > before
	}
	if err != nil {
		return err
	}
	t.filter = m.query.filter
	return t.worker.query(t, &m.query)
}

// print writes anew what has changed.
func (m *message) print() {
	if m.kind == searchBody {
		m.query.printSearch(&m.body)
	} else if m.query.changed {
		m.req.Query = m.query.print(m.req.Query)
	}
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
