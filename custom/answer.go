package custom

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// answerDepth is the depth to which an answer may be nested.
const answerDepth = 512

// backward undoes in the answer what was done to the request.
func (m *message) backward(resp *scim.Response) (*scim.Response, error) {
	out := *resp
	if m.req.Method != http.MethodHead {
		if err := m.undo(&out); err != nil {
			return nil, err
		}
	}
	for i := len(m.turns) - 1; i >= 0; i-- {
		if t := &m.turns[i]; !t.idle {
			t.worker.response(t, &out)
		}
	}
	return &out, nil
}

// undo brings the body of an answer back into the client's words.
func (m *message) undo(resp *scim.Response) error {
	if resp.Body == "" || !slices.ContainsFunc(m.turns, func(t turn) bool { return t.worker.undoes() }) {
		return nil
	}
	v, ok, err := readAnswer(resp)
	if err == nil && !ok && m.hides() {
		return m.keepBack(resp)
	}
	if err != nil || !ok {
		return err
	}
	if err = m.undoBody(&v, resp.Status); err == nil && v.Changed() {
		resp.Body = v.Raw()
		resp.Header = redescribed(resp.Header)
	}
	return err
}

// undoBody brings the body of an answer with that status back.
func (m *message) undoBody(v *scim.Value, status int) error {
	switch {
	case status >= http.StatusBadRequest:
		m.undoProblem(v)
		return m.undoFound(v, "", false)
	case m.lists():
		return m.undoList(v)
	case m.rt != nil:
		return m.undoFound(v, "", true)
	}
	return nil
}

// readAnswer reads the body of an answer. A text that is no JSON has nothing in it
// that has a name. What cannot be read but may be JSON is not shown: it might hold
// what a rule hides.
func readAnswer(resp *scim.Response) (scim.Value, bool, error) {
	coding := strings.TrimSpace(resp.Header.Get("Content-Encoding"))
	text := strings.TrimLeft(resp.Body, "\uFEFF \t\r\n")
	if coding == "" || strings.EqualFold(coding, "identity") {
		if text == "" || text[0] != '{' && text[0] != '[' {
			return scim.Value{}, false, nil
		}
		doc, err := scim.Check(resp.Body, scim.Limits{Bytes: len(resp.Body), Depth: answerDepth})
		if err == nil {
			return scim.Parse(doc), true, nil
		}
	}
	if resp.Status >= http.StatusBadRequest {
		return scim.Value{}, false, nil
	}
	return scim.Value{}, false, unreadable()
}

// lists reports whether the answer is a list.
func (m *message) lists() bool {
	return m.route.Search || m.req.Method == http.MethodGet && m.route.ID == "" && (m.route.Type != nil || m.route.Endpoint == "")
}

// redescribed takes away what described the body that an answer had.
func redescribed(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range [...]string{"Content-Length", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest"} {
		h.Del(name)
	}
	return h
}

// undoProblem brings the texts of an error back.
func (m *message) undoProblem(v *scim.Value) {
	for _, name := range [...]string{"detail", "message", "description", "error_description", "title"} {
		given := v.Get(name)
		text := given.Text()
		if text == "" {
			continue
		}
		to := text
		for i := len(m.turns) - 1; i >= 0; i-- {
			to = m.turns[i].worker.problem(&m.turns[i], to)
		}
		if to != text {
			given.Put(scim.StringValue(to))
		}
	}
}

// undoList brings the resources of a list back, and takes away those that a verb
// has hidden. The total is only known to be too high if all were on this page.
func (m *message) undoList(v *scim.Value) error {
	resources := v
	if v.Kind() == scim.Object {
		resources = v.Get("Resources")
	}
	if resources.Kind() != scim.Array {
		return m.undoUnlisted(v)
	}
	before, hidden := resources.Len(), make([]bool, resources.Len())
	for i := range resources.Members() {
		m.hidden = false
		if err := m.undoFound(resources.At(i), "Resources["+strconv.Itoa(i)+"].", true); err != nil {
			return err
		}
		hidden[i] = m.hidden
	}
	i := -1
	gone := resources.Keep(func(*scim.Member) bool { i++; return !hidden[i] })
	if gone == 0 || v.Kind() != scim.Object {
		return nil
	}
	if total := v.Get("totalResults"); total.Exists() && total.Raw() == strconv.Itoa(before) {
		total.Put(scim.IntValue(before - gone))
	}
	if items := v.Get("itemsPerPage"); items.Exists() {
		items.Put(scim.IntValue(before - gone))
	}
	return nil
}

// hide takes the resource that is at hand out of the list. A verb may say so in
// its answer.
func (t *turn) hide() { t.m.hidden = true }

// undoShown brings one resource of an answer back. Flat names such as
// name.formatted become objects first, so that the verbs find what they look for.
func (m *message) undoShown(v *scim.Value, at string) error {
	if v.Kind() != scim.Object {
		return nil
	}
	m.answerAt = at
	rewrite.ReadNames(m.rules.registry, m.rt, v)
	return m.undoResource(v, 0)
}

// undoResource undoes the verbs from the last one to that at level.
func (m *message) undoResource(v *scim.Value, level int) error {
	rt := m.typeOf(v)
	for end := len(m.turns); end > level; {
		start := end - 1
		for start > level && m.turns[start-1].rule == m.turns[start].rule {
			start--
		}
		if err := m.undoRule(v, rt, m.turns[start:end]); err != nil {
			return err
		}
		end = start
	}
	return nil
}

// undoRule undoes verbs of one rule. A condition is held against the resource as
// the service provider shows it and as the client would see it: either may show
// what the rule is about.
func (m *message) undoRule(v *scim.Value, rt *scim.ResourceType, turns []turn) error {
	when := turns[0].rule.when
	if when == nil || when.operations {
		if when != nil && turns[0].idle {
			return nil
		}
		return undoTurns(v, rt, turns)
	}
	if !slices.ContainsFunc(turns, func(t turn) bool { return t.verb.worker(t.rule, rt) != nil }) {
		return nil // the resource is of another type
	}
	before := v.Clone()
	shown, err := scim.Matches(when.filter, &before, rt)
	if err != nil {
		return err
	}
	after := v.Clone()
	if !shown {
		if err := m.quietly(func() error { return undoTurns(&after, rt, turns) }); err != nil {
			return err
		}
		if shown, err = scim.Matches(when.filter, &after, rt); err != nil || !shown {
			return err
		}
	}
	return undoTurns(v, rt, turns)
}

func undoTurns(v *scim.Value, rt *scim.ResourceType, turns []turn) error {
	for i := len(turns) - 1; i >= 0; i-- {
		t := &turns[i]
		w := t.verb.worker(t.rule, rt)
		if w == nil && t.widened { // at the root a filter finds resources of all types
			w = t.worker
		}
		if w == nil {
			continue
		}
		if err := w.answer(t, v); err != nil {
			return err
		}
	}
	return nil
}
