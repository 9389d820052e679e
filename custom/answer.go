package custom

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// list is the resources of an answer.
type list struct {
	message   *scim.Value // the ListResponse
	resources *scim.Value // its Resources, an array
}

// answerDepth is the depth to which an answer may be nested.
const answerDepth = 512

// undo brings the body of an answer back into the client's words.
func (m *message) undo(resp *scim.Response) error {
	if !slices.ContainsFunc(m.turns, func(t turn) bool { return t.worker.undoes() }) || resp.Body == "" {
		return nil
	}
	text := strings.TrimLeft(resp.Body, "\uFEFF \t\r\n")
	if text == "" || text[0] != '{' && text[0] != '[' {
		return nil // nothing in it has a name
	}
	doc, err := scim.Check(resp.Body, scim.Limits{Bytes: len(resp.Body), Depth: answerDepth})
	if err != nil {
		return scim.Errorf(http.StatusBadGateway, "", "the answer of the service provider is no JSON, so that the rules cannot be applied to it")
	}
	v := scim.Parse(doc)
	switch {
	case resp.Status >= http.StatusBadRequest:
		m.undoProblem(&v)
	case m.route.Search || m.route.ID == "" && m.req.Method == http.MethodGet && m.route.Endpoint != "Me":
		err = m.undoList(&v)
	default:
		err = m.undoResource(&v, "")
	}
	if err == nil && v.Changed() {
		resp.Body = v.Raw()
		resp.Header = withoutLength(resp.Header)
	}
	return err
}

// withoutLength takes away what described the body that an answer had.
func withoutLength(h http.Header) http.Header {
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

// undoList brings the resources of a list back: verb by verb, so that each
// verb sees the list as it would have been without those behind it.
func (m *message) undoList(v *scim.Value) error {
	l := list{message: v, resources: v.Get("Resources")}
	if v.Kind() == scim.Array {
		l.resources = v
	}
	if l.resources.Kind() != scim.Array {
		return nil
	}
	for i := range l.resources.Members() {
		if err := m.undoResource(l.resources.At(i), "Resources["+strconv.Itoa(i)+"]."); err != nil {
			return err
		}
	}
	return nil
}

// undoResource brings one resource back.
func (m *message) undoResource(v *scim.Value, at string) error {
	if v.Kind() != scim.Object {
		return nil
	}
	rt := m.typeOf(v)
	for i := len(m.turns) - 1; i >= 0; i-- {
		t := &m.turns[i]
		w := t.verb.worker(t.rule, rt)
		if rt == nil || w == nil {
			continue
		}
		if err := w.answer(t, v); err != nil {
			return err
		}
	}
	return nil
}
